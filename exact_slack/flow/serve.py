"""The workers behind `serve`: one fetches what webhooks named, one delivers.

Each has a customer of its own (its own ledger connection and sessions), and both go through the
same ledger and pace as `poll`. What they cannot do, the next `poll` does."""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.config.paths import private_folder
from exact_slack.documents.document import Document, Ref
from exact_slack.documents.kinds import Kind
from exact_slack.errors import ExactSlackError, LoginNeeded, TemporaryError
from exact_slack.exact.errors import ExactRefused
from exact_slack.failpoints import failpoint
from exact_slack.flow.complete import Completer
from exact_slack.flow.deliver import Deliverer
from exact_slack.flow.files import FileSender
from exact_slack.flow.plan import Planner
from exact_slack.flow.prepare import prepare
from exact_slack.flow.summary import Summary
from exact_slack.flow.wiring import Customer
from exact_slack.ledger.inbox import Item
from exact_slack.ledger.lock import Owner

log = logging.getLogger("exact_slack.serve")
_BATCH = 100
_IDLE = 5.0
"""Seconds after which a worker looks by itself, whether it was woken or not."""
_REST_LOGIN, _REST_TROUBLE = 60.0, 15.0
_GIVE_UP = 5
"""Attempts after which a document is left to the next poll."""
_RECHECK = 600.0
"""Seconds between two looks at channels that take nothing."""


