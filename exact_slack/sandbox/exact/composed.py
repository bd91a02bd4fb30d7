"""Endpoints whose rows are put together for each call, from rows that others show.

ReceivablesList and PayablesList have one row for each open payment term, in the company's currency
(picqer/exact-php-client #650); TransactionLines are the lines of all entries under one roof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from exact_slack.sandbox.exact.shapes import Endpoint, Row, catalogue, stored
from exact_slack.sandbox.exact.store import FINANCIAL, GLOBAL, ExactStore
from exact_slack.sandbox.exact.sync import sync_rows

USER_ID: Final = "0d3f1f5e-6a2b-4f0c-8a55-2b6c1d9e7f10"
DIVISIONS: Final = frozenset({"hrm/Divisions", "system/Divisions"})
OPEN_TERMS: Final[Mapping[str, str]] = {
    "read/financial/ReceivablesList": "cashflow/Receivables",
    "read/financial/PayablesList": "cashflow/Payments",
}
TRANSACTION_LINES: Final = "financialtransaction/TransactionLines"
COMPOSED: Final = DIVISIONS | {"current/Me", TRANSACTION_LINES, *OPEN_TERMS}
_MATCHED: Final = 50
"""The status of a term that is settled."""
_FROM_HEADER: Final[Mapping[str, tuple[str, ...]]] = {
    "JournalCode": ("JournalCode", "Journal"),
    "FinancialYear": ("FinancialYear", "ReportingYear"),
    "FinancialPeriod": ("FinancialPeriod", "ReportingPeriod"),
    "Date": ("EntryDate",),
    "AccountName": ("SupplierName", "CustomerName"),
    "Account": ("Supplier", "Customer"),
}
"""Fields of a transaction line to those of an entry, where the names differ."""


def is_composed(name: str) -> bool:
    """Whether the rows of an endpoint are made anew for each call."""
    return name in COMPOSED or name.startswith("sync/")


def composed(store: ExactStore, division: int, endpoint: Endpoint, current: int) -> list[Row]:
    """The rows of such an endpoint; `current` is the division that the user is in."""
    name = endpoint.name
    if name == "current/Me":
        return [_me(store, endpoint, current)]
    if name in DIVISIONS:
        return [row for row in store.rows(GLOBAL, name) if row["Code"] in store.divisions]
    if name in OPEN_TERMS:
        return _open_terms(store, division, endpoint)
    if name == TRANSACTION_LINES:
        return _transaction_lines(store, division, endpoint)
    return sync_rows(store, division, name)


def _me(store: ExactStore, endpoint: Endpoint, current: int) -> Row:
    values = {
        "UserID": USER_ID,
        "CurrentDivision": current,
        "FullName": "Anouk de Wit",
        "Email": "anouk@hollander.example",
        "Language": "NL",
        "LanguageCode": "nl-NL",
        "Legislation": 1,
        "ServerTime": store.now().isoformat(timespec="seconds"),
        "ServerUtcOffset": store.utc_offset,
    }
    return {name: stored(endpoint, name, value) for name, value in values.items()}


def _open_terms(store: ExactStore, division: int, endpoint: Endpoint) -> list[Row]:
    """The terms that are not settled; the amount has the term's sign (not documented)."""
    terms = store.rows(division, OPEN_TERMS[endpoint.name])
    rows = []
    for term in terms:
        if term.get("Status") == _MATCHED or term.get("IsFullyPaid"):
            continue
        values = {name: term[name] for name in endpoint.fields if name in term}
        values |= {
            "HID": int(hashlib.sha256(term["ID"].encode()).hexdigest()[:12], 16),
            "Id": term["ID"],
            "AccountId": term.get("Account"),
            "Amount": term.get("AmountDC"),
            "CurrencyCode": term.get("Currency"),
            "JournalCode": term.get("Journal"),
        }
        rows.append(_typed(endpoint, values))
    return rows


def _transaction_lines(store: ExactStore, division: int, endpoint: Endpoint) -> list[Row]:
    """The lines of every entry; the line on the creditors' or debtors' account is not imitated."""
    rows = []
    for name in sorted(FINANCIAL):
        source = catalogue()[name]
        for header in store.rows(division, name):
            common = {field: header.get(field) for field in endpoint.fields if field != "ID"}
            for field, others in _FROM_HEADER.items():
                found = (header[other] for other in others if header.get(other) is not None)
                common[field] = next(found, common[field])
            for line in store.lines(division, name, header[source.key]):
                own = {f: v for f, v in line.items() if f in endpoint.fields and v is not None}
                rows.append(_typed(endpoint, {**common, **own, "Type": header.get("Type")}))
    return rows


def _typed(endpoint: Endpoint, values: dict[str, Any]) -> Row:
    return {name: stored(endpoint, name, value) for name, value in values.items()}
