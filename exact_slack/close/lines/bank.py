"""`bank`: the period's bank entries are processed, and each bank in use has a statement up to the
period's last day."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from http import HTTPStatus
from typing import Final

from exact_slack.close.books import Books, TooMuch
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Item, Judged, Said, green, red, worst
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.values import date, money, number, text
from exact_slack.exact.wire.odata import Row, collection
from exact_slack.foreign import visible

ENTRIES: Final = "financialtransaction/BankEntries"
JOURNALS: Final = "financial/Journals"
_BANK: Final = 12
"""The type of a bank journal."""
_PAGES: Final = 3
_ALONE: Final = 6
"""So many banks without an entry in the period are asked for by themselves."""
_LATELY: Final = dt.timedelta(days=92)
"""In the first period of a year a bank is in use that had a statement so recently."""
LINES: Final = {
    "$expand": "BankEntryLines",
    "$select": "EntryNumber,JournalCode,BankEntryLines/Date,BankEntryLines/AmountDC",
}
WORDS = table(
    """
title | Bank | Bank | Bank | Banque | Banco
open | {n} bank entries are not processed. | {n} bankboekingen zijn niet verwerkt. | {n} Bankbuchungen sind nicht verarbeitet. | {n} écritures de banque ne sont pas traitées. | {n} asientos bancarios no están procesados.
open_one | 1 bank entry is not processed. | 1 bankboeking is niet verwerkt. | 1 Bankbuchung ist nicht verarbeitet. | 1 écriture de banque n’est pas traitée. | 1 asiento bancario no está procesado.
days | {text}: the last statement line is of {day}, {n} days are missing. | {text}: de laatste afschriftregel is van {day}, er ontbreken {n} dagen. | {text}: die letzte Auszugszeile ist vom {day}, {n} Tage fehlen. | {text} : la dernière ligne de relevé est du {day}, il manque {n} jours. | {text}: la última línea de extracto es del {day}, faltan {n} días.
days_one | {text}: the last statement line is of {day}, 1 day is missing. | {text}: de laatste afschriftregel is van {day}, er ontbreekt 1 dag. | {text}: die letzte Auszugszeile ist vom {day}, 1 Tag fehlt. | {text} : la dernière ligne de relevé est du {day}, il manque 1 jour. | {text}: la última línea de extracto es del {day}, falta 1 día.
no_day | {text}: its statement lines have no date. | {text}: de afschriftregels hebben geen datum. | {text}: die Auszugszeilen haben kein Datum. | {text} : les lignes de relevé n’ont pas de date. | {text}: las líneas de extracto no tienen fecha.
done | All entries are processed, every statement reaches {day}. | Alle boekingen zijn verwerkt, elk afschrift loopt tot en met {day}. | Alle Buchungen sind verarbeitet, jeder Auszug reicht bis {day}. | Toutes les écritures sont traitées, chaque relevé va jusqu’au {day}. | Todos los asientos están procesados, cada extracto llega hasta el {day}.
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


def judge(books: Books) -> Iterator[Judged]:
    """Both questions, as one line."""
    period = books.period
    here = f"FinancialYear eq {period.year} and FinancialPeriod eq {period.number}"
    left = books.listed(ENTRIES, {"$filter": f"{here} and Status eq 20", **LINES})
    items = [Item(number(row, "EntryNumber"), _sum(row)) for row in left.rows]
    why = [Said("open", n=left.count)] if left.count else []
    why += _missing(books, here)
    if not left.rows and not left.is_whole:
        raise TooMuch(ENTRIES)
    if why:
        yield red(*why, count=left.count, items=worst(items))
    else:
        yield green(Said("done", day=period.end))


def _sum(row: Row) -> Decimal:
    lines, _ = collection(row.get("BankEntryLines"))
    return sum((abs(money(line, "AmountDC") or Decimal(0)) for line in lines or ()), Decimal(0))


def _missing(books: Books, here: str) -> Iterator[Said]:
    """A sentence for each bank whose statements do not reach the period's end."""
    params = {"$filter": f"Type eq {_BANK}", "$select": "Code,Description"}
    banks = {
        text(row, "Code"): visible(text(row, "Description"))
        for row in books.rows(JOURNALS, params, pages=2)
    }
    last = _last_days(_newest(books, here, "EntryNumber desc", _PAGES))
    alone = [code for code in sorted(banks) if code not in last]
    if len(alone) > _ALONE:
        raise TooMuch(ENTRIES)
    for code in alone:
        last.update(_last_days(_before(books, code)))
    for code, day in sorted(last.items()):
        name = f"{code} {banks.get(code, '')}".strip()
        if day is None:
            yield Said("no_day", text=name)
        elif day < books.period.end:
            yield Said("days", n=(books.period.end - day).days, day=day, text=name)


def _before(books: Books, code: str) -> list[Row]:
    """The year's latest entries of a bank that has none in the period; none where it is not in
    use this year. A year that has just begun has none: then those of the year before count."""
    period, quoted = books.period, code.replace("'", "''")
    is_first = period.number == min(other.number for other in books.year(period.year))
    year = period.year - 1 if is_first else period.year
    upto = f"FinancialYear eq {year}"
    upto += "" if is_first else f" and FinancialPeriod le {period.number}"
    order = "FinancialPeriod desc,EntryNumber desc"
    rows = _newest(books, f"{upto} and JournalCode eq '{quoted}'", order, 1)
    day = _last_days(rows).get(code)
    if is_first and day is not None and day < period.begin - _LATELY:
        return []  # left behind with the old year
    return rows


def _newest(books: Books, condition: str, order: str, pages: int) -> list[Row]:
    """The latest entries; all of them where Exact does not sort, and TooMuch where it has more."""
    params = {"$filter": condition, **LINES}
    try:
        return books.listed(ENTRIES, {**params, "$orderby": order}, pages).rows
    except ExactRefused as refused:
        if refused.status != HTTPStatus.BAD_REQUEST:
            raise
        return books.rows(ENTRIES, params, pages)


def _last_days(rows: Iterable[Row]) -> dict[str, dt.date | None]:
    """By journal the day of its last statement line."""
    last_days: dict[str, dt.date | None] = {}
    for row in rows:
        code, before = text(row, "JournalCode"), last_days.get(text(row, "JournalCode"))
        lines, _ = collection(row.get("BankEntryLines"))
        days = [day for line in lines or () if (day := date(line, "Date"))]
        last_days[code] = max([*days, *([before] if before else [])], default=None)
    return last_days


LINE = LineKind(20, WORDS, judge, (ENTRIES, JOURNALS))
