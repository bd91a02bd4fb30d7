"""Reading what a plan names, one division after the other.

Exact's overview is read before the lists and after them: where it is another one meanwhile, all is
read once more. What cannot be read is told, with the right that it wants, and stops nothing else;
it is not asked again, since Exact counts refusals."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from typing import TypeVar

from exact_slack.documents.standing import Balance, Gap, Lacking, Term
from exact_slack.documents.subjects import Side
from exact_slack.errors import ExactSlackError, LoginNeeded, Notice, TemporaryError
from exact_slack.exact.errors import DivisionDenied, ExactDown, ExactRefused, UserBlocked
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.exact.standing import Listed, Origin, Outstanding, StandingReader
from exact_slack.reports.direction import Known, directed
from exact_slack.reports.gaps import gap
from exact_slack.reports.plan import Plan

_ROUNDS = 2
Found = TypeVar("Found")


@dataclass(slots=True)
class Reading:
    """What was found in one division. `overview` is None where it could not be read; `steady` is
    False where it was another one before and after the lists."""

    division: DivisionInfo
    terms: dict[Side, list[Term]] = field(default_factory=dict)
    overview: tuple[Outstanding, ...] | None = None
    steady: bool = True
    balances: list[Balance] = field(default_factory=list)
    problems: list[ExactSlackError] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def lacks(self, lacking: Lacking, error: ExactSlackError, meaning: str = "") -> None:
        """Something could not be read. `meaning`: what that means, where the report goes on."""
        self.gaps.append(gap(lacking, error, self.division))
        goes_on = Notice(f"{error.sentence} {meaning}", error.cure)
        self.problems.append(goes_on if meaning else error)


def read(reader: StandingReader, plan: Plan, division: DivisionInfo) -> Reading:
    """One division. Raises where nothing can be asked any more: a login, or Exact is down."""
    reading = Reading(division)
    try:
        _Division(reader, plan, reading).read()
    except (LoginNeeded, ExactDown):
        raise
    except (DivisionDenied, UserBlocked, TemporaryError) as error:
        reading.lacks(Lacking.COMPANY, error)
    return reading


class _Division:
    def __init__(self, reader: StandingReader, plan: Plan, reading: Reading) -> None:
        self._reader = reader
        self._plan = plan
        self._reading = reading
        self._info = reading.division
        self._code = reading.division.code
        self._closed: set[Lacking] = set()
        """What was refused."""

    def read(self) -> None:
        lists: dict[Side, list[Listed]] = {}
        for _ in range(_ROUNDS):
            before = self._overview()
            listed = {side: self._listed(side) for side in self._plan.sides}
            lists = {side: rows for side, rows in listed.items() if rows is not None}
            after = self._overview()
            self._reading.overview, self._reading.steady = after, before == after
            if before == after:
                break
        for side, rows in lists.items():
            self._reading.terms[side] = self._directed(side, rows)
        if self._plan.banks:
            banks = self._try(Lacking.BANK, lambda: self._reader.balances(self._code))
            self._reading.balances = banks or []

    def _try(self, what: Lacking, ask: Callable[[], Found]) -> Found | None:
        """What is refused is told once; None then."""
        if what in self._closed:
            return None
        try:
            return ask()
        except (DivisionDenied, UserBlocked):
            raise
        except ExactRefused as error:
            self._closed.add(what)
            self._reading.lacks(what, error)
            return None

    def _overview(self) -> tuple[Outstanding, ...] | None:
        return self._try(Lacking.COMPARISON, lambda: self._reader.overview(self._code))

    def _listed(self, side: Side) -> list[Listed] | None:
        return self._try(Lacking(side.value), lambda: self._reader.listed(self._code, side))

    # -- which way the terms go ------------------------------------------------------------

    def _directed(self, side: Side, rows: list[Listed]) -> list[Term]:
        if not rows:
            return []
        books = self._known(side)
        total = None
        if self._reading.overview is not None:
            total = sum((row.of(side) for row in self._reading.overview), Decimal(0))
        own = self._own(side, books)
        return directed(self._code, side, rows, books, own=own, overview=total)

    def _known(self, side: Side) -> Known:
        """What the terms say of themselves: the special ones, or all where Exact takes no such
        query. Without them the report goes on: the overview says which way the list goes."""
        try:
            return Known(self._reader.special(self._code, side, self._info.currency))
        except (DivisionDenied, UserBlocked):
            raise
        except ExactRefused as refused:
            if refused.status != HTTPStatus.BAD_REQUEST:
                return self._unknown(refused)
        try:
            return Known(self._reader.all_terms(self._code, side), complete=True)
        except ExactRefused as refused:
            return self._unknown(refused)

    def _unknown(self, refused: ExactRefused) -> Known:
        meaning = "What is a credit and what a payment is not told apart."
        self._reading.lacks(Lacking.KINDS, refused, meaning)
        return Known(None)

    def _own(self, side: Side, books: Known) -> list[Origin]:
        """The amounts in the invoices' own currencies, where there are foreign ones."""
        currency = self._info.currency
        if not currency or all(origin.currency == currency for origin in books.origins or ()):
            return []
        try:
            return self._reader.own_amounts(self._code, side, currency)
        except (DivisionDenied, UserBlocked):
            raise
        except ExactRefused as refused:
            meaning = "Amounts in an invoice's own currency are left out."
            self._reading.lacks(Lacking.OWN_AMOUNTS, refused, meaning)
            return []
