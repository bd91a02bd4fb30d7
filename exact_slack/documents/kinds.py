"""The kinds of documents, by the names used in the config, the ledger and the messages."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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
    BANK_ACCOUNT = "bank_account"
    RECEIPT = "receipt"
    PAYMENT = "payment"

    @property
    def label(self) -> str:
        """The kind in plain English: "Purchase entry"."""
        return self.value.replace("_", " ").capitalize()


class Party(StrEnum):
    """Who the other party of a document is; its label in a message."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Traits:
    """What differs from kind to kind, but for its fields in Exact (`exact/catalogue.py`)."""

    statuses: dict[int, str]
    """Exact's codes in words (vendor documentation as kept by the open clients)."""
    party: Party = Party.ACCOUNT


_INVOICE = {10: "draft", 20: "open", 50: "processed"}
_ENTRY = {20: "open", 50: "processed"}
_TERM = {20: "open", 30: "selected", 40: "processed", 50: "matched"}
_COST = {
    1: "draft",
    2: "rejected",
    10: "submitted",
    11: "failed on approval",
    14: "processing",
    16: "processing",
    19: "failed while undoing approval",
    20: "final",
}

TRAITS: Final[dict[Kind, Traits]] = {
    Kind.SALES_INVOICE: Traits(_INVOICE, Party.CUSTOMER),
    Kind.PURCHASE_INVOICE: Traits(_INVOICE, Party.SUPPLIER),
    Kind.SALES_ENTRY: Traits(_ENTRY, Party.CUSTOMER),
    Kind.PURCHASE_ENTRY: Traits({5: "rejected", **_ENTRY}, Party.SUPPLIER),
    Kind.PURCHASE_ORDER: Traits(
        {10: "open", 20: "partial", 30: "complete", 40: "canceled"}, Party.SUPPLIER
    ),
    Kind.JOURNAL_ENTRY: Traits({5: "rejected", **_ENTRY}),
    Kind.BANK_ENTRY: Traits(_ENTRY),
    Kind.CASH_ENTRY: Traits(_ENTRY),
    Kind.COST_TRANSACTION: Traits(_COST),
    Kind.BANK_ACCOUNT: Traits({}),
    Kind.RECEIPT: Traits(_TERM, Party.CUSTOMER),
    Kind.PAYMENT: Traits(_TERM, Party.SUPPLIER),
}

STATUS_WORDS: Final = {kind: traits.statuses for kind, traits in TRAITS.items()}
"""Exact's status codes per kind, in words."""

TERMS = frozenset({Kind.PAYMENT, Kind.RECEIPT})
"""Payment terms: rows of Exact's cash flow that say what is open or paid of an invoice."""

STATEMENTS = frozenset({Kind.BANK_ENTRY, Kind.CASH_ENTRY})
"""What moved in the bank or the till: one entry, and the money on its lines."""


class Stage(StrEnum):
    """How far a payment has come that is not made yet."""

    NONE = ""
    SELECTED = "payment_selected"
    SENT = "payment_sent"
    """The bank file is made: no proof that the bank executed it."""


STEPS = frozenset({"open", "selected", "processed", "matched", "submitted", "processing", "final"})
"""Statuses that a document goes through on its way: to be at a later one is no news."""

ON_THEIR_WAY = frozenset({"selected", "processed"})
"""The statuses of a payment that is chosen to be paid, and not known to be paid."""

BY_NAME_ONLY = frozenset({Kind.BANK_ACCOUNT})
"""Kinds that no glob means, nor a condition without kinds: only their full name does."""

ENTRIES = STATEMENTS | {Kind.JOURNAL_ENTRY}
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
