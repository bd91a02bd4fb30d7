"""A close in a terminal: a line a row, green, red or unknown, and what is behind it."""

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exact_slack.cli.frame.run import colour
from exact_slack.close.message import title, which_are_ready
from exact_slack.close.registry import kinds
from exact_slack.close.words import LineWords
from exact_slack.documents.closing import Closing, Item, Light, Line
from exact_slack.foreign import visible
from exact_slack.rendering import spreadsheet
from exact_slack.rendering.spreadsheet import cell, number
from exact_slack.rendering.words.locale import Words

_SIGNS = {Light.GREEN: ("✔", "green"), Light.RED: ("✘", "red"), Light.UNKNOWN: ("?", "yellow")}
_COLUMNS = ("division", "period", "line", "state", "why", "count", "amount", "currency")


def show(closings: Sequence[Closing], locale: str) -> None:
    """Each company, after a line that says which are ready."""
    console, words = Console(no_color=not colour(), highlight=False), Words(locale)
    if len(closings) > 1:
        console.print(_text(which_are_ready([(c.name, c.ready) for c in closings], words)))
    for closing in closings:
        console.print()
        _company(closing, locale, console)


def _company(closing: Closing, locale: str, console: Console) -> None:
    words = Words(locale)
    period = closing.period
    days = f"{words.date(period.begin)} – {words.date(period.end)}"
    state = words.label("close_is_ready" if closing.ready else "close_is_not_ready")
    console.print(_text(f"{title(closing, words)} · {days} · {state}", "bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for line in closing.lines:
        own = LineWords(kinds()[line.name].words, locale)
        sign, style = _SIGNS[line.light]
        amount = _text(words.amount(line.judged.amount, closing.currency))
        table.add_row(_text(sign, style), _told(line, own, closing.currency, words), amount)
    console.print(table)


def _told(line: Line, own: LineWords, currency: str, words: Words) -> Table:
    """Its title, why, and what it found."""
    grid = Table.grid()
    grid.add_row(_text(line.judged.title or own.label("title"), "bold"))
    grid.add_row(_text(" ".join(_why(line, own, currency))))
    for item in line.judged.items:
        grid.add_row(Padding(_text(_item(item, own, currency, words)), (0, 0, 0, 2)))
    return grid


def _why(line: Line, own: LineWords, currency: str) -> Iterator[str]:
    return (own.sentence(said, currency) for said in line.judged.why)


def _item(item: Item, own: LineWords, currency: str, words: Words) -> str:
    said = own.sentence(item.said, currency) if item.said else ""
    amount = "" if item.amount is None else words.amount(item.amount, currency)
    return " · ".join(filter(None, (item.name, amount, said)))


def write(closings: Sequence[Closing], locale: str) -> None:
    """A row a line."""
    into = io.BytesIO()
    spreadsheet.write(_rows(closings, locale), locale, into)
    sys.stdout.buffer.write(into.getvalue())


def _rows(closings: Sequence[Closing], locale: str) -> Iterator[Iterable[str]]:
    yield _COLUMNS
    for closing in closings:
        for line in closing.lines:
            own, judged = LineWords(kinds()[line.name].words, locale), line.judged
            yield (
                str(closing.division),
                closing.period.name,
                cell(judged.title or own.label("title")),
                judged.light.value,
                cell(" ".join(_why(line, own, closing.currency))),
                str(judged.count),
                number(None if judged.amount is None else Decimal(judged.amount), locale),
                closing.currency,
            )


def _text(shown: str, style: str = "") -> Text:
    """As every cell goes to the console: the door of `frame.out`, for rich."""
    return Text(visible(shown), style=style)