class WakingClock(Clock):
    """A clock whose sleep ends early when there is something to do."""

    def __init__(self) -> None:
        self.event = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Wait, or until woken."""
        if seconds > 0 and self.event.wait(seconds):
            self.event.clear()


class Worker(threading.Thread):
    """A loop that works, then waits to be woken; trouble makes it rest, nothing ends it."""

    def __init__(self, name: str, config: Config) -> None:
        super().__init__(name=name, daemon=True)
        self.clock = WakingClock()
        self.beat = self.clock.now()
        """When it last looked."""
        self._config = config
        self._asked_to_end = threading.Event()
        self._told = ""

    def wake(self) -> None:
        """There is something to do."""
        self.clock.event.set()

    def end(self) -> None:
        """Finish the step at hand, then end."""
        self._asked_to_end.set()
        self.wake()

    @property
    def ending(self) -> bool:
        """Whether it was asked to end."""
        return self._asked_to_end.is_set()

    def run(self) -> None:
        """Work until asked to end."""
        customer = Customer(self._config, self.clock)
        try:
            self.prepare(customer)
            while not self.ending:
                self.beat = self.clock.now()
                self.clock.sleep(self._guarded(customer))
        finally:
            self.finish()
            customer.close()

    def _guarded(self, customer: Customer) -> float:
        """One round; how long to wait before the next."""
        try:
            self.work(customer)
        except LoginNeeded as error:
            return self._rest(error, _REST_LOGIN)
        except ExactSlackError as error:
            return self._rest(error, _REST_TROUBLE)
        except Exception as error:  # a worker must outlive what nobody foresaw
            log.exception("unexpected trouble in %s", self.name)
            return self._rest(TemporaryError(f"{type(error).__name__} in {self.name}."), 15.0)
        self._told = ""
        return _IDLE

    def _rest(self, error: ExactSlackError, seconds: float) -> float:
        if str(error) != self._told:
            log.error("%s", error)
            self._told = str(error)
        self._asked_to_end.wait(seconds)  # woken or not: trouble needs time
        return 0.0

    def prepare(self, customer: Customer) -> None:
        """Before the first round."""

    def work(self, customer: Customer) -> None:
        """One round."""
        raise NotImplementedError  # abstract

    def finish(self) -> None:
        """After the last round."""


class Fetcher(Worker):
    """Reads the documents that webhooks named and plans their deliveries."""

    def __init__(self, config: Config, then: Callable[[], None]) -> None:
        super().__init__("fetch", config)
        self._then = then

    def work(self, customer: Customer) -> None:
        """Everything that is due, many documents of a kind in one call."""
        while not self.ending:
            items = customer.ledger.inbox.due(self.clock.now(), _BATCH)
            if not items:
                return
            groups: dict[tuple[int, Kind], list[Item]] = defaultdict(list)
            for item in items:
                groups[item.division, item.kind].append(item)
            for (division, kind), group in groups.items():
                self._group(customer, division, kind, group)
            self._record(customer)

    def _record(self, customer: Customer) -> None:
        customer.record_calls()
        customer.calls.per_division.clear()

    def _group(self, customer: Customer, division: int, kind: Kind, items: list[Item]) -> None:
        read_at = self.clock.now()
        try:
            found = self._fetch(customer, division, kind, items)
        except LoginNeeded:
            raise
        except ExactRefused as error:
            log.error("%s", error)
            self._postpone(customer, items, give_up=True)
            return
        except ExactSlackError:
            self._postpone(customer, items, give_up=False)
            raise
        failpoint("after_fetch")
        self._take_in(customer, division, items, found, read_at)
        failpoint("after_take_in")
        self._then()

    def _fetch(
        self, customer: Customer, division: int, kind: Kind, items: list[Item]
    ) -> dict[str, Document]:
        if len(items) > 1:
            found = customer.reader.many(division, kind, [item.key for item in items])
        else:
            one = customer.reader.one(Ref(division, kind, items[0].key))
            found = {one.ref.key: one} if one else {}
        summary = Summary()
        completer = Completer(customer.ledger, customer.reader, self.clock, summary)
        return {d.ref.key: d for d in completer.complete(division, tuple(found.values()))}

    def _take_in(
        self,
        customer: Customer,
        division: int,
        items: list[Item],
        found: dict[str, Document],
        read_at: float,
    ) -> None:
        ledger = customer.ledger
        planner = Planner(customer.config, ledger, Summary(), None)
        now = self.clock.now()
        today = datetime.fromtimestamp(now, UTC).date()
        with ledger.transaction():
            for item in items:
                document = found.get(item.key)
                stored = ledger.documents.get(Ref(division, item.kind, item.key))
                cursor = ledger.cursors.get(division, item.kind)
                if document is not None:
                    planner.take_in(
                        document,
                        first_run_at=cursor.floor if cursor else 0,
                        today=today,
                        now=now,
                        read_at=read_at,
                    )
                elif stored is not None:
                    planner.deleted(stored, today, now)
                ledger.inbox.done(item)
            planner.tell_floods(now)

    def _postpone(self, customer: Customer, items: list[Item], *, give_up: bool) -> None:
        for item in items:
            if give_up and item.attempts + 1 >= _GIVE_UP:
                with customer.ledger.transaction():
                    customer.ledger.inbox.done(item)
            else:
                wait = 30.0 * 2 ** min(item.attempts, 6)
                customer.ledger.inbox.later(item, self.clock.now() + wait)


class Sender(Worker):
    """Delivers what is due, at once; looks at parked channels now and then."""

    def __init__(self, config: Config) -> None:
        super().__init__("send", config)
        self._owner: Owner | None = None
        self._rechecked = 0.0

    def prepare(self, customer: Customer) -> None:
        """The mark of a living sender."""
        private_folder(customer.state)
        self._owner = Owner(customer.state)

    def work(self, customer: Customer) -> None:
        """Deliver until nothing is due."""
        assert self._owner is not None
        now = self.clock.now()
        summary = Summary()
        prepare(customer, summary)
        recheck = bool(customer.ledger.channels.parked()) and now - self._rechecked > _RECHECK
        if not (recheck or customer.ledger.deliveries.backlog(now)):
            return
        self._rechecked = now if recheck else self._rechecked
        deliverer = Deliverer(
            customer.config,
            customer.ledger,
            customer.slack,
            self._owner,
            self.clock,
            summary,
            recheck_parked=recheck,
            ending=lambda: self.ending,
            files=FileSender(customer, customer.slack, summary),
        )
        deliverer.run()
        for problem in summary.problems:
            log.error("%s", problem)

    def finish(self) -> None:
        """Leave no mark behind."""
        if self._owner is not None:
            self._owner.close()
