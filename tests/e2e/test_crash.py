"""Killed at every point of a poll and started again: one message a document, none missing."""

from collections.abc import Callable
from typing import Any

import pytest

from exact_slack.app.customer import EXACT_TOKENS
from exact_slack.failpoints import POINTS
from tests.e2e.logged import agree, in_slack, standing, told
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(2)]
TOKEN_POINTS = POINTS[-3:]
SENDING_POINTS = [p for p in POINTS if p not in TOKEN_POINTS]
TIMES = (1, 2, 3)


def _changes_and_news(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(1)
    rig.entry(2)
    rig.poll()
    rig.entry(3)
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW-77"})


def _expect_all_once(rig: Rig) -> None:
    assert len(rig.heads()) == 3
    assert len(rig.replies()) == 1
    assert sum("NEW-77" in message.text for message in rig.heads()) == 1
    keys = [str(message.metadata) for message in rig.messages()]
    assert len(set(keys)) == len(keys) == 4


@pytest.mark.sampled(len(TIMES))  # each point once
@pytest.mark.parametrize("nth", TIMES)
@pytest.mark.parametrize("point", SENDING_POINTS)
def test_killed_while_posting_editing_and_replying(
    rig: Rig, point: str, nth: int, record_property: Callable[[str, object], None]
) -> None:
    _changes_and_news(rig)
    if point == "after_look_up":
        rig.slack.faults.add("chat.postMessage", "reset", times=1, when="after")
    killed = rig.run("poll", env={"EXACT_SLACK_FAILPOINT": f"{point}:{nth}"})
    if killed.code == -9:
        record_property("killed_at", point)
    assert killed.code in (-9, 0)  # 0: a poll passes this point less often
    assert nth > 1 or killed.code == -9
    documents = told(rig)
    assert standing(documents) <= in_slack(rig)  # nothing that did not happen
    agree(documents)
    rig.poll()
    _expect_all_once(rig)
    documents = told(rig)
    assert standing(documents) == in_slack(rig)  # and all that did
    agree(documents)


@pytest.mark.sampled(1)  # each point
@pytest.mark.parametrize("point", TOKEN_POINTS)
def test_killed_while_the_token_is_renewed(
    rig: Rig, point: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("killed_at", point)
    _changes_and_news(rig)
    store = rig.state / EXACT_TOKENS
    store.write_text(store.read_text().replace('"expires_at": ', '"expires_at": -'))
    rig.exact.oauth.expire_access()
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": point}).code == -9
    done = rig.run("poll")
    if point == "after_refresh":
        # Exact has given out the new token and nobody has it: only a login helps, and it says so
        assert done.code == 3
        assert f"exact-slack -c {rig.config} auth exact" in done.err
        rig.log_in()
        done = rig.run("poll")
    assert done.code == 0, done.err
    _expect_all_once(rig)


def _change(rig: Rig, row: Any, reference: str) -> None:
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": reference})


def test_a_change_after_a_crash_is_told_once_and_right(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2, YourRef="A")
    rig.poll()
    _change(rig, row, "B")
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_claim:2"}).code == -9
    _change(rig, row, "C")
    rig.poll()
    assert len(rig.replies()) == 1
    assert "A → C" in rig.replies()[0].text


def test_a_head_that_nobody_saw_needs_no_reply(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_claim"}).code == -9
    _change(rig, row, "C")
    rig.poll()
    assert "Reference: C" in rig.heads()[0].text
    assert not rig.replies()


def test_many_crashes_before_the_call_need_no_person(rig: Rig) -> None:
    rig.poll()
    rig.entry(2)
    for _ in range(3):
        assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_claim"}).code == -9
    assert rig.poll()["held"] == 0
    assert len(rig.messages()) == 1


def test_a_flood_is_told_after_a_crash_too(rig: Rig) -> None:
    rig.extra = "flood_limit: 2\n"
    rig.write_config()
    rig.poll()
    for number in range(5):
        rig.entry(number)
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_page_commit"}).code == -9
    rig.run("poll")
    rig.run("poll")
    assert sum("replay --held" in message.text for message in rig.messages()) == 1
