"""Replies to heads that a person deleted: Slack says ok and puts them into the channel itself."""

from typing import Any, get_args

import pytest

from exact_slack.sandbox.http import Request
from exact_slack.sandbox.slack.store.model import Message
from exact_slack.sandbox.slack.store.quirks import Orphans
from tests.e2e.logged import agree, told
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]
EDIT, POST, DELETE = "chat.update", "chat.postMessage", "chat.delete"
PAYMENTS = "cashflow/Payments"


@pytest.fixture
def entry(rig: Rig) -> str:
    """An entry whose head was posted."""
    rig.slack.store.quirks.orphans = "loose"
    rig.routes = '  - name: feed\n    when: {kind: "*"}\n    channel: "#feed"\n'
    rig.write_config()
    rig.poll()
    found = str(rig.entry(1)["EntryID"])
    rig.poll()
    return found


def _delete_head(rig: Rig) -> str:
    ts = rig.heads()[0].ts
    rig.slack.store.delete_message("feed", ts)
    return ts


def _change(rig: Rig, entry: str, **values: Any) -> None:
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": entry, **values})


def _thread(rig: Rig) -> list[Message]:
    """The replies under the one head; there is nothing else in the channel."""
    (head,) = rig.heads()
    assert head.blocks is None or any(block["type"] == "header" for block in head.blocks)
    replies = rig.replies()
    assert {reply.thread_ts for reply in replies} <= {head.ts}
    return replies


def _without_the_edit(rig: Rig) -> None:
    """The edit that would notice the deletion cannot be made: the reply goes out first."""
    rig.slack.store.refuse(EDIT, "edit_window_closed", times=-1)


def test_a_change_and_a_payment_of_deleted_heads_are_told_under_new_ones(
    rig: Rig, entry: str
) -> None:
    second = str(rig.entry(2)["EntryID"])
    rig.poll()
    for head in rig.heads():
        rig.slack.store.delete_message("feed", head.ts)
    _change(rig, entry, YourRef="NEW")
    term = {"TransactionEntryID": second, "InvoiceNumber": 2, "AmountDC": 121.0, "Status": 50}
    rig.exact.store.upsert(DIVISION, PAYMENTS, term)
    rig.poll()
    assert len(rig.heads()) == 2
    by_thread = {reply.thread_ts: reply.text for reply in rig.replies()}
    assert set(by_thread) == {head.ts for head in rig.heads()}
    assert any("NEW" in text for text in by_thread.values())


@pytest.mark.parametrize("orphans", get_args(Orphans))
def test_a_reply_that_slack_put_into_the_channel_is_told_in_the_new_thread(
    rig: Rig, entry: str, orphans: Orphans
) -> None:
    rig.slack.store.quirks.orphans = orphans
    _delete_head(rig)
    _without_the_edit(rig)
    _change(rig, entry, YourRef="NEW")
    rig.poll()
    assert sum("NEW" in reply.text for reply in _thread(rig)) == 1
    assert rig.poll()["posted"] == 0


@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", ["close", "status", "truncate"])
@pytest.mark.parametrize("lost", [POST, DELETE])
def test_no_lost_answer_doubles_a_loose_reply_or_loses_it(
    rig: Rig, entry: str, lost: str, kind: Any
) -> None:
    _delete_head(rig)
    _without_the_edit(rig)
    _change(rig, entry, YourRef="NEW")
    rig.slack.faults.add(lost, kind)
    rig.run("poll")
    rig.poll()
    assert sum("NEW" in reply.text for reply in _thread(rig)) == 1


@pytest.mark.sampled(6)
@pytest.mark.parametrize("point", ["after_claim", "after_call", "after_record", "after_look_up"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_killed_anywhere_a_loose_reply_is_told_once(
    rig: Rig, entry: str, point: str, nth: int
) -> None:
    _delete_head(rig)
    _without_the_edit(rig)
    _change(rig, entry, YourRef="NEW")
    rig.run("poll", env={"EXACT_SLACK_FAILPOINT": f"{point}:{nth}"})
    agree(told(rig))
    rig.run("poll")
    rig.poll()
    assert sum("NEW" in reply.text for reply in _thread(rig)) == 1


@pytest.mark.parametrize("error", ["cant_delete_message", "missing_scope", "a_word_nobody_knows"])
def test_a_loose_reply_that_cannot_be_deleted_counts_as_told(
    rig: Rig, entry: str, error: str
) -> None:
    _delete_head(rig)
    _without_the_edit(rig)
    _change(rig, entry, YourRef="NEW")
    rig.slack.store.refuse(DELETE, error, times=-1)
    rig.poll()
    changed = [m for m in rig.messages() if m.text.startswith("Changed")]
    assert len(changed) == 1
    assert not changed[0].is_reply
    assert rig.poll()["posted"] == 0


def test_what_changed_back_while_its_reply_stood_loose_is_not_told(rig: Rig, entry: str) -> None:
    _delete_head(rig)
    _without_the_edit(rig)
    _change(rig, entry, YourRef="NEW")
    rig.slack.store.refuse(DELETE, "ratelimited", times=-1)
    rig.run("poll", "--max-posts", "1")
    rig.slack.store.clear_refusals()
    _change(rig, entry, YourRef="VD-1")
    rig.poll()
    assert not [m for m in rig.messages() if m.text.startswith("Changed")]


def test_an_answer_without_a_message_is_looked_up(rig: Rig, entry: str) -> None:
    """It says nothing of the thread: the reply may stand in it, or loose."""
    _change(rig, entry, YourRef="NEW")

    def says_little(request: Request) -> bool:
        return POST in request.path

    body = f'{{"ok": true, "channel": "{rig.heads()[0].channel}", "ts": "1795766400.000100"}}'
    rig.slack.faults.add(
        says_little, "status", status=200, body=body, headers={"Content-Type": "application/json"}
    )
    rig.poll()
    assert sum("NEW" in reply.text for reply in _thread(rig)) == 1
