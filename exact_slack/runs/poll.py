"""`poll`: collect, then deliver; and what it would do, without doing it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from exact_slack.app.allowance import BY_PLAN, PLAN_IS_TOLD, allow, calls_to_spare
from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.collect.collector import Collector, Span
from exact_slack.collect.due import CRON
from exact_slack.collect.past import Past, Progress
from exact_slack.collect.reading import Reading
from exact_slack.collect.window import NEWS, Now, Window
from exact_slack.config.load import unreadable
from exact_slack.documents.kinds import Kind
from exact_slack.errors import ExactSlackError, PersonNeeded, TemporaryError
from exact_slack.exact.errors import DOWN
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.troubles import Part, Weight
from exact_slack.plan.late import LatePlanner
from exact_slack.runs.agenda import Agenda
from exact_slack.runs.frame import outside, ping
from exact_slack.runs.frame.busy import Skipped
from exact_slack.runs.frame.run import deliver, locked, step

if TYPE_CHECKING:
    from exact_slack.ledger.outgoing.delivery import Delivery


@dataclass(frozen=True, slots=True)
class PollOptions:
    """What `poll` was asked for."""

    since: str | None = None
    until: str | None = None
    kinds: tuple[Kind, ...] = ()
    divisions: tuple[int, ...] = ()
    max_posts: int | None = None
    deletions: bool = False
    by_plan: bool = False
    """Only those kinds of those divisions whose news is worth a call now. That is decided when the
    run has its turn: another one may have read them meanwhile."""


def poll(
    customer: Customer, options: PollOptions, show: Callable[[Progress], None] | None = None
) -> Summary | Skipped:
    """One run, or why there is none. A monitor hears of a lock that is held for long. `show`: for
    a person who looks on while the past is read."""
    url = customer.config.monitoring.ping_url

    def work(run: int, summary: Summary) -> None:
        ping.start(url)
        _poll(customer, options, run, summary, show)

    try:
        done = locked(customer, "poll", work)
    except ExactSlackError as error:  # not even the run could be recorded
        error.is_news = outside.is_news(customer, error)
        ping.end(url, error.exit_code, told=error.is_news)
        raise
    if isinstance(done, Summary):
        ping.end(url, done.exit_code(), told=bool(done.news.present))
    elif done.stuck:
        ping.end(url, done.exit_code, told=bool(done.news))
    return done


def _poll(
    customer: Customer,
    options: PollOptions,
    run: int,
    summary: Summary,
    show: Callable[[Progress], None] | None,
) -> None:
    if errors := unreadable(customer.config):
        for error in errors:
            summary.problem(error)
        return
    triages = customer.config.has_triage()
    if triages:
        _read_back(customer, summary)
    planner = LatePlanner(customer.config, customer.ledger, summary, run)
    reading = Reading.of(customer, summary)
    past = Past(reading, partial(calls_to_spare, customer), show)
    collector = _collector(customer, reading, planner, past)
    step(summary, Part.COLLECT, lambda: collector.run(_span(customer, options)))
    asked_all = options == PollOptions(max_posts=options.max_posts, by_plan=options.by_plan)
    if not asked_all or any(problem.cause == DOWN for problem in summary.problems):
        summary.whole.discard(Part.COLLECT)
    if options.by_plan:
        _go_by_plan(customer, summary)
    if customer.config.reports and asked_all:
        _reports(customer, summary)
    if customer.config.close and asked_all:
        _close(customer, summary)
    if triages:
        _daily(customer, summary)
    deliver(customer, summary, options.max_posts, until=_until(customer, options))
    if triages:
        _mark(customer, summary)


def _read_back(customer: Customer, summary: Summary) -> None:
    """Before Exact is read: what people finished was finished before what is new."""
    from exact_slack.triage.reading import ReadBack

    step(summary, Part.TRIAGE, lambda: ReadBack(customer, summary).run())


def _daily(customer: Customer, summary: Summary) -> None:
    from exact_slack.triage.daily import Daily

    step(summary, Part.RUN, lambda: Daily(customer).run())


def _mark(customer: Customer, summary: Summary) -> None:
    from exact_slack.triage import marks, scopes

    step(summary, Part.RUN, lambda: marks.put(customer))
    scopes.note_listed(customer.ledger, customer.slack_scopes())


def _go_by_plan(customer: Customer, summary: Summary) -> None:
    """What was not read this time may still be as it was when it was tried last."""
    ledger, now = customer.ledger, customer.clock.now()
    if not Agenda(customer.config, ledger, now).all_well:
        summary.whole.discard(Part.COLLECT)
        _still(customer, summary)
    if abs(now - ledger.moment(BY_PLAN)) >= PLAN_IS_TOLD:
        ledger.set_fact(BY_PLAN, str(now))


def _until(customer: Customer, options: PollOptions) -> float:
    """A burst may take longer to post than any kind may wait: the next minute's run goes on with
    it, after it has read."""
    if not options.by_plan:
        return inf
    now = customer.clock.now()
    return max(Agenda(customer.config, customer.ledger, now).must_read_at, now + CRON)


def _still(customer: Customer, summary: Summary) -> None:
    """What could not be read, and was not tried by this run, is a problem of this run, too."""
    met = {problem.cause for problem in summary.problems}
    for trouble in customer.ledger.troubles.all():
        if trouble.part is not Part.COLLECT or trouble.cause in met:
            continue
        if trouble.weight is Weight.NOTICE:
            continue
        kind = TemporaryError if trouble.weight is Weight.PASSING else PersonNeeded
        summary.part = Part.COLLECT
        summary.problem(kind(trouble.sentence, trouble.cure, cause=trouble.cause))
        summary.part = Part.RUN


def _reports(customer: Customer, summary: Summary) -> None:
    from exact_slack.reports.scheduled import make_due

    tried: list[str] = []
    step(summary, Part.REPORTS, lambda: tried.extend(make_due(customer, summary)))
    if not tried:  # nothing was due, so nothing shows that an earlier trouble is over
        summary.whole.discard(Part.REPORTS)


def _close(customer: Customer, summary: Summary) -> None:
    from exact_slack.runs.close import mornings

    due: list[bool] = []
    step(summary, Part.CLOSE, lambda: due.append(mornings(customer, summary)))
    if not any(due):  # nothing was due, so nothing shows that an earlier trouble is over
        summary.whole.discard(Part.CLOSE)


def _collector(
    customer: Customer, reading: Reading, planner: LatePlanner, past: Past | None = None
) -> Collector:
    """A dry run reads no past: it would be forgotten."""
    return Collector(reading, planner, partial(allow, customer), past)


def _span(customer: Customer, options: PollOptions) -> Span:
    window = NEWS
    if options.since or options.until:
        window = Window.given(
            options.since,
            options.until,
            Now.by(customer.server_now(), customer.clock, customer.config.zone()),
        )
    due = None
    if options.by_plan:
        due = Agenda(customer.config, customer.ledger, customer.clock.now()).due
    return Span(window, options.kinds, options.divisions, options.deletions, due)


# -- dry run -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """One delivery that a run would add."""

    channel: str
    action: str
    document: str
    route: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """What `poll --dry-run` found."""

    summary: Summary
    planned: tuple[Planned, ...]

    def as_json(self) -> dict[str, object]:
        """The counts, and the list."""
        rows = [
            {"channel": p.channel, "action": p.action, "document": p.document, "route": p.route}
            for p in self.planned
        ]
        return {**self.summary.as_json(), "planned": rows}


def dry_poll(customer: Customer, options: PollOptions) -> DryRun:
    """Read and plan on a copy of the ledger; nothing is sent, nothing is remembered
    but the calls."""
    for error in unreadable(customer.config, sends=False):
        raise error
    copy = customer.ledger.scratch()
    try:
        summary = Summary()
        last = copy.deliveries.last_id()
        planner = LatePlanner(customer.config, copy, summary)
        reading = Reading.of(customer, summary, copy)
        collector = _collector(customer, reading, planner)
        step(summary, Part.COLLECT, lambda: collector.run(_span(customer, options)))
        summary.exact_calls = customer.calls.total
        added = copy.deliveries.since_id(last)
        return DryRun(summary, tuple(_planned(copy, d) for d in added))
    finally:
        copy.close()
        customer.record_calls()  # they were made, and are missing from Exact's day


def _planned(ledger: Ledger, delivery: "Delivery") -> Planned:
    label = delivery.action.value
    if delivery.document_id is not None:
        label = ledger.documents.by_id(delivery.document_id).document.label
    return Planned(delivery.channel, delivery.action.value, label, delivery.route)
