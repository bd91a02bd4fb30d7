"""What waits for a person, by name: which document, where, why, and what releases it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from exact_slack.app.customer import Customer
from exact_slack.config.timing import iso
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import NEEDS_PERSON, WAITING, State
from exact_slack.ledger.schema.trouble import DamagedRecord
from exact_slack.paste import pasteable

_OWN = (Action.ALERT, Action.NOTICE)
"""What exact-slack says of itself: no document."""
_BY_ITSELF = "It goes out by itself after that."
_RELEASES = {State.FAILED: "--failed", State.HELD: "--held", State.AMBIGUOUS: "--ambiguous"}


@dataclass(frozen=True, slots=True)
class Need:
    """One document (or digest, or report) that waits in one channel. `command` is "" where nothing
    need be run: it goes out by itself once its channel takes messages again."""

    kind: str
    division: int | None
    number: str
    account: str
    amount: str | None
    currency: str
    channel: str
    state: str
    why: str
    since: str
    command: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that waits, one delivery a document and channel: the oldest."""

    deliveries: tuple[Delivery, ...]
    parked: dict[str, str]

    def documents(self, state: State) -> int:
        """How many documents wait in this state; for a parked channel means held."""
        chosen = (d for d in self.deliveries if d.document_id is not None)
        return len({d.document_id for d in chosen if self.state(d) is state})

    def state(self, delivery: Delivery) -> State:
        """As a person sees it."""
        held = delivery.state in WAITING and delivery.channel in self.parked
        return State.HELD if held else delivery.state

    def for_channels(self) -> Iterator[tuple[Delivery, str]]:
        """What goes out by itself once its channel takes messages, each with the cure."""
        for delivery in self.deliveries:
            if delivery.state in WAITING:
                yield delivery, self.why(delivery)

    def why(self, delivery: Delivery) -> str:
        """Why it waits, and what is to be done about it."""
        cure = self.parked.get(delivery.channel, "")
        if delivery.state in WAITING:
            return f"{cure} {_BY_ITSELF}"
        return " ".join(filter(None, (delivery.sentence, cure))) or delivery.state.value


def waiting(customer: Customer) -> Waiting:
    """What needs a person now: held, failed, of unknown outcome, or for a channel that takes
    nothing."""
    deliveries, parked = customer.ledger.deliveries, customer.ledger.channels.parked()
    unsure = deliveries.in_states(*NEEDS_PERSON, State.AMBIGUOUS)
    if parked:
        unsure += [d for d in deliveries.in_states(*WAITING) if d.channel in parked]
    return Waiting(tuple(_one_each(sorted(unsure, key=lambda d: d.id))), parked)


def _one_each(deliveries: Iterable[Delivery]) -> Iterator[Delivery]:
    seen: set[tuple[int, str]] = set()
    for delivery in deliveries:
        if delivery.action in _OWN:
            continue
        key = (delivery.document_id or -delivery.id, delivery.channel)
        if key not in seen:
            seen.add(key)
            yield delivery


def needs(customer: Customer, waits: Waiting, most: int | None = None) -> list[Need]:
    """The rows, oldest first."""
    return [_need(customer, waits, delivery) for delivery in waits.deliveries[:most]]


def _need(customer: Customer, waits: Waiting, delivery: Delivery) -> Need:
    state = waits.state(delivery)
    by_itself = delivery.state in WAITING
    command = "" if by_itself else pasteable(f"exact-slack replay {_RELEASES[state]}")
    kind, division, number, account, amount, currency = _named(customer, delivery)
    return Need(
        kind=kind,
        division=division,
        number=number,
        account=account,
        amount=amount,
        currency=currency,
        channel=delivery.channel,
        state=state.value,
        why=waits.why(delivery),
        since=iso(delivery.created_at),
        command=command,
    )


_Name = tuple[str, int | None, str, str, str | None, str]
"""Kind, division, number, account, amount, currency."""


def _named(customer: Customer, delivery: Delivery) -> _Name:
    """A digest or report is called after its route, a document that cannot be read by its kind."""
    if delivery.document_id is None:
        return delivery.action.value, None, "", delivery.route, None, ""
    try:
        document = customer.ledger.documents.by_id(delivery.document_id).document
    except DamagedRecord as error:
        customer.ledger.db.note(error)
        return delivery.action.value, None, "", "", None, ""
    amount = None if document.total is None else _in_cents(document.total)
    number = document.number or document.ref.guid
    account, currency = document.account.label, document.currency
    return document.kind.value, document.ref.division, number, account, amount, currency


def _in_cents(amount: Decimal) -> str:
    """All decimals that there are, two at least."""
    exponent = amount.as_tuple().exponent
    return f"{amount:.2f}" if isinstance(exponent, int) and exponent > -2 else f"{amount:f}"
