"""Endpoints whose rows are put together for each call, from rows that others show.

ReceivablesList and PayablesList have one row for each open payment term, in the company's currency
(picqer/exact-php-client #650); the overviews are their sums; `general_ledger` has what is made of
the entries' lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from exact_slack.sandbox.exact.derived.general_ledger import (
    JOURNAL_STATUS,
    REPORTING_BALANCE,
    TRANSACTION_LINES,
    journal_status,
    reporting_balance,
    transaction_lines,
)
from exact_slack.sandbox.exact.derived.sync import sync_rows
from exact_slack.sandbox.exact.rules import Rules
from exact_slack.sandbox.exact.shapes import Endpoint, Row, stored
from exact_slack.sandbox.exact.store import GLOBAL, ExactStore

USER_ID: Final = "0d3f1f5e-6a2b-4f0c-8a55-2b6c1d9e7f10"
DIVISIONS: Final = frozenset({"hrm/Divisions", "system/Divisions"})
OPEN_TERMS: Final[Mapping[str, str]] = {
    "read/financial/ReceivablesList": "cashflow/Receivables",
    "read/financial/PayablesList": "cashflow/Payments",
}
OUTSTANDING: Final = "read/financial/OutstandingInvoicesOverview"
AGING: Final = "read/financial/AgingOverview"
OVERVIEWS: Final = frozenset({OUTSTANDING, AGING})
BOOKS: Final = frozenset({TRANSACTION_LINES, REPORTING_BALANCE, JOURNAL_STATUS})
COMPOSED: Final = DIVISIONS | {"current/Me", *OPEN_TERMS} | OVERVIEWS | BOOKS
_MATCHED: Final = 50
_PROCESSED: Final = 40
"""The statuses of a term that is settled, and of one that is on its way to the bank."""
_OWED: Final[Mapping[str, int]] = {"cashflow/Receivables": -1, "cashflow/Payments": 1}
"""The sign that AmountDC has of what is owed (see `company.entries`)."""
_SIDES: Final[Mapping[str, str]] = {
    "Receivable": "cashflow/Receivables",
    "Payable": "cashflow/Payments",
}
_GROUPS: Final = ((30, "<= 30"), (60, "31 - 60"), (90, "61 - 90"), (None, "> 90"))
"""Days overdue and Exact's labels, as recorded on AgingReceivablesList."""


def is_composed(name: str) -> bool:
    """Whether the rows of an endpoint are made anew for each call."""
    return name in COMPOSED or name.startswith("sync/")


def composed(
    store: ExactStore, division: int, endpoint: Endpoint, current: int, rules: Rules
) -> list[Row]:
    """The rows of such an endpoint; `current` is the division that the user is in."""
    name = endpoint.name
    if name == "current/Me":
        return [_me(store, endpoint, current)]
    if name in DIVISIONS:
        return [row for row in store.rows(GLOBAL, name) if row["Code"] in store.divisions]
    if name in OPEN_TERMS:
        return _open_terms(store, division, endpoint, rules)
    if name in OVERVIEWS:
        make = _outstanding if name == OUTSTANDING else _aging
        return [_typed(endpoint, values) for values in make(store, division, rules)]
    if name in BOOKS:
        return [_typed(endpoint, values) for values in _books(store, division, name, rules)]
    return sync_rows(store, division, name)


def _books(
    store: ExactStore, division: int, name: str, rules: Rules
) -> Iterable[Mapping[str, Any]]:
    if name == JOURNAL_STATUS:
        return journal_status(store, division, rules)
    if name == REPORTING_BALANCE:
        return reporting_balance(store, division, rules)
    return transaction_lines(store, division)


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


def _open(store: ExactStore, division: int, terms: str) -> Iterator[Row]:
    """The terms that are not settled. Selected (30) and processed ones (40) are not."""
    for term in store.rows(division, terms):
        if term.get("Status") != _MATCHED and not term.get("IsFullyPaid"):
            yield term


def _amount(term: Row) -> Decimal:
    return Decimal(term.get("AmountDC") or 0)


def _open_terms(store: ExactStore, division: int, endpoint: Endpoint, rules: Rules) -> list[Row]:
    """The amount has the term's sign, unless the rules say that what is owed is positive: sources
    disagree. The currency is the company's, also of a foreign invoice (#650)."""
    source = OPEN_TERMS[endpoint.name]
    sign = _OWED[source] if rules.owed_is_positive else 1
    currency = _currency(store, division)
    rows = []
    for term in _open(store, division, source):
        values = {name: term[name] for name in endpoint.fields if name in term}
        in_transit = _amount(term) if term.get("Status") == _PROCESSED else 0
        values |= {
            "HID": int(hashlib.sha256(term["ID"].encode()).hexdigest()[:12], 16),
            "Id": term["ID"],
            "AccountId": term.get("Account"),
            "Amount": sign * _amount(term),
            "AmountInTransit": sign * in_transit,
            "CurrencyCode": currency,
            "JournalCode": term.get("Journal"),
        }
        rows.append(_typed(endpoint, values))
    return rows


def _currency(store: ExactStore, division: int) -> str:
    row = store.get(GLOBAL, "hrm/Divisions", division)
    return str(row["Currency"]) if row else "EUR"


def _outstanding(store: ExactStore, division: int, rules: Rules) -> Iterator[dict[str, Any]]:
    """One row, in the company's currency; whether Exact has more is not known. An amount is
    positive where it is owed ("still to receive"); no source says so."""
    today = store.now()
    values: dict[str, Any] = {"CurrencyCode": _currency(store, division)}
    for side, source in _SIDES.items():
        terms = list(_open(store, division, source))
        late = [term for term in terms if term.get("DueDate") and _days(term, today) > 0]
        for word, some in (("Outstanding", terms), ("Overdue", late)):
            amount = sum((_OWED[source] * _amount(term) for term in some), Decimal(0))
            if word == "Outstanding":
                amount += rules.overview_off.get(division, Decimal(0))
            values[f"{word}{side}InvoiceAmount"] = amount
            values[f"{word}{side}InvoiceCount"] = len(some)
    yield values


def _aging(store: ExactStore, division: int, _: Rules) -> Iterator[dict[str, Any]]:
    """A total row and four groups; what is not due yet stands in the first. The number of the
    total row is not known: here it is 0."""
    today, currency = store.now(), _currency(store, division)
    sums: dict[str, dict[str, Decimal]] = {
        label: dict.fromkeys(_SIDES, Decimal(0)) for _, label in _GROUPS
    }
    for side, source in _SIDES.items():
        for term in _open(store, division, source):
            days = _days(term, today) if term.get("DueDate") else 0
            label = next(name for last, name in _GROUPS if last is None or days <= last)
            sums[label][side] += _OWED[source] * _amount(term)
    total = {side: sum((s[side] for s in sums.values()), Decimal(0)) for side in _SIDES}
    for number, (label, amounts) in enumerate([("Total", total), *sums.items()]):
        yield {
            "AgeGroup": number,
            "AgeGroupDescription": label,
            "AmountReceivable": amounts["Receivable"],
            "AmountPayable": amounts["Payable"],
            "CurrencyCode": currency,
        }


def _days(term: Row, today: datetime) -> int:
    due: datetime = term["DueDate"]
    return (today.date() - due.date()).days


def _typed(endpoint: Endpoint, values: Mapping[str, Any]) -> Row:
    return {name: stored(endpoint, name, value) for name, value in values.items()}
