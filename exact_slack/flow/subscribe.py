"""`webhooks`: which subscriptions are wanted, which are there, and what arrived."""

from dataclasses import dataclass

from exact_slack.documents.kinds import Kind
from exact_slack.errors import ConfigError
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.exact.webhooks import Subscriptions
from exact_slack.flow.wiring import Customer

_SUSPICIOUS = 5
"""So many documents found by the poll since the last webhook make a subscription look dead."""


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
    return {kind: ENDPOINTS[kind].topic or "" for kind in customer.config.routed_kinds()}


def overview(customer: Customer) -> list[Line]:
    """What is there beside what arrived."""
    subscriptions = Subscriptions(customer.exact)
    arrived = {(a.division, a.kind): a for a in customer.ledger.inbox.arrivals()}
    lines = []
    for division in customer.config.exact.divisions:
        there = {s.topic: s for s in subscriptions.list(division)}
        for kind, topic in topics(customer).items():
            known = arrived.get((division, kind))
            lines.append(
                Line(
                    division,
                    kind,
                    topic,
                    there[topic].callback if topic in there else "",
                    known.by_webhook if known else 0,
                    known.by_poll if known else 0,
                )
            )
    return lines


def subscribe(customer: Customer) -> list[tuple[int, str, str]]:
    """Create what is missing: (division, topic, what was done). One with another address is
    replaced."""
    wanted, address = topics(customer), callback(customer)
    subscriptions = Subscriptions(customer.exact)
    done = []
    for division in customer.config.exact.divisions:
        there = {s.topic: s for s in subscriptions.list(division)}
        for topic in filter(None, wanted.values()):
            known = there.get(topic)
            if known is not None and known.callback == address:
                done.append((division, topic, "was there"))
                continue
            if known is not None:
                subscriptions.delete(division, known)
            subscriptions.create(division, topic, address)
            done.append((division, topic, "replaced" if known else "created"))
    return done


def unsubscribe(customer: Customer) -> list[tuple[int, str]]:
    """Remove the subscriptions that lead to this config's address."""
    address = callback(customer)
    subscriptions = Subscriptions(customer.exact)
    removed = []
    for division in customer.config.exact.divisions:
        for known in subscriptions.list(division):
            if known.callback == address:
                subscriptions.delete(division, known)
                removed.append((division, known.topic))
    return removed


def warnings(customer: Customer) -> list[str]:
    """Subscriptions that look dead: the poll finds what no webhook told."""
    if customer.config.serve.public_url is None or customer.config.exact.webhook_secret is None:
        return []
    found = []
    for known in customer.ledger.inbox.arrivals():
        topic = ENDPOINTS[known.kind].topic
        if topic and known.polled_since >= _SUSPICIOUS:
            found.append(
                f"Division {known.division}, topic {topic}: the poll found {known.polled_since} "
                "changes since the last webhook. Is `exact-slack serve` running and subscribed? "
                "See: exact-slack webhooks list"
            )
    return found
