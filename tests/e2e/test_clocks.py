"""Late commits, equal times, the repeated hour: nothing lost, nothing repeated."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.clock import Clock
from exact_slack.collect.window import ms
from exact_slack.config.load import load
from exact_slack.runs.poll import PollOptions, poll
from exact_slack.sandbox.http import Request, Response
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]


def test_a_late_commit_inside_the_overlap(rig: Rig) -> None:
    rig.poll()
    rig.entry(1)
    rig.poll()
    late = rig.exact.store.now() - timedelta(minutes=4)
    rig.exact.store.upsert(123456, ENTRIES, {"EntryNumber": 2, "Status": 20}, modified=late)
    assert rig.poll()["posted"] == 1
    assert rig.poll()["posted"] == 0


def test_a_later_commit_is_found_within_the_hour(rig: Rig) -> None:
    from exact_slack.ledger.ledger import Ledger

    rig.poll()
    late = rig.exact.store.now() - timedelta(minutes=110)
    rig.exact.store.upsert(123456, ENTRIES, {"EntryNumber": 2, "Status": 20}, modified=late)
    assert rig.poll()["posted"] == 0
    ledger = Ledger(rig.state)
    with ledger.transaction():  # as if an hour had passed
        ledger.db.run("UPDATE cursors SET deep_at=deep_at-3600")
    ledger.close()
    assert rig.poll()["posted"] == 1
    assert rig.poll()["posted"] == 0


def test_hundreds_of_rows_with_one_modified(rig: Rig) -> None:
    rig.poll()
    rig.exact.limits.on = False
    moment = rig.exact.store.now()
    for number in range(300):
        rig.exact.store.upsert(123456, ENTRIES, {"EntryNumber": number}, modified=moment)
    result = rig.run("poll", "--json", "--max-posts", "0").json
    assert result["new"] == 300
    assert rig.run("poll", "--json", "--max-posts", "0").json["new"] == 0


def test_the_hour_that_happens_twice(rig: Rig) -> None:
    store = rig.exact.store
    real = store.clock
    rig.poll()
    rig.entry(1)
    rig.poll()
    store.clock = lambda: real() - timedelta(hours=1)
    rig.entry(2)
    from exact_slack.ledger.ledger import Ledger

    ledger = Ledger(rig.state)
    with ledger.transaction():
        ledger.db.run("UPDATE cursors SET deep_at=deep_at-3600")
    ledger.close()
    assert rig.poll()["posted"] == 1
    assert len(rig.messages()) == 2
    assert rig.poll()["posted"] == 0


HOUR = timedelta(hours=1)


@contextmanager
def customer_of(rig: Rig) -> Iterator[Customer]:
    rig.write_config()
    rig.log_in()
    made = Customer(load(rig.config))
    try:
        yield made
    finally:
        made.close()


def polled(customer: Customer) -> Summary:
    """What a poll collects; nothing needs to be sent for it."""
    found = poll(customer, PollOptions(max_posts=0))
    assert isinstance(found, Summary)
    return found


@pytest.mark.sampled(8)
@pytest.mark.parametrize("offset", range(-12, 15))
def test_a_row_from_the_future_hides_nothing_whatever_the_zone(rig: Rig, offset: int) -> None:
    store = rig.exact.store
    store.utc_offset = offset * 3600
    with customer_of(rig) as customer:
        polled(customer)
        for hours in (3, 20, 47):
            moment = store.now() + hours * HOUR
            store.upsert(DIVISION, ENTRIES, {"EntryNumber": hours}, modified=moment)
        found = polled(customer)
        assert (found.new, found.exit_code()) == (3, 0)
        assert "ahead of Exact's own clock" in str(found.problems)
        rig.entry(1)
        found = polled(customer)
        assert (found.new, found.problems) == (1, [])
        [cursor] = customer.ledger.cursors.all()
        assert cursor.high_watermark <= ms(store.now()) + 2000


def test_what_was_passed_over_by_a_cursor_that_lies_ahead_is_read_after_all(rig: Rig) -> None:
    store = rig.exact.store
    with customer_of(rig) as customer:
        polled(customer)
        rig.entry(1)
        polled(customer)
        with customer.ledger.transaction():
            customer.ledger.db.run("UPDATE cursors SET newest=newest+72000000")
        rig.entry(2)
        assert polled(customer).new == 1
        assert [c.high_watermark <= ms(store.now()) for c in customer.ledger.cursors.all()] == [
            True
        ]


def test_what_lies_ahead_at_the_first_run_was_there_before(rig: Rig) -> None:
    store = rig.exact.store
    store.upsert(DIVISION, ENTRIES, {"EntryNumber": 1}, modified=store.now() + 5 * HOUR)
    with customer_of(rig) as customer:
        assert [polled(customer).new for _ in range(2)] == [0, 0]
        rig.entry(2)
        assert polled(customer).new == 1


@pytest.mark.parametrize("hours", [1, 12])
def test_exacts_clock_is_put_forward(rig: Rig, hours: int) -> None:
    store = rig.exact.store
    with customer_of(rig) as customer:
        polled(customer)
        rig.entry(1)
        polled(customer)
        store.utc_offset += hours * 3600
        rig.entry(2)
        assert polled(customer).new == 1
        rig.entry(3)
        found = polled(customer)
        assert (found.new, found.problems) == (1, [])
        [cursor] = customer.ledger.cursors.all()
        assert cursor.high_watermark >= ms(store.now()) - 60_000


def test_exact_is_not_asked_for_the_time_in_every_poll(rig: Rig) -> None:
    with customer_of(rig) as customer:
        polled(customer)
        rig.exact.server.clear_requests()
        for number in range(3):
            rig.entry(number + 1)
            polled(customer)
    assert not [r for r in rig.exact.server.requests if "current/Me" in r.path]


def test_a_row_that_changes_while_pages_are_read(rig: Rig) -> None:
    rig.poll()
    rig.exact.limits.on = False
    moment = rig.exact.store.now() - timedelta(minutes=3)
    keys = [
        rig.exact.store.upsert(
            123456, ENTRIES, {"EntryNumber": n}, modified=moment + timedelta(seconds=n)
        )["EntryID"]
        for n in range(130)
    ]
    seen = {"pages": 0}
    answer = rig.exact.server.handler

    def changing(request: Request) -> Response:
        if ENTRIES in request.path:
            seen["pages"] += 1
            if seen["pages"] == 2:
                rig.exact.store.touch(123456, ENTRIES, keys[70])
        return answer(request)

    rig.exact.server.handler = changing
    result = rig.run("poll", "--json", "--max-posts", "0").json
    assert result["new"] == 130


def test_a_wrong_clock_at_the_first_message_of_a_channel(rig: Rig) -> None:
    """The first look-up in a channel begins at Slack's own time, not at ours."""

    class Ahead(Clock):
        def now(self) -> float:
            return super().now() + 26 * 3600

    rig.write_config()
    rig.log_in()
    config, fast = load(rig.config), Ahead()
    for _ in range(2):
        customer = Customer(config, fast)
        try:
            poll(customer, PollOptions())
        finally:
            customer.close()
        if not rig.messages():
            rig.entry(1)
            rig.slack.faults.add("chat.postMessage", "close", times=1, when="after")
    assert len(rig.messages()) == 1
