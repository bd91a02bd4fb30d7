"""`replay`: deliver again what waited for a person. What was posted is never posted again."""

from dataclasses import dataclass

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.app.today import today
from exact_slack.collect.window import Now, Window, parse
from exact_slack.errors import BadRequest
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import REPLAYABLE, State
from exact_slack.plan.planner import Planner
from exact_slack.plan.planning import Planning
from exact_slack.runs.frame.busy import Skipped
from exact_slack.runs.frame.run import deliver, locked
from exact_slack.runs.needs import waiting


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What `replay` was asked to send again."""

    failed: bool = False
    held: bool = False
    ambiguous: bool = False
    names: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a replay takes up: deliveries that wait, and documents that were never told of."""

    deliveries: tuple[Delivery, ...]
    untold: tuple[Stored, ...]


def choose(customer: Customer, options: ReplayOptions) -> Choice:
    """Plan a replay; BadRequest names a document or delivery that is not known."""
    deliveries = customer.ledger.deliveries
    asked = {
        State.FAILED: options.failed,
        State.HELD: options.held,
        State.AMBIGUOUS: options.ambiguous,
    }
    states = [state for state in REPLAYABLE if asked[state]]
    chosen = deliveries.in_states(*states) if states else []
    if options.ambiguous:
        held = deliveries.in_states(State.HELD)
        chosen += [delivery for delivery in held if delivery.cause.is_doubt]
    documents = _in_period(customer, options)
    for name in options.names:
        delivery = deliveries.find(int(name)) if _is_id(name) else None
        stored = customer.ledger.documents.find(name)
        if delivery is None and not stored:
            raise BadRequest(f"{name}: no such document or delivery.")
        chosen += [delivery] if delivery else []
        documents += stored
    untold = []
    for stored_one in {stored.id: stored for stored in documents}.values():
        messages = deliveries.of_document(stored_one.id)
        chosen += messages
        if not messages and not stored_one.deleted:
            untold.append(stored_one)
    waiting = {d.id: d for d in chosen if d.state in REPLAYABLE}
    return Choice(tuple(waiting.values()), tuple(untold))


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 18


def _in_period(customer: Customer, options: ReplayOptions) -> list[Stored]:
    if not (options.since or options.until):
        return []
    now = Now.by(customer.server_now(), customer.clock, customer.config.zone())
    asked = Window.given(options.since, options.until, now)
    since = asked.since or 0
    until = parse("0m", now).last if asked.until is None else asked.until
    return [
        stored
        for division in customer.config.exact.divisions
        for kind in customer.config.routed_kinds()
        for stored in customer.ledger.documents.changed_since(division, kind, since - 1, until)
    ]


def replay(customer: Customer, options: ReplayOptions) -> Summary | Skipped:
    """Take them up and deliver, unless another run is at work."""

    def work(run: int, summary: Summary) -> None:
        choice = choose(customer, options)
        planner = Planner(Planning.of(customer.config, customer.ledger, run), summary)
        now = customer.clock.now()
        with customer.ledger.transaction():
            for delivery in choice.deliveries:
                _take_up(customer.ledger, delivery, now)
            _bring_up(customer, planner, customer.ledger, choice)
        deliver(customer, summary, resend=frozenset(d.id for d in choice.deliveries))

    return locked(customer, "replay", work)


def _bring_up(customer: Customer, planner: Planner, ledger: Ledger, choice: Choice) -> None:
    now = customer.clock.now()
    day = today(customer.config, customer.clock)
    for stored in (ledger.documents.by_id(chosen.id) for chosen in choice.untold):
        if not stored.deleted and not ledger.deliveries.of_document(stored.id):
            planner.bring_up(stored, day, now)
    planner.tell_floods(now)


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery that would go out, its document's name, and why it waits."""

    delivery: Delivery
    label: str
    reason: str


def preview(customer: Customer, options: ReplayOptions) -> list[Planned]:
    """What a replay would send, planned on a copy of the ledger: nothing is changed. What waits
    for its channel is named with what is held: it goes out by itself after the cure."""
    choice = choose(customer, options)
    copy = customer.ledger.scratch()
    try:
        last = copy.deliveries.last_id()
        planner = Planner(Planning.of(customer.config, copy), Summary())
        _bring_up(customer, planner, copy, choice)
        added = copy.deliveries.since_id(last)
        chosen = [Planned(d, _label(copy, d), d.sentence) for d in (*choice.deliveries, *added)]
        parked = waiting(customer).for_channels() if options.held else ()
        return [*chosen, *(Planned(d, _label(copy, d), why) for d, why in parked)]
    finally:
        copy.close()


def _label(ledger: Ledger, delivery: Delivery) -> str:
    if delivery.document_id is None:
        return delivery.action.value
    return ledger.documents.by_id(delivery.document_id).document.label


def _take_up(ledger: Ledger, chosen: Delivery, now: float) -> None:
    deliveries = ledger.deliveries
    delivery = deliveries.get(chosen.id)
    if (delivery.state, delivery.attempts) != (chosen.state, chosen.attempts):
        return  # released together with its head, or another process was quicker
    head = deliveries.get(delivery.head_id) if delivery.head_id else None
    if head is not None and head.state.needs_person:
        return  # it can only go when its head goes
    if delivery.state is State.AMBIGUOUS:
        deliveries.postpone(delivery, min(delivery.not_before, now))
    elif delivery.cause.is_doubt:
        cause, detail = delivery.cause, delivery.detail
        deliveries.move(delivery, State.AMBIGUOUS, now, cause=cause, detail=detail)
    else:
        deliveries.move(delivery, State.PENDING, now, plain=False)
