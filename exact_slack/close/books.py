"""What the lines of a close ask Exact, one company and period: a page at a time, and never more
than so many calls. Nothing is asked again that was refused."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from exact_slack.config.model import Config
from exact_slack.documents.closing import Said
from exact_slack.documents.compared.period import Period
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.exact.errors import DivisionDenied, ExactRefused, UserBlocked
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.exact.times import moment
from exact_slack.exact.values import integer
from exact_slack.exact.wire.client import ExactClient
from exact_slack.exact.wire.odata import Answer, Row
from exact_slack.exact.wire.paging import follow_all
from exact_slack.ledger.ledger import Ledger

MOST_CALLS: Final = 40
"""Of one company, each time that it is asked how its close stands."""
Found = TypeVar("Found")


class TooMuch(Exception):
    """More pages or calls than a line may have; the text is what was asked for."""


class NotKnown(Exception):
    """A line cannot be answered, and says why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.word)
        self.said = said


@dataclass(frozen=True, slots=True)
class Delivered:
    """What of a period's documents did not reach its channels, by number. `asked`: Exact was asked,
    too; `problem`: what could not be compared."""

    gaps: tuple[str, ...] = ()
    asked: bool = False
    never_read: bool = False
    problem: str = ""
    first_day: dt.date | None = None
    """From which on there are any, where that is after the period."""


Deliveries = Callable[[int, Period, bool], Delivered]
"""For a company and period; whether to ask Exact as well."""


def first_day(
    ledger: Ledger, kinds: Iterable[Kind], division: int, period: Period
) -> dt.date | None:
    """The day from which on the ledger has a company's documents, where that is after the period:
    of the period it knows nothing then."""
    cursors = (ledger.cursors.get(division, kind) for kind in kinds)
    began = max((cursor.complete_since for cursor in cursors if cursor), default=0)
    day = moment(ServerMs(max(began, 0))).date()
    return day if day > period.end else None


def not_asked(division: int, period: Period, ask: bool) -> Delivered:  # noqa: ARG001 - a signature
    """Where nobody can say."""
    return Delivered(never_read=True)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a close is asked for. Without a config's own: every line that needs no list of it."""

    lines: tuple[str, ...] = ()
    suspense: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticked:
    """A line that people tick: whether it is, and by whom; `problem` where Slack does not say."""

    by: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows that were read, and how many there are in all; None where that is not known.
    `said`: how many Exact said there were when the reading began."""

    rows: list[Row]
    total: int | None
    said: int | None = None

    @property
    def count(self) -> int:
        """As many as are known of."""
        return max(len(self.rows), self.total or 0, self.said or 0)

    @property
    def is_whole(self) -> bool:
        """Whether all were read."""
        return self.total == len(self.rows)


@dataclass(slots=True)
class Books:
    """One company and period, as it is read now. `wishes`: what the config's close says."""

    client: ExactClient
    ledger: Ledger
    config: Config
    division: DivisionInfo
    period: Period
    periods: Sequence[Period]
    """All that were read, around the period."""
    today: dt.date
    wishes: Wishes
    deliveries: Deliveries = not_asked
    ticks: Mapping[str, Ticked] = field(default_factory=dict)
    """By the words of the line."""
    others_green: bool = False
    """Whether every line before this one is green."""
    began: int = 0
    """The client's count of calls when the reading began."""
    _kept: dict[object, Any] = field(default_factory=dict)
    _closed: ExactRefused | None = None
    """The company as a whole is refused."""

    @property
    def code(self) -> int:
        """Exact's number of the company."""
        return self.division.code

    def year(self, number: int) -> list[Period]:
        """The periods of a financial year, in their order."""
        return sorted((p for p in self.periods if p.year == number), key=lambda p: p.number)

    def rows(self, path: str, params: dict[str, str], pages: int = 20) -> list[Row]:
        """Every row; TooMuch where they are more than so many pages."""
        listed = self._read(path, params, pages)
        if not listed.is_whole:
            raise TooMuch(path)
        return listed.rows

    def listed(self, path: str, params: dict[str, str], pages: int = 1) -> Listed:
        """The rows of the first pages, and how many there are."""
        return self._read(path, {**params, "$inlinecount": "allpages"}, pages)

    def _read(self, path: str, params: dict[str, str], pages: int) -> Listed:
        rows: list[Row] = []
        first = self.ask(path, lambda: self.client.get(self.code, path, params))
        answers = follow_all(_Counting(self, path), self.code, first)
        for number, answer in enumerate(answers, start=1):
            rows += answer.rows
            if answer.next is None:
                return Listed(rows, len(rows), first.count)
            if number >= pages:
                break
        return Listed(rows, None if first.count is None else max(first.count, len(rows) + 1))

    def once(self, key: object, make: Callable[[], Found]) -> Found:
        """What several lines need is read by the first of them."""
        if key not in self._kept:
            self._kept[key] = make()
        kept: Found = self._kept[key]
        return kept

    def ask(self, path: str, ask: Callable[[], Answer]) -> Answer:
        """One call, if it is still to be made."""
        if self._closed is not None:
            raise self._closed
        if self.client.counts.total - self.began >= MOST_CALLS:
            raise TooMuch(path)
        try:
            return ask()
        except (DivisionDenied, UserBlocked) as refused:
            self._closed = refused
            raise

    def begin(self) -> None:
        """From here on its calls are counted."""
        self.began = self.client.counts.total


class _Counting:
    """The client, as it follows pages."""

    def __init__(self, books: Books, path: str) -> None:
        self._books = books
        self._path = path

    def follow(self, division: int | None, url: str) -> Answer:
        return self._books.ask(self._path, lambda: self._books.client.follow(division, url))


def in_period(period: Period, field_name: str) -> str:
    """A filter for a date-only field: on one of the period's days."""
    after = period.end + dt.timedelta(days=1)
    return f"{field_name} ge {midnight(period.begin)} and {field_name} lt {midnight(after)}"


def any_of(field_name: str, values: Iterable[str]) -> str:
    """A filter for texts: one of these."""
    quoted = (value.replace("'", "''") for value in values)
    return "(" + " or ".join(f"{field_name} eq '{value}'" for value in quoted) + ")"


def midnight(day: dt.date) -> str:
    """A day as a literal."""
    return f"datetime'{day.isoformat()}T00:00:00'"


def year_and_period(row: Row, year: str, period: str) -> tuple[int | None, int | None]:
    """Where a row belongs."""
    return integer(row, year), integer(row, period)
