"""What time brings to items: what was put off comes back, a day's list, the word that nobody has
taken something, and the word that the oldest lies for long. Each is planned in the transaction that
remembers it, so none comes twice and none is lost."""

from collections import defaultdict
from datetime import date, timedelta, tzinfo

from exact_slack.app.customer import Customer
from exact_slack.config.route import Route, Triage
from exact_slack.config.timing import local, loud_seconds
from exact_slack.config.values import seconds
from exact_slack.failpoints import failpoint
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State, Urgency
from exact_slack.ledger.triage.item import How, Item, ItemState
from exact_slack.plan.items import triage_of
from exact_slack.plan.threads import Threads
from exact_slack.rendering.queue import NAMED
from exact_slack.triage.when import list_due

_ALERTED = "triage alerted"
"""The fact that the alerts channel heard of the oldest item."""
_Known = tuple[Item, Delivery, Route, Triage]


class Daily:
    """One look at the clock."""

    def __init__(self, customer: Customer) -> None:
        self._config = customer.config
        self._ledger = customer.ledger
        self._now = customer.clock.now()
        self._zone: tzinfo = customer.config.zone()

    def run(self) -> None:
        """All that is due."""
        with self._ledger.transaction():
            self._expire()
            failpoint("in_daily")
            items = self._unfinished()
            self._lists(items)
            self._escalate(items)
            self._alert(items)
        failpoint("after_daily")

    def _unfinished(self) -> list[_Known]:
        items: list[_Known] = []
        for item in self._ledger.items.unfinished():
            head = self._ledger.deliveries.get(item.head_id)
            routed = triage_of(self._config, item, head.channel)
            if routed is not None:
                items.append((item, head, *routed))
        return items

    def _expire(self) -> None:
        threads = Threads(self._ledger, None)
        for item in self._ledger.items.unfinished():
            back = item.expire(self._now)
            if self._ledger.items.save(back, self._now, How.TIME, item):
                head = self._ledger.deliveries.get(item.head_id)
                threads.edit(head, self._now, Urgency.NEWS)

    # -- the list ------------------------------------------------------------------------------

    def _lists(self, items: list[_Known]) -> None:
        today = local(self._now, self._zone).date()
        channels = {route.channel for route in self._config.routes if route.triage}
        rows: dict[str, list[_Known]] = defaultdict(list)
        for entry in items:
            rows[entry[1].channel].append(entry)
        for channel in sorted(channels):
            at = list_due(self._config, channel, today, self._zone)
            if at is not None and at <= self._now and self._is_new(channel, today):
                self._ledger.set_fact(f"triage list {channel}", today.isoformat())
                self._list(rows[channel], channel, today, at)

    def _is_new(self, channel: str, today: date) -> bool:
        """Whether there was no list today; a later day is that of a clock that was set back."""
        last = self._ledger.fact(f"triage list {channel}") or ""
        return not today.isoformat() <= last <= (today + timedelta(days=1)).isoformat()

    def _list(self, entries: list[_Known], channel: str, today: date, at: float) -> None:
        """What came before the list was due: what came later waits for the next."""
        chosen = [
            (item, route)
            for item, head, route, triage in entries
            if triage.remind and item.state is not ItemState.LATER and item.opened_at <= at
            if head.state is State.POSTED
        ]
        items = tuple(item.id for item, _ in chosen)
        under = None
        for part in range(-(-len(items) // NAMED)):
            brought = items[part * NAMED : (part + 1) * NAMED] if part else items
            number = self._ledger.deliveries.add(
                payloads.ItemList(today, part, brought),
                route=chosen[0][1].name,
                channel=channel,
                head=under,
                now=self._now,
            )
            under = number if under is None else under

    # -- what nobody has taken -----------------------------------------------------------------

    def _escalate(self, items: list[_Known]) -> None:
        threads = Threads(self._ledger, None)
        for item, head, route, triage in items:
            if triage.escalate is None or item.state is not ItemState.OPEN or item.escalated_at:
                continue
            if head.state is not State.POSTED:
                continue
            begin = max(item.since, item.opened_at, head.done_at or 0.0)
            quiet = route.quiet if route.quiet is not None else self._config.quiet
            waited = loud_seconds(quiet, begin, self._now, self._zone)
            if waited < seconds(triage.escalate.after):
                continue
            self._ledger.items.escalated(item, self._now)
            said = payloads.Escalation(item.id, int(item.opened_at))
            threads.reply(head, said, head.document_id, self._now, route=route.name)

    # -- the oldest ----------------------------------------------------------------------------

    def _alert(self, items: list[_Known]) -> None:
        late = [
            item
            for item, head, _, triage in items
            if self._now - max(item.opened_at, head.done_at or 0.0) > seconds(triage.alert_after)
        ]
        alerted = bool(self._ledger.fact(_ALERTED))
        if bool(late) is alerted:
            return
        self._ledger.set_fact(_ALERTED, "yes" if late else "")
        if not (late and self._config.alerts):
            return
        days = int((self._now - min(item.opened_at for item in late)) // 86400)
        count = "1 item of triage lies" if len(late) == 1 else f"{len(late)} items of triage lie"
        self._ledger.deliveries.add(
            payloads.Alert(
                f"exact-slack: {count} unfinished for too long, the oldest for {days} days.\n"
                "See: exact-slack queue"
            ),
            route="alerts",
            channel=self._config.alerts,
            now=self._now,
        )
