"""`queue` for a person, and for a spreadsheet."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import timedelta
from decimal import Decimal
from typing import BinaryIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exact_slack.cli.frame.run import colour
from exact_slack.foreign import visible
from exact_slack.rendering import spreadsheet
from exact_slack.rendering.spreadsheet import cell, number
from exact_slack.triage.queue import Row, Stat


def show(rows: Sequence[Row] | Sequence[Stat]) -> None:
    """One line each; nothing where there is nothing."""
    if not rows:
        return
    table = Table(box=None, pad_edge=False)
    rows_shown = [_stat(row) if isinstance(row, Stat) else _item(row) for row in rows]
    for name in rows_shown[0]:
        table.add_column(name)
    for values in rows_shown:
        table.add_row(*(Text(visible(value)) for value in values.values()))
    console = Console(no_color=not colour(), highlight=False)
    console.print(table)
    for row in rows:
        if isinstance(row, Stat) and row.advice:
            console.print(Text(row.advice))


def _item(row: Row) -> dict[str, str]:
    what = " ".join(filter(None, (row.kind.replace("_", " "), row.number)))
    return {
        "State": row.state,
        "Who": row.person or "",
        "Since": row.since[:16].replace("T", " "),
        "Channel": row.channel,
        "Document": what,
        "Account": row.account,
        "Amount": " ".join(filter(None, (row.currency, row.amount))),
        "Noticed": ", ".join(row.exceptions),
    }


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
