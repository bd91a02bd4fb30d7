"""`poll --due`: what is worth a call now, and nothing else."""

from typing import Any

import pytest

from exact_slack.app.customer import Customer
from exact_slack.config.load import load
from exact_slack.documents.kinds import Kind
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.faults import ALWAYS
from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = pytest.mark.sampled(3)

MINUTE = 60.0


def due(rig: Rig, *options: str) -> Any:
    done = rig.run("poll", "--due", "--json", *options)
    assert done.code == 0, done.err + done.out
    return done.json


def calls(exact: ExactSandbox) -> int:
    return sum(exact.calls.values())


def minute_of_cron(rig: Rig, hands: Hands) -> tuple[int, str]:
    """A minute passes, and cron calls: the exit code, and the mail."""
    hands.sleep(MINUTE)
    done = rig.run("poll", "--due")
    return done.code, done.err


def until_read(rig: Rig, hands: Hands) -> int:
    """Cron, every minute, until something is read; the minutes that took."""
    before = calls(rig.exact)
    for minute in range(1, 16):
        hands.sleep(MINUTE)
        due(rig)
        if calls(rig.exact) > before:
            return minute
    raise AssertionError("nothing was read within the bound")


def test_nothing_is_due_right_after_a_poll_and_that_costs_no_call(rig: Rig, hands: Hands) -> None:
    rig.poll()
    before, runs = calls(rig.exact), rig.run("status", "--json").json["last_run"]
    found = due(rig)
    assert found["seen"] == found["exact_calls"] == 0
    assert found["due_at"] > runs
    quiet = rig.run("poll", "--due")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert "Left for now: 1 of 1 x 1 kinds; purchase_entry" in rig.run("-v", "poll", "--due").out
    assert calls(rig.exact) == before
    assert rig.run("status", "--json").json["last_run"] == runs  # not even a run


def test_each_kind_is_read_within_the_bound_and_its_news_posted(rig: Rig, hands: Hands) -> None:
    rig.poll()
    rig.entry(2)
    assert until_read(rig, hands) <= 15
    assert len(rig.heads()) == 1


def test_status_says_when_each_is_due(rig: Rig, hands: Hands) -> None:
    rig.poll()
    (cursor,) = rig.run("status", "--json").json["cursors"]
    assert cursor["read_at"] < cursor["due_at"]


def test_it_decides_itself_what_is_read(rig: Rig, hands: Hands) -> None:
    for words in (("--since", "1d"), ("--kind", "payment"), ("--dry-run",), ("--deletions",)):
        assert rig.run("poll", "--due", *words).code == 2


def test_what_waits_for_slack_goes_out_though_nothing_is_due(rig: Rig, hands: Hands) -> None:
    rig.poll()
    for number in (2, 3):
        rig.entry(number)
    rig.poll("--max-posts", "1")
    before = calls(rig.exact)
    assert due(rig)["posted"] == 1
    assert calls(rig.exact) == before


def test_what_could_not_be_read_is_told_to_have_ended_when_it_is_read_again(
    rig: Rig, hands: Hands
) -> None:
    rig.routes = rig.routes.replace("purchase_entry", "[purchase_entry, journal_entry]")
    rig.extra = "monitoring: {patience: 1m}\n"
    rig.write_config()
    rig.poll()
    rig.exact.faults.add(ENTRIES, "status", times=ALWAYS, status=500)
    said = [minute_of_cron(rig, hands) for _ in range(35)]
    failed = [code for code, _ in said].index(75)
    assert {code for code, _ in said[failed:]} == {75}  # also when the other kind alone was read
    assert "Exact" in "".join(text for _, text in said)
    assert "well again" not in "".join(text for _, text in said)
    rig.exact.faults.clear()
    said = [minute_of_cron(rig, hands) for _ in range(6)]
    assert [code for code, _ in said][-1] == 0
    assert "well again" in "".join(text for _, text in said)


@pytest.mark.parametrize("dies", [False, True])
def test_webhooks_bring_a_kind_to_the_bound_and_their_silence_loses_nothing(
    rig: Rig, hands: Hands, dies: bool
) -> None:
    rig.poll()
    customer = Customer(load(rig.config))
    try:
        now = hands.now()
        with customer.ledger.transaction():
            customer.ledger.inbox.put(DIVISION, Kind.PURCHASE_ENTRY, "k", now)
            for item in customer.ledger.inbox.due(now, 9):
                customer.ledger.inbox.done(item, now, fruitful=False)
    finally:
        customer.close()
    if dies:
        for number in range(2, 8):
            rig.entry(number)
    assert until_read(rig, hands) == 14
    assert len(rig.heads()) == (6 if dies else 0)
    assert (until_read(rig, hands) < 14) is dies
