"""What the closes of the config need, for `config check --online`: the endpoints of their lines,
and the accounts that they name."""

from collections.abc import Iterator

from exact_slack.close import periods
from exact_slack.close.balances import ACCOUNTS
from exact_slack.close.books import any_of
from exact_slack.close.registry import kinds
from exact_slack.config.closing import Close
from exact_slack.config.model import Config
from exact_slack.errors import PersonNeeded
from exact_slack.exact.values import text
from exact_slack.exact.wire.client import ExactClient
from exact_slack.exact.wire.paging import follow_all

_FILTERS = {
    "salesinvoice/SalesInvoices": "Status eq 20",
    "financialtransaction/TransactionLines": "EntryNumber eq 0",
    "cashflow/Receivables": "IsFullyPaid eq false",
}
"""Endpoints that may refuse a list without one."""


def closes_of(config: Config, division: int) -> list[Close]:
    """Those that tell of a company."""
    all_of_them = config.exact.divisions
    return [close for close in config.close if division in (close.divisions or all_of_them)]


def reads(closes: list[Close]) -> dict[str, list[str]]:
    """Endpoint to the lines that cannot be answered without it."""
    readers: dict[str, list[str]] = {periods.PATH: ["close"]}
    for name, kind in kinds().items():
        if any(_has(close, name) for close in closes):
            for path in kind.paths:
                readers.setdefault(path, []).append(name)
    return readers


def _has(close: Close, name: str) -> bool:
    if close.lines:
        return name in close.lines
    return name not in ("suspense", "manual") or bool(getattr(close, name))


def look(client: ExactClient, path: str, division: int) -> None:
    """One row: raises where it may not be read."""
    condition = {"$filter": _FILTERS[path]} if path in _FILTERS else {}
    client.get(division, path, {**condition, "$top": "1"})


def missing_accounts(
    client: ExactClient, closes: list[Close], division: int
) -> Iterator[PersonNeeded]:
    """An error for each account of `suspense` that the company does not have."""
    codes = dict.fromkeys(code for close in closes for code in close.suspense)
    if not codes:
        return
    params = {"$filter": any_of("Code", codes), "$select": "Code"}
    answers = follow_all(client, division, client.get(division, ACCOUNTS, params))
    there = {text(row, "Code") for answer in answers for row in answer.rows}
    for code in codes:
        if code not in there:
            yield PersonNeeded(
                f"close: suspense: there is no account {code} in division {division}.",
                "Correct its code; until then the line is unknown.",
            )
