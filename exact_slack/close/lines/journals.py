"""`journals`: each journal of the period is closed. A period is closed only when all of them are,
and one without rows is not (Exact may open it again)."""

from collections.abc import Iterator
from typing import Final

from exact_slack.close.books import Books, year_and_period
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Item, Judged, Said, green, red
from exact_slack.exact.values import integer, text
from exact_slack.foreign import visible

PATH: Final = "read/financial/JournalStatusList"
CLOSED: Final = 1
WORDS = table(
    """
title | Journals closed | Dagboeken afgesloten | Journale abgeschlossen | Journaux clôturés | Diarios cerrados
open | {n} journals are open. | {n} dagboeken zijn open. | {n} Journale sind offen. | {n} journaux sont ouverts. | {n} diarios están abiertos.
open_one | 1 journal is open. | 1 dagboek is open. | 1 Journal ist offen. | 1 journal est ouvert. | 1 diario está abierto.
closed | All {n} journals are closed. | Alle {n} dagboeken zijn afgesloten. | Alle {n} Journale sind abgeschlossen. | Les {n} journaux sont clôturés. | Los {n} diarios están cerrados.
closed_one | Its journal is closed. | Het dagboek is afgesloten. | Das Journal ist abgeschlossen. | Le journal est clôturé. | El diario está cerrado.
no_rows | Exact shows no journal of this period: it is not closed. | Exact toont geen dagboek van deze periode: zij is niet afgesloten. | Exact zeigt kein Journal dieser Periode: sie ist nicht abgeschlossen. | Exact n’affiche aucun journal de cette période : elle n’est pas clôturée. | Exact no muestra ningún diario de este período: no está cerrado.
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


def judge(books: Books) -> Iterator[Judged]:
    """A journal with several rows is closed if each of them says so."""
    period = books.period
    rows = books.rows(
        PATH,
        {
            "$filter": f"Year eq {period.year} and Period eq {period.number}",
            "$select": "Journal,JournalDescription,Period,Year,Status",
        },
        pages=3,
    )
    names: dict[str, str] = {}
    still_open: set[str] = set()
    for row in rows:
        place = year_and_period(row, "Year", "Period")
        if None not in place and place != (period.year, period.number):
            continue
        code = text(row, "Journal")
        names.setdefault(code, visible(text(row, "JournalDescription")))
        if integer(row, "Status") != CLOSED:
            still_open.add(code)
    if not names:
        yield red(Said("no_rows"))
    elif still_open:
        items = tuple(Item(f"{code} {names[code]}".strip()) for code in sorted(still_open))
        yield red(Said("open", n=len(items)), count=len(items), items=items[:10])
    else:
        yield green(Said("closed", n=len(names)))


LINE = LineKind(10, WORDS, judge, (PATH,))
