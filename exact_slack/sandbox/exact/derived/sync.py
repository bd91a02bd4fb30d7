"""The sync endpoints: the same rows in the order of their row version.

Headers and lines come in one stream, `LineNumber` 0 being the header (official
sync pages; exactonline/exactonline-api-dotnet-sync-demo reads them so).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from exact_slack.sandbox.exact.shapes import Row, catalogue
from exact_slack.sandbox.exact.store import VERSION, ExactStore

DELETED: Final = "sync/Deleted"
DELETED_KEPT: Final = timedelta(days=61)
"""Deletions stay visible for two months (official page)."""

SOURCES: Final = {
    "sync/CRM/Accounts": "crm/Accounts",
    "sync/Documents/Documents": "documents/Documents",
    "sync/Documents/DocumentAttachments": "documents/DocumentAttachments",
    "sync/Financial/GLAccounts": "financial/GLAccounts",
    "sync/Financial/SalesEntries": "salesentry/SalesEntries",
    "sync/Financial/PurchaseEntries": "purchaseentry/PurchaseEntries",
    "sync/PurchaseOrder/PurchaseOrders": "purchaseorder/PurchaseOrders",
    "sync/SalesInvoice/SalesInvoices": "salesinvoice/SalesInvoices",
}
START_POINTS: Final = {
    "TransactionLines": (
        "salesentry/SalesEntries",
        "purchaseentry/PurchaseEntries",
        "generaljournalentry/GeneralJournalEntries",
        "financialtransaction/BankEntries",
        "financialtransaction/CashEntries",
    ),
    "SalesInvoices": ("salesinvoice/SalesInvoices",),
    "PurchaseOrders": ("purchaseorder/PurchaseOrders",),
    "TimeCostTransactions": ("project/CostTransactions",),
}
"""What SyncTimestamp answers for; not Accounts, Documents, GLAccounts (official page)."""


def sync_rows(store: ExactStore, division: int, name: str) -> list[Row]:
    """All rows of a sync endpoint."""
    if name == DELETED:
        oldest = store.now() - DELETED_KEPT
        return [row for row in store.rows(division, DELETED) if row["DeletedDate"] >= oldest]
    source = catalogue()[SOURCES[name]]
    fields = catalogue()[name].fields
    result: list[Row] = []
    for header in store.rows(division, source.name):
        result.append(_header(header, source.key, fields))
        if source.lines is not None:
            lines = store.lines(division, source.name, header[source.key])
            result += [_line(store, division, header, line, fields) for line in lines]
    return result


def _header(header: Row, key: str, fields: Any) -> Row:
    row = {**header, "Timestamp": header[VERSION]}
    if "LineNumber" in fields:
        row.update(LineNumber=0, ID=header[key])  # the header row's ID is not documented
    return row


def _line(store: ExactStore, division: int, header: Row, line: Row, fields: Any) -> Row:
    row = {**header, **line, "Timestamp": line[VERSION]}
    for code, table in (("CostCenter", "hrm/Costcenters"), ("CostUnit", "hrm/Costunits")):
        if f"{code}Code" in fields:
            row[f"{code}Code"] = line.get(code)
            row[code] = _code_id(store, division, table, line.get(code))
    return row


def _code_id(store: ExactStore, division: int, table: str, code: str | None) -> str | None:
    """In sync/PurchaseOrders a cost center is a Guid, its code stands beside it."""
    ids = (row["ID"] for row in store.rows(division, table) if row["Code"] == code)
    return next(ids, None) if code else None


def start_point(store: ExactStore, division: int, endpoint: str, modified: datetime) -> int | None:
    """The row version to begin from for changes since `modified`; None if unsupported."""
    sources = START_POINTS.get(endpoint)
    if sources is None:
        return None
    rows = [row for source in sources for row in store.rows(division, source)]
    return max((r[VERSION] for r in rows if r["Modified"] < modified), default=1)
