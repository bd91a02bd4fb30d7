"""Balances of G/L accounts. ReportingBalance holds movements: the opening balance is added, closing
entries are left out, and before a sum is believed it is proved against transaction lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from exact_slack.close.books import Books, NotKnown, TooMuch, any_of
from exact_slack.documents.closing import Said
from exact_slack.exact.values import Unreadable, figure, integer, money, text
from exact_slack.exact.wire.odata import Row

BALANCES: Final = "financial/ReportingBalance"
LINES: Final = "financialtransaction/TransactionLines"
ACCOUNTS: Final = "financial/GLAccounts"
OPENING: Final = {
    0: "openingbalance/CurrentYear/AfterEntry",
    1: "openingbalance/PreviousYear/AfterEntry",
}
"""By how many years ago the year is."""
LEFT_OUT: Final = frozenset({10, 310, *range(320, 329), 3000})
"""Types of transactions that are no movements: opening balances, closing entries, budgets."""
_PAGES: Final = 20
_PROOF: Final = 240
"""Transaction lines that a proof reads: four pages."""
_PAGE: Final = 60
_TRIES: Final = 2
_CENT: Final = Decimal("0.01")
_GROUP: Final = (
    "ReportingYear,ReportingPeriod,GLAccountCode,CostCenterCode,CostUnitCode,Type,Status"
)


@dataclass(frozen=True, slots=True)
class Movement:
    """The transactions of a group, all of one year."""

    period: int
    account: str
    name: str
    center: str
    amount: Decimal
    count: int


def cents(amount: Decimal) -> Decimal:
    """Rounded: Exact's amounts are doubles."""
    return amount.quantize(_CENT)


def movements(books: Books, condition: str, pages: int = _PAGES) -> list[Movement]:
    """The groups that fit, read once more where they changed meanwhile. TooMuch, NotKnown."""
    params = {"$filter": condition, "$select": f"{_GROUP},GLAccountDescription,Amount,Count"}
    for _ in range(_TRIES):
        listed = books.listed(BALANCES, params, pages)
        if not listed.is_whole:
            raise TooMuch(BALANCES)
        rows = listed.rows
        places = {tuple(str(row.get(name)) for name in _GROUP.split(",")) for row in rows}
        if len(places) == len(rows) and listed.said in (None, len(rows)):
            return [movement for row in rows if (movement := _movement(row)) is not None]
    raise NotKnown(Said("unsteady"))


def _movement(row: Row) -> Movement | None:
    period, kind = integer(row, "ReportingPeriod") or 0, integer(row, "Type")
    count = integer(row, "Count")
    if period < 1 or kind in LEFT_OUT:
        return None
    if count is None:
        raise Unreadable("Count")
    return Movement(
        period,
        text(row, "GLAccountCode"),
        text(row, "GLAccountDescription"),
        text(row, "CostCenterCode"),
        figure(row, "Amount"),
        count,
    )


def balances(books: Books, codes: Sequence[str], year: int, until: int) -> dict[str, Decimal]:
    """What stands on each account at the end of a period, after entry. NotKnown where a sum is not
    that of the transaction lines."""
    condition = f"ReportingYear eq {year} and {any_of('GLAccountCode', codes)}"
    opening = books.once(("opening", year), lambda: _opening(books, year))
    for attempt in range(_TRIES):
        moves = [m for m in movements(books, condition) if m.period <= until]
        differs = _proved(books, codes, year, until, moves)
        if differs is None:
            break
        if attempt + 1 == _TRIES:
            raise NotKnown(differs)
    return {
        code: sum((m.amount for m in moves if m.account == code), opening.get(code, Decimal(0)))
        for code in codes
    }


def _opening(books: Books, year: int) -> dict[str, Decimal]:
    """The opening balances of a year; Exact gives out those of this one and of the last."""
    back = current_year(books) - year
    if back not in OPENING:
        raise NotKnown(Said("no_opening", text=str(year)))
    params = {"$select": "GLAccountCode,Amount,ReportingYear"}
    rows = books.rows(OPENING[back], params, pages=5)
    mine = [row for row in rows if integer(row, "ReportingYear") == year]
    if rows and not mine:
        raise NotKnown(Said("no_opening", text=str(year)))
    sums: dict[str, Decimal] = {}
    for row in mine:
        code = text(row, "GLAccountCode")
        if not code or code in sums:  # an account has one; a list that changes shows one twice
            raise NotKnown(Said("unsteady"))
        sums[code] = figure(row, "Amount")
    return sums


def current_year(books: Books) -> int:
    """The financial year of today."""
    years = [period.year for period in books.periods if period.holds(books.today)]
    return max(years, default=books.today.year)


# -- proof -----------------------------------------------------------------------------------------


def _proved(
    books: Books, codes: Sequence[str], year: int, until: int, moves: Sequence[Movement]
) -> Said | None:
    """What differs; None where the sums are those of the transaction lines. As many accounts are
    proved as few pages hold; of one that has too many lines a period is."""
    lines = {code: sum(m.count for m in moves if m.account == code) for code in codes}
    chosen: list[str] = []
    for code in sorted(codes, key=lambda account: lines[account]):
        if sum(lines[account] for account in chosen) + lines[code] <= _PROOF:
            chosen.append(code)
    if chosen:
        differs = _compared(books, chosen, year, (1, until), moves)
        if differs or len(chosen) == len(codes) or any(lines[code] for code in chosen):
            return differs  # accounts without a line prove nothing
    code = min(
        (account for account in codes if account not in chosen), key=lambda account: lines[account]
    )
    by_period = {
        n: sum(m.count for m in moves if m.account == code and m.period == n)
        for n in {m.period for m in moves if m.account == code}
    }
    smallest = min(by_period, key=lambda number: by_period[number])
    return _compared(books, [code], year, (smallest, smallest), moves)


def _compared(
    books: Books, codes: Sequence[str], year: int, span: tuple[int, int], moves: Sequence[Movement]
) -> Said | None:
    first, last = span
    ours = dict.fromkeys(codes, Decimal(0))
    for move in moves:
        if move.account in ours and first <= move.period <= last:
            ours[move.account] += move.amount
    theirs = _of_lines(books, codes, year, span)
    for code in codes:
        if cents(ours[code]) != cents(theirs[code]):
            return Said("differs", text=code, amount=ours[code], other=theirs[code])
    return None


def _of_lines(
    books: Books, codes: Sequence[str], year: int, span: tuple[int, int]
) -> dict[str, Decimal]:
    periods = f"FinancialPeriod ge {span[0]} and FinancialPeriod le {span[1]}"
    params = {
        "$filter": f"FinancialYear eq {year} and {periods} and {any_of('GLAccountCode', codes)}",
        "$select": "ID,GLAccountCode,AmountDC,Type",
    }
    sums = dict.fromkeys(codes, Decimal(0))
    for row in books.rows(LINES, params, pages=12):
        code = text(row, "GLAccountCode")
        if code in sums and integer(row, "Type") not in LEFT_OUT:
            sums[code] += money(row, "AmountDC") or Decimal(0)
    return sums


# -- accounts --------------------------------------------------------------------------------------


def named(books: Books, codes: Iterable[str]) -> dict[str, str]:
    """The name of each of these accounts that exists."""
    params = {"$filter": any_of("Code", codes), "$select": "Code,Description"}
    rows = books.rows(ACCOUNTS, params, pages=3)
    return {text(row, "Code"): text(row, "Description") for row in rows}
