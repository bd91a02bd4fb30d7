"""The promise against a model: any order of changes, polls, crashes, lost answers and replays, of
what people put under messages and click on, of days that pass; with one process or with several
whose steps are interleaved. It ends with one live head a document, showing its latest state and who
has it, one list a day, and one word on what nobody took."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from exact_slack import failpoints
from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.clock import Clock
from exact_slack.config.load import load
from exact_slack.errors import ExactSlackError
from exact_slack.failpoints import TRIAGE_POINTS
from exact_slack.ledger.triage.item import Click, Item, ItemState, Word
from exact_slack.runs.frame.run import deliver
from exact_slack.runs.poll import PollOptions, poll
from exact_slack.runs.replay import ReplayOptions, replay
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.exact.store import ExactStore
from exact_slack.sandbox.faults import Kind as Fault
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.interactions import NoSuchButton
from exact_slack.sandbox.slack.store.model import Message
from exact_slack.sandbox.slack.store.workspace import APP_TOKEN
from exact_slack.slack.incoming import clicks
from exact_slack.triage import marks
from exact_slack.triage.clicks import Clicks
from exact_slack.triage.daily import Daily
from exact_slack.triage.reading import ReadBack
from tests.e2e.rig import DIVISION, TOKEN, Rig
from tests.examples import TIMES
from tests.property.items import EMOJI, Done, Items, check_messages, words
from tests.property.turns import Turns

ROUTES = """\
  - name: odd
    when: {kind: purchase_order, exception: awaiting_approval}
    channel: "#feed"
    triage: {remind: "09:00", escalate: {after: 4h}}
  - name: feed
    when: {kind: purchase_order}
    channel: "#feed"
