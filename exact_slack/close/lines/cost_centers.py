"""`cost_centers`: on profit-and-loss accounts whose lines bear a cost center most times this
financial year, each line of the period bears one."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from exact_slack.close.balances import BALANCES, LEFT_OUT, LINES, Movement, movements
from exact_slack.close.books import Books, any_of
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Item, Judged, Said, green, red, worst
from exact_slack.exact.values import integer, money, number, text
from exact_slack.foreign import visible

_PAGES: Final = 8
_LINES: Final = 2
WORDS = table(
    """
title | Cost centers | Kostenplaatsen | Kostenstellen | Centres de coûts | Centros de coste
left | {n} lines lack a cost center. | {n} regels hebben geen kostenplaats. | {n} Zeilen fehlt eine Kostenstelle. | {n} lignes n’ont pas de centre de coûts. | {n} líneas no tienen centro de coste.
left_one | 1 line lacks a cost center. | 1 regel heeft geen kostenplaats. | 1 Zeile fehlt eine Kostenstelle. | 1 ligne n’a pas de centre de coûts. | 1 línea no tiene centro de coste.
done | No line lacks one that usually bears one. | Geen regel mist er een die er meestal een heeft. | Keiner Zeile fehlt eine, die meist eine hat. | Aucune ligne n’en manque là où il y en a d’habitude. | No falta en ninguna línea que suela llevarlo.
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


def judge(books: Books) -> Iterator[Judged]:
    """First the period; then, of the accounts with a line that lacks one, the year."""
    period = books.period
    here = f"ReportingYear eq {period.year} and ReportingPeriod eq {period.number}"
    bare = [m for m in movements(books, f"{here} and BalanceType eq 'W'", _PAGES) if not m.center]
    codes = sorted({move.account for move in bare if move.count})
    usual = _usual(books, codes) if codes else set()
    left = [move for move in bare if move.account in usual]
    count = sum(move.count for move in left)
    if count:
        amount = sum((move.amount for move in left), Decimal(0))
        yield red(Said("left", n=count), count=count, amount=amount, items=_items(books, left))
    else:
        yield green(Said("done"))


def _usual(books: Books, codes: list[str]) -> set[str]:
    """The accounts that bear one on more than half of their lines this year."""
    year = f"ReportingYear eq {books.period.year} and {any_of('GLAccountCode', codes)}"
    moves = movements(books, year, _PAGES)
    usual = set()
    for code in codes:
        mine = [move for move in moves if move.account == code]
        borne = sum(move.count for move in mine if move.center)
        if 2 * borne > sum(move.count for move in mine):
            usual.add(code)
    return usual


def _items(books: Books, left: list[Movement]) -> tuple[Item, ...]:
    """The lines by their entries, where few pages hold them; else the accounts."""
    period, codes = books.period, sorted({move.account for move in left})
    place = f"FinancialYear eq {period.year} and FinancialPeriod eq {period.number}"
    params = {
        "$filter": f"{place} and {any_of('GLAccountCode', codes)}",
        "$select": "AccountName,AmountDC,CostCenter,Description,EntryNumber,GLAccountCode,Type",
    }
    listed = books.listed(LINES, params, _LINES)
    rows = [
        row
        for row in listed.rows
        if not text(row, "CostCenter") and integer(row, "Type") not in LEFT_OUT
    ]
    if listed.is_whole:
        names = ("EntryNumber",), ("AccountName", "Description"), ("GLAccountCode",)
        return worst(
            [
                Item(
                    " · ".join(
                        filter(
                            None,
                            (
                                number(row, *names[0]),
                                visible(text(row, *names[1])),
                                text(row, *names[2]),
                            ),
                        )
                    ),
                    money(row, "AmountDC"),
                )
                for row in rows
            ]
        )
    return worst([Item(f"{move.account} {visible(move.name)}", move.amount) for move in left])


LINE = LineKind(60, WORDS, judge, (BALANCES, LINES))
