"""`webhooks`: which subscriptions are wanted, which are there, and what arrived."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exact_slack.app.customer import Customer
from exact_slack.documents.kinds import Kind
from exact_slack.errors import ConfigError, ExactSlackError, LoginNeeded, TemporaryError
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.exact.errors import ExactDown
from exact_slack.exact.webhooks import Subscription, Subscriptions
from exact_slack.exact.wire.odata import guid
from exact_slack.files import own, private_folder
from exact_slack.ledger.schema.lock import RunLock

_SUSPICIOUS = 5
"""So many documents found by the poll since the last webhook make a subscription look dead."""
_FLOOD, _FLOOD_TOLD = 200, 7200.0
"""Notifications without news in an hour that are called a flood, and seconds for which."""
Tell = Callable[[int, str, str], None]
"""Division, topic, and what was done."""


@dataclass(frozen=True, slots=True)
class Line:
    """One division and kind: the topic ("" where Exact has none), the subscription's address
    ("" where there is none), and how documents were noticed."""

    division: int
    kind: Kind
    topic: str
    callback: str
    by_webhook: int
    by_poll: int


def callback(customer: Customer) -> str:
    """The address that Exact is to call; ConfigError where the config has none."""
    public = customer.config.serve.public_url
    if public is None:
        raise ConfigError(
            f"{customer.config.path}: serve.public_url: found nothing, expected the https address "
            "under which the internet reaches `exact-slack serve`."
        )
    return public.rstrip("/") + "/exact/webhook"


def topics(customer: Customer) -> dict[Kind, str]:
    """The topic of each routed kind, "" where Exact has none: those stay with the poll."""
    return {kind: ENDPOINTS[kind].topic or "" for kind in customer.config.read_kinds()}


class Ours:
    """The subscriptions of this app; those of other apps of the customer are never touched."""

    def __init__(self, customer: Customer) -> None:
        self._all = Subscriptions(customer.exact)
        self._app = guid(customer.config.exact.client_id.fetch("exact.client_id"))

    def list(self, division: int) -> list[Subscription]:
        """Those of a division."""
        subscriptions = self._all.list(division)
        return [s for s in subscriptions if not self._app or s.client_id in ("", self._app)]

    def create(self, division: int, topic: str, address: str) -> None:
        """Subscribe."""
        self._all.create(division, topic, address)

    def delete(self, division: int, subscription: Subscription) -> None:
        """Unsubscribe."""
        self._all.delete(division, subscription)


def overview(customer: Customer) -> tuple[list[Line], list[ExactSlackError]]:
    """What is there beside what arrived; a division that cannot be asked leaves the others."""
    ours, arrived = Ours(customer), {}
    for arrival in customer.ledger.inbox.arrivals():
        arrived[arrival.division, arrival.kind] = (arrival.by_webhook, arrival.by_poll)
    lines: list[Line] = []

    def look(division: int) -> None:
        there = {s.topic: s.callback for s in ours.list(division)}
        for kind, topic in topics(customer).items():
            counts = arrived.get((division, kind), (0, 0))
            lines.append(Line(division, kind, topic, there.get(topic, ""), *counts))

    return lines, _in_each_division(customer, look)


def subscribe(customer: Customer, tell: Tell) -> list[ExactSlackError]:
    """Create what is missing; `tell` hears of each topic as it is done. One of ours with another
    address is replaced. Returns what went wrong; it stops nothing else."""
    wanted, address = list(filter(None, topics(customer).values())), callback(customer)
    if customer.config.exact.webhook_secret is None:
        raise ConfigError(
            f"{customer.config.path}: exact.webhook_secret: found nothing: `serve` could not tell "
            "Exact's notifications from forged ones.",
            "It is in Exact's App Center, beside the app; it is not the client secret.",
        )
    ours = Ours(customer)
    problems: list[ExactSlackError] = []

    def create(division: int) -> None:
        there = {s.topic: s for s in ours.list(division)}
        for topic in wanted:
            try:
                tell(division, topic, _ensure(ours, division, topic, there.get(topic), address))
            except (LoginNeeded, ExactDown):
                raise
            except ExactSlackError as error:
                problems.append(error)

    with _alone(customer):
        results = _in_each_division(customer, create)
    return problems + results


@contextmanager
def _alone(customer: Customer) -> Iterator[None]:
    """What is missing is created by one process: Exact takes one subscription a topic."""
    with own():
        private_folder(customer.state)
    lock = RunLock(customer.state, "webhooks")
    if not lock.take(customer.clock.now()):
        raise TemporaryError(
            "Another process changes the webhook subscriptions.", "Try again when it has ended."
        )
    try:
        yield
    finally:
        lock.release()


def _ensure(
    ours: Ours, division: int, topic: str, subscription: Subscription | None, address: str
) -> str:
    """Have the subscription; says what was done for it."""
    if subscription is not None and subscription.callback == address:
        return "was there"
    if subscription is not None:
        ours.delete(division, subscription)
    ours.create(division, topic, address)
    return "replaced" if subscription else "created"


def unsubscribe(customer: Customer, tell: Tell) -> list[ExactSlackError]:
    """Remove the subscriptions that lead to this config's address."""
    address, ours = callback(customer), Ours(customer)

    def remove(division: int) -> None:
        for subscription in ours.list(division):
            if subscription.callback == address:
                ours.delete(division, subscription)
                tell(division, subscription.topic, "removed")

    with _alone(customer):
        return _in_each_division(customer, remove)


def _in_each_division(customer: Customer, work: Callable[[int], None]) -> list[ExactSlackError]:
    problems: list[ExactSlackError] = []
    for division in customer.config.exact.divisions:
        try:
            work(division)
        except (LoginNeeded, ExactDown):
            raise
        except ExactSlackError as error:
            problems.append(error)
    return problems


def warnings(customer: Customer) -> list[str]:
    """Subscriptions that look dead: the poll finds what no webhook told."""
    if customer.config.serve.public_url is None or customer.config.exact.webhook_secret is None:
        return []
    lines = []
    for arrival in customer.ledger.inbox.arrivals():
        topic = ENDPOINTS[arrival.kind].topic
        if topic and arrival.polled_since >= _SUSPICIOUS:
            lines.append(
                f"Division {arrival.division}, topic {topic}: the poll found "
                f"{arrival.polled_since} changes since the last webhook. "
                "Is `exact-slack serve` running and subscribed? See: exact-slack webhooks list"
            )
        if arrival.idle >= _FLOOD and customer.clock.now() - arrival.idle_since < _FLOOD_TOLD:
            lines.append(
                f"Division {arrival.division}, topic {topic}: {arrival.idle} notifications within "
                "an hour told nothing new. They are read rarely and take no calls from the polls; "
                "if somebody sends captured ones again, a new webhook secret in Exact's App Center "
                "ends it."
            )
    return lines
