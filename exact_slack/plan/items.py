"""Triage where a document is planned: which messages are somebody's until they are done, what a
new exception opens again, and what Exact settles. All of it in the transaction of the change."""

from exact_slack.config.model import Config
from exact_slack.config.route import Route, Triage
from exact_slack.documents.exceptions import BY_TIME
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import ADDRESS, Ledger
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import Urgency
from exact_slack.ledger.triage.item import How, Item
from exact_slack.plan.fired import fired_now, resolved
from exact_slack.plan.owed import owed
from exact_slack.plan.threads import Threads
from exact_slack.routing.rules import Judgement


def triage_of(config: Config, item: Item, channel: str) -> tuple[Route, Triage] | None:
    """What the config says of an item: its route, or, where that is called otherwise by now,
    another one of the channel; None where it says nothing of triage there any more."""
    routes = [r for r in config.routes if r.channel == channel and r.triage is not None]
    named = [route for route in routes if route.name == item.route]
    for route in (*named, *routes):
        if route.triage is not None:
            return route, route.triage
    return None


def address_of(ledger: Ledger, head: Delivery) -> str:
    """Where a message is to be seen; "" where that is not known."""
    address = ledger.fact(ADDRESS)
    if not (address and head.ts and head.channel_id):
        return ""
    return f"{address}archives/{head.channel_id}/p{head.ts.replace('.', '')}"


class PlannedItems:
    """What planning makes of items; nothing where no route has triage."""

    def __init__(self, config: Config, ledger: Ledger, threads: Threads) -> None:
        self._config = config
        self._on = config.has_triage()
        self._ledger = ledger
        self._threads = threads

    def begin(
        self,
        head_id: int,
        channel: str,
        document: int,
        *,
        exceptions: tuple[str, ...],
        judged: Judgement,
        now: float,
    ) -> None:
        """A new message: somebody's, if a route with triage takes its document there. What came
        paid, or deleted, is shown for that: it is not put right by it."""
        route = self._route(channel, judged)
        if route is None:
            return
        stored = self._ledger.documents.by_id(document)
        at_rest = self._is_right(stored, exceptions, exceptions)
        self._ledger.items.add(head_id, route.name, exceptions, now, overruled=at_rest)

    def notice(self, head: Delivery, names: tuple[str, ...], judged: Judgement, now: float) -> None:
        """New exceptions on a message that stands: an item is opened again, and what was none is
        one, if a route with triage asks for them."""
        if not (self._on and names):
            return
        item = self._ledger.items.of_head(head.id)
        if item is not None:
            self._step(head, item, item.notice(names, now), How.EXACT, now)
            return
        route = self._route(head.channel, judged)
        if route is not None:
            self._ledger.items.add(head.id, route.name, names, now)
            self._threads.edit(head, now, Urgency.NEWS)

    def look(self, head: Delivery, now: float) -> None:
        """Something changed about a document, or what it is compared with: whether that puts the
        item right, or wrong again."""
        item = self._ledger.items.of_head(head.id) if self._on else None
        if item is None or head.document_id is None:
            return
        stored = self._ledger.documents.by_id(head.document_id)
        if stored.forgotten:
            return
        exceptions = self._ledger.deliveries.get(head.id).exceptions
        is_right = self._is_right(stored, item.exceptions, exceptions)
        if not is_right and item.overruled:
            self._ledger.items.save(item.unsettle(now), now, How.EXACT)
        elif is_right and not (item.settled or item.overruled):
            self._step(head, item, item.settle(now), How.EXACT, now)
        elif item.settled and not is_right:
            self._step(head, item, item.unsettle(now), How.EXACT, now)

    def _step(self, head: Delivery, before: Item, item: Item, how: How, now: float) -> None:
        if self._ledger.items.save(item, now, how, before):
            self._threads.edit(head, now, Urgency.NEWS)

    def _route(self, channel: str, judged: Judgement) -> Route | None:
        if not self._on:
            return None
        return next((r for r in judged.routes() if r.triage and r.channel == channel), None)

    def _is_right(self, stored: Stored, names: tuple[str, ...], shown: tuple[str, ...]) -> bool:
        """Whether Exact put right what people were to look at: it is deleted; the exceptions no
        longer hold; it is paid, and nothing but time was wrong with it. `told`: those that its
        message names; what it no longer does is over."""
        if stored.deleted:
            return True
        settlement = stored.document.settlement
        paid = bool(settlement and settlement.paid) or owed(self._ledger, stored).settled
        if paid and {*names} <= {*BY_TIME}:
            return True
        if not names:
            return False
        fired = fired_now(self._config, self._ledger, stored, names)
        over = resolved(names, stored.document, fired, paid=paid)
        return all(name in over or name not in shown for name in names)
