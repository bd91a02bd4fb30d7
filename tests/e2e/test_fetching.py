"""What `serve` fetches for notifications: calls for news, and the polls' calls left alone."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.config.load import load
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.exact.wire.budget import A_DAY
from exact_slack.ledger.incoming.inbox import Told
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.plan.planner import Planner
from exact_slack.plan.planning import Planning
from exact_slack.serve import share
from exact_slack.serve.share import Share
from exact_slack.serve.worker import WorkerClock
from exact_slack.serve.workers import Fetcher
from tests.e2e.rig import DIVISION, Rig

KEY = "44444444-4444-4444-4444-444444444444"


class SetClock(WorkerClock):
    """A clock that the test sets; its pauses take no time."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += seconds


class Fetching:
    """A fetcher that the test lets work."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        config = load(rig.config)
        self.clock = SetClock()
        self.customer = Customer(config, self.clock)
        self.fetcher = Fetcher(config, lambda: None)
        self.fetcher.clock = self.clock

    def notify(self, key: str, at: str = "", *, deletes: bool = False) -> None:
        inbox = self.customer.ledger.inbox
        told = Told(at, at or "m", deletes)
        inbox.put(DIVISION, Kind.PURCHASE_ENTRY, key, self.clock.now(), told)

    def work(self) -> int:
        """One round; how many calls to Exact it took."""
        before = self.customer.calls.total
        self.fetcher.work(self.customer)
        return self.customer.calls.total - before

    def planned(self) -> list[Action]:
        return [d.action for d in self.customer.ledger.deliveries.since_id(0)]


@pytest.fixture
def fetching(rig: Rig) -> Iterator[Fetching]:
    rig.poll()
    made = Fetching(rig)
    yield made
    made.customer.close()


def test_a_captured_notification_four_times_a_second_costs_few_calls(fetching: Fetching) -> None:
    key = fetching.rig.entry(1)["EntryID"]
    calls = 0
    for _ in range(240):
        fetching.notify(key, "2026-11-27T09:00:00.000")
        calls += fetching.work()
        fetching.clock.ahead += 0.25
    assert calls < 15
    assert fetching.planned() == [Action.HEAD]


def test_what_exact_tells_of_too_early_is_asked_for_again(fetching: Fetching) -> None:
    fetching.notify(KEY)
    fetching.work()
    assert fetching.planned() == []
    fetching.rig.entry(1, EntryID=KEY)
    fetching.clock.ahead += 6
    fetching.work()
    assert fetching.planned() == [Action.HEAD]


def test_what_exact_never_gives_out_is_asked_for_a_few_times(fetching: Fetching) -> None:
    fetching.notify(KEY)
    calls = 0
    for _ in range(60):
        calls += fetching.work()
        fetching.clock.ahead += 10
    assert calls == 5
    assert fetching.customer.ledger.inbox.waiting() == 0
    fetching.notify(KEY, "2026-11-27T09:00:00.000", deletes=True)
    assert fetching.work() == 1
    assert fetching.customer.ledger.inbox.waiting() == 0


def test_a_clock_that_was_set_back_hides_no_change(fetching: Fetching) -> None:
    entry = fetching.rig.entry(1)
    fetching.notify(entry["EntryID"], "2026-11-27T09:00:00.000")
    fetching.work()
    fetching.clock.ahead -= 600
    fetching.rig.entry(1, EntryID=entry["EntryID"], Description="new")
    fetching.notify(entry["EntryID"], "2026-11-27T09:00:01.000")
    fetching.work()
    ledger = fetching.customer.ledger
    (stored,) = ledger.documents.find(entry["EntryID"])
    assert stored.document.description == "new"


def test_the_minute_leaves_the_polls_theirs() -> None:
    at, made = 0.0, 0
    ours = Share(lambda: at)
    while at < 60:
        if wait := ours.wait(DIVISION):
            at += wait
            continue
        ours.use(DIVISION, 1)
        made += 1
    assert 30 <= made <= 41


def test_the_day_leaves_the_polls_theirs(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetching.notify(fetching.rig.entry(1)["EntryID"])
    monkeypatch.setattr(share, "calls_left", lambda *_: 30)
    assert fetching.work() == 0
    assert fetching.customer.ledger.inbox.waiting() == 1  # it goes on when the day has calls again
    assert fetching.rig.poll()["posted"] == 1
    monkeypatch.setattr(share, "calls_left", lambda *_: A_DAY)
    fetching.clock.ahead += share.LOOK_AGAIN
    fetching.work()
    assert fetching.customer.ledger.inbox.waiting() == 0


def test_status_names_the_flood(fetching: Fetching) -> None:
    rig, key = fetching.rig, fetching.rig.entry(1)["EntryID"]
    for _ in range(250):
        fetching.notify(key, "2026-11-27T09:00:00.000")
    config = rig.config.read_text().replace("slack:\n", "  webhook_secret: s\nslack:\n")
    rig.config.write_text(config + "serve: {public_url: https://finance.example.com}\n")
    (warning,) = rig.run("status", "--json").json["webhooks"]["warnings"]
    assert "PurchaseEntries: 249 notifications" in warning


def test_a_page_read_before_a_deletion_does_not_bring_the_document_back(rig: Rig) -> None:
    key = rig.entry(1)["EntryID"]
    rig.poll("--since", "1d")
    customer = Customer(load(rig.config))
    ref, now = Ref(DIVISION, Kind.PURCHASE_ENTRY, key), time.time()
    [read] = customer.reader.many(DIVISION, ref.kind, [key]).documents
    ledger = customer.ledger
    planner = Planner(Planning.of(customer.config, ledger), Summary())
    today = datetime.now(UTC).date()
    stored = ledger.documents.get(ref)
    assert stored is not None
    with ledger.transaction():
        asked = ledger.saves.count()
        planner.deleted(stored, today, now)
        planner.take_in(read, first_run_at=ServerMs(0), today=today, now=now, asked=asked)
    late = ledger.documents.get(ref)
    assert late is not None
    assert late.deleted
    with ledger.transaction():  # created anew with the same key
        planner.take_in(
            read, first_run_at=ServerMs(0), today=today, now=now, asked=ledger.saves.count()
        )
    again = ledger.documents.get(ref)
    assert again is not None
    assert not again.deleted
    customer.close()
