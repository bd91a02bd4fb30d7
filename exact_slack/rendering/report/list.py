"""The list of a report: every open term as a row for a spreadsheet. The column of amounts adds up,
for each currency, to what the report says."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from exact_slack.documents.standing import Report, Term, age
from exact_slack.rendering import spreadsheet
from exact_slack.rendering.spreadsheet import cell, number
from exact_slack.rendering.words.locale import Words

COLUMNS = (
    "division_code", "division", "side", "kind", "account", "number", "reference", "due_date",
    "days_overdue", "bucket", "currency", "amount", "own_currency", "own_amount",
)  # fmt: skip
"""Labels of the columns, in their order."""


def write(report: Report, names: dict[int, str], locale: str, into: BinaryIO) -> int:
    """Write the list; returns its bytes. `names`: those of the divisions."""
    return spreadsheet.write(_table(report, names, Words(locale), locale), locale, into)


def _table(
    report: Report, names: dict[int, str], words: Words, locale: str
) -> Iterator[Iterable[str]]:
    yield [words.label(name) for name in COLUMNS]
    for term in report.terms:
        yield _row(term, report, names, words, locale)


def _row(
    term: Term, report: Report, names: dict[int, str], words: Words, locale: str
) -> Iterable[str]:
    days = term.days(report.today)
    return (
        str(term.division),
        cell(names.get(term.division, "")),
        words.label(term.side),
        words.label(f"term_{term.kind}"),
        cell(term.account),
        cell(term.number),
        cell(term.reference),
        term.due.isoformat() if term.due else "",
        "" if days is None else str(days),
        words.label(age(days)),
        cell(term.currency),
        number(term.amount, locale),
        cell(term.own_currency),
        number(term.own_amount, locale),
    )
