"""What the close assumes of Exact Online and no public source settles: looked at only where the
config has one, in the latest period that ended, with the queries of the close itself."""

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Final

from exact_slack.app.today import today
from exact_slack.close import balances, periods
from exact_slack.close.books import Books, NotKnown, TooMuch
from exact_slack.close.inside import lines_of
from exact_slack.close.lines import bank, drafts, goods, journals, vat
from exact_slack.close.scheduled import wishes_of
from exact_slack.documents.compared.period import Period
from exact_slack.documents.kinds import Kind
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.exact.standing import LISTS
from exact_slack.exact.values import Unreadable, currency_code, integer, money, text
from exact_slack.exact.wire.odata import Row
from exact_slack.inspect.doctor.points import NOT_TRIED, Context, Point, Seen
from exact_slack.inspect.online.closing import closes_of

_BAD_QUERY: Final = 400
_RECEIVED: Final = "ReceiptStatus ne 10"
_OPEN_OR_CLOSED: Final = {0, 1}
_TYPES: Final = frozenset(
    {10, 20, 21, 30, 31, 40, 50, *range(70, 77), 80, *range(82, 88), 90, 95, 96}
    | {120, 121, 130, 131, *range(140, 149), 150, 151, 152, 155, 156, 158, 162, 170, 180, 181}
    | {195, 200, 201, 290, 310, *range(320, 329), 3000}
)
"""The types of transactions that the documentation lists."""


def _looking(look: Callable[[Books], Seen], *paths: str) -> Callable[[Context], Seen]:
    """`paths`: what it asks; an endpoint that refused something is not asked again."""

    def looked(context: Context) -> Seen:
        if context.refused & {periods.PATH, *paths}:
            return "it may not be read", None
        try:
            books = _books(context)
            return ("no company of a close can be read", None) if books is None else look(books)
        except TooMuch:
            return "there are too many rows to look at", None
        except (NotKnown, Unreadable, ArithmeticError):
            return "the answer cannot be read", None
        except ExactRefused as refused:
            context.refused.add(refused.endpoint)
            raise

    return looked


def _books(context: Context) -> Books | None:
    """The latest period that ended, of a company that a close tells of."""
    if context.books is None:
        customer = context.customer
        config, day = customer.config, today(customer.config, customer.clock)
        usable = [one.division for one in context.asked.divisions if not one.problem]
        told = [code for code in usable if closes_of(config, code)]
        if not told:
            return None
        found = periods.read(customer.exact, told[0], day.year)
        context.books = Books(
            client=customer.exact,
            ledger=customer.ledger,
            config=config,
            division=DivisionInfo(told[0], "", "", "active"),
            period=periods.chosen(found, "", day, told[0]),
            periods=found,
            today=day,
            wishes=wishes_of(closes_of(config, told[0])[0]),
        )
    context.books.begin()
    return context.books


def _period_ends(books: Books) -> Seen:
    pairs = list(pairwise(books.periods))
    follow = sum(before.end + dt.timedelta(days=1) == after.begin for before, after in pairs)
    saw = f"{follow} of {len(pairs)} periods begin on the day after another's last"
    return saw, follow > 0 if pairs else None


def _journal_rows(books: Books) -> Seen:
    rows = _statuses(books, books.period)
    statuses = {integer(row, "Status") for row in rows}
    with_row = {text(row, "Journal") for row in rows}
    there = {text(row, "Code") for row in books.rows(bank.JOURNALS, {"$select": "Code"}, pages=3)}
    if not rows:
        return f"no rows for the latest period; there are {len(there)} journals", None
    saw = f"{len(with_row & there)} of {len(there)} journals have a row, with status"
    return f"{saw} {_listed(statuses)}", statuses <= _OPEN_OR_CLOSED and there <= with_row


def _future_rows(books: Books) -> Seen:
    future = [period for period in books.periods if period.begin > books.today]
    if not future:
        return "there is no later period yet", None
    statuses = [integer(row, "Status") for row in _statuses(books, future[-1])]
    closed = statuses.count(journals.CLOSED)
    return f"{len(statuses)} rows for the last one, {closed} of them closed", not closed


def _statuses(books: Books, period: Period) -> list[Row]:
    place = f"Year eq {period.year} and Period eq {period.number}"
    params = {"$filter": place, "$select": "Journal,Period,Year,Status"}
    return books.rows(journals.PATH, params, pages=3)


def _bank_order(books: Books) -> Seen:
    period = books.period
    here = f"FinancialYear eq {period.year} and FinancialPeriod eq {period.number}"
    params = {"$filter": here, "$orderby": "EntryNumber desc", **bank.LINES}
    return _taken(books, bank.ENTRIES, params)


