"""`poll`: collect, then deliver; and what it would do, without doing it."""

from dataclasses import dataclass

from exact_slack.documents.kinds import Kind
from exact_slack.errors import PERSON, BadRequest, ExactSlackError
from exact_slack.flow import monitor, period
from exact_slack.flow.budget import allow
from exact_slack.flow.busy import Skipped
from exact_slack.flow.collect import Collector, Span
from exact_slack.flow.plan import Planner
from exact_slack.flow.run import deliver, locked, step
from exact_slack.flow.summary import Summary
from exact_slack.flow.wiring import Customer
from exact_slack.ledger.deliveries import Delivery
from exact_slack.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class PollOptions:
    """What `poll` was asked for."""

    since: str | None = None
    until: str | None = None
    kinds: tuple[Kind, ...] = ()
    divisions: tuple[int, ...] = ()
    max_posts: int | None = None
    deletions: bool = False


def poll(customer: Customer, options: PollOptions) -> Summary | Skipped:
    """One run, or why there is none. A monitor hears of a lock that is held for long."""
    url = customer.config.monitoring.ping_url

    def work(run: int, summary: Summary) -> None:
        monitor.start(url)
        _poll(customer, options, run, summary)

    try:
        done = locked(customer, "poll", work)
    except ExactSlackError as error:  # not even the run could be recorded
        monitor.end(url, error.exit_code)
        raise
    if isinstance(done, Summary):
        monitor.end(url, done.exit_code())
    elif done.stuck:
        monitor.end(url, PERSON)
    return done


def _poll(customer: Customer, options: PollOptions, run: int, summary: Summary) -> None:
    planner = Planner(customer.config, customer.ledger, summary, run)
    collector = _collector(customer, customer.ledger, planner, summary)
    step(summary, lambda: collector.run(_span(customer, options)))
    deliver(customer, summary, options.max_posts)


def _collector(customer: Customer, ledger: Ledger, planner: Planner, summary: Summary) -> Collector:
    return Collector(
        customer.config,
        ledger,
        customer.reader,
        planner,
        customer.clock,
        summary,
        customer.currencies,
        lambda division, kinds: allow(customer, division, kinds),
    )


def _span(customer: Customer, options: PollOptions) -> Span:
    since = until = None
    if options.since or options.until:
        now = customer.server_now()
        since = period.parse(options.since, now)[0] if options.since else None
        until = period.parse(options.until, now)[1] if options.until else None
        if since is not None and until is not None and until < since:
            raise BadRequest(f"--until {options.until} lies before --since {options.since}.")
    return Span(since, until, options.kinds, options.divisions, options.deletions)


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
    """Read and plan on a copy of the ledger; nothing is sent, nothing is remembered."""
    copy = customer.ledger.in_memory()
    try:
        summary = Summary()
        last = copy.deliveries.last_id()
        planner = Planner(customer.config, copy, summary, None)
        collector = _collector(customer, copy, planner, summary)
        step(summary, lambda: collector.run(_span(customer, options)))
        summary.exact_calls = customer.calls.total
        added = copy.deliveries.since_id(last)
        return DryRun(summary, tuple(_planned(copy, d) for d in added))
    finally:
        copy.close()


def _planned(ledger: Ledger, delivery: Delivery) -> Planned:
    label = delivery.action.value
    if delivery.document_id is not None:
        label = ledger.documents.by_id(delivery.document_id).document.label
    return Planned(delivery.channel, delivery.action.value, label, delivery.route)
