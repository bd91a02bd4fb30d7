"""From a row of Exact's JSON to a `Document`: the only place that knows what fields mean."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from exact_slack.account_number import Marks
from exact_slack.documents.document import Account, Bank, Document, Line, Settlement
from exact_slack.documents.kinds import ENTRIES, TERMS, Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.exact.catalogue import Endpoint
from exact_slack.exact.compared.marks import no_marks
from exact_slack.exact.values import (
    Unreadable,
    account_number,
    currency_code,
    date,
    integer,
    milliseconds,
    money,
    number,
    percentage,
    signed,
    text,
)
from exact_slack.exact.wire.odata import Row, collection, guid

CREDIT_TYPES: Final = frozenset({8021, 8024, 8031, 8034, 21, 31})
"""Types that are credit notes: of sales and purchase invoices, of sales and purchase entries."""
_MATCHED: Final = 50
"""Status of a payment term that nothing is open of."""
_SENT: Final = frozenset({40, _MATCHED})
"""Statuses of one whose bank file was made."""
_ENTRIES: Final = (Kind.SALES_ENTRY, Kind.PURCHASE_ENTRY)


_ACCOUNT: Final[tuple[tuple[str, str, str], ...]] = (
    ("InvoiceTo", "", "InvoiceToName"),
    ("OrderedBy", "", "OrderedByName"),
    ("Customer", "", "CustomerName"),
    ("Supplier", "SupplierCode", "SupplierName"),
    ("Account", "AccountCode", "AccountName"),
)
"""Id, code and name of the other party, by kind; the first that is filled."""


def to_document(
    endpoint: Endpoint,
    division: int,
    row: Row,
    company_currency: str = "",
    marks: Marks = no_marks,
) -> Document:
    """The document in a row; ValueError (with a sentence) where it has no key or `Modified`, or an
    amount that none can be."""
    kind = endpoint.kind
    key = guid(row.get(endpoint.key))
    if not key:
        raise ValueError(f"a {kind.label.lower()} without a usable {endpoint.key}")
    modified = milliseconds(row, "Modified")
    if modified is None:
        raise ValueError(f"{kind.label.lower()} {key} without a usable Modified")
    try:
        document = _mapped(endpoint, Ref(division, kind, key), modified, row, company_currency)
    except Unreadable as error:
        raise ValueError(f"{kind.label.lower()} {key} with an unusable {error}") from None
    if kind is Kind.PAYMENT and document.settlement:
        return replace(document, settlement=_with_payee(document.settlement, row, marks))
    if kind is Kind.BANK_ACCOUNT:
        return _as_bank_account(document, row, marks)
    return document


def _mapped(
    endpoint: Endpoint, ref: Ref, modified: ServerMs, row: Row, company_currency: str
) -> Document:
    kind = endpoint.kind
    document = _header(endpoint, ref, modified, row)
    lines = [] if endpoint.lines is None else line_rows(row.get(endpoint.lines)) or []
    document = replace(
        document,
        company_currency=company_currency,
        lines=tuple(sorted((_line(line) for line in lines), key=lambda x: (x.number, x.key))),
    )
    if kind in TERMS:
        return _as_term(document, row)
    if kind in ENTRIES:
        return _as_booking(document, lines)
    return document


def line_rows(value: object) -> list[Row] | None:
    """The lines in a row: expanded, or bare; None where they are deferred or not there."""
    return collection(value)[0]


def _header(endpoint: Endpoint, ref: Ref, modified: ServerMs, row: Row) -> Document:
    kind = endpoint.kind
    type_code = integer(row, "Type")
    amount = money(row, "AmountFC", "Amount")
    amount_dc = money(row, "AmountDC")
    stated = amount_dc if amount_dc is not None else amount
    negative = kind in _ENTRIES and stated is not None and stated < 0
    return Document(
        ref=ref,
        modified=modified,
        created=milliseconds(row, "Created"),
        number=number(row, *endpoint.number),
        type_code=type_code,
        type_name=text(row, "TypeDescription"),
        credit=type_code in CREDIT_TYPES or negative,
        status_code=integer(row, endpoint.status),
        status_name=text(row, "StatusDescription"),
        approval_code=integer(row, "ApprovalStatus"),
        receipt_code=integer(row, "ReceiptStatus"),
        invoice_code=integer(row, "InvoiceStatus"),
        date=date(row, endpoint.date),
        due_date=date(row, "DueDate", "TransactionDueDate"),
        receipt_date=date(row, "ReceiptDate"),
        reference=text(row, "YourRef"),
        description=text(row, "Description", "ExpenseDescription"),
        notes=text(row, "Remarks", "Notes"),
        account=_account(row),
        currency=currency_code(row),
        amount=amount,
        amount_dc=amount_dc,
        vat=money(row, "VATAmountFC", "VATAmount"),
        opening_balance=money(row, "OpeningBalanceFC"),
        closing_balance=money(row, "ClosingBalanceFC"),
        journal=text(row, "Journal", "JournalCode"),
        journal_name=text(row, "JournalDescription"),
        order_number="" if "OrderNumber" in endpoint.number else number(row, "OrderNumber"),
        project=text(row, "ProjectDescription"),
        quantity=money(row, "Quantity"),
        item=text(row, "ItemDescription"),
        creator=text(row, "CreatorFullName"),
        creator_id=guid(row.get("Creator")),
        modifier=text(row, "ModifierFullName"),
        year=integer(row, "ReportingYear", "FinancialYear"),
        period=integer(row, "ReportingPeriod", "FinancialPeriod"),
        document_id="" if kind in TERMS else guid(row.get("Document") or _statement(row)),
    )


def _statement(row: Row) -> object:
    return row.get("BankStatementDocument")


def _account(row: Row) -> Account:
    for id_field, code_field, name_field in _ACCOUNT:
        id_, name = guid(row.get(id_field)), text(row, name_field)
        if id_ or name:
            return Account(id_, text(row, code_field), name)
    return Account()


def _line(row: Row) -> Line:
    return Line(
        key=guid(row.get("ID")),
        number=integer(row, "LineNumber") or 0,
        description=text(row, "Description"),
        quantity=money(row, "Quantity"),
        received=money(row, "ReceivedQuantity"),
        unit_price=money(row, "UnitPrice"),
        amount=money(row, "AmountFC", "Amount"),
        amount_dc=money(row, "AmountDC"),
        vat=money(row, "VATAmountFC", "VATAmount", "AmountVATFC"),
        vat_rate=percentage(row, "VATPercentage"),
        gl_account=text(row, "GLAccountCode"),
        gl_account_name=text(row, "GLAccountDescription"),
        cost_center=text(row, "CostCenter"),
        cost_center_name=text(row, "CostCenterDescription"),
        cost_unit=text(row, "CostUnit"),
        cost_unit_name=text(row, "CostUnitDescription"),
        project=text(row, "ProjectDescription", "ProjectCode"),
        item=text(row, "ItemDescription", "ItemCode"),
        account=text(row, "AccountName", "AccountCode"),
        our_ref=number(row, "OurRef"),
        date=date(row, "Date"),
        notes=text(row, "Notes"),
        order_line=guid(row.get("PurchaseOrderLine")),
        item_quantity=money(row, "QuantityInDefaultUnits"),
        net_price=money(row, "NetPrice"),
    )


def _with_payee(settlement: Settlement, row: Row, marks: Marks) -> Settlement:
    return replace(
        settlement,
        payee=account_number(row, marks, "AccountBankAccountNumber"),
        paid_from=account_number(row, marks, "BankAccountNumber"),
        selected=milliseconds(row, "PaymentSelected"),
        selector=text(row, "PaymentSelectorFullName"),
        selector_id=guid(row.get("PaymentSelector")),
        batch=text(row, "CashflowTransactionBatchCode"),
        batch_number=number(row, "PaymentBatchNumber"),
        paid_from_id=guid(row.get("BankAccountID")),
        processed=date(row, "EntryDate") if integer(row, "Status") in _SENT else None,
        bank_file=guid(row.get("Document")),
    )


def _as_bank_account(document: Document, row: Row, marks: Marks) -> Document:
    """Its number is what people call it by, as far as it is shown."""
    number = account_number(row, marks, "BankAccount")
    bank = Bank(
        account_number=number,
        holder=text(row, "BankAccountHolderName"),
        bic=text(row, "BICCode"),
        main=row.get("Main") is True,
        blocked=row.get("Blocked") is True,
    )
    return replace(document, number=number.shown, type_code=None, bank=bank)


def _as_booking(document: Document, lines: list[Row]) -> Document:
    """A journal, bank or cash entry: what its header lacks, from its first line."""
    ordered = sorted(lines, key=lambda row: (integer(row, "LineNumber") or 0, guid(row.get("ID"))))
    if not ordered:
        return document
    first = ordered[0]
    document = replace(
        document,
        date=date(first, "Date"),
        creator=document.creator or text(first, "CreatorFullName"),
        creator_id=document.creator_id or guid(first.get("Creator")),
        modifier=document.modifier or _last_hand(ordered),
    )
    if document.kind is not Kind.JOURNAL_ENTRY:
        return document
    return replace(
        document,
        description=document.description or text(first, "Description"),
        document_id=document.document_id or guid(first.get("Document")),
    )


def _last_hand(lines: list[Row]) -> str:
    """Who changed a line last. Of a header Exact does not say it."""
    latest = max(lines, key=lambda row: milliseconds(row, "Modified") or 0)
    return text(latest, "ModifierFullName")


def _as_term(document: Document, row: Row) -> Document:
    """A payment term. Its amount has the sign of the cash flow (a receivable still to come is
    negative), which says nothing to a reader. The sign is that of the transaction: minus for a
    credit note, which its type says, or its own amount."""
    end_date = date(row, "EndDate")
    paid = (
        document.status_code == _MATCHED or end_date is not None or row.get("IsFullyPaid") is True
    )
    invoice = money(row, "TransactionAmountDC")
    negative = invoice is not None and invoice < Decimal(0)
    credit = negative or integer(row, "TransactionType") in CREDIT_TYPES
    return replace(
        document,
        amount=signed(document.amount, negative=credit),
        amount_dc=signed(document.amount_dc, negative=credit),
        credit=credit,
        year=integer(row, *(("EndYear",) if paid else ()), "TransactionReportingYear"),
        period=integer(row, *(("EndPeriod",) if paid else ()), "TransactionReportingPeriod"),
        settlement=Settlement(
            entry_id=guid(row.get("TransactionEntryID")),
            invoice_number=number(row, "InvoiceNumber"),
            invoice_amount_dc=signed(invoice, negative=credit),
            paid=paid,
            paid_on=date(row, "LastPaymentDate", "EntryDate", "EndDate") if paid else None,
            end_date=end_date,
        ),
    )
