"""Purchase and sales entries, and the payment terms that follow from them.

A term exists, open, as soon as the entry is in the books; it is paid later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from exact_slack.sandbox.company.books import (
    JOURNALS,
    PURCHASE,
    PURCHASE_DOCUMENT,
    SALES,
    SALES_DOCUMENT,
    STATUS,
    Books,
    Cost,
    cents,
    rate,
)
from exact_slack.sandbox.company.data import Party
from exact_slack.sandbox.exact.shapes import catalogue

PURCHASE_ENTRIES = "purchaseentry/PurchaseEntries"
SALES_ENTRIES = "salesentry/SalesEntries"
PAYMENTS = "cashflow/Payments"
RECEIVABLES = "cashflow/Receivables"


def purchase_entry(
    books: Books,
    party: Party,
    costs: Sequence[Cost],
    *,
    number: int | None = None,
    at: datetime | None = None,
    status: int = 20,
    credit: bool = False,
    reference: str = "",
    text: str = "",
    order: int | None = None,
    shared: dict[str, Any] | None = None,
    journal: str = PURCHASE,
) -> str:
    """A supplier's invoice in the books, and what is to be paid for it.

    `shared` names the document of the purchase invoice it was made from.
    """
    number = number or books.number(PURCHASE_ENTRIES)
    key = books.key(PURCHASE_ENTRIES, number)
    reference = reference or f"{party.code}/{number % 10000:04}"
    subject = f"{reference} - {party.name}"
    row = {
        "EntryID": key,
        **_entry(books, party, costs, number, at=at, status=status, journal=journal),
        "Supplier": books.key("account", party.code),
        "SupplierName": party.name,
        "Type": 31 if credit else 30,
        "TypeDescription": "Purchase credit note" if credit else "Purchase entry",
        "YourRef": reference,
        "Description": text or None,
        "OrderNumber": order,
        **(shared or books.document(subject, party, PURCHASE_DOCUMENT, key, at)),
        "PurchaseEntryLines": lines(books, party, costs, PURCHASE_ENTRIES, 31 if credit else 30),
    }
    books.save(PURCHASE_ENTRIES, row, at)
    if status != 5:
        _payment(books, party, row, at)
    return key


def sales_entry(
    books: Books,
    party: Party,
    costs: Sequence[Cost],
    *,
    number: int | None = None,
    at: datetime | None = None,
    status: int = 50,
    credit: bool = False,
    text: str = "",
    shared: dict[str, Any] | None = None,
) -> str:
    """A sales invoice in the books, and what is to be received for it."""
    number = number or books.number(SALES_ENTRIES)
    key = books.key(SALES_ENTRIES, number)
    kind, name = (21, "Sales credit note") if credit else (20, "Sales entry")
    subject = f"{number} - {party.name}"
    row = {
        "EntryID": key,
        **_entry(books, party, costs, number, at=at, status=status, journal=SALES),
        "Customer": books.key("account", party.code),
        "CustomerName": party.name,
        "Type": kind,
        "TypeDescription": name,
        "InvoiceNumber": number,
        "Description": text or None,
        **(shared or books.document(subject, party, SALES_DOCUMENT, key, at)),
        "SalesEntryLines": lines(books, party, costs, SALES_ENTRIES, kind),
    }
    books.save(SALES_ENTRIES, row, at)
    _receivable(books, party, row, at)
    return key


def _entry(
    books: Books,
    party: Party,
    costs: Sequence[Cost],
    number: int,
    *,
    at: datetime | None,
    status: int,
    journal: str,
) -> dict[str, Any]:
    """What purchase and sales entries have in common; header amounts include VAT."""
    net, vat = totals(books, [(cost.amount, cost.vat) for cost in costs])
    factor = rate(party.currency)
    year, month = books.period(at)
    return {
        "AmountFC": net + vat,
        "AmountDC": cents((net + vat) * factor),
        "VATAmountFC": vat,
        "VATAmountDC": cents(vat * factor),
        "Currency": party.currency,
        "Rate": factor,
        "EntryNumber": number,
        "EntryDate": books.today(at),
        "DueDate": books.due(party, at),
        "Journal": journal,
        "JournalDescription": JOURNALS[journal],
        "PaymentCondition": str(party.days),
        "PaymentConditionDescription": f"{party.days} days",
        "PaymentReference": str(number),
        "ReportingYear": year,
        "ReportingPeriod": month,
        "Reversal": False,
        "Status": status,
        "StatusDescription": STATUS[status],
    }


def totals(books: Books, lines: Sequence[tuple[Decimal, str]]) -> tuple[Decimal, Decimal]:
    """The sum without VAT, and the VAT, of amounts with their VAT codes."""
    net = sum((amount for amount, _ in lines), Decimal(0))
    return net, sum((books.vat(code, amount) for amount, code in lines), Decimal(0))


def lines(
    books: Books, party: Party, costs: Sequence[Cost], header: str, kind: int
) -> list[dict[str, Any]]:
    """The lines of an entry; their amounts are without VAT."""
    shape = catalogue()[header].lines
    assert shape is not None
    factor = rate(party.currency)
    return [
        {
            "AmountFC": cost.amount,
            "AmountDC": cents(cost.amount * factor),
            "VATAmountFC": books.vat(cost.vat, cost.amount),
            "VATAmountDC": cents(books.vat(cost.vat, cost.amount) * factor),
            "VATCode": cost.vat,
            "VATPercentage": books.site.vat[cost.vat] / 100,
            "Description": cost.text or books.site.accounts[cost.account][0],
            "Type": kind,
            "Quantity": 1,
            "CostUnit": cost.unit,
            **books.account(cost.account),
            **books.center(cost.role, shape.endpoint),
        }
        for cost in costs
    ]


def _payment(books: Books, party: Party, entry: dict[str, Any], at: datetime | None) -> None:
    row = _term(books, party, entry, PAYMENTS)
    row["AmountFC"], row["AmountDC"] = entry["AmountFC"], entry["AmountDC"]
    books.save(PAYMENTS, row | books.account("1600"), at)


def _receivable(books: Books, party: Party, entry: dict[str, Any], at: datetime | None) -> None:
    """Negative AmountDC = still to receive (TimPelgrim/exactonline-mcp, the only source)."""
    row = _term(books, party, entry, RECEIVABLES)
    row["AmountFC"], row["AmountDC"] = -entry["AmountFC"], -entry["AmountDC"]
    row |= {"InvoiceNumber": entry["InvoiceNumber"], "IsFullyPaid": False}
    row |= {"AccountCountry": party.country}
    books.save(RECEIVABLES, row | books.account("1300"), at)


def _term(books: Books, party: Party, entry: dict[str, Any], endpoint: str) -> dict[str, Any]:
    """An open term: it exists as soon as the invoice is in the books."""
    return {
        "ID": term_key(books, endpoint, entry["EntryID"]),
        "Account": books.key("account", party.code),
        "AccountCode": party.code,
        "AccountName": party.name,
        "Currency": party.currency,
        "RateFC": entry["Rate"],
        "Description": entry["Description"],
        "DueDate": entry["DueDate"],
        "EntryNumber": entry["EntryNumber"],
        "InvoiceDate": entry["EntryDate"],
        "Journal": entry["Journal"],
        "JournalDescription": entry["JournalDescription"],
        "PaymentCondition": entry["PaymentCondition"],
        "PaymentConditionDescription": entry["PaymentConditionDescription"],
        "PaymentDays": party.days,
        "PaymentMethod": "B",
        "PaymentReference": entry["PaymentReference"],
        "Status": 20,
        "TransactionAmountDC": entry["AmountDC"],
        "TransactionAmountFC": entry["AmountFC"],
        "TransactionDueDate": entry["DueDate"],
        "TransactionEntryID": entry["EntryID"],
        "TransactionIsReversal": False,
        "TransactionStatus": entry["Status"],
        "TransactionType": entry["Type"],
        "YourRef": entry.get("YourRef"),
    }


def term_key(books: Books, endpoint: str, entry: str) -> str:
    """The key of the term of an entry."""
    return books.key(endpoint, entry)


def pay(books: Books, endpoint: str, entry: str, at: datetime | None = None) -> None:
    """Settle the term of an entry: matched, with an end date."""
    key = term_key(books, endpoint, entry)
    day = books.today(at)
    row: dict[str, Any] = {"ID": key, "Status": 50, "EndDate": day, "EntryDate": day}
    row |= {"EndYear": day.year, "EndPeriod": day.month}
    if endpoint == RECEIVABLES:
        row |= {"IsFullyPaid": True, "LastPaymentDate": day}
    else:
        row |= {"PaymentBatchNumber": books.number(PAYMENTS)}
    books.save(endpoint, row, at)
