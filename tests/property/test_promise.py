"""The promise against a model: any order of changes, polls, crashes, lost answers and replays,
with one deliverer or with several whose steps are interleaved, ends with one live head a document,
showing its latest state."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from exact_slack import failpoints
from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.clock import Clock
from exact_slack.config.load import load
from exact_slack.runs.frame.run import deliver
from exact_slack.runs.poll import PollOptions, poll
from exact_slack.runs.replay import ReplayOptions, replay
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.exact.store import ExactStore
from exact_slack.sandbox.faults import Kind as Fault
from exact_slack.sandbox.slack.api import SlackSandbox
from tests.e2e.rig import DIVISION, TOKEN, Rig
from tests.examples import TIMES
from tests.property.turns import Turns

INVOICES = "salesinvoice/SalesInvoices"
ROUTES = """\
  - name: feed
    when: {kind: sales_invoice}
    channel: "#feed"
"""


SENDING = ("after_claim", "after_call", "after_record", "after_look_up")


class Crash(BaseException):
    """Stands for SIGKILL inside one process."""


def _striking(point: str, nth: int) -> Callable[[str], None]:
    left = [nth]

    def strike(name: str) -> None:
        left[0] -= name == point
        if left[0] == 0:
            raise Crash(name)

    return strike


class FastClock(Clock):
    """Sleeping only moves the hands, and lets another deliverer go on."""

    def __init__(self) -> None:
        self.ahead = 0.0
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
        self.slack.store.add_channel("feed")
        self.rig = Rig(Path(self.folder.name), self.exact, self.slack, routes=ROUTES)
        self.rig.write_config()
        self.rig.log_in()
        self.config = load(self.rig.config)
        self.live: dict[str, str] = {}
        self.gone: dict[str, str] = {}
        self.numbers = 0
        self.run_poll()

    def teardown(self) -> None:
        try:
            self.slack.faults.clear()
            self.exact.faults.clear()
            for _ in range(6):
                done = self.run_poll()
                if done is not None and done.held:  # a look-up that could not see what it was for
                    self.replay()
                elif done is not None and not (done.pending or done.ambiguous):
                    break
            self.check()
        finally:
            failpoints.hook = None
            self.exact.stop()
            self.slack.stop()
            self.folder.cleanup()

    def check(self) -> None:
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
        from datetime import timedelta

        reference = self.reference()
        row = self.exact.store.upsert(
            DIVISION,
            INVOICES,
            {"Status": 20, "AmountDC": 9.0, "YourRef": reference},
            modified=self.exact.store.now() - timedelta(seconds=late),
        )
        self.live[row["InvoiceID"]] = reference

    @rule(index=st.integers(0, 99))
    def change(self, index: int) -> None:
        key = self.pick(index)
        if key:
            self.live[key] = self.reference()
            row = {"InvoiceID": key, "YourRef": self.live[key]}
            self.exact.store.upsert(DIVISION, INVOICES, row)

    @rule(index=st.integers(0, 99))
    def touch(self, index: int) -> None:
        key = self.pick(index)
        if key:
            self.exact.store.touch(DIVISION, INVOICES, key)

    @rule(index=st.integers(0, 99))
    def delete(self, index: int) -> None:
        key = self.pick(index)
        if key:
            self.exact.store.delete(DIVISION, INVOICES, key)
            self.gone[key] = self.live.pop(key)

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

    @rule()
    def someone_deletes_a_head(self) -> None:
        heads = [m for m in self.slack.store.live_messages("feed") if not m.is_reply]
        if heads and self.live:
            shown = {k for k, r in self.live.items() if r in heads[0].text}
            if shown:
                self.slack.store.delete_message("feed", heads[0].ts)
                for key in shown:  # noticed at the next change
                    self.live[key] = self.reference()
                    row = {"InvoiceID": key, "YourRef": self.live[key]}
                    self.exact.store.upsert(DIVISION, INVOICES, row)

    @rule()
    def replay(self) -> None:
        options = ReplayOptions(failed=True, held=True, ambiguous=True)
        self.with_customer(lambda c: replay(c, options))


TestPromise = Promise.TestCase
TestPromise.settings = settings(
    max_examples=10 * TIMES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
