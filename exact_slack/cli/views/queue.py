"""`queue` for a person, and for a spreadsheet."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exact_slack.cli.frame.out import out
from exact_slack.cli.frame.run import colour
from exact_slack.config.timing import shown
from exact_slack.foreign import visible
from exact_slack.rendering import spreadsheet
from exact_slack.rendering.spreadsheet import cell, number
from exact_slack.triage.queue import Row, Stat, Wanted

if TYPE_CHECKING:
    from exact_slack.config.model import Config

_STATE = 30
"""Columns on a terminal for how an item stands and who has it."""
_UNFOLDED = 1_000
"""Columns where there is no terminal."""


def show(rows: Sequence[Row], config: "Config", wanted: Wanted) -> None:
    """Each item as one row, whose last column takes what the terminal's width leaves; and whose
    clock the times are by."""
    if not rows:
        out(_nothing(config, wanted))
        return
    zone = config.zone()
    table = Table("Since", "State", "What", box=None, pad_edge=False, header_style="")
    table.columns[0].no_wrap = True
    table.columns[1].max_width = _STATE if sys.stdout.isatty() else None
    for row in rows:
        cells = (_time(row.since, zone), _state(row, zone), _what(row))
        table.add_row(*(Text(visible(value)) for value in cells))
    _console().print(table)
    out(f"Times are those of {config.timezone or 'this machine'}.")


def show_stats(stats: Sequence[Stat], config: "Config", wanted: Wanted) -> None:
    """Each exception as one row, and what to do about those that are mostly false alarms."""
    if not stats:
        out(_nothing(config, wanted))
        return
    rows = [_stat(stat) for stat in stats]
    table = Table(*rows[0], box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(visible(value)) for value in row.values()))
    _console().print(table)
    for stat in stats:
        if stat.advice:
            out(stat.advice)


def _nothing(config: "Config", wanted: Wanted) -> str:
    """Why there is nothing to show."""
    if not config.has_triage():
        return "No route has triage, so nothing is anybody's."
    asked = " of what was asked for" if wanted.narrows else ""
    if wanted.whole:
        return f"Nothing{asked} was ever an item of triage."
    return f"Nothing{asked} is unfinished."


def _console() -> Console:
    """As wide as the terminal; in a file or a pipe nothing is folded."""
    width = None if sys.stdout.isatty() else _UNFOLDED
    return Console(no_color=not colour(), highlight=False, width=width)


def _time(moment: str, zone: tzinfo) -> str:
    return shown(datetime.fromisoformat(moment).timestamp(), zone)


def _state(row: Row, zone: tzinfo) -> str:
    by = f" by {row.person}" if row.person else ""
    return f"{row.state}{by}{f' until {_time(row.until, zone)}' if row.until else ''}"


def _what(row: Row) -> str:
    document = " ".join(filter(None, (row.kind.replace("_", " "), row.number)))
    amount = " ".join(filter(None, (row.currency, row.amount)))
    parts = (document, row.account, amount, row.channel, ", ".join(row.exceptions))
    return " · ".join(filter(None, parts))


def _stat(row: Stat) -> dict[str, str]:
    return {
        "Exception": row.exception or "(none)",
        "Items": str(row.count),
        "Taken after": _span(row.taken_median_s),
        "Done after": _span(row.done_median_s),
        "False alarms": f"{row.dismissed_share:.0%}",
    }


def _span(seconds: int | None) -> str:
    return "" if seconds is None else str(timedelta(seconds=seconds))


def write(rows: Iterable[Row], locale: str, into: BinaryIO) -> None:
    """A row an item, under the names that `--json` has; the amount as a number of the locale."""
    names = [field.name for field in fields(Row)]

    def table() -> Iterable[list[str]]:
        yield names
        for row in rows:
            amount = number(Decimal(row.amount) if row.amount else None, locale)
            cells = {
                name: cell(" ".join(value) if isinstance(value, list) else str(value or ""))
                for name, value in asdict(row).items()
            }
            yield [*(cells | {"amount": amount}).values()]

    spreadsheet.write(table(), locale, into)
