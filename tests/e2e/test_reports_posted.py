"""Reports of the config: made when they are due, and delivered once, through crashes and missed
days; a chart and a table where Slack takes them."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exact_slack.failpoints import REPORT_POINTS
from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, Rig
from tests.e2e.test_reports import LISTS, OVERVIEW, TERMS, term

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]
DAY = 86400.0
NEWER = ("data_visualization", "data_table")


def planned(rig: Rig, hands: Hands, *, more: str = "", extra: str = "") -> None:
    """A daily report, due in half an hour; the run that plans it is done."""
    at = datetime.fromtimestamp(hands.now() + 1800, UTC).strftime("%H:%M")
    rig.extra = (
        f"timezone: UTC\n{extra}reports:\n  - {{name: who owes us, report: aging, side: receivable,"
        f' channel: "#feed", every: day, at: "{at}"{more}}}\n'
    )
    rig.write_config()
    rig.poll()
    assert rig.messages() == []


def kinds(message: Any) -> set[str]:
    return {block["type"] for block in message.blocks or ()}


def files(rig: Rig) -> list[Any]:
    return [reply for reply in rig.replies() if reply.files]


def paid(rig: Rig, number: int) -> None:
    [row] = [
        r for r in rig.exact.store.rows(DIVISION, TERMS["receivable"]) if r["EntryNumber"] == number
    ]
    rig.exact.store.upsert(
        DIVISION, TERMS["receivable"], {"ID": row["ID"], "Status": 50, "IsFullyPaid": True}
    )


def test_it_is_posted_once_when_it_is_due(rig: Rig, hands: Hands) -> None:
    term(rig, "receivable", "100.00", 5)
    planned(rig, hands)
    assert rig.exact.calls[DIVISION, OVERVIEW] == 0  # nothing is read before
    hands.sleep(1900)
    rig.poll()
    rig.poll()
    [head] = rig.heads()
    assert "who owes us" in head.text and "€100.00" in head.text
    assert "The sum is that of Exact's overview." in head.text
    assert set(NEWER) <= kinds(head)
    assert len(files(rig)) == 1
    assert rig.exact.calls[DIVISION, OVERVIEW] == 2
    hands.sleep(DAY)
    rig.poll()
    assert len(rig.heads()) == 2


def test_several_missed_days_are_one_report_with_what_is_open_now(rig: Rig, hands: Hands) -> None:
    planned(rig, hands)
    hands.sleep(5 * DAY)
    term(rig, "receivable", "100.00", 5)
    rig.poll()
    [head] = rig.heads()
    assert "€100.00" in head.text
    assert rig.exact.calls[DIVISION, OVERVIEW] == 2


def test_what_changed_is_named_with_account_and_amount(rig: Rig, hands: Hands) -> None:
    term(rig, "receivable", "10.00", 5, number=1, AccountName="Payer")
    term(rig, "receivable", "20.00", -1, number=2, AccountName="Sleeper", Account=None)
    term(rig, "receivable", "40.00", 30, number=3, AccountName="Veteran")
    planned(rig, hands)
    hands.sleep(1900)
    rig.poll()
    paid(rig, 1)
    hands.sleep(2 * DAY)
    rig.poll()
    text = rig.heads()[-1].text
    assert "Paid: 1 · €10.00 · Payer 1 €10.00" in text
    assert "Newly overdue: 1 · €20.00 · Sleeper 2 €20.00" in text
    assert "Later still: 1 · €40.00 · Veteran 3 €40.00" in text
    assert "Late for the first time: 1 · €20.00 · Sleeper 2 €20.00" in text
    assert "Changed most: Veteran" in text
    shown = rig.run("report", "who owes us", "--json").json["since"]
    assert shown["date"] and shown["first_time_late"] == []


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("refused", "left"),
    [
        (["data_table"], {"data_visualization", "table"}),
        (["data_visualization"], {"data_table"}),
        (list(NEWER), {"table"}),
        ([*NEWER, "table"], set()),
    ],
)
def test_a_block_that_slack_refuses_is_left_out_and_not_tried_for_a_week(
    rig: Rig, hands: Hands, refused: list[str], left: set[str]
) -> None:
    rig.slack.settings.unsupported_blocks.update(refused)
    term(rig, "receivable", "100.00", 5)
    planned(rig, hands)
    hands.sleep(1900)
    first = rig.run("-v", "poll")
    [head] = rig.heads()
    assert kinds(head) & {*NEWER, "table"} == left
    assert "€100.00" in head.text
    assert "invalid_blocks" in first.err
    for _ in range(6):
        hands.sleep(DAY)
        later = rig.run("-v", "poll")
        assert not any(name in later.err for name in NEWER)
    assert len(rig.heads()) == 7
    rig.slack.settings.unsupported_blocks.clear()
    hands.sleep(2 * DAY)
    rig.poll()
    assert set(NEWER) <= kinds(rig.heads()[-1])


@pytest.mark.sampled(2)
@pytest.mark.parametrize("point", [*REPORT_POINTS, "after_claim", "after_call"])
def test_a_kill_at_any_point_leaves_one_report(rig: Rig, hands: Hands, point: str) -> None:
    term(rig, "receivable", "100.00", 5)
    planned(rig, hands)
    hands.sleep(1900)
    died = rig.run("poll", env={"EXACT_SLACK_FAILPOINT": point})
    assert died.code == -9
    for _ in range(3):
        hands.sleep(120)
        rig.run("poll")
    assert len(rig.heads()) == 1
    assert len(files(rig)) == 1


def test_quiet_hours_hold_the_message_and_not_the_reading(rig: Rig, hands: Hands) -> None:
    term(rig, "receivable", "100.00", 5)
    now = datetime.fromtimestamp(hands.now() + 1800, UTC)
    begin, end = now.strftime("%H:00"), (now + timedelta(hours=5)).strftime("%H:00")
    planned(rig, hands, extra=f'quiet: {{from: "{begin}", to: "{end}"}}\n')
    hands.sleep(1900)
    rig.poll()
    assert rig.heads() == [] and rig.exact.calls[DIVISION, OVERVIEW] == 2
    term(rig, "receivable", "11.00", 5)
    hands.sleep(6 * 3600)
    rig.poll()
    [head] = rig.heads()
    assert "€100.00" in head.text and "€11.00" not in head.text


def test_one_that_is_asked_for_is_sent_beside_the_one_that_is_due(rig: Rig, hands: Hands) -> None:
    term(rig, "receivable", "100.00", 5)
    planned(rig, hands)
    for _ in range(2):
        assert rig.run("report", "who owes us", "--post").code == 0
    assert len(rig.heads()) == 2
    hands.sleep(1900)
    rig.poll()
    assert len(rig.heads()) == 3
    assert rig.run("report", "aging", "--post").code == 2


def test_what_is_refused_is_told_and_not_asked_again_for_that_report(
    rig: Rig, hands: Hands
) -> None:
    term(rig, "receivable", "100.00", 5)
    planned(rig, hands)
    rig.exact.rules.missing_scopes.add("Financial payables")  # the overview wants it
    hands.sleep(1900)
    done = rig.run("poll")
    assert done.code == 1 and "Financial payables" in done.err
    [head] = rig.heads()
    assert "€100.00" in head.text and "Not compared with Exact's overview." in head.text
    assert "Exact's overview: not read; Exact does not allow it" in head.text
    assert rig.run("poll").code == 0
    assert rig.exact.calls[DIVISION, OVERVIEW] == 1


def test_exact_out_of_order_is_asked_again_half_an_hour_later(rig: Rig, hands: Hands) -> None:
    term(rig, "receivable", "100.00", 5)
    planned(rig, hands)
    hands.sleep(1900)
    rig.exact.faults.add(LISTS["receivable"], "status", status=503, times=-1)
    assert rig.run("poll").code == 75
    tries = rig.exact.calls[DIVISION, OVERVIEW]
    hands.sleep(300)
    rig.run("poll")
    assert rig.exact.calls[DIVISION, OVERVIEW] == tries and rig.heads() == []
    rig.exact.faults.clear()
    hands.sleep(1800)
    rig.poll()
    assert len(rig.heads()) == 1


def test_a_day_without_calls_waits_for_the_next(rig: Rig, hands: Hands) -> None:
    term(rig, "receivable", "100.00", 5)
    planned(rig, hands)
    hands.sleep(1900)
    rig.exact.limits.use_up(DIVISION, daily=True, left=53)
    done = rig.run("poll", "--json")
    assert done.code == 75 and "the report who owes us needs 4 and waits" in str(done.json)
    assert rig.heads() == [] and rig.exact.calls[DIVISION, OVERVIEW] == 0
    hands.sleep(DAY)
    rig.poll()
    assert len(rig.heads()) == 1


def test_a_new_channel_takes_what_was_not_sent(rig: Rig, hands: Hands) -> None:
    term(rig, "receivable", "100.00", 5)
    now = datetime.fromtimestamp(hands.now(), UTC)
    begin, end = now.strftime("%H:00"), (now + timedelta(hours=5)).strftime("%H:00")
    planned(rig, hands, extra=f'quiet: {{from: "{begin}", to: "{end}"}}\n')
    hands.sleep(1900)
    rig.poll()
    assert rig.heads() == []
    rig.slack.store.add_channel("board")
    rig.extra = rig.extra.replace("#feed", "#board")
    rig.write_config()
    hands.sleep(6 * 3600)
    rig.poll()
    assert len(rig.heads("board")) == 1 and rig.heads() == []


def test_no_reports_no_calls(rig: Rig) -> None:
    rig.poll()
    assert rig.exact.calls[DIVISION, OVERVIEW] == rig.exact.calls[DIVISION, LISTS["payable"]] == 0
    assert rig.run("status", "--json").json["reports"] == []


def test_status_says_when_it_is_due_and_what_it_costs(rig: Rig, hands: Hands) -> None:
    term(rig, "receivable", "100.00", 5)
    planned(rig, hands)
    [one] = rig.run("status", "--json").json["reports"]
    assert (one["name"], one["channel"], one["last"]) == ("who owes us", "#feed", None)
    assert one["calls"] == 4
    assert time.time() < datetime.fromisoformat(one["due"]).timestamp()
    assert "who owes us" in rig.run("status").out
