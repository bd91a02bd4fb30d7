"""What Exact makes of the lines of all entries: TransactionLines, the sums of ReportingBalance, and
which journals are closed.

Debit is positive, credit negative (recorded on TransactionLines). Where a division has a G/L
account for debtors (type 20) or creditors (22), each entry has its line there, too; its VAT is not
imitated."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from exact_slack.sandbox.exact.rules import Rules
from exact_slack.sandbox.exact.shapes import Row, catalogue
from exact_slack.sandbox.exact.store import FINANCIAL, ExactStore

TRANSACTION_LINES: Final = "financialtransaction/TransactionLines"
REPORTING_BALANCE: Final = "financial/ReportingBalance"
JOURNAL_STATUS: Final = "read/financial/JournalStatusList"
_SALES, _PURCHASES = "salesentry/SalesEntries", "purchaseentry/PurchaseEntries"
_CONTROL: Final[Mapping[str, tuple[int, int]]] = {_SALES: (20, 1), _PURCHASES: (22, -1)}
"""Entries to the type of the account that their total is booked on, and its sign there."""
_REJECTED: Final = 5
_PROFIT_AND_LOSS: Final = range(110, 300)
"""Types of G/L accounts."""
_FROM_HEADER: Final[Mapping[str, tuple[str, ...]]] = {
    "JournalCode": ("JournalCode", "Journal"),
    "FinancialYear": ("FinancialYear", "ReportingYear"),
    "FinancialPeriod": ("FinancialPeriod", "ReportingPeriod"),
    "Date": ("EntryDate",),
    "AccountName": ("SupplierName", "CustomerName"),
    "Account": ("Supplier", "Customer"),
}
"""Fields of a transaction line to those of an entry, where the names differ."""


def transaction_lines(store: ExactStore, division: int) -> Iterator[dict[str, Any]]:
    """The lines of every entry that is not rejected."""
    fields = catalogue()[TRANSACTION_LINES].fields
    accounts = {row.get("Type"): row for row in store.rows(division, "financial/GLAccounts")}
    for name in sorted(FINANCIAL):
        key = catalogue()[name].key
        for header in store.rows(division, name):
            if header.get("Status") == _REJECTED:
                continue
            common = {field: header.get(field) for field in fields if field != "ID"}
            for field, others in _FROM_HEADER.items():
                values = (header[other] for other in others if header.get(other) is not None)
                common[field] = next(values, common[field])
            for line in store.lines(division, name, header[key]):
                own = {f: v for f, v in line.items() if f in fields and v is not None}
                yield {**common, **own, **_signed(name, own), "Type": header.get("Type", 40)}
            if name in _CONTROL and (account := accounts.get(_CONTROL[name][0])):
                yield {**common, **_control(name, header, account)}


def _signed(name: str, line: Mapping[str, Any]) -> dict[str, Any]:
    """Revenue is credit."""
    if name != _SALES:
        return {}
    return {f: -Decimal(line[f]) for f in ("AmountDC", "AmountFC") if line.get(f) is not None}


def _control(name: str, header: Row, account: Row) -> dict[str, Any]:
    sign = _CONTROL[name][1]
    return {
        "ID": str(uuid.uuid5(uuid.UUID(header["EntryID"]), "control")),
        "AmountDC": sign * Decimal(header.get("AmountDC") or 0),
        "AmountFC": sign * Decimal(header.get("AmountFC") or 0),
        "GLAccount": account["ID"],
        "GLAccountCode": account["Code"],
        "GLAccountDescription": account.get("Description"),
        "LineNumber": 0,
        "Type": header.get("Type"),
    }


def reporting_balance(store: ExactStore, division: int, rules: Rules) -> Iterator[dict[str, Any]]:
    """The sums per year, period, account, cost center and unit, type and status: movements."""
    kinds = {row["Code"]: row.get("Type") for row in store.rows(division, "financial/GLAccounts")}
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for line in transaction_lines(store, division):
        if line.get("GLAccountCode") and line.get("FinancialYear"):
            names = ("FinancialYear", "FinancialPeriod", "GLAccountCode")
            more = ("CostCenter", "CostUnit", "Type", "Status")
            groups[tuple(line.get(name) for name in (*names, *more))].append(line)
    off = {code: amount for (at, code), amount in rules.balance_off.items() if at == division}
    for number, (group, lines) in enumerate(sorted(groups.items(), key=repr), start=1):
        year, period, code, center, unit, kind, status = group
        amounts = [Decimal(line.get("AmountDC") or 0) for line in lines]
        yield {
            "ID": number,
            "Amount": sum(amounts, Decimal(0)) + off.pop(code, Decimal(0)),
            "AmountDebit": sum((a for a in amounts if a > 0), Decimal(0)),
            "AmountCredit": -sum((a for a in amounts if a < 0), Decimal(0)),
            "BalanceType": "W" if kinds.get(code) in _PROFIT_AND_LOSS else "B",
            "CostCenterCode": center,
            "CostUnitCode": unit,
            "Count": len(lines),
            "Division": division,
            "GLAccount": lines[0].get("GLAccount"),
            "GLAccountCode": code,
            "GLAccountDescription": lines[0].get("GLAccountDescription"),
            "ReportingPeriod": period,
            "ReportingYear": year,
            "Status": status,
            "Type": kind,
        }


def journal_status(store: ExactStore, division: int, rules: Rules) -> Iterable[dict[str, Any]]:
    """A row for each journal and each period that has begun."""
    for period in store.rows(division, "financial/FinancialPeriods"):
        if period["StartDate"] > store.now():
            continue
        for journal in store.rows(division, "financial/Journals"):
            place = (division, journal["Code"], period["FinYear"], period["FinPeriod"])
            closed = place in rules.closed_journals
            yield {
                "Journal": journal["Code"],
                "JournalDescription": journal.get("Description"),
                "JournalType": journal.get("Type"),
                "Period": period["FinPeriod"],
                "Year": period["FinYear"],
                "Status": int(closed),
                "StatusDescription": "Closed" if closed else "Open",
            }
