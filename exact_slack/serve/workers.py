"""The workers behind `serve`: one fetches what webhooks named, one delivers.

Each has a customer of its own (its own ledger connection and sessions), and both go through the
same ledger and pace as `poll`. What they cannot do, the next `poll` does."""

import contextlib
import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.app.today import today
from exact_slack.collect.completer import Completer
from exact_slack.collect.reading import Reading
from exact_slack.collect.refusals import Rests
from exact_slack.collect.unreadable import Unread
from exact_slack.config.model import Config
from exact_slack.deliver.deliverer import Deliverer
from exact_slack.deliver.files import FileSender
from exact_slack.deliver.session import Session
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.errors import ExactSlackError, LoginNeeded, TemporaryError
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.reader import Unusable
from exact_slack.failpoints import failpoint
from exact_slack.ledger.incoming.inbox import Item
from exact_slack.ledger.log import Seen
from exact_slack.ledger.schema.lock import Owner
from exact_slack.ledger.troubles import Part
from exact_slack.plan.planner import Planner
from exact_slack.plan.planning import Planning
from exact_slack.plan.waiting.prepare import prepare
from exact_slack.serve.share import LOOK_AGAIN, Share, day_allows
from exact_slack.serve.worker import Ending, SlackWorker, WakingClock, Worker

log = logging.getLogger("exact_slack.serve")
_BATCH = 40
"""Documents in one round: what one call can ask for, so that news never waits for long."""
_EARLY, _EARLY_TRIES = 5.0, 4
"""Seconds after which a document is asked for again that Exact has told of and does not give out
yet; doubled each time, so for a minute and a quarter. Then it is the poll's."""
_GIVE_UP = 5
"""Attempts after which a document that nobody can take in is left to the next poll."""
_RECHECK, _RECHECK_SOON = 600.0, 5.0
"""Seconds between two looks at channels that take nothing; where Slack told of one, fewer."""
_WINDOW = 300.0
"""Seconds over which the flood guard counts, as a poll would every five minutes."""
_FRESH_MS = 3_600_000
"""Before the first poll there is no starting point: what was created within an hour of its change
counts as new."""


