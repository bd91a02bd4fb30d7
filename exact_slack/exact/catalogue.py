"""Which endpoint holds which kind of document, and the fields that are asked for.

Names as in picqer/exact-php-client (models of 2025-12-10) and DannyvdSluijs'
ExactOnlineRestApiReference; the scopes are the groups of Exact's resource index, as they are
ticked for an app in the App Center.
"""

from dataclasses import dataclass
from typing import Final

from exact_slack.documents.kinds import Kind


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a kind is read: the header, its key and fields, and how its lines are reached."""

    kind: Kind
    path: str
    key: str
    fields: tuple[str, ...]
    scope: str
    topic: str | None = None
    number: tuple[str, ...] = ("EntryNumber",)
    """What people call it by; the first that is filled."""
    date: str = "Date"
    status: str = "Status"
    lines: str | None = None
    """The property that holds the lines, for `$expand`; None where the kind has none."""
    lines_path: str = ""
    line_link: str = ""
    """The field of a line that holds the header's key."""
    line_fields: tuple[str, ...] = ()
    never: tuple[str, str] | None = None
    """Field and value of rows that are never read."""
    deleted_as: int | None = None
    """`EntityType` of sync/Deleted (Exact's reference page of that endpoint), which knows only some
    kinds."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COST = "CostCenter CostCenterDescription CostUnit CostUnitDescription"
_LINE = f"ID LineNumber Description Notes AmountDC AmountFC {_COST} ProjectDescription"
_SALE_LINE = f"{_LINE} Quantity VATAmountFC VATPercentage GLAccountDescription"
_BOOK_LINE = (
    f"{_LINE} EntryID Quantity ProjectCode GLAccountCode GLAccountDescription AccountCode"
    " AccountName AmountVATFC VATPercentage Date OurRef Document Creator CreatorFullName"
    " ModifierFullName"
)
_AMOUNTS = "AmountDC AmountFC VATAmountFC Currency"
_ENTRY = (
    f"EntryID EntryNumber InvoiceNumber OrderNumber EntryDate DueDate Type TypeDescription"
    f" Status StatusDescription Journal JournalDescription Description YourRef Document"
    f" ReportingYear ReportingPeriod Creator CreatorFullName ModifierFullName Created"
    f" Modified {_AMOUNTS}"
)
_BANK = (
    "EntryID EntryNumber Status StatusDescription JournalCode JournalDescription Currency"
    " OpeningBalanceFC ClosingBalanceFC FinancialYear FinancialPeriod Created Modified"
)
_TERM = (
    "ID Account AccountCode AccountName AmountDC AmountFC Currency Description DueDate EndDate"
    " EntryDate EntryNumber InvoiceDate InvoiceNumber Journal JournalDescription"
    " Status TransactionEntryID TransactionType TransactionAmountDC TransactionDueDate YourRef"
    " TransactionReportingYear TransactionReportingPeriod EndYear EndPeriod Creator CreatorFullName"
    " ModifierFullName Created Modified"
)

_ALL = (
    Endpoint(
        kind=Kind.SALES_INVOICE,
        path="salesinvoice/SalesInvoices",
        key="InvoiceID",
        fields=_names(
            "InvoiceID InvoiceNumber OrderNumber InvoiceDate DueDate Type TypeDescription Status"
            " StatusDescription Journal JournalDescription Description Remarks YourRef Document"
            " InvoiceTo InvoiceToName OrderedBy OrderedByName Creator CreatorFullName"
            " ModifierFullName Created Modified"
            f" {_AMOUNTS}"
        ),
        number=("InvoiceNumber",),  # null until the invoice is printed
        date="InvoiceDate",
        scope="Sales invoices",
        topic="SalesInvoices",
        lines="SalesInvoiceLines",
        lines_path="salesinvoice/SalesInvoiceLines",
        line_link="InvoiceID",
        line_fields=_names(f"{_SALE_LINE} InvoiceID UnitPrice ItemCode ItemDescription"),
        deleted_as=13,
    ),
    Endpoint(
        kind=Kind.PURCHASE_INVOICE,
        path="purchase/PurchaseInvoices",
        key="ID",
        fields=_names(
            "ID EntryNumber InvoiceDate DueDate Type Status Journal Description Remarks YourRef"
            " Document Supplier Currency Amount AmountDC VATAmount FinancialYear FinancialPeriod"
            " Modified"
        ),
        date="InvoiceDate",
        scope="Purchase invoices",
        lines="PurchaseInvoiceLines",
        lines_path="purchase/PurchaseInvoiceLines",
        line_link="InvoiceID",
        line_fields=_names(
            "ID InvoiceID LineNumber Description Notes Amount AmountDC VATAmount VATPercentage"
            " Quantity UnitPrice CostCenter CostUnit PurchaseOrderLine QuantityInDefaultUnits"
            " NetPrice"
        ),
    ),
    Endpoint(
        kind=Kind.SALES_ENTRY,
        path="salesentry/SalesEntries",
        key="EntryID",
        fields=_names(f"{_ENTRY} Customer CustomerName"),
        number=("InvoiceNumber", "EntryNumber"),
        date="EntryDate",
        scope="Financial accounting",
        topic="SalesEntries",
        lines="SalesEntryLines",
        lines_path="salesentry/SalesEntryLines",
        line_link="EntryID",
        line_fields=_names(f"{_SALE_LINE} EntryID GLAccountCode"),
    ),
    Endpoint(
        kind=Kind.PURCHASE_ENTRY,
        path="purchaseentry/PurchaseEntries",
        key="EntryID",
        fields=_names(f"{_ENTRY} Supplier SupplierName"),
        date="EntryDate",
        scope="Financial accounting",
        topic="PurchaseEntries",
        lines="PurchaseEntryLines",
        lines_path="purchaseentry/PurchaseEntryLines",
        line_link="EntryID",
        line_fields=_names(f"{_SALE_LINE} EntryID GLAccountCode"),
    ),
    Endpoint(
        kind=Kind.PURCHASE_ORDER,
        path="purchaseorder/PurchaseOrders",
        key="PurchaseOrderID",
        fields=_names(
            "PurchaseOrderID OrderNumber OrderDate ReceiptDate OrderStatus ApprovalStatus"
            " ReceiptStatus InvoiceStatus Description Remarks YourRef Document Supplier"
            " SupplierCode SupplierName AmountDC AmountFC VATAmount Currency Creator"
            " CreatorFullName ModifierFullName Created Modified"
        ),
        number=("OrderNumber",),
        date="OrderDate",
        status="OrderStatus",
        scope="Purchase orders",
        topic="PurchaseOrders",
        lines="PurchaseOrderLines",
        lines_path="purchaseorder/PurchaseOrderLines",
        line_link="PurchaseOrderID",
        line_fields=_names(
            f"{_LINE} PurchaseOrderID Quantity ReceivedQuantity UnitPrice VATAmount VATPercentage"
            " ItemCode"
            " ItemDescription ProjectCode"
        ),
        deleted_as=22,
    ),
    Endpoint(
        kind=Kind.JOURNAL_ENTRY,
        path="generaljournalentry/GeneralJournalEntries",
        key="EntryID",
        fields=_names(
            "EntryID EntryNumber Type TypeDescription Status StatusDescription JournalCode"
            " JournalDescription Currency FinancialYear FinancialPeriod Created Modified"
        ),
        scope="Financial accounting",
        topic="GeneralJournalEntries",
        lines="GeneralJournalEntryLines",
        lines_path="generaljournalentry/GeneralJournalEntryLines",
        line_link="EntryID",
        line_fields=_names(_BOOK_LINE),
    ),
    Endpoint(
        kind=Kind.BANK_ENTRY,
        path="financialtransaction/BankEntries",
        key="EntryID",
        fields=_names(f"{_BANK} BankStatementDocument"),
        scope="Financial accounting",
        topic="BankEntries",
        lines="BankEntryLines",
        lines_path="financialtransaction/BankEntryLines",
        line_link="EntryID",
        line_fields=_names(_BOOK_LINE),
    ),
    Endpoint(
        kind=Kind.CASH_ENTRY,
        path="financialtransaction/CashEntries",
        key="EntryID",
        fields=_names(_BANK),
        scope="Financial accounting",
        topic="CashEntries",
        lines="CashEntryLines",
        lines_path="financialtransaction/CashEntryLines",
        line_link="EntryID",
        line_fields=_names(_BOOK_LINE),
    ),
    Endpoint(
        kind=Kind.COST_TRANSACTION,
        path="project/CostTransactions",
        key="ID",
        fields=_names(
            "ID EntryNumber Date Type HourStatus Account AccountName AmountFC Currency Quantity"
            " ItemDescription ExpenseDescription ProjectDescription Notes Creator CreatorFullName"
            " ModifierFullName Created Modified"
        ),
        status="HourStatus",
        scope="Projects projects",
        topic="CostTransactions",
        deleted_as=14,
    ),
    Endpoint(
        kind=Kind.BANK_ACCOUNT,
        path="crm/BankAccounts",
        key="ID",
        fields=_names(
            "ID Account AccountName BankAccount BankAccountHolderName BICCode Main Blocked Type"
            " Description Creator CreatorFullName ModifierFullName Created Modified"
        ),
        number=(),
        never=("Type", "E"),  # those of employees
        scope="Crm accounts",
        topic="BankAccounts",
    ),
    Endpoint(
        kind=Kind.RECEIPT,
        path="cashflow/Receivables",
        key="ID",
        fields=_names(f"{_TERM} IsFullyPaid LastPaymentDate"),
        number=("InvoiceNumber", "EntryNumber"),
        date="InvoiceDate",
        scope="Financial receivables",
    ),
    Endpoint(
        kind=Kind.PAYMENT,
        path="cashflow/Payments",
        key="ID",
        fields=_names(
            f"{_TERM} AccountBankAccountNumber BankAccountID BankAccountNumber PaymentSelected"
            " PaymentSelector PaymentSelectorFullName PaymentBatchNumber"
            " CashflowTransactionBatchCode Document"
        ),
        number=("InvoiceNumber", "EntryNumber"),
        date="InvoiceDate",
        scope="Financial cashflow",
    ),
)

ENDPOINTS: Final[dict[Kind, Endpoint]] = {endpoint.kind: endpoint for endpoint in _ALL}
"""The endpoint of every kind."""

DELETED: Final = "sync/Deleted"
DELETED_AS: Final = {e.deleted_as: e.kind for e in _ALL if e.deleted_as is not None}
"""The kinds whose deletions Exact lists, by its number for them."""

_OTHER_SCOPES: Final = {
    "crm/Accounts": "Crm accounts",
    "documents/Documents": "Organization documents",
    "system/Divisions": "Organization administration",
    DELETED: "Organization administration",
    "webhooks/WebhookSubscriptions": "Organization administration",
    "read/financial/OutstandingInvoicesOverview": "Financial receivables, Financial payables",
    "read/financial/ReceivablesList": "Financial receivables",
    "read/financial/PayablesList": "Financial payables",
    "financial/Journals": "Financial generalledgers",
    "financial/GLAccounts": "Financial generalledgers",
    "financial/FinancialPeriods": "Financial accounting",
    "financial/ReportingBalance": "Financial accounting",
    "financialtransaction/TransactionLines": "Financial accounting",
    "openingbalance/CurrentYear/AfterEntry": "Financial accounting",
    "openingbalance/PreviousYear/AfterEntry": "Financial accounting",
    "purchaseorder/GoodsReceipts": "Logistics wms",
    "read/financial/JournalStatusList": "Financial accounting",
    "read/financial/Returns": "Financial returns",
    "purchaseorder/GoodsReceiptLines": "Logistics wms",
}


def scope_of(path: str) -> str:
    """The group to tick in the App Center for an endpoint, with a comma between several; "" where
    it needs none."""
    for endpoint in _ALL:
        if path in (endpoint.path, endpoint.lines_path):
            return endpoint.scope
    return _OTHER_SCOPES.get(path, "")