def _taken(books: Books, path: str, params: dict[str, str]) -> Seen:
    try:
        books.listed(path, params)
    except ExactRefused as refused:
        return f"refused with {refused.status}", False if refused.status == _BAD_QUERY else None
    return "taken", True


def _drafts(books: Books) -> Seen:
    answers: list[tuple[str, Seen]] = []
    for source in drafts.SOURCES:
        params = {"$filter": source.condition(books), "$select": source.fields}
        answers.append((source.path, _taken(books, source.path, params)))
    taken = sum(holds is True for _, (_, holds) in answers)
    not_taken = [f"{path} {saw}" for path, (saw, holds) in answers if not holds]
    refused = any(holds is False for _, (_, holds) in answers)
    saw = "; ".join([f"taken by {taken} of {len(answers)}", *not_taken])
    return saw, False if refused else True if taken == len(answers) else None


def _returns(books: Books) -> Seen:
    rows = books.rows(vat.PATH, {"$filter": f"Type eq {vat.VAT}", "$select": vat.FIELDS}, pages=5)
    if not rows:
        return "there is none yet", None
    statuses = {integer(row, "Status") for row in rows}
    later = sum(_is_later(books, row) for row in rows)
    saw = f"{len(rows)} returns with status {_listed(statuses)}"
    return f"{saw}; {later} of periods that have not begun", not later


def _is_later(books: Books, row: Row) -> bool:
    """Whether a return is of a time that has not begun."""
    year, number = integer(row, "Year") or 0, integer(row, "Period") or 0
    months = vat.MONTHS.get(text(row, "Frequency").upper(), 1)
    return (year, (number - 1) * months + 1) > (books.today.year, books.today.month)


def _received(books: Books) -> Seen:
    lines = _order_lines(books)
    more = sum(_amount(line, "ReceivedQuantity") > _amount(line, "Quantity") for line in lines)
    return f"on {more} of {len(lines)} order lines more than was ordered", True if more else None


def _units(books: Books) -> Seen:
    """Only lines that are wholly received or billed, and have two units, tell."""
    by = {"Quantity": 0, "QuantityInPurchaseUnits": 0}
    for line in _order_lines(books):
        both = [_amount(line, name) for name in by]
        if both[0] == both[1] or not all(both):
            continue
        for done in ("ReceivedQuantity", "InvoicedQuantity"):
            for name, quantity in zip(by, both, strict=True):
                by[name] += _amount(line, done) == quantity
    ours, other = by.values()
    saw = f"{ours} times as much as Quantity, {other} times as QuantityInPurchaseUnits"
    return saw, None if not (ours or other) else ours >= other


def _order_lines(books: Books) -> list[Row]:
    def read() -> list[Row]:
        orders = books.listed(goods.ORDERS, {"$filter": _RECEIVED, **goods.LINES}).rows
        endpoint, fields = ENDPOINTS[Kind.PURCHASE_ORDER], goods.FIELDS
        return [row for one in orders for row in lines_of(one, endpoint, fields, books.rows)]

    return books.once("doctor's order lines", read)


def _amount(row: Row, name: str) -> Decimal:
    return money(row, name) or Decimal(0)


def _types(books: Books) -> Seen:
    params = {
        "$filter": f"ReportingYear eq {books.period.year}",
        "$select": "ReportingPeriod,Type",
    }
    rows = books.listed(balances.BALANCES, params, 2).rows
    if not rows:
        return "no movements this year", None
    types = {integer(row, "Type") for row in rows}
    opening = sum((integer(row, "ReportingPeriod") or 0) < 1 for row in rows)
    saw = f"types {_listed(types)}; {opening} of {len(rows)} sums stand before the first period"
    return saw, types <= _TYPES


def _opening(books: Books) -> Seen:
    params = {"$select": "GLAccountCode,ReportingYear"}
    rows = books.rows(balances.OPENING[0], params, pages=5)
    if not rows:
        return "there are no opening balances", None
    year = balances.current_year(books)
    mine = sum(integer(row, "ReportingYear") == year for row in rows)
    accounts = len({text(row, "GLAccountCode") for row in rows})
    saw = f"{len(rows)} rows of {accounts} accounts, {mine} of the current year"
    return saw, len(rows) == accounts == mine


def _sums(books: Books) -> Seen:
    params = {"$filter": "Type eq 20 or Type eq 22", "$select": "Code"}
    codes = [text(row, "Code") for row in books.rows(balances.ACCOUNTS, params, pages=2)]
    codes = list(dict.fromkeys([*books.wishes.suspense, *codes]))
    if not codes:
        return "there is no control account", None
    try:
        balances.balances(books, codes, books.period.year, books.period.number)
    except NotKnown as unlike:
        if unlike.said.word != "differs":
            raise
        return "they differ on an account", False
    return f"they do not differ, on {len(codes)} accounts", True


