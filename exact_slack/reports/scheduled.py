"""The reports of the config: made when they are due, once, and put into the ledger together with
their deliveries. What sends them is the same as for every other message.

A report that was due several times while nothing ran is made once, for the latest of them. Where
Exact cannot be read just now it waits, and is tried again half an hour later."""

from dataclasses import dataclass

from exact_slack.app.allowance import calls_left
from exact_slack.app.customer import Customer
from exact_slack.app.reserve import reserve
from exact_slack.app.summary import Summary
from exact_slack.config.model import Report as Configured
from exact_slack.config.timing import local
from exact_slack.documents.subjects import Side
from exact_slack.errors import ExactSlackError, LoginNeeded, TemporaryError
from exact_slack.failpoints import failpoint
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.recurring.reports import ReportRow
from exact_slack.ledger.schema.trouble import DamagedRecord, record
from exact_slack.reports.codec import from_json, to_json
from exact_slack.reports.make import Earlier, Made, make
from exact_slack.reports.plan import Plan, calls
from exact_slack.reports.since import late_accounts

_AGAIN = 1800.0
"""Seconds after which what could not be made is tried again."""


@dataclass(frozen=True, slots=True)
class Due:
    """A report, and the time for which it is to be made."""

    report: Configured
    at: float


def make_due(customer: Customer, summary: Summary) -> list[str]:
    """Make what is due; the names of what was. A problem of one leaves the others alone."""
    dues = _due(customer)
    for due in dues:
        try:
            _make(customer, due, summary)
        except LoginNeeded:
            raise
        except ExactSlackError as error:
            with customer.ledger.transaction():
                customer.ledger.reports.tried(due.report.name, customer.clock.now())
            summary.problem(error)
    return [due.report.name for due in dues]


def plan_of(customer: Customer, report: Configured) -> Plan:
    """What a report of the config reads."""
    divisions = report.divisions or customer.config.exact.divisions
    return Plan(report.subject, report.of_side, divisions, report.name)


def earlier(ledger: Ledger, name: str) -> Earlier | None:
    """The last one that was due, for the comparison; None where there is none to read."""
    row = ledger.reports.latest(name)
    if row is None or not row.body:
        return None
    try:
        with record("report", row.id):
            report = from_json(row.body)
    except DamagedRecord as error:
        ledger.db.note(error)
        return None
    late = {(code, Side(side), who) for code, side, who in ledger.reports.late_accounts(name)}
    return Earlier(report.today, report.terms, late)


def post(ledger: Ledger, report: Configured, made: Made, due_at: float | None, now: float) -> None:
    """Put a report and its deliveries into the ledger, inside the transaction of the caller."""
    number = ledger.reports.add(report.name, due_at, now, to_json(made.report))
    if due_at is not None:
        late = late_accounts(made.report.terms, made.report.today)
        ledger.reports.add_late(report.name, late)
        ledger.reports.tried(report.name, 0.0)
    head = ledger.deliveries.add(
        payloads.Report(number), route=report.name, channel=report.channel, now=now
    )
    if made.report.terms:
        file = ledger.deliveries.add(
            payloads.File(), route=report.name, channel=report.channel, head=head, now=now
        )
        safe = "".join(c if c.isalnum() else "-" for c in report.name).strip("-") or "report"
        ledger.files.add(file, "", f"{safe[:60]}-{made.report.today.isoformat()}.csv", "")


def _due(customer: Customer) -> list[Due]:
    ledger, now, due = customer.ledger, customer.clock.now(), []
    for report in customer.config.reports:
        plan = ledger.reports.plan(report.name)
        if plan is None or plan.since > now:  # new in the config, or the clock was set back
            with ledger.transaction():
                ledger.reports.begin(report.name, now)
            continue
        at = report.due(now, customer.config.zone())
        last = ledger.reports.latest(report.name)
        handled = max(plan.since, (last.due_at or 0.0) if last else 0.0)
        if at > handled and not 0 <= now - plan.tried_at < _AGAIN:
            due.append(Due(report, at))
    return due


def _make(customer: Customer, due: Due, summary: Summary) -> None:
    ledger, name = customer.ledger, due.report.name
    plan = plan_of(customer, due.report)
    _afford(customer, plan, ledger.reports.latest(name))
    made = make(customer, plan, earlier(ledger, name))
    for problem in made.problems:
        if isinstance(problem, TemporaryError):
            raise problem  # half of it is no report
    failpoint("before_report")
    with ledger.transaction():
        post(ledger, due.report, made, due.at, customer.clock.now())
    failpoint("after_report")
    for problem in made.problems:
        summary.problem(problem)


# -- calls ---------------------------------------------------------------------------------------


def _afford(customer: Customer, plan: Plan, last: ReportRow | None) -> None:
    """TemporaryError where a division has too few calls left today."""
    counted = _counted(last)
    for division in plan.divisions:
        left, kept = calls_left(customer, division), reserve(customer.config)
        wanted = calls(plan, *counted.get(division, (0, 1)))
        if left - kept < wanted:
            raise TemporaryError(
                f"Division {division}: {left} calls to Exact are left today, {kept} of them are "
                f"kept for webhooks and logins; the report {plan.name} needs {wanted} and waits.",
                "It is made after midnight UTC.",
            )


def _counted(last: ReportRow | None) -> dict[int, tuple[int, int]]:
    """Open terms and banks of each division, as they were last time."""
    if last is None or not last.body:
        return {}
    try:
        with record("report", last.id):
            report = from_json(last.body)
    except DamagedRecord:
        return {}
    counts: dict[int, tuple[int, int]] = {}
    for division in {term.division for term in report.terms}:
        banks = sum(len(cash.journals) for cash in report.cash if cash.division == division)
        terms = sum(term.division == division for term in report.terms)
        counts[division] = terms, max(banks, 1)
    return counts


def standing(customer: Customer) -> list[dict[str, object]]:
    """Each report of the config, when it is due next, and its calls: for `status`."""
    zone, now = customer.config.zone(), customer.clock.now()
    rows: list[dict[str, object]] = []
    for report in customer.config.reports:
        last = customer.ledger.reports.latest(report.name)
        counted, plan = _counted(last), plan_of(customer, report)
        wanted = sum(calls(plan, *counted.get(code, (0, 1))) for code in plan.divisions)
        rows.append(
            {
                "name": report.name,
                "report": report.report,
                "channel": report.channel,
                "every": report.every,
                "due": local(report.following(now, zone), zone).isoformat(),
                "last": local(last.made_at, zone).isoformat() if last else None,
                "calls": wanted,
            }
        )
    return rows
