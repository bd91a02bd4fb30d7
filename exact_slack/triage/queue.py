"""The queue: what is somebody's, and how long such things take. It asks nobody."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from exact_slack.app.customer import Customer
from exact_slack.collect.window import Now, parse
from exact_slack.config.timing import iso
from exact_slack.ledger.ledger import Ledger, called_fact
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.triage.item import Item, ItemState
from exact_slack.ledger.triage.items import Step
from exact_slack.plan.items import address_of, triage_of

_ALARMS, _FALSE = 30, 0.9
"""So many of an exception, and so large a share of false alarms, make it worth a word."""
_FINISHED_BY_PEOPLE = (ItemState.DONE, ItemState.DISMISSED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items: without `whole` those that are unfinished. `channel`: as the config names it,
    with `#` or without; `person`: name or id; `since`: seconds since 1970."""

    whole: bool = False
    channel: str = ""
    person: str = ""
    since: float = 0.0

    @property
    def narrows(self) -> bool:
        """Whether it leaves out some of them for another reason than that they are finished."""
        return bool(self.channel or self.person or self.since)


@dataclass(frozen=True, slots=True)
class Row:
    """An item, as `queue --json` tells it."""

    kind: str
    number: str
    account: str
    amount: str | None
    currency: str
    exceptions: list[str]
    state: str
    person: str | None
    since: str
    until: str | None
    channel: str
    route: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Stat:
    """What became of the items of one exception; "" for those that had none. `advice`: what to do
    where nearly all of them are false alarms, else ""."""

    exception: str
    count: int
    taken_median_s: int | None
    done_median_s: int | None
    dismissed_share: float
    advice: str


def moment(customer: Customer, text: str) -> float:
    """When a period begins that is given in words: 2026-11-24, 2026-10, 7d. BadRequest."""
    utc = datetime.fromtimestamp(customer.clock.now(), UTC).replace(tzinfo=None)
    return parse(text, Now.by(utc, customer.clock, customer.config.zone())).begin / 1000


def rows(customer: Customer, wanted: Wanted) -> list[Row]:
    """The items, the oldest first."""
    return [_row(customer, item, head) for item, head in _chosen(customer, wanted)]


def _chosen(customer: Customer, wanted: Wanted) -> Iterator[tuple[Item, Delivery]]:
    items = customer.ledger.items
    people = customer.ledger.people.named(wanted.person) if wanted.person else set()
    for item in items.all(wanted.since) if wanted.whole else items.unfinished():
        head = customer.ledger.deliveries.get(item.head_id)
        if triage_of(customer.config, item, head.channel) is None:
            continue
        names = {head.channel.lstrip("#"), _called(customer.ledger, head.channel).lstrip("#")}
        if wanted.channel and wanted.channel.lstrip("#") not in names:
            continue
        if people and item.person not in people:
            continue
        if max(item.since, item.opened_at) >= wanted.since:
            yield item, head


def _called(ledger: Ledger, channel: str) -> str:
    """A channel by its name, also where the config names its id."""
    return channel if channel.startswith("#") else ledger.fact(called_fact(channel)) or channel


def _row(customer: Customer, item: Item, head: Delivery) -> Row:
    ledger = customer.ledger
    assert head.document_id is not None
    document = ledger.documents.by_id(head.document_id).document
    return Row(
        kind=document.kind.value,
        number=document.number,
        account=document.account.label,
        amount=None if document.total is None else str(document.total),
        currency=document.currency,
        exceptions=list(item.exceptions),
        state=item.state.value,
        person=ledger.people.name(item.person) if item.person else None,
        since=iso(item.since),
        until=iso(item.until) if item.until else None,
        channel=_called(ledger, head.channel),
        route=item.route,
        link=address_of(ledger, head) or None,
    )


# -- how fast, and how many for nothing ------------------------------------------------------------


def stats(customer: Customer, wanted: Wanted) -> list[Stat]:
    """Per exception, of the items that were opened since then."""
    ledger = customer.ledger
    steps: dict[int, list[Step]] = defaultdict(list)
    for step in ledger.items.steps():
        steps[step.item].append(step)
    by_exception: dict[str, list[list[Step]]] = defaultdict(list)
    whole = Wanted(whole=True, channel=wanted.channel, person=wanted.person)
    for item, _ in _chosen(customer, whole):
        taken = steps.get(item.id, [])
        if taken and taken[0].at >= wanted.since:
            for name in item.exceptions or ("",):
                by_exception[name].append(taken)
    return [_stat(name, items) for name, items in sorted(by_exception.items())]


def _stat(exception: str, items: list[list[Step]]) -> Stat:
    dismissed = sum(steps[-1].state is ItemState.DISMISSED for steps in items)
    share = dismissed / len(items)
    advice = ""
    if exception and len(items) >= _ALARMS and share >= _FALSE:
        advice = (
            f"{dismissed} of {len(items)} were false alarms: take {exception} out of the routes' "
            "`when`, or tighten what it fires on."
        )
    taken = (_first(steps, (ItemState.TAKEN,)) for steps in items)
    done = (_first(steps, _FINISHED_BY_PEOPLE) for steps in items)
    return Stat(
        exception=exception,
        count=len(items),
        taken_median_s=_median(taken),
        done_median_s=_median(done),
        dismissed_share=round(share, 3),
        advice=advice,
    )


def _first(steps: list[Step], states: tuple[ItemState, ...]) -> float | None:
    """Seconds from its beginning until it first stood so."""
    return next((step.at - steps[0].at for step in steps if step.state in states), None)


def _median(values: Iterator[float | None]) -> int | None:
    numbers = [value for value in values if value is not None]
    return round(median(numbers)) if numbers else None


# -- for `status` ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are unfinished, and how old the oldest is."""

    open: int
    taken: int
    later: int
    oldest_s: int | None
    lost: dict[str, str]
    """Scopes that are missing, and what each costs."""


def counts(customer: Customer) -> Counts:
    """What `status` says of triage."""
    from exact_slack.triage.scopes import lost

    items = [item for item, _ in _chosen(customer, Wanted())]
    states = [item.state for item in items]
    now = customer.clock.now()
    return Counts(
        open=states.count(ItemState.OPEN),
        taken=states.count(ItemState.TAKEN),
        later=states.count(ItemState.LATER),
        oldest_s=max((round(now - item.opened_at) for item in items), default=None),
        lost=lost(customer.ledger),
    )
