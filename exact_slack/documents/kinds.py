"""The eleven kinds of documents, by the names used in the config, the ledger and the messages."""

from enum import StrEnum


class Kind(StrEnum):
    """A kind of Exact Online document. The order is the order in which `poll` reads them:
    invoices before the entries made from them, both before the payments that settle them."""

    SALES_INVOICE = "sales_invoice"
    PURCHASE_INVOICE = "purchase_invoice"
    SALES_ENTRY = "sales_entry"
    PURCHASE_ENTRY = "purchase_entry"
    PURCHASE_ORDER = "purchase_order"
    JOURNAL_ENTRY = "journal_entry"
    BANK_ENTRY = "bank_entry"
    CASH_ENTRY = "cash_entry"
    COST_TRANSACTION = "cost_transaction"
    RECEIPT = "receipt"
    PAYMENT = "payment"

    @property
    def label(self) -> str:
        """The kind in plain English: "Purchase entry"."""
        return self.value.replace("_", " ").capitalize()


TERMS = frozenset({Kind.PAYMENT, Kind.RECEIPT})
"""Payment terms: rows of Exact's cash flow that say what is open or paid of an invoice."""

ENTRIES = frozenset({Kind.JOURNAL_ENTRY, Kind.BANK_ENTRY, Kind.CASH_ENTRY})
"""Entries whose header has no amount: the lines have."""

SETTLED_BY = {
    Kind.PAYMENT: (Kind.PURCHASE_ENTRY, Kind.PURCHASE_INVOICE),
    Kind.RECEIPT: (Kind.SALES_ENTRY, Kind.SALES_INVOICE),
}
"""Which kinds a term settles."""

BOOKED_AS = {
    Kind.SALES_INVOICE: Kind.SALES_ENTRY,
    Kind.PURCHASE_INVOICE: Kind.PURCHASE_ENTRY,
}
"""An invoice that is processed appears a second time, as the entry made from it."""

STATUS_WORDS: dict[Kind, dict[int, str]] = {
    Kind.SALES_INVOICE: {10: "draft", 20: "open", 50: "processed"},
    Kind.PURCHASE_INVOICE: {10: "draft", 20: "open", 50: "processed"},
    Kind.SALES_ENTRY: {20: "open", 50: "processed"},
    Kind.PURCHASE_ENTRY: {5: "rejected", 20: "open", 50: "processed"},
    Kind.PURCHASE_ORDER: {10: "open", 20: "partial", 30: "complete", 40: "canceled"},
    Kind.JOURNAL_ENTRY: {5: "rejected", 20: "open", 50: "processed"},
    Kind.BANK_ENTRY: {20: "open", 50: "processed"},
    Kind.CASH_ENTRY: {20: "open", 50: "processed"},
    Kind.PAYMENT: {20: "open", 30: "selected", 40: "processed", 50: "matched"},
    Kind.RECEIPT: {20: "open", 30: "selected", 40: "processed", 50: "matched"},
    Kind.COST_TRANSACTION: {
        1: "draft",
        2: "rejected",
        10: "submitted",
        11: "failed on approval",
        14: "processing",
        16: "processing",
        19: "failed while undoing approval",
        20: "final",
    },
}
"""Exact's status codes per kind, in words (vendor documentation as kept by the open clients)."""
