"""`vat`: the return that the frequency of earlier ones makes due is drawn up and processed. Whether
it was sent, Exact does not say; a company that files none leaves the line out."""

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from exact_slack.close.books import Books
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Item, Judged, Said, green, red
from exact_slack.exact.values import date, integer, milliseconds, money, text
from exact_slack.exact.wire.odata import Row
from exact_slack.foreign import visible

PATH: Final = "read/financial/Returns"
VAT: Final = 31
FIELDS: Final = "Amount,Created,DueDate,Frequency,Period,PeriodDescription,Status,Subject,Type,Year"
_PROCESSED: Final = 50
_VOID: Final = (0, -10)
"""The statuses of a request that is none."""
MONTHS: Final = {"M": 1, "Q": 3, "A": 3, "Y": 12}
"""A: a quarter of the financial year."""
WORDS = table(
    """
title | VAT return | Btw-aangifte | USt-Voranmeldung | Déclaration de TVA | Declaración de IVA
missing | The return {text} is not drawn up. | De aangifte {text} is niet opgemaakt. | Die Anmeldung {text} ist nicht erstellt. | La déclaration {text} n’est pas établie. | La declaración {text} no está preparada.
open | The return {text} is not processed. | De aangifte {text} is niet verwerkt. | Die Anmeldung {text} ist nicht verarbeitet. | La déclaration {text} n’est pas traitée. | La declaración {text} no está procesada.
open_due | The return {text} is not processed, it is due on {day}. | De aangifte {text} is niet verwerkt, de uiterste datum is {day}. | Die Anmeldung {text} ist nicht verarbeitet, fällig am {day}. | La déclaration {text} n’est pas traitée, échéance le {day}. | La declaración {text} no está procesada, vence el {day}.
done | The return {text} is processed. | De aangifte {text} is verwerkt. | Die Anmeldung {text} ist verarbeitet. | La déclaration {text} est traitée. | La declaración {text} está procesada.
none_due | No return is due for this period. | Voor deze periode is geen aangifte nodig. | Für diese Periode ist keine Anmeldung fällig. | Aucune déclaration n’est due pour cette période. | No hay declaración que presentar por este período.
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


def judge(books: Books) -> Iterator[Judged]:
    """Each return whose stretch of time ends in the period."""
    params = {"$filter": f"Type eq {VAT}", "$select": FIELDS}
    returns = [
        row
        for row in books.rows(PATH, params, pages=5)
        if integer(row, "Type") == VAT and integer(row, "Status") not in _VOID
    ]
    why, items, is_open, amount = [], [], False, Decimal(0)
    for frequency, year, number in _due(books, _frequency(returns)):
        mine = [
            row
            for row in returns
            if (integer(row, "Year"), integer(row, "Period")) == (year, number)
            and _name(row) == frequency
        ]
        left = [row for row in mine if integer(row, "Status") != _PROCESSED]
        is_open = is_open or bool(left) or not mine
        said = _said(mine, left, f"{year}/{number}")
        why.append(said)
        items += [Item(visible(text(row, "Subject", "PeriodDescription"))) for row in left]
        amount += sum((money(row, "Amount") or Decimal(0) for row in mine), Decimal(0))
    if is_open:
        yield red(*why, count=len(why), amount=amount if items else None, items=tuple(items[:10]))
    elif why:
        yield green(*why, count=len(why), amount=amount)
    else:
        yield green(Said("none_due"))


def _said(mine: Sequence[Row], left: Sequence[Row], fallback: str) -> Said:
    if not mine:
        return Said("missing", text=fallback)
    shown = left[0] if left else mine[0]
    name = visible(text(shown, "PeriodDescription")) or fallback
    if not left:
        return Said("done", text=name)
    due = date(shown, "DueDate")
    return Said("open_due", text=name, day=due) if due else Said("open", text=name)


def _name(row: Row) -> str:
    """Its frequency; a month where Exact says none that is known."""
    name = text(row, "Frequency").upper()
    return name if name in MONTHS else "M"


def _frequency(returns: Sequence[Row]) -> str:
    """That of the latest; monthly where there is none yet. One of a whole year may come on top of
    the year's others."""
    newest = max(
        returns,
        key=lambda row: (
            integer(row, "Year") or 0,
            _name(row) != "Y",
            (integer(row, "Period") or 0) * MONTHS[_name(row)],
            milliseconds(row, "Created") or 0,
        ),
        default=None,
    )
    return "M" if newest is None else _name(newest)


def _due(books: Books, frequency: str) -> Iterator[tuple[str, int, int]]:
    """Year and number of each return whose last day is one of the period's."""
    length = MONTHS[frequency]
    for end in _month_ends(books.period.begin, books.period.end):
        year, month = end.year, end.month
        if frequency == "A":
            first = books.year(books.period.year)[0].begin
            months = (end.year - first.year) * 12 + end.month - first.month + 1
            year, month = books.period.year, months
        if month % length == 0:
            yield frequency, year, month // length


def _month_ends(begin: dt.date, end: dt.date) -> Iterator[dt.date]:
    """The last days of months between two days."""
    day = begin
    while True:
        last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        if last > end:
            return
        yield last
        day = last + dt.timedelta(days=1)


LINE = LineKind(40, WORDS, judge, (PATH,))
