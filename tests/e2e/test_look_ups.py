"""A send whose answer was lost, before histories that lag, hide, or show nothing: never twice, and
sent again only where it surely is not there."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from exact_slack.runs.replay import ReplayOptions, replay
from exact_slack.sandbox.faults import When
from exact_slack.slack.answers import HistoryMessage, HistoryPage
from exact_slack.slack.client import SlackClient
from tests.e2e.clocked import ClockedRig, clocked
from tests.e2e.rig import DIVISION, ENTRIES, FEED, Rig

pytestmark = pytest.mark.sampled(3)

POST = "chat.postMessage"
HELD = ReplayOptions(held=True)
NOON = "2026-11-24 12:00"
Change = Callable[[HistoryPage, float], HistoryPage]
"""What a history shows of a page, so many seconds after the send."""


@pytest.fixture
def still(tmp_path: Path) -> Iterator[ClockedRig]:
    with clocked(tmp_path, NOON, FEED) as rig:
        yield rig


def _lag(seconds: float) -> Change:
    """The newest message shows only so many seconds after the send."""
    return lambda page, age: page if age >= seconds else replace(page, messages=_older(page))


def _older(page: HistoryPage) -> tuple[HistoryMessage, ...]:
    return tuple(sorted(page.messages, key=lambda m: m.ts)[:-1])


def _without_keys(page: HistoryPage, age: float) -> HistoryPage:
    return replace(page, messages=tuple(replace(m, idempotency_key="") for m in page.messages))


def _empty(page: HistoryPage, age: float) -> HistoryPage:
    return replace(page, messages=())


def _lost(rig: ClockedRig, when: When, change: Change | None, seconds: float = 0.0) -> Any:
    """A poll whose one post has no answer, while the history shows this."""
    rig.slack.faults.add(POST, "reset", times=1, when=when)
    sent = rig.clock.now()
    seen = SlackClient.conversations_history

    def shown(client: SlackClient, *values: Any, **named: Any) -> Any:
        page = seen(client, *values, **named)
        if change is None or not isinstance(page, HistoryPage):
            return page
        return change(page, rig.clock.now() - sent)

    with mock.patch.object(SlackClient, "conversations_history", shown):
        return rig.go()


def _standing(rig: ClockedRig, head: bool) -> int:
    """One or two messages stand in the channel, or none; returns how many."""
    if not head:
        return 0
    rig.entry(1)
    rig.go()
    return 1


@pytest.mark.sampled(2)
@pytest.mark.parametrize("seconds", [0, 8, 30, 58])
@pytest.mark.parametrize("first", [True, False])
def test_a_history_that_lags(still: ClockedRig, seconds: float, first: bool) -> None:
    before = _standing(still, not first)
    still.entry(2)
    done = _lost(still, "after", _lag(seconds))
    assert (done.posted, done.exit_code()) == (1, 0)
    assert len(still.messages()) == before + 1


@pytest.mark.parametrize("first", [True, False])
def test_what_did_not_arrive_is_sent_again_a_minute_later(still: ClockedRig, first: bool) -> None:
    before = _standing(still, not first)
    still.entry(2)
    sent, calls = still.clock.now(), len(still.slack.server.requests)
    done = _lost(still, "before", None)
    assert (done.posted, done.exit_code()) == (1, 0)
    assert 60 <= still.clock.now() - sent < 70
    asked = [r.path for r in list(still.slack.server.requests)[calls:]]
    glance = 1 if first else 0  # into a channel in which this ledger has never posted
    assert sum("conversations.history" in path for path in asked) == 2 + glance
    assert len(still.messages()) == before + 1


@pytest.mark.parametrize("change", [_without_keys, _empty])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_history_that_does_not_show_what_stands_there(
    still: ClockedRig, when: When, change: Change
) -> None:
    _standing(still, True)
    still.entry(2)
    done = _lost(still, when, change)
    assert (done.held, done.exit_code()) == (1, 1)
    assert "does not show what stands there" in str(done.problems[0])
    assert len(still.messages()) == (2 if when == "after" else 1)
    assert still.with_customer(lambda c: replay(c, HELD)).exit_code() == 0  # it can see again
    assert len(still.messages()) == 2


def test_a_first_message_without_its_key(still: ClockedRig) -> None:
    still.entry(2)
    assert _lost(still, "after", _without_keys).held == 1
    assert len(still.messages()) == 1


@pytest.mark.parametrize("policy", ["hold", "repost", "strict"])
def test_on_ambiguous_decides_what_cannot_be_seen(still: ClockedRig, policy: str) -> None:
    still.extra += f"on_ambiguous: {policy}\n"
    still.write_config()
    _standing(still, True)
    still.entry(2)
    done = _lost(still, "before", _without_keys)
    assert (done.posted, done.held) == ((1, 0) if policy == "repost" else (0, 1))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reply(still: ClockedRig, when: When) -> None:
    """Its thread begins with a message that the ledger knows."""
    row = still.entry(1)
    still.go()
    still.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW"})
    done = _lost(still, when, _lag(30) if when == "after" else None)
    assert (done.posted, done.exit_code()) == (1, 0)
    assert len(still.replies()) == 1


def test_messages_that_people_deleted_prove_nothing(still: ClockedRig) -> None:
    """All that is known to stand there is gone: a person decides."""
    _standing(still, True)
    still.slack.store.delete_message("feed", still.heads()[0].ts)
    still.entry(2)
    assert _lost(still, "before", None).held == 1
    still.entry(3)
    still.go()  # now one stands there that can be seen
    still.entry(4)
    assert _lost(still, "before", None).posted == 1


BLIND = ("chat:write", "channels:read")


def _all_kinds(rig: Rig, **routes: str) -> None:
    if routes:
        rig.routes = "".join(
            f"  - name: {kind}\n    when: {{kind: {kind}}}\n    channel: '#{channel}'\n"
            for kind, channel in routes.items()
        )
    else:
        rig.routes = '  - name: feed\n    when: {kind: "*"}\n    channel: "#feed"\n'
    rig.write_config()
    rig.poll()


@pytest.mark.usefixtures("hands")
def test_a_history_that_fails_ends_the_run(rig: Rig) -> None:
    rig.poll()
    rig.slack.faults.add(POST, "reset", times=1, when="after")
    rig.slack.faults.add("conversations.history", "status", times=99, when="before", status=500)
    rig.entry(2)
    assert rig.run("poll").code == 75
    rig.slack.faults.clear()
    rig.poll()
    assert len(rig.messages()) == 1


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.usefixtures("hands")
def test_what_happens_while_a_send_is_held_is_told_after_all(rig: Rig, gone: bool) -> None:
    invoices = "salesinvoice/SalesInvoices"
    _all_kinds(rig)
    scopes = rig.slack.store.scopes
    rig.slack.store.scopes = BLIND
    rig.slack.faults.add(POST, "reset", times=1, when="after")
    row = rig.exact.store.upsert(DIVISION, invoices, {"Status": 20, "YourRef": "FIRST"})
    assert rig.run("poll").code == 1
    key = row["InvoiceID"]
    if gone:
        rig.exact.store.delete(DIVISION, invoices, key)
    else:
        rig.exact.store.upsert(DIVISION, invoices, {"InvoiceID": key, "YourRef": "SECOND"})
    rig.run("poll", "--deletions")
    rig.slack.store.scopes = scopes
    assert rig.run("replay", "--held").code == 0
    assert len(rig.heads()) == 1
    assert ("Deleted" if gone else "SECOND") in rig.heads()[0].text


@pytest.mark.parametrize("policy", ["hold", "repost"])
@pytest.mark.usefixtures("hands")
def test_a_dead_token_during_a_look_up_decides_nothing(rig: Rig, policy: str) -> None:
    rig.extra = f"on_ambiguous: {policy}\n"
    rig.write_config()
    rig.poll()
    rig.entry(2)
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_call"}).code == -9
    rig.slack.store.revoke_token()
    assert rig.run("poll").code == 3
    rig.slack.store.restore_token()
    rig.poll()
    assert len(rig.messages()) == 1