"""
ZONE = ZoneInfo("Europe/Amsterdam")
ORDERS = "purchaseorder/PurchaseOrders"
AWAITING, APPROVED = 0, 1
_DAY = 86400.0


SENDING = ("after_claim", "after_call", "after_record", "after_look_up")
HEADS = st.integers(0, 3)
"""Few, so that much happens to the same ones."""
SAYS = st.tuples(HEADS, st.sampled_from(list(EMOJI)), st.sampled_from([0, 0, 1, 1, 2]))
"""On which document, what, and who; the last one is an app."""
CLICKS = st.tuples(HEADS, st.sampled_from(Click), st.integers(0, 1))


class Crash(BaseException):
    """Stands for SIGKILL inside one process."""


def _striking(point: str, nth: int) -> Callable[[str], None]:
    left = [nth]

    def strike(name: str) -> None:
        left[0] -= name == point
        if left[0] == 0:
            raise Crash(name)

    return strike


def _item_at(customer: Customer, head: Message) -> Item | None:
    found = customer.ledger.items.head_at(head.channel, head.ts)
    return customer.ledger.items.of_head(found.id) if found else None


def _read_back(customer: Customer) -> None:
    """As the worker of `serve` does, which tries again what failed."""
    with suppress(ExactSlackError):
        ReadBack(customer, Summary()).run()
    Daily(customer).run()
    marks.put(customer)


class FastClock(Clock):
    """Sleeping only moves the hands, and lets another deliverer go on. It begins at ten in the
    morning, whatever the hour is."""

    def __init__(self) -> None:
        now = datetime.now(ZONE)
        self.ahead = (now.replace(hour=10, minute=0, second=0) - now).total_seconds()
        self.turns: Turns | None = None

    def now(self) -> float:
        return time.time() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += max(seconds, 0.0)
        if self.turns is not None:
            self.turns.step_ends()


class Promise(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FastClock()
        store = ExactStore((DIVISION,))  # its clock is right when the local one jumps
        self.exact = ExactSandbox(store=store, clock=self.clock.now, limits_on=False)
        self.exact.start()
        self.slack = SlackSandbox(token=TOKEN, limits=False).start()
        self.store = self.slack.store
        self.store.add_channel("feed")
        self.people = {self.store.add_user(name, name): name for name in ("anna", "bram")}
        self.users = [*self.people, self.store.add_user("reminders", is_bot=True)]
        extra = "timezone: Europe/Amsterdam\n"
        self.rig = Rig(Path(self.folder.name), self.exact, self.slack, routes=ROUTES, extra=extra)
        self.rig.write_config()
        text = self.rig.config.read_text()
        self.rig.config.write_text(text.replace("slack:\n", f"slack:\n  app_token: {APP_TOKEN}\n"))
        self.rig.log_in()
        self.config = load(self.rig.config)
        self.live: dict[str, str] = {}
        self.gone: dict[str, str] = {}
        self.done: dict[str, Done] = defaultdict(Done)
        self.latest = self.clock.now()
        self.went_back = False
        self.numbers = 0
        self.run_poll()
        for _ in range(2):
            self.create(0)
        self.run_poll()

    def teardown(self) -> None:
        try:
            self.slack.faults.clear()
            self.exact.faults.clear()
            self.come_to_rest()
            self.check()
            self.check_days()
        finally:
            failpoints.hook = None
            self.exact.stop()
            self.slack.stop()
            self.folder.cleanup()

    def come_to_rest(self) -> None:
        for _ in range(8):
            self.clock.ahead += 130  # a message that is missing is surely gone
            done = self.run_poll()
            if done is not None and done.held:  # a look-up that could not see what it was for
                self.replay()
            elif done is not None and not (done.pending or done.ambiguous or done.updated):
                break

    def check_days(self) -> None:
        """The next list, and later the word on what nobody took."""
        self.latest = max(self.latest, self.clock.now())
        day = datetime.fromtimestamp(self.latest, ZONE) + timedelta(days=1)
        due = day.replace(hour=9, minute=0, second=0).timestamp()
        self.move_to(due + 60)
        self.come_to_rest()
        self.on_items(lambda items: items.check_list(day.date(), due))
        self.move_to(due + 5 * 3600)
        self.come_to_rest()
        self.check()
        self.on_items(lambda items: items.check_escalations())

    def move_to(self, moment: float) -> None:
        self.clock.ahead += moment - self.clock.now()

    def on_items(self, look: Callable[[Items], None]) -> None:
        def work(customer: Customer) -> None:
            now = self.clock.now()
            look(Items(self.store, customer.ledger, self.people, self.done, now))

        self.with_customer(work)

    def check(self) -> None:
        self.on_items(lambda items: items.check())
        if not self.went_back:
            self.on_items(lambda items: items.check_lists())
        self.with_customer(lambda c: check_messages(self.store, c.ledger))
        heads = [m for m in self.slack.store.live_messages("feed") if not m.is_reply]
        for reference in self.live.values():
            assert sum(reference in head.text for head in heads) == 1, reference
        for reference in self.gone.values():
            shown = [head for head in heads if reference in head.text]
            assert all("Deleted" in head.text for head in shown), reference
            assert len(shown) <= 1
        self.check_keys()

    def check_keys(self) -> None:
        keys = [str(m.metadata) for m in self.slack.store.live_messages("feed")]
        assert len(set(keys)) == len(keys)

    def run_poll(self) -> Summary | None:
        done: Summary | None = self.with_customer(lambda c: poll(c, PollOptions(deletions=True)))
        return done

    def with_customer(self, work: Any) -> Any:
        customer = Customer(self.config, self.clock)
        try:
            return work(customer)
        except Crash:
            return None
        finally:
            customer.close()

    def reference(self) -> str:
        self.numbers += 1
        return f"REF-{self.numbers:04d}"

    def pick(self, index: int) -> str | None:
        return list(self.live)[index % len(self.live)] if self.live else None

    @rule(late=st.integers(0, 240))
    def create(self, late: int) -> None:
        reference = self.reference()
        values = {"OrderNumber": self.numbers, "YourRef": reference, "AmountDC": 9.0}
        row = self.exact.store.upsert(
            DIVISION,
            ORDERS,
            {**values, "OrderStatus": 10, "ApprovalStatus": AWAITING},
            modified=self.exact.store.now() - timedelta(seconds=late),
        )
        self.live[row["PurchaseOrderID"]] = reference

    @rule(index=st.integers(0, 99))
    def change(self, index: int) -> None:
        key = self.pick(index)
        if key:
            self.put(key)

    def put(self, key: str, **values: Any) -> None:
        """A change that a head shows."""
        self.live[key] = self.reference()
        row = {"PurchaseOrderID": key, "YourRef": self.live[key], **values}
        self.exact.store.upsert(DIVISION, ORDERS, row)

    @rule(index=HEADS, is_read=st.booleans())
    def mend(self, index: int, *, is_read: bool) -> None:
        """Exact puts right what was wrong, or wrong again."""
        key = self.pick(index)
        if key:
            done = self.done[key]
            done.is_right, done.is_disturbed, done.kept = not done.is_right, True, None
            self.put(key, ApprovalStatus=APPROVED if done.is_right else AWAITING)
        if is_read:
            self.run_poll()

    @rule(index=st.integers(0, 99))
    def touch(self, index: int) -> None:
        key = self.pick(index)
        if key:
            self.exact.store.touch(DIVISION, ORDERS, key)

    @rule(index=st.integers(0, 99))
    def delete(self, index: int) -> None:
        key = self.pick(index)
        if key:
            self.exact.store.delete(DIVISION, ORDERS, key)
            self.gone[key] = self.live.pop(key)
            self.done[key].is_right = self.done[key].is_disturbed = True
            self.done[key].kept = None

    @rule()
    def poll(self) -> None:
        self.run_poll()

    @rule(point=st.sampled_from(failpoints.POINTS[:-3]), nth=st.integers(1, 4))
    def crash(self, point: str, nth: int) -> None:
        failpoints.hook = _striking(point, nth)
        try:
            self.run_poll()
        finally:
            failpoints.hook = None

    @rule(
        kind=st.sampled_from(["close", "reset", "truncate", "html200", "status"]),
        when=st.sampled_from(["before", "after"]),
        path=st.sampled_from(["chat.postMessage", "chat.update", "conversations.history"]),
    )
    def lose_an_answer(self, kind: Fault, when: Any, path: str) -> None:
        self.slack.faults.add(path, kind, times=1, when=when)

    @rule(
        order=st.lists(st.integers(0, 2), max_size=60),
        deliverers=st.integers(2, 3),
        news=st.integers(1, 3),
        lost=st.lists(st.sampled_from(["before", "after"]), max_size=3),
        crash=st.none() | st.tuples(st.sampled_from(SENDING), st.integers(1, 6)),
    )
    def deliver_side_by_side(
        self,
        order: list[int],
        deliverers: int,
        news: int,
        lost: list[Any],
        crash: tuple[str, int] | None,
    ) -> None:
        """As `serve` and `poll` do. One of them may die."""
        for _ in range(news):
            self.create(0)
        self.with_customer(lambda c: poll(c, PollOptions(max_posts=0)))
        for when in lost:
            self.slack.faults.add("chat.postMessage", "close", times=1, when=when)
        works = [lambda: self.with_customer(lambda c: deliver(c, Summary()))] * deliverers
        failpoints.hook = _striking(*crash) if crash else None
        self.clock.turns = Turns(works, order)
        try:
            self.clock.turns.run()
        finally:
            self.clock.turns = failpoints.hook = None
        self.check_keys()

    @rule(hours=st.sampled_from([-26, -2, 2, 26]))
    def the_local_clock_jumps(self, hours: int) -> None:
        self.clock.ahead += hours * 3600
        self.latest = max(self.latest, self.clock.now())
        self.went_back |= self.latest - self.clock.now() > _DAY

    # -- people --------------------------------------------------------------------------------

    def heads(self) -> dict[str, Message]:
        """The message of each document that has one, by its key."""
        found = [m for m in self.store.live_messages("feed") if not m.is_reply]
        named = {**self.live, **self.gone}
        return {key: m for key, name in named.items() for m in found if name in m.text}

    def pick_head(self, index: int) -> tuple[str, Message] | None:
        found = list(self.heads().items())
        return found[index % len(found)] if found else None

    @rule(said=st.lists(SAYS, min_size=1, max_size=4), is_read=st.booleans())
    def people_react(self, said: list[tuple[int, str, int]], *, is_read: bool) -> None:
        for one in said:
            self.toggle(*one)
        if is_read:
            self.run_poll()

    def toggle(self, index: int, emoji: str, who: int) -> None:
        """Somebody reacts, or takes it away."""
        found = self.pick_head(index)
        if found:
            key, head = found
            done, user = self.done[key], self.users[who]
            done.said.add((EMOJI[emoji], user))
            done.is_disturbed |= EMOJI[emoji] is ItemState.LATER
            done.kept = None
            self.store.toggle("feed", head.ts, emoji, user)

    @rule(what=CLICKS, times=st.integers(1, 2))
    def somebody_clicks(self, what: tuple[int, Click, int], times: int) -> None:
        """On a button that is there; `serve` hears it, perhaps twice."""
        index, click, who = what
        found = self.pick_head(index)
        if not found:
            return
        key, head = found
        try:
            payload = self.slack.interactions.payload("feed", head.ts, click, self.users[who])
        except NoSuchButton:
            return
        done = self.done[key]
        done.said |= {(ItemState.TAKEN, self.users[who]), (ItemState.DONE, self.users[who])}
        done.is_disturbed, done.kept = True, None
        done.was_reopened |= click is Click.REOPEN
        clicked = clicks.read(payload)
        assert clicked is not None
        for _ in range(times):
            self.with_customer(lambda c: self.hear(c, clicked))

    def hear(self, customer: Customer, clicked: clicks.Clicked) -> None:
        with customer.ledger.transaction():
            Clicks(self.config, self.clock).take(customer.ledger, clicked)

    @rule(index=HEADS, changes=st.booleans())
    def someone_deletes_a_head(self, index: int, *, changes: bool) -> None:
        """It is noticed when it is read, or, where nobody reads it any more, at the next change."""
        found = self.pick_head(index)
        if not found:
            return
        key, head = found
        self.store.delete_message("feed", head.ts)
        item: Item | None = self.with_customer(lambda c: _item_at(c, head))
        self.done[key].kept = self.known(item, head, self.done[key]) if item else None
        if key in self.live and (changes or item is None):
            self.put(key)

    def known(self, item: Item, head: Message, done: Done) -> Word | None:
        """Who has it, if all that happened to it is known."""
        is_read = {sign.word for sign in item.standing} == words(head, self.people)
        is_read &= (item.settled or item.overruled) is done.is_right
        return (item.state, item.person) if item.person and is_read else None

    @rule(
        order=st.lists(st.integers(0, 3), max_size=60),
        said=st.lists(SAYS, max_size=4),
        clicked=CLICKS,
        crash=st.none() | st.tuples(st.sampled_from((*TRIAGE_POINTS, *SENDING)), st.integers(1, 3)),
    )
    def all_at_once(
        self,
        order: list[int],
        said: list[tuple[int, str, int]],
        clicked: tuple[int, Click, int],
        crash: tuple[str, int] | None,
    ) -> None:
        """A poll beside a `serve` that reads, delivers and hears a click, while people react."""
        works = [
            self.run_poll,
            lambda: self.with_customer(_read_back),
            lambda: self.with_customer(lambda c: deliver(c, Summary())),
            lambda: self.act(said, clicked),
        ]
        failpoints.hook = _striking(*crash) if crash else None
        self.clock.turns = Turns(works, order)
        try:
            self.clock.turns.run()
        finally:
            self.clock.turns = failpoints.hook = None
        self.check_keys()

    def act(self, said: list[tuple[int, str, int]], clicked: tuple[int, Click, int]) -> None:
        assert self.clock.turns is not None
        for one in said:
            self.toggle(*one)
            self.clock.turns.step_ends()
        self.somebody_clicks(what=clicked, times=1)

    @rule()
    def replay(self) -> None:
        options = ReplayOptions(failed=True, held=True, ambiguous=True)
        self.with_customer(lambda c: replay(c, options))


TestPromise = Promise.TestCase
TestPromise.settings = settings(
    max_examples=6 * TIMES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
