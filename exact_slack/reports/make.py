"""Makes a report: reads each division, judges what was found, and compares it with the last one."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from exact_slack.app.customer import Customer
from exact_slack.app.divisions import not_allowed, usable
from exact_slack.app.summary import worst
from exact_slack.app.today import today
from exact_slack.documents.standing import Because, Gap, Lacking, Report, Since, Term
from exact_slack.documents.subjects import Subject
from exact_slack.errors import PERSON, ExactSlackError, Notice, PersonNeeded
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.exact.standing import OVERVIEW, StandingReader
from exact_slack.reports.judge import cash, standings
from exact_slack.reports.plan import Plan
from exact_slack.reports.read import Reading, read
from exact_slack.reports.since import Debtor, since


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last report of the same name that was posted."""

    day: dt.date
    terms: tuple[Term, ...]
    ever_late: Collection[Debtor]


@dataclass(slots=True)
class Made:
    """A report, and what could not be read for it."""

    report: Report
    problems: list[ExactSlackError] = field(default_factory=list)

    def exit_code(self) -> int:
        """A person is needed where something could not be read, or a sum is not Exact's."""
        codes = [problem.exit_code for problem in self.problems]
        ties = [standing.ties for standing in self.report.standings] + [
            c.ties for c in self.report.cash
        ]
        if False in ties:
            codes.append(PERSON)
        return worst(codes)


def make(customer: Customer, plan: Plan, earlier: Earlier | None = None) -> Made:
    """Read it now. Raises where nothing can be asked: a login, or Exact is down."""
    day = today(customer.config, customer.clock)
    problems: list[ExactSlackError] = []
    gaps: list[Gap] = []
    readings = [
        read(StandingReader(customer.exact), plan, division)
        for division in _divisions(customer, plan, problems, gaps)
    ]
    for reading in readings:
        _tell_unsteady(reading)
        problems += reading.problems
        gaps += reading.gaps
    on_cash = plan.subject is Subject.CASH
    terms = tuple(
        term
        for reading in readings
        for some in reading.terms.values()
        for term in sorted(some, key=_size)
    )
    report = Report(
        subject=plan.subject,
        side=plan.side,
        name=plan.name,
        today=day,
        standings=()
        if on_cash
        else tuple(standing for r in readings for standing in standings(r, plan, day)),
        cash=tuple(account for r in readings for account in cash(r, day)) if on_cash else (),
        terms=terms,
        since=_since(earlier, terms, readings, day),
        remarks=tuple(problem.sentence for problem in problems),
        gaps=tuple(gaps),
    )
    return Made(report, problems)


def _divisions(
    customer: Customer, plan: Plan, problems: list[ExactSlackError], gaps: list[Gap]
) -> list[DivisionInfo]:
    """Those that the login may use; the others are told."""
    allowed = usable(customer.ledger, customer.reader, plan.divisions, customer.clock.now())
    readable = []
    for code in plan.divisions:
        record = allowed[code]
        name = customer.config.exact.names.get(code) or record.name
        if record.allowed:
            readable.append(DivisionInfo(code, name, record.currency, "active"))
        else:
            problem = not_allowed(customer.config, code, allowed)
            problems.append(PersonNeeded(problem.sentence, problem.cure))
            gaps.append(Gap(Lacking.COMPANY, Because.NO_ACCESS, code, name))
    return readable


def _tell_unsteady(reading: Reading) -> None:
    if reading.steady or reading.overview is None:
        return
    code, name = reading.division.code, reading.division.name
    reading.gaps.append(Gap(Lacking.COMPARISON, Because.CHANGED, code, name))
    reading.problems.append(
        Notice(
            f"{OVERVIEW} in division {code} was another one before and after its lists were read,"
            " twice: whether the sums tie is not known.",
            "Somebody is at work there; ask again a little later.",
        )
    )


def _since(
    earlier: Earlier | None, terms: tuple[Term, ...], readings: list[Reading], day: dt.date
) -> Since | None:
    if earlier is None:
        return None
    done = {(reading.division.code, side) for reading in readings for side in reading.terms}
    return since(earlier.terms, earlier.day, terms, day, ever_late=earlier.ever_late, read=done)


def _size(term: Term) -> tuple[Decimal, str, str]:
    """The largest first."""
    return -abs(term.amount), term.number, term.key
