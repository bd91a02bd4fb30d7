"""`poll --due`, whatever stands in its way: nothing waits longer than the bound, what fails is not
tried every minute, and the exit code is true."""

import os
from collections import Counter
from itertools import pairwise

import pytest

from exact_slack.config.load import load
from exact_slack.documents.kinds import Kind
from exact_slack.ledger.ledger import Ledger
from exact_slack.runs.agenda import Agenda
from exact_slack.sandbox.faults import ALWAYS
from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, ENTRIES, Done, Rig

MINUTE = 60.0
_OTHER = 999_999


def minutes(rig: Rig, hands: Hands, count: int) -> list[Done]:
    """Cron, every minute."""
    done = []
    for _ in range(count):
        hands.sleep(MINUTE)
        done.append(rig.run("poll", "--due", "--json"))
    return done


def asked(rig: Rig, since: Counter[tuple[int, str]]) -> Counter[str]:
    """How often each part of Exact was asked."""
    found: Counter[str] = Counter()
    for (_, name), count in (rig.exact.calls - since).items():
        found[name] += count
    return found


@pytest.mark.parametrize(
    ("kind", "exception", "compared"),
    [
        ("purchase_invoice", "duplicate_invoice", {"purchaseentry/PurchaseEntries"}),
        ("payment", "payee_changed", {"crm/BankAccounts"}),
        ("sales_invoice", "over_credit", {"cashflow/Receivables"}),
    ],
)
def test_what_an_exception_is_compared_with_is_read_within_the_bound(
    rig: Rig, hands: Hands, kind: str, exception: str, compared: set[str]
) -> None:
    rig.routes = (
        f"  - name: feed\n    when: {{kind: {kind}, exception: {exception}}}\n"
        '    channel: "#feed"\n'
    )
    rig.write_config()
    rig.poll()
    before = rig.exact.calls.copy()
    minutes(rig, hands, 15)
    assert compared <= set(asked(rig, before))


def test_a_kind_that_was_never_read_is_not_tried_every_minute(rig: Rig, hands: Hands) -> None:
    hands.sleep((4 * 3600 - hands.now()) % 86_400)  # at one hour, as the pace is that of the hour
    rig.routes = rig.routes.replace("purchase_entry", '"*"')
    rig.write_config()
    rig.exact.faults.add(ENTRIES, "status", times=ALWAYS, status=500)
    before = rig.exact.calls.copy()
    codes = {done.code for done in minutes(rig, hands, 30)}
    assert codes == {75}
    tries = asked(rig, before)["purchaseentry/PurchaseEntries"] / 3  # a run asks three times
    assert 6 <= tries <= 24  # at the pace of the others, not each minute
    rig.exact.faults.clear()
    assert minutes(rig, hands, 6)[-1].code == 0


def test_a_division_that_may_not_be_used_costs_the_others_little(rig: Rig, hands: Hands) -> None:
    rig.divisions = (DIVISION, _OTHER)
    rig.write_config()
    assert rig.run("poll").code == 78
    before = rig.exact.calls.copy()
    assert {done.code for done in minutes(rig, hands, 30)} == {78}
    found = asked(rig, before)
    assert sum(n for name, n in found.items() if "Division" in name or "Me" in name) <= 9
    assert found["purchaseentry/PurchaseEntries"] >= 2
    rig.entry(2)
    minutes(rig, hands, 15)
    assert len(rig.heads()) == 1


@pytest.mark.parametrize("word", ["2026-11-01", "1h"])
def test_reading_up_to_a_moment_is_no_reading_of_what_is_new(
    rig: Rig, hands: Hands, word: str
) -> None:
    rig.poll()
    rig.entry(2)
    for _ in range(15):
        minutes(rig, hands, 1)
        if rig.heads():
            break
        rig.run("poll", "--until", word)
    assert len(rig.heads()) == 1


@pytest.mark.parametrize("back", [1.0, 299.0, 720.0, 900.0, 86_400.0])
def test_a_clock_that_was_set_back_makes_nothing_wait(rig: Rig, hands: Hands, back: float) -> None:
    rig.poll()
    ledger = Ledger(rig.state)
    try:
        before = Agenda(load(rig.config), ledger, hands.now())
        assert not before.due
        assert Agenda(load(rig.config), ledger, hands.now() - back).due == {
            (DIVISION, Kind.PURCHASE_ENTRY)
        }
    finally:
        ledger.close()


def test_the_exit_code_of_an_idle_run_is_not_that_of_somebodys_command(
    rig: Rig, hands: Hands
) -> None:
    rig.routes = rig.routes.replace("purchase_entry", "[purchase_entry, payment]")
    rig.write_config()
    rig.poll()
    assert rig.run("poll", "--since", "2030-01-01").code == 2
    assert rig.run("poll", "--due").code == 0
    rig.exact.faults.add(ENTRIES, "status", times=ALWAYS, status=500)
    assert minutes(rig, hands, 15)[-1].code == 75
    assert rig.run("poll", "--kind", "payment").code == 0
    assert rig.run("poll", "--due").code == 75


def test_whose_line_it_is_where_there_are_several(rig: Rig, hands: Hands) -> None:
    rig.poll()
    broken = rig.folder / "broken.yaml"
    broken.touch(0o600)
    said = rig.run("-c", str(broken), "-v", "poll", "--due").out.splitlines()
    assert said
    assert all(line.startswith(f"{rig.config}: ") for line in said), said


def test_a_day_that_begins_a_config_that_changed_and_an_hour_of_deletions_call_for_a_run(
    rig: Rig, hands: Hands
) -> None:
    rig.extra = "poll_at_least_every: 1w\n"
    rig.routes = rig.routes.replace("purchase_entry", "sales_invoice")
    rig.write_config()
    rig.exact.limits.use_up(DIVISION, daily=True, left=600)  # so that the plan has nothing to spend
    rig.poll()
    assert rig.run("poll", "--due").code == 0
    runs = rig.run("status", "--json").json["last_run"]
    hands.sleep(2)
    os.utime(rig.config, (hands.now() - 1, hands.now() - 1))
    rig.run("poll", "--due")
    changed = rig.run("status", "--json").json["last_run"]
    assert changed > runs
    before = rig.exact.calls.copy()
    hands.sleep(3660)
    rig.run("poll", "--due")
    assert asked(rig, before)["sync/Deleted"] == 1
    hourly = rig.run("status", "--json").json["last_run"]
    hands.sleep(86_400)
    rig.run("poll", "--due")
    assert rig.run("status", "--json").json["last_run"] > hourly


def test_a_burst_that_takes_longer_to_post_keeps_no_reading_waiting(rig: Rig, hands: Hands) -> None:
    rig.extra = "poll_at_least_every: 3m\nflood_limit: 1000\n"
    rig.write_config()
    rig.poll()
    for number in range(300):
        rig.entry(number)
    hands.sleep(3 * MINUTE)
    began, read_at, posted = hands.now(), [], 0
    while posted < 300:
        before = rig.exact.calls.copy()
        done = rig.run("poll", "--due", "--json")
        assert (done.code, done.err) == (0, "")
        posted += done.json["posted"]
        assert done.json["pending"] == 300 - posted
        if asked(rig, before)["purchaseentry/PurchaseEntries"]:
            read_at.append(hands.now() - done.json["duration_s"])
        hands.sleep(MINUTE - (hands.now() - began) % MINUTE)  # cron's next
    assert len(rig.heads()) == 300
    assert len(read_at) > 1
    gaps = [after - before for before, after in pairwise(read_at)]
    assert max(gaps) <= 3 * MINUTE + 1
