"""The bookkeeping of one distribution center: makes its documents, consistent in every sum.

Keys follow from the division, the endpoint and the document's number, so that
two runs with the same clock make the same company.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from exact_slack.sandbox.company.data import USD_RATE, Item, Party, Site
from exact_slack.sandbox.company.pdf import small_pdf
from exact_slack.sandbox.exact.shapes import catalogue
from exact_slack.sandbox.exact.store import ExactStore

SPACE: Final = uuid.UUID("5b1d6a52-6a3e-4a0e-9b0a-7d6f0f3f2c11")
CENT: Final = Decimal("0.01")
STATUS: Final = {5: "Rejected", 10: "Draft", 20: "Open", 50: "Processed"}

SALES_DOCUMENT, PURCHASE_DOCUMENT = 10, 20
DOCUMENT_TYPES: Final = {SALES_DOCUMENT: "Sales invoice", PURCHASE_DOCUMENT: "Purchase invoice"}
"""Type 10 is recorded; the number for purchases is not documented."""

PURCHASE, PURCHASE_INVOICE, SALES = "70", "71", "60"
BANK, CASH, GENERAL = "20", "10", "90"
JOURNALS: Final = {
    PURCHASE: "Purchases",
    PURCHASE_INVOICE: "Purchase invoices",
    SALES: "Sales",
    BANK: "Bank",
    CASH: "Cash",
    GENERAL: "General journal",
}
JOURNAL_TYPES: Final = {
    PURCHASE: 22,
    PURCHASE_INVOICE: 22,
    SALES: 20,
    BANK: 12,
    CASH: 10,
    GENERAL: 90,
}
"""Exact's numbers for what a journal is."""
NUMBERED: Final = {
    "purchaseentry/PurchaseEntries": ("EntryNumber", 26700000),
    "purchase/PurchaseInvoices": ("EntryNumber", 26710000),
    "salesentry/SalesEntries": ("EntryNumber", 26600000),
    "salesinvoice/SalesInvoices": ("OrderNumber", 100000),
    "purchaseorder/PurchaseOrders": ("OrderNumber", 200000),
    "generaljournalentry/GeneralJournalEntries": ("EntryNumber", 26900000),
    "financialtransaction/BankEntries": ("EntryNumber", 26200000),
    "financialtransaction/CashEntries": ("EntryNumber", 26100000),
    "cashflow/Payments": ("PaymentBatchNumber", 0),
    "project/CostTransactions": ("EntryNumber", 1000),
    "documents/Documents": ("HID", 100000),
}
"""Endpoint to its number's field and where numbering begins."""


@dataclass(frozen=True)
class Cost:
    """One line of an entry: account, amount without VAT, and where it belongs."""

    account: str
    amount: Decimal
    role: str | None = "goods"
    """The cost center's role at the site, or None for a line without one."""
    text: str = ""
    vat: str = "2"
    unit: str | None = None


@dataclass(frozen=True)
class Sold:
    """One line of an order or invoice: an item and how many."""

    item: Item
    quantity: Decimal
    role: str | None = "sales"
    vat: str = "2"
    received: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        """What the line costs without VAT."""
        return cents(self.item.price * self.quantity)


def cents(amount: Decimal) -> Decimal:
    """Round to whole cents."""
    return amount.quantize(CENT)


class Books:
    """Numbers, keys and common fields of one site's documents."""

    def __init__(self, store: ExactStore, site: Site) -> None:
        self.store = store
        self.site = site
        self.division = site.division
        self._last = {name: self._highest(name) for name in NUMBERED}

    def _highest(self, endpoint: str) -> int:
        name, base = NUMBERED[endpoint]
        first = base + self.site.first
        rows = self.store.rows(self.division, endpoint)
        taken = [int(row.get(name) or 0) for row in rows]
        taken.append(self.store.numbers.get((self.division, endpoint), 0))
        return max((number for number in taken if first < number < first + 10_000), default=first)

    def number(self, endpoint: str) -> int:
        """Take the next free number of an endpoint."""
        self._last[endpoint] += 1
        self.store.numbers[self.division, endpoint] = self._last[endpoint]
        return self._last[endpoint]

    def key(self, *parts: object) -> str:
        """The key of the thing that is named by `parts` at this site."""
        return str(uuid.uuid5(SPACE, "/".join(map(str, (self.division, *parts)))))

    def today(self, at: datetime | None) -> date:
        """The day a document is made on."""
        return (at or self.store.now()).date()

    def save(self, endpoint: str, row: dict[str, Any], at: datetime | None = None) -> str:
        """Store a document as made by the clerk at the given time; returns its key."""
        shape = catalogue()[endpoint]
        clerk, name = self.key("clerk"), self.site.clerk
        by = {"Creator": clerk, "CreatorFullName": name}
        by |= {"Modifier": clerk, "ModifierFullName": name}
        complete = {name: value for name, value in by.items() if name in shape.fields} | row
        saved = self.store.upsert(self.division, endpoint, complete, modified=at, created=at)
        return str(saved[shape.key])

    def say(self, dutch: str, french: str) -> str:
        """The text in the language of the site."""
        return french if self.site.country == "FR" else dutch

    def account(self, code: str) -> dict[str, Any]:
        """The three fields by which a line names its GL account."""
        description, _ = self.site.accounts[code]
        return {
            "GLAccount": self.key("gl", code),
            "GLAccountCode": code,
            "GLAccountDescription": description,
        }

    def center(self, role: str | None, endpoint: str) -> dict[str, Any]:
        """The fields by which a line names its cost center; none for a line without one."""
        if role is None:
            return {}
        code, description = self.site.centers[role]
        fields = {"CostCenter": code, "CostCenterDescription": description}
        return {k: v for k, v in fields.items() if k in catalogue()[endpoint].fields}

    def document(
        self,
        subject: str,
        party: Party,
        kind: int,
        linked: str,
        at: datetime | None,
        *,
        text: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Store a document with a PDF; returns the fields by which a header names it."""
        number = self.number("documents/Documents")
        key = self.key("documents", linked)
        self.save(
            "documents/Documents",
            {
                "ID": key,
                "HID": number,
                "Subject": subject,
                "Type": kind,
                "TypeDescription": DOCUMENT_TYPES[kind],
                "Account": self.key("account", party.code),
                "AccountCode": party.code,
                "AccountName": party.name,
                "DocumentDate": self.today(at),
                "FinancialTransactionEntryID": linked,
                "Language": "NL" if self.site.country != "FR" else "FR",
            },
            at,
        )
        pdf = small_pdf(subject, party.name, *text)
        self.save(
            "documents/DocumentAttachments",
            {
                "ID": self.key("attachments", linked),
                "Document": key,
                "FileName": f"{subject.split(' - ', maxsplit=1)[0]}.pdf".replace("/", "-"),
                "FileSize": len(pdf),
                "Attachment": pdf,
            },
            at,
        )
        return {"Document": key, "DocumentNumber": number, "DocumentSubject": subject}

    def vat(self, code: str, amount: Decimal) -> Decimal:
        """The VAT on an amount."""
        return cents(amount * self.site.vat[code] / 100)

    def due(self, party: Party, at: datetime | None) -> date:
        """When an invoice of today must be paid."""
        return self.today(at) + timedelta(days=party.days)

    def period(self, at: datetime | None) -> tuple[int, int]:
        """Financial year and period of a moment."""
        day = self.today(at)
        return day.year, day.month


def rate(currency: str) -> Decimal:
    """Euro for one unit of a currency."""
    return USD_RATE if currency == "USD" else Decimal(1)