class Fetcher(Worker):
    """Reads the documents that webhooks named and plans their deliveries."""

    part = Part.COLLECT
    rest_login = 600.0  # Exact counts refusals

    def __init__(self, config: Config, then: Callable[[], None]) -> None:
        super().__init__("fetch", config)
        self._then = then
        self._heads: Counter[str] = Counter()
        self._window = 0.0
        self._share = Share()
        self._rests: Rests = {}

    def login(self, customer: Customer) -> object:
        """Exact's tokens."""
        return customer.token_store.load()

    def work(self, customer: Customer) -> bool:
        """Everything that is due, many documents of a kind in one call."""
        self._flood_window(customer)
        worked = False
        while not self.ending:
            waits = {d: self._share.wait(d) for d in self._config.exact.divisions}
            waiting = frozenset(division for division, wait in waits.items() if wait > 0)
            items = customer.ledger.inbox.due(self.clock.now(), _BATCH, waiting)
            if items:
                worked = True
                self._round(customer, items)
            elif waiting and customer.ledger.inbox.due(self.clock.now(), 1):
                self.clock.sleep(min(waits[division] for division in waiting))
            else:
                break
        now = self.clock.now()
        left = customer.ledger.inbox.waiting() or any(end > now for end in self._rests.values())
        return worked and not left

    def _round(self, customer: Customer, items: list[Item]) -> None:
        groups: dict[tuple[int, Kind], list[Item]] = defaultdict(list)
        for item in items:
            groups[item.division, item.kind].append(item)
        try:
            for (division, kind), group in groups.items():
                self._group(customer, division, kind, group)
        finally:
            for division, calls in customer.calls.per_division.items():
                self._share.use(division, calls)
            self.count_calls(customer)

    def _flood_window(self, customer: Customer) -> None:
        """Begin to count anew; tell of what was held in the window before."""
        now = self.clock.now()
        if 0 <= now - self._window < _WINDOW:
            return
        self._window = now
        self._heads.clear()
        if customer.ledger.deliveries.flooded():
            with customer.ledger.transaction():
                self._planner(customer).tell_floods(now)
            self._then()

    def _planner(self, customer: Customer) -> Planner:
        planning = Planning.of(customer.config, customer.ledger, by=Seen.WEBHOOK)
        return Planner(planning, Summary(), self._heads)

    def _group(self, customer: Customer, division: int, kind: Kind, items: list[Item]) -> None:
        if division not in self._config.exact.divisions or kind not in self._config.read_kinds():
            self._done(customer, items)  # the config is another one than when they came
            return
        breaker = customer.ledger.breakers.of(division, ENDPOINTS[kind].path)
        if breaker.is_open(self.clock.now()):
            self._later(customer, items, breaker.until)
            return
        if not day_allows(customer, division):
            self._leave_to_polls(customer, division, items)
            return
        try:
            self._handle(customer, division, kind, items)
        except (Ending, LoginNeeded):
            raise
        except ExactRefused as error:
            self.meets(error)
            now = self.clock.now()
            breaker.refused(error.status, error.sentence, error.cure, now)
            self._postpone(customer, items)
        except ExactSlackError:
            self._postpone(customer, items)
            raise
        except Exception:  # noqa: BLE001 - one document never stops the others
            self._unforeseen(customer, division, kind, items)
        else:
            breaker.worked()

    def _leave_to_polls(self, customer: Customer, division: int, items: list[Item]) -> None:
        """The rest of the day's calls belongs to the polls, which read these documents too."""
        self.meets(
            TemporaryError(
                f"Division {division}: the day's calls for webhooks are used up; polls go on."
            )
        )
        until = self.clock.now() + LOOK_AGAIN
        with customer.ledger.transaction():
            for item in items:
                customer.ledger.inbox.rest(item, until)

    def _unforeseen(self, customer: Customer, division: int, kind: Kind, items: list[Item]) -> None:
        """A document that cannot be taken in must not stop the others."""
        if len(items) > 1:
            for item in items:
                self._group(customer, division, kind, [item])
            return
        log.exception("%s %s of division %s cannot be taken in", kind, items[0].key, division)  # noqa: LOG004 - called by one
        if items[0].attempts + 1 >= _GIVE_UP:
            self._done(customer, items)
        else:
            self._postpone(customer, items)

    def _handle(self, customer: Customer, division: int, kind: Kind, items: list[Item]) -> None:
        asked = customer.ledger.saves.count()
        documents = self._fetch(customer, division, kind, items)
        gone = self._gone(
            customer, division, kind, [i.key for i in items if i.key not in documents]
        )
        failpoint("after_fetch")
        self._take_in(customer, items, documents, gone, asked)
        failpoint("after_take_in")
        self._then()

    def _fetch(
        self, customer: Customer, division: int, kind: Kind, items: list[Item]
    ) -> dict[str, Document]:
        """The documents that Exact has. They are asked for by a filter: for one that is gone, its
        own address would be an error, and Exact blocks an app after ten errors an hour."""
        records = customer.ledger.cursors.divisions()  # the poll may have learnt more by now
        customer.currencies.update({code: record.currency for code, record in records.items()})
        reader, keys = customer.reader, [item.key for item in items]
        try:
            page = reader.many(division, kind, keys)
        except ExactRefused as refused:
            if refused.status != HTTPStatus.BAD_REQUEST:
                raise
            with contextlib.suppress(Unusable):
                reader.one(Ref(division, kind, keys[0]))  # learns what this edition does not take
            page = reader.many(division, kind, keys)
        if page.broken:
            with customer.ledger.transaction():  # the poll looks after it, and tells of it
                Unread(customer.ledger, division, kind, self.clock.now()).broken(
                    page.broken, ServerMs(0)
                )
        summary = Summary()
        reading = Reading(self._config, customer.ledger, reader, self.clock, summary)
        completer = Completer(reading, self._rests)
        complete = completer.complete(division, page.documents)
        for problem in summary.problems:
            self.meets(problem)
        return {document.ref.guid: document for document in complete}

    def _gone(self, customer: Customer, division: int, kind: Kind, absent: list[str]) -> set[str]:
        """Those of the known documents that Exact surely no longer has; what it has, but sends in
        a shape that is none, is left to the poll, which tells of it."""
        stored = [customer.ledger.documents.get(Ref(division, kind, key)) for key in absent]
        living = {
            record.document.ref.guid
            for record in stored
            if record is not None and not record.deleted
        }
        return living - customer.reader.existing(division, kind, living) if living else set()

    def _take_in(
        self,
        customer: Customer,
        items: list[Item],
        documents: dict[str, Document],
        gone: set[str],
        asked: int,
    ) -> None:
        ledger, planner, now = customer.ledger, self._planner(customer), self.clock.now()
        day = today(self._config, self.clock)
        with ledger.transaction():
            for item in items:
                document = documents.get(item.key)
                stored = ledger.documents.get(Ref(item.division, item.kind, item.key))
                fruitful = False
                if document is not None:
                    cursor = ledger.cursors.get(item.division, item.kind)
                    fruitful = planner.take_in(
                        document,
                        first_run_at=cursor.complete_since
                        if cursor
                        else ServerMs(document.modified - _FRESH_MS),
                        today=day,
                        now=now,
                        asked=asked,
                    )
                    if fruitful:
                        ledger.rhythm.add(item.division, item.kind, [document.modified], now)
                elif stored is not None and item.key in gone:
                    planner.deleted(stored, day, now)
                    fruitful = True
                elif stored is None and _may_still_come(item):
                    ledger.inbox.later(item, now + _EARLY * 2**item.attempts)
                    continue
                ledger.inbox.done(item, now, fruitful=fruitful)

    def _done(self, customer: Customer, items: list[Item]) -> None:
        with customer.ledger.transaction():
            for item in items:
                customer.ledger.inbox.done(item, self.clock.now(), fruitful=False)

    def _later(self, customer: Customer, items: list[Item], until: float) -> None:
        with customer.ledger.transaction():
            for item in items:
                customer.ledger.inbox.later(item, until)

    def _postpone(self, customer: Customer, items: list[Item]) -> None:
        longest = max(item.attempts for item in items)
        self._later(customer, items, self.clock.now() + 30.0 * 2 ** min(longest, 6))


