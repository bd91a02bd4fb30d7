"""Slack's answers to posts and look-ups, as Slack may well give them: what stands there stands
once, and is known; nothing that may stand there is sent again."""

from collections.abc import Callable
from typing import Any

import pytest

from exact_slack.sandbox.faults import ALWAYS
from exact_slack.sandbox.slack.store.quirks import Quirks
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]
POST = "chat.postMessage"
LOOK_UPS = "conversations."
Change = Callable[[dict[str, Any]], dict[str, Any]]


def _told_once(rig: Rig, number: int, standing: int) -> None:
    """In the channel and, by what a change does, in the ledger."""
    found = [m for m in rig.messages() if str(number) in m.text and not m.is_reply]
    assert len(found) == 1
    assert len(rig.messages()) == standing + 1


def _lost(rig: Rig, first: bool, when: Any = "after") -> int:
    """An entry whose post has no answer; how many messages stand there besides."""
    rig.poll()
    if not first:
        rig.entry(26700001)
        rig.poll()
    rig.slack.faults.add(POST, "reset", times=1, when=when)
    rig.entry(26700002)
    return 0 if first else 1


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "quirks",
    [Quirks(history_lag=8), Quirks(history_lag=30), Quirks(empty_first_pages=True)],
    ids=["8 s", "30 s", "empty first pages"],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_history_that_lags_or_begins_with_an_empty_page(
    rig: Rig, quirks: Quirks, first: bool
) -> None:
    rig.slack.store.quirks = quirks
    standing = _lost(rig, first)
    assert rig.poll()["posted"] == 1
    _told_once(rig, 26700002, standing)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("shown", ["types", "nothing"])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_history_without_the_keys_is_no_look_up(
    rig: Rig, shown: Any, first: bool, when: str
) -> None:
    """It waits for a person; with a history that shows the keys it is settled."""
    standing = _lost(rig, first, when)
    rig.slack.store.quirks.metadata_shown = shown
    done = rig.run("poll")
    if first and when == "before":  # nothing stands there that could be what was sent
        assert done.code == 0
    else:
        assert (done.code, "may or may not have arrived" in done.err) == (1, True)
        rig.slack.store.quirks.metadata_shown = "payloads"
        assert rig.run("replay", "--ambiguous", "--held").code == 0
    _told_once(rig, 26700002, standing)


def _messages(change: Callable[[list[Any]], Any]) -> Change:
    return lambda page: {**page, "messages": change(page.get("messages") or [])}


def _each(**values: Any) -> Change:
    return _messages(lambda found: [{**one, **values} for one in found])


HISTORIES: dict[str, Change] = {
    "messages empty": _messages(lambda found: []),
    "messages null": _messages(lambda found: None),
    "messages a dict": _messages(lambda found: {"0": found}),
    "no messages": lambda page: {name: page[name] for name in page if name != "messages"},
    "nulls for messages": _messages(lambda found: [None for _ in found]),
    "metadata a list": _each(metadata=[]),
    "payload a list": _each(metadata={"event_type": "exact_slack_delivery", "event_payload": []}),
    "files a dict": _each(files={}),
    "ts a number": _each(ts=1795766400.0001),
    "ts a surrogate": _each(ts="\ud800"),
    "no JSON object": lambda page: [],  # type: ignore[dict-item,return-value]  # no object is meant
    "no cursor": lambda page: {**page, "response_metadata": None, "has_more": True},
    "a cursor of another kind": lambda page: {**page, "response_metadata": {"next_cursor": 5}},
}


@pytest.mark.sampled(9)
@pytest.mark.parametrize("odd", HISTORIES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_history_that_cannot_be_read(rig: Rig, odd: str, when: str) -> None:
    standing = _lost(rig, False, when)
    rig.slack.faults.change(LOOK_UPS, HISTORIES[odd], times=ALWAYS)
    done = rig.run("poll", "--json")
    assert done.code in (0, 1, 75)
    assert (done.code == 0) or done.json["problems"]
    assert "mistake" not in done.err
    assert len(rig.messages()) == standing + (when == "after")
    rig.slack.faults.clear()
    rig.run("replay", "--ambiguous", "--held")
    rig.poll()
    _told_once(rig, 26700002, standing)


ANSWERS: dict[str, dict[str, Any]] = {
    "ts null": {"ts": None},
    "ts a number": {"ts": 1795766400.0001},
    "ts a list": {"ts": ["1795766400.000100"]},
    "ts nonsense": {"ts": "now"},
    "ts empty": {"ts": ""},
    "ts a surrogate": {"ts": "\ud800"},
    "another channel": {"channel": "C0OTHER00"},
    "channel a list": {"channel": ["C0FEED"]},
    "ok a word": {"ok": "true"},
    "neither": {"ts": None, "channel": None, "message": None},
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("odd", ANSWERS)
def test_an_answer_that_does_not_say_where_the_message_stands(rig: Rig, odd: str) -> None:
    """The message stands there: the next change edits it, and tells that under it."""
    rig.poll()
    rig.slack.faults.change(POST, lambda told: {**told, **ANSWERS[odd]}, times=1)
    row = rig.entry(26700001)
    assert rig.poll()["posted"] == 1
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW"})
    rig.poll()
    (head,) = rig.heads()
    assert "NEW" in head.text
    assert [reply.thread_ts for reply in rig.replies()] == [head.ts]
