"""Invoices and orders: the documents from which entries are made.

A processed invoice makes an entry with the same document and number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from exact_slack.sandbox.company.books import (
    JOURNALS,
    PURCHASE_DOCUMENT,
    PURCHASE_INVOICE,
    SALES,
    SALES_DOCUMENT,
    STATUS,
    Books,
    Cost,
    Sold,
    cents,
    rate,
)
from exact_slack.sandbox.company.data import Party
from exact_slack.sandbox.company.entries import SALES_ENTRIES, purchase_entry, sales_entry, totals
from exact_slack.sandbox.exact.shapes import Row

SALES_INVOICES = "salesinvoice/SalesInvoices"
PURCHASE_INVOICES = "purchase/PurchaseInvoices"
PURCHASE_ORDERS = "purchaseorder/PurchaseOrders"


def sales_invoice(
    books: Books,
    party: Party,
    sold: Sequence[Sold],
    *,
    order: int | None = None,
    at: datetime | None = None,
    status: int = 20,
    text: str = "",
    remarks: str = "",
) -> str:
    """A sales invoice before it is processed: it has no number and no document yet."""
    order = order or books.number(SALES_INVOICES)
    net, vat = totals(books, [(line.amount, line.vat) for line in sold])
    account = books.key("account", party.code)
    row = {
        "InvoiceID": books.key(SALES_INVOICES, order),
        "AmountFC": net + vat,
        "AmountDC": net + vat,
        "AmountFCExclVat": net,
        "VATAmountFC": vat,
        "VATAmountDC": vat,
        "Currency": "EUR",
        "Description": text or None,
        "Remarks": remarks or None,
        "InvoiceDate": books.today(at),
        "DueDate": books.due(party, at),
        "OrderDate": books.today(at),
        "OrderNumber": order,
        "OrderedBy": account,
        "OrderedByName": party.name,
        "InvoiceTo": account,
        "InvoiceToName": party.name,
        "DeliverTo": account,
        "DeliverToName": party.name,
        "Journal": SALES,
        "JournalDescription": JOURNALS[SALES],
        "PaymentCondition": str(party.days),
        "PaymentConditionDescription": f"{party.days} days",
        "Status": status,
        "StatusDescription": STATUS[status],
        "Type": 8020,
        "TypeDescription": "Sales invoice",
        "SalesInvoiceLines": [_sold_line(books, line) for line in sold],
    }
    return books.save(SALES_INVOICES, row, at)


def _sold_line(books: Books, line: Sold) -> dict[str, Any]:
    vat = books.vat(line.vat, line.amount)
    return {
        "Item": books.key("item", line.item.code),
        "ItemCode": line.item.code,
        "ItemDescription": line.item.description,
        "Description": line.item.description,
        "Quantity": line.quantity,
        "UnitCode": line.item.unit,
        "UnitPrice": line.item.price,
        "NetPrice": line.item.price,
        "AmountFC": line.amount,
        "AmountDC": line.amount,
        "VATAmountFC": vat,
        "VATAmountDC": vat,
        "VATCode": line.vat,
        "VATPercentage": books.site.vat[line.vat] / 100,
        "GLAccount": books.key("gl", "8000"),
        "GLAccountDescription": books.site.accounts["8000"][0],
        **books.center(line.role, "salesinvoice/SalesInvoiceLines"),
    }


def process_sales_invoice(
    books: Books,
    party: Party,
    key: str,
    *,
    number: int | None = None,
    at: datetime | None = None,
) -> str:
    """Print an invoice: it gets its number and document, and a sales entry; returns the entry."""
    number = number or books.number(SALES_ENTRIES)
    shared = books.document(f"{number} - {party.name}", party, SALES_DOCUMENT, key, at)
    change = {"InvoiceID": key, "InvoiceNumber": number, "Status": 50, **shared}
    books.save(SALES_INVOICES, change | {"StatusDescription": STATUS[50]}, at)
    costs = _costs(
        books, books.store.lines(books.division, SALES_INVOICES, key), "8000", "AmountFC"
    )
    return sales_entry(books, party, costs, number=number, at=at, shared=shared)


def purchase_invoice(
    books: Books,
    party: Party,
    sold: Sequence[Sold],
    *,
    number: int | None = None,
    at: datetime | None = None,
    status: int = 20,
    credit: bool = False,
    reference: str = "",
    text: str = "",
) -> str:
    """An invoice of the purchase module; it has no supplier name and one amount."""
    number = number or books.number(PURCHASE_INVOICES)
    key = books.key(PURCHASE_INVOICES, number)
    net, vat = totals(books, [(line.amount, line.vat) for line in sold])
    reference = reference or f"{party.code}-{number % 10000:04}"
    document = books.document(f"{reference} - {party.name}", party, PURCHASE_DOCUMENT, key, at)
    year, month = books.period(at)
    row = {
        "ID": key,
        "Amount": net + vat,
        "AmountDC": cents((net + vat) * rate(party.currency)),
        "VATAmount": vat,
        "Currency": party.currency,
        "ExchangeRate": rate(party.currency),
        "Description": text or None,
        "Document": document["Document"],
        "InvoiceDate": books.today(at),
        "DueDate": books.due(party, at),
        "EntryNumber": number,
        "FinancialYear": year,
        "FinancialPeriod": month,
        "Journal": PURCHASE_INVOICE,
        "PaymentCondition": str(party.days),
        "Source": 1,
        "Status": status,
        "Supplier": books.key("account", party.code),
        "Type": 8034 if credit else 8033,
        "YourRef": reference,
        "PurchaseInvoiceLines": [_bought_line(books, party, line) for line in sold],
    }
    books.save(PURCHASE_INVOICES, row, at)
    if status == 50:
        process_purchase_invoice(books, party, key, at=at)
    return key


def process_purchase_invoice(
    books: Books, party: Party, key: str, *, at: datetime | None = None
) -> str:
    """Process an invoice: it gets an entry with its document and number; returns the entry."""
    books.save(PURCHASE_INVOICES, {"ID": key, "Status": 50}, at)
    invoice = books.store.get(books.division, PURCHASE_INVOICES, key)
    assert invoice is not None
    costs = _costs(
        books, books.store.lines(books.division, PURCHASE_INVOICES, key), "3000", "Amount"
    )
    return purchase_entry(
        books,
        party,
        costs,
        number=invoice["EntryNumber"],
        at=at,
        status=50,
        credit=invoice["Type"] in (8031, 8034),
        reference=invoice["YourRef"],
        text=invoice["Description"] or "",
        shared={"Document": invoice["Document"]},
        journal=PURCHASE_INVOICE,
    )


def center_roles(books: Books) -> dict[str, str]:
    """Cost center code to the role it has at the site."""
    return {code: role for role, (code, _) in books.site.centers.items()}


def _bought_line(books: Books, party: Party, line: Sold) -> dict[str, Any]:
    return {
        "Item": books.key("item", line.item.code),
        "Description": line.item.description,
        "Quantity": line.quantity,
        "Unit": line.item.unit,
        "UnitPrice": line.item.price,
        "NetPrice": line.item.price,
        "Amount": line.amount,
        "AmountDC": cents(line.amount * rate(party.currency)),
        "Currency": party.currency,
        "VATAmount": books.vat(line.vat, line.amount),
        "VATCode": line.vat,
        "VATPercentage": books.site.vat[line.vat] / 100,
        **books.center(line.role, "purchase/PurchaseInvoiceLines"),
    }


def purchase_order(
    books: Books,
    party: Party,
    sold: Sequence[Sold],
    *,
    number: int | None = None,
    at: datetime | None = None,
    approved: bool = True,
    text: str = "",
) -> str:
    """An order to a supplier, perhaps partly received."""
    number = number or books.number(PURCHASE_ORDERS)
    net, vat = totals(books, [(line.amount, line.vat) for line in sold])
    factor = rate(party.currency)
    receipt = receipt_status(sold)
    row = {
        "PurchaseOrderID": books.key(PURCHASE_ORDERS, number),
        "OrderNumber": number,
        "AmountFC": net + vat,
        "AmountDC": cents((net + vat) * factor),
        "AmountFCExclVat": net,
        "VATAmount": vat,
        "Currency": party.currency,
        "ExchangeRate": factor,
        "Description": text or None,
        "OrderDate": books.today(at),
        "ReceiptDate": books.today(at) + timedelta(days=10),
        "OrderStatus": receipt,
        "ReceiptStatus": receipt,
        "InvoiceStatus": 10,
        "ApprovalStatus": 2 if approved else 0,
        "ApprovalStatusDescription": "Approved" if approved else "Awaiting approval",
        "PaymentCondition": str(party.days),
        "PaymentConditionDescription": f"{party.days} days",
        "PurchaseAgentFullName": books.site.clerk,
        "PurchaseOrderLineCount": len(sold),
        "Source": 1,
        "Supplier": books.key("account", party.code),
        "SupplierCode": party.code,
        "SupplierName": party.name,
        "WarehouseCode": "1",
        "WarehouseDescription": books.site.city,
        "PurchaseOrderLines": [order_line(books, party, line) for line in sold],
    }
    return books.save(PURCHASE_ORDERS, row, at)


def receipt_status(sold: Sequence[Sold]) -> int:
    """10 open, 20 partial, 30 complete."""
    if all(line.received >= line.quantity for line in sold):
        return 30
    return 20 if any(line.received for line in sold) else 10


def order_line(books: Books, party: Party, line: Sold) -> dict[str, Any]:
    """One line of an order, with what was received of it."""
    return {
        "Item": books.key("item", line.item.code),
        "ItemCode": line.item.code,
        "ItemDescription": line.item.description,
        "Description": line.item.description,
        "Quantity": line.quantity,
        "QuantityInPurchaseUnits": line.quantity,
        "ReceivedQuantity": line.received,
        "InvoicedQuantity": 0,
        "Unit": line.item.unit,
        "UnitPrice": line.item.price,
        "NetPrice": line.item.price,
        "AmountFC": line.amount,
        "AmountDC": cents(line.amount * rate(party.currency)),
        "VATAmount": books.vat(line.vat, line.amount),
        "VATCode": line.vat,
        "VATPercentage": books.site.vat[line.vat] / 100,
        **books.center(line.role, "purchaseorder/PurchaseOrderLines"),
    }


def _costs(books: Books, lines: Sequence[Row], account: str, amount: str) -> list[Cost]:
    """The lines of an invoice as they are booked; `amount`: how its field is called."""
    roles = center_roles(books)
    return [
        Cost(
            account,
            line[amount],
            roles.get(line.get("CostCenter") or ""),
            line["Description"],
            line["VATCode"].strip(),
        )
        for line in lines
    ]
