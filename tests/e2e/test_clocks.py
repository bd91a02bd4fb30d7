"""Late commits, equal times, the repeated hour: nothing lost, nothing repeated."""

from datetime import timedelta

import pytest

from exact_slack.clock import Clock
from exact_slack.config.load import load
from exact_slack.flow.poll import PollOptions, poll
from exact_slack.flow.wiring import Customer
from exact_slack.sandbox.http import Request, Response
from tests.e2e.rig import ENTRIES, Rig

pytestmark = pytest.mark.usefixtures("hands")


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
