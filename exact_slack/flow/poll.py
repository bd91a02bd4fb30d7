"""`poll`: collect, then deliver; and `replay`: deliver again what waited for a person."""

from collections.abc import Callable
from dataclasses import dataclass

from exact_slack.documents.kinds import Kind
from exact_slack.errors import BadRequest, ExactSlackError
from exact_slack.flow import period
from exact_slack.flow.collect import Collector, Span
from exact_slack.flow.deliver import UNKNOWN, Deliverer
from exact_slack.flow.plan import Planner
from exact_slack.flow.summary import Summary
from exact_slack.flow.wiring import Customer
from exact_slack.ledger.deliveries import Delivery
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.lock import Owner, RunLock
from exact_slack.ledger.states import State


@dataclass(frozen=True, slots=True)
class PollOptions:
    """What `poll` was asked for."""

    since: str | None = None
    until: str | None = None
    kinds: tuple[Kind, ...] = ()
    divisions: tuple[int, ...] = ()
    max_posts: int | None = None
    deletions: bool = False


def poll(customer: Customer, options: PollOptions) -> Summary | None:
    """One run; None where another run holds the lock."""
    return _locked(customer, "poll", lambda run, summary: _poll(customer, options, run, summary))


def _poll(customer: Customer, options: PollOptions, run: int, summary: Summary) -> None:
    planner = Planner(customer.config, customer.ledger, summary, run)
    collector = _collector(customer, customer.ledger, planner, summary)
    _step(summary, lambda: collector.run(_span(customer, options)))
    _deliver(customer, summary, options.max_posts)


def _collector(customer: Customer, ledger: Ledger, planner: Planner, summary: Summary) -> Collector:
    return Collector(
        customer.config,
        ledger,
        customer.reader,
        planner,
        customer.clock,
        summary,
        customer.currencies,
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


def _step(summary: Summary, step: Callable[[], None]) -> None:
    """Run one half; its failure is told and leaves the other half to do its work."""
    try:
        step()
    except ExactSlackError as error:
        summary.problem(error)


def _deliver(
    customer: Customer, summary: Summary, max_posts: int | None = None, resend: bool = False
) -> None:
    deliveries = customer.ledger.deliveries
    if not (deliveries.backlog() or deliveries.parked()):
        return

    def work() -> None:
        owner = Owner(customer.state)
        try:
            deliverer = Deliverer(
                customer.config, customer.ledger, customer.slack, owner, customer.clock, summary
            )
            deliverer.resend = resend
            summary.capped = deliverer.run(max_posts)
        finally:
            owner.close()

    _step(summary, work)


def _locked(
    customer: Customer, command: str, work: Callable[[int, Summary], None]
) -> Summary | None:
    ledger, clock = customer.ledger, customer.clock
    lock = RunLock(customer.state)
    if not lock.take():
        return None
    try:
        summary, started = Summary(), clock.now()
        run = ledger.start_run(command, started)
        work(run, summary)
        _close(customer, summary, started)
        ledger.end_run(run, summary.exit_code(), summary.as_json(), clock.now())
        return summary
    finally:
        lock.release()


def _close(customer: Customer, summary: Summary, started: float) -> None:
    counts = customer.ledger.deliveries.counts()
    summary.failed = counts[State.FAILED]
    summary.held = counts[State.HELD]
    summary.ambiguous = counts[State.AMBIGUOUS]
    backlog = (State.PENDING, State.SENDING, State.LIMITED, State.REFUSED)
    summary.pending = sum(counts[state] for state in backlog)
    summary.exact_calls = customer.calls.total
    if "slack" in customer.__dict__:
        summary.slack_calls = customer.slack.calls
    summary.duration_s = round(customer.clock.now() - started, 3)
    with customer.ledger.transaction():
        for division, calls in customer.calls.per_division.items():
            rates = customer.calls.rates.get(division)
            remaining = rates.day_remaining if rates else None
            customer.ledger.cursors.add_calls(division, customer.utc_day(), calls, remaining)


# -- replay ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What `replay` was asked to send again."""

    failed: bool = False
    held: bool = False
    ambiguous: bool = False
    names: tuple[str, ...] = ()


def known(customer: Customer, name: str) -> bool:
    """Whether there is such a document or delivery."""
    ledger = customer.ledger
    as_delivery = name.isdigit() and ledger.deliveries.find(int(name)) is not None
    return as_delivery or bool(ledger.documents.find(name))


def chosen(customer: Customer, options: ReplayOptions) -> list[Delivery]:
    """The deliveries that `replay` would take up, oldest first."""
    states = [
        state
        for state, wanted in (
            (State.FAILED, options.failed),
            (State.HELD, options.held),
            (State.AMBIGUOUS, options.ambiguous),
        )
        if wanted
    ]
    deliveries = customer.ledger.deliveries
    found = deliveries.in_states(*states) if states else []
    for name in options.names:
        if name.isdigit() and (one := deliveries.find(int(name))):
            found.append(one)
        for stored in customer.ledger.documents.find(name):
            found += deliveries.of_document(stored.id)
    open_ones = [d for d in found if d.state in (State.FAILED, State.HELD, State.AMBIGUOUS)]
    return list({d.id: d for d in open_ones}.values())


def replay(customer: Customer, options: ReplayOptions) -> Summary | None:
    """Take them up and deliver. Nothing that was posted is posted again."""

    def work(_run: int, summary: Summary) -> None:
        now = customer.clock.now()
        with customer.ledger.transaction():
            for delivery in chosen(customer, options):
                _take_up(customer, delivery, now)
        _deliver(customer, summary, resend=True)

    return _locked(customer, "replay", work)


def _take_up(customer: Customer, delivery: Delivery, now: float) -> None:
    deliveries = customer.ledger.deliveries
    if deliveries.get(delivery.id).state is not delivery.state:
        return  # released together with its head
    if delivery.state is State.AMBIGUOUS:
        deliveries.postpone(delivery, 0.0)
    elif delivery.reason.startswith(UNKNOWN):
        deliveries.move(delivery, State.AMBIGUOUS, now, reason=delivery.reason)
    else:
        deliveries.move(delivery, State.PENDING, now, plain=False)


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
        known = {d.id for d in copy.deliveries.in_states(*State)}
        planner = Planner(customer.config, copy, summary, None)
        collector = _collector(customer, copy, planner, summary)
        _step(summary, lambda: collector.run(_span(customer, options)))
        summary.exact_calls = customer.calls.total
        added = [d for d in copy.deliveries.in_states(*State) if d.id not in known]
        return DryRun(summary, tuple(_planned(copy, d) for d in added))
    finally:
        copy.close()


def _planned(ledger: Ledger, delivery: Delivery) -> Planned:
    label = delivery.action.value
    if delivery.document_id is not None:
        label = ledger.documents.by_id(delivery.document_id).document.label
    return Planned(delivery.channel, delivery.action.value, label, delivery.route)
