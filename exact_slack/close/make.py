"""Asks every line how it stands. What cannot be answered is unknown, and hides no other line."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exact_slack.app.customer import Customer
from exact_slack.app.divisions import not_allowed, usable
from exact_slack.app.summary import worst
from exact_slack.app.today import today
from exact_slack.close.books import Books, Deliveries, NotKnown, Ticked, TooMuch, Wishes, not_asked
from exact_slack.close.registry import LineKind, kinds
from exact_slack.documents.closing import Closing, Judged, Light, Line, Said, unknown
from exact_slack.documents.compared.period import Period
from exact_slack.errors import PERSON, ExactSlackError, LoginNeeded, PersonNeeded, TemporaryError
from exact_slack.exact.catalogue import scope_of
from exact_slack.exact.errors import (
    DayUsedUp,
    DivisionDenied,
    ExactDown,
    ExactRefused,
    NotLicensed,
    ScopeMissing,
    UserBlocked,
)
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.exact.values import Unreadable

log = logging.getLogger("exact_slack.close")


@dataclass(slots=True)
class Made:
    """The companies that could be read, and what is wrong with the others."""

    closings: list[Closing] = field(default_factory=list)
    problems: list[ExactSlackError] = field(default_factory=list)

    def exit_code(self) -> int:
        """0 if every company is ready."""
        codes = [problem.exit_code for problem in self.problems]
        codes += [PERSON for closing in self.closings if not closing.ready]
        return worst(codes)


@dataclass(frozen=True, slots=True)
class Asked:
    """What lines need beside Exact: what the config's close wishes, who ticked what, what was
    delivered."""

    wishes: Wishes = Wishes()  # noqa: RUF009 - it is frozen
    deliveries: Deliveries = not_asked
    ticks: Mapping[str, Ticked] = field(default_factory=dict)


def divisions_of(
    customer: Customer, divisions: Sequence[int], problems: list[ExactSlackError]
) -> Iterator[DivisionInfo]:
    """Those that the login may use; the others are told."""
    now = customer.clock.now()
    usable_divisions = usable(customer.ledger, customer.reader, tuple(divisions), now)
    for code in divisions:
        record = usable_divisions[code]
        if record.allowed:
            name = customer.config.exact.names.get(code) or record.name
            yield DivisionInfo(code, name, record.currency, "active")
        else:
            refused = not_allowed(customer.config, code, usable_divisions)
            problems.append(PersonNeeded(refused.sentence, refused.cure))


def close_of(
    customer: Customer,
    info: DivisionInfo,
    period: Period,
    periods: Sequence[Period],
    asked: Asked,
) -> Closing:
    """One company's period."""
    day = today(customer.config, customer.clock)
    books = Books(
        client=customer.exact,
        ledger=customer.ledger,
        config=customer.config,
        division=info,
        period=period,
        periods=periods,
        today=day,
        wishes=asked.wishes,
        deliveries=asked.deliveries,
        ticks=asked.ticks,
    )
    books.begin()
    lines: list[Line] = []
    for name, kind in kinds().items():
        if asked.wishes.lines and name not in asked.wishes.lines:
            continue
        books.others_green = all(line.light is Light.GREEN for line in lines)
        lines += [Line(name, judged) for judged in _judged(kind, books)]
    return Closing(info.code, info.name, info.currency, period, tuple(lines))


def _judged(kind: LineKind, books: Books) -> list[Judged]:
    try:
        return list(kind.judge(books))
    except (LoginNeeded, ExactDown, DayUsedUp):
        raise
    except ExactRefused as refused:
        return [unknown(_refused(refused))]
    except NotKnown as not_known:
        return [unknown(not_known.said)]
    except TooMuch as too_much:
        return [unknown(Said("too_much", text=str(too_much)))]
    except Unreadable as odd:
        return [unknown(Said("odd_answer", text=str(odd)))]
    except ArithmeticError as odd:  # amounts and days that nothing can be reckoned with
        log.warning("%s: %s", type(odd).__name__, odd)
        return [unknown(Said("odd_answer", text=type(odd).__name__))]
    except TemporaryError as error:
        log.warning("%s", error)
        return [unknown(Said("no_answer", text=error.subject or error.cause))]


def _refused(refused: ExactRefused) -> Said:
    """The box to tick, or the module that is missing."""
    scope = scope_of(refused.endpoint)
    if isinstance(refused, DivisionDenied | UserBlocked):
        return Said("no_access")
    if isinstance(refused, NotLicensed):
        return Said("no_module", text=refused.endpoint)
    if isinstance(refused, ScopeMissing) and scope:
        return Said("scope_missing", text=scope)
    where = f"{refused.endpoint} ({scope})" if scope else refused.endpoint
    return Said("refused", text=where)