def _currencies(books: Books) -> Seen:
    found: set[str] = set()
    count = 0
    for path in LISTS.values():
        rows = books.listed(path, {"$select": "HID,CurrencyCode"}).rows
        count += len(rows)
        found |= {currency_code({"Currency": row.get("CurrencyCode")}) for row in rows}
    return f"{count} open terms in {len(found)} currencies", None


def _listed(numbers: Iterable[int | None]) -> str:
    """Codes, as they are."""
    return ", ".join(str(number) for number in sorted(numbers, key=lambda one: one or 0))


def _untried(_: Context) -> Seen:
    return NOT_TRIED


_ORDERS = (goods.ORDERS, ENDPOINTS[Kind.PURCHASE_ORDER].lines_path)
POINTS: Final = (
    Point(
        "close period ends",
        "A period's EndDate is its last day, and the next one begins on the day after.",
        "a day is missing from the lines and the CSV, or is in two periods",
        _looking(_period_ends),
        needs_exact=True,
    ),
    Point(
        "close journal rows",
        "JournalStatusList has a row for each journal of a period: 0 is open, 1 is closed.",
        "`journals` does not see an open journal, or is red over a closed one",
        _looking(_journal_rows, journals.PATH, bank.JOURNALS),
        needs_exact=True,
    ),
    Point(
        "close future periods",
        "Of a period that is still to come JournalStatusList has no rows, or open ones.",
        "`journals` is green in the last days of a period, before anybody closed it",
        _looking(_future_rows, journals.PATH),
        needs_exact=True,
    ),
    Point(
        "close lock by return",
        "A period that is locked by its VAT return is not closed for that.",
        "`journals` is green from the return on",
        _untried,
    ),
    Point(
        "close bank order",
        "BankEntries are sorted by number also where their lines come along.",
        "nothing: all entries are read; of more than three pages `bank` is unknown",
        _looking(_bank_order, bank.ENTRIES),
        needs_exact=True,
    ),
    Point(
        "close filters",
        "Entries and invoices are filtered by their date (or period) together with their status.",
        "`drafts` is unknown",
        _looking(_drafts, *(source.path for source in drafts.SOURCES)),
        needs_exact=True,
    ),
    Point(
        "close returns",
        "A VAT return has a row in Returns only once it is drawn up.",
        "nothing turns green: `vat` calls it open and not missing",
        _looking(_returns, vat.PATH),
        needs_exact=True,
    ),
    Point(
        "close return accepted",
        "Status 50 of a return says that it was processed, not that the authority took it.",
        "nothing: `vat` never says that it was sent",
        _untried,
    ),
    Point(
        "close received quantity",
        "ReceivedQuantity counts also what came beyond the ordered quantity.",
        "`goods` accrues too little where more came than was ordered",
        _looking(_received, *_ORDERS),
        needs_exact=True,
    ),
    Point(
        "close order units",
        "ReceivedQuantity and InvoicedQuantity are in the unit of Quantity.",
        "`goods` accrues a multiple, or a part, where the purchase unit is another one",
        _looking(_units, *_ORDERS),
        needs_exact=True,
    ),
    Point(
        "close invoiced quantity",
        "InvoicedQuantity counts what is processed, less what was credited.",
        "`goods` calls a draft's goods billed (`drafts` has the draft), or credited ones",
        _untried,
    ),
    Point(
        "close movement types",
        "Opening balances, closing entries and budgets are ReportingBalance types of their own.",
        "sums are off: `suspense` and `terms` notice by their proof, `cost_centers` does not",
        _looking(_types, balances.BALANCES),
        needs_exact=True,
    ),
    Point(
        "close opening balances",
        "openingbalance/CurrentYear has one row an account, of the current financial year.",
        "`suspense` and `terms` are unknown",
        _looking(_opening, balances.OPENING[0]),
        needs_exact=True,
    ),
    Point(
        "close sums",
        "ReportingBalance is the sum of TransactionLines, as soon as something is booked.",
        "`suspense` and `terms` are unknown, and say both figures",
        _looking(
            _sums,
            *(balances.ACCOUNTS, balances.BALANCES, balances.LINES, *balances.OPENING.values()),
        ),
        needs_exact=True,
    ),
    Point(
        "close open terms",
        "ReceivablesList and PayablesList have the terms of entries that are not processed, too.",
        "`terms` is red by what is not processed",
        _untried,
    ),
    Point(
        "close terms in currencies",
        "Amounts of ReceivablesList and PayablesList are in the company's currency.",
        "`terms` is red by the difference of the rates",
        _looking(_currencies, *LISTS.values()),
        needs_exact=True,
    ),
)