def _may_still_come(item: Item) -> bool:
    """Exact may tell of a document a moment before it lets it be read."""
    return not item.deletes and item.attempts < _EARLY_TRIES


class Sender(SlackWorker):
    """Delivers what is due, at once; looks at parked channels now and then."""

    def __init__(self, config: Config) -> None:
        super().__init__("send", config)
        self._waking = WakingClock(self.clock)
        self._owner: Owner | None = None
        self._rechecked = 0.0
        self._look = threading.Event()

    def wake(self) -> None:
        """There is something to do, also for one that waits for its pace."""
        self._waking.event.set()
        super().wake()

    def look(self) -> None:
        """Slack told of a channel: see whether the parked ones take messages again."""
        self._look.set()
        self.wake()

    def work(self, customer: Customer) -> bool:
        """Deliver until nothing is due."""
        try:
            return self._deliver(customer)
        finally:
            self.count_calls(customer)  # attachments come from Exact

    def _deliver(self, customer: Customer) -> bool:
        if self._owner is None:
            self._owner = Owner(customer.ledger.folder)
        now = self.clock.now()
        summary = Summary()
        prepare(customer, summary)
        recheck = self._wants_recheck(customer, now)
        if not (recheck or customer.ledger.backlog.size(now)):
            return False
        session = replace(
            Session.of(customer, self._owner, summary),
            clock=self._waking,
            ending=lambda: self.ending,
        )
        files = FileSender(customer, session.client, summary)
        Deliverer(session, files, recheck_parked=recheck).run()
        for problem in summary.problems:
            self.meets(problem)
        left = customer.ledger.backlog.size(self.clock.now())
        return not (left or customer.ledger.channels.parked())

    def _wants_recheck(self, customer: Customer, now: float) -> bool:
        rest = _RECHECK_SOON if self._look.is_set() else _RECHECK
        if 0 <= now - self._rechecked < rest:
            return False
        self._look.clear()
        if not (customer.ledger.channels.parked() or customer.ledger.backlog.size(now)):
            return False
        self._rechecked = now
        return True

    def finish(self) -> None:
        """Leave no mark behind."""
        if self._owner is not None:
            with contextlib.suppress(OSError):
                self._owner.close()
