"""Answers of every JSON type, at every field of every method that is called: what is read is the
truth, or it is known not to be; nothing ever crashes."""

import copy
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exact_slack.slack import files
from exact_slack.slack.answers import Answer, AuthTest, Channel, ChannelPage, HistoryPage, Installed
from exact_slack.slack.client import SlackClient
from exact_slack.slack.incoming import events
from exact_slack.slack.install import exchange
from exact_slack.slack.outcome import Outcome, Result
from tests.unit.slack.answering import Answers, answering

TS = "1795766400.000100"
DEEP = json.loads("[" * 100 + "]" * 100)
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    5,
    -1.5,
    1e300,
    10**400,
    "",
    "x",
    "\ud800",
    "a\nb",
    "x" * 100_000,
    [],
    [None],
    [[]],
    [5],
    ["x"],
    [{}],
    {},
    {"x": None},
    {"id": 5},
    DEEP,
    {"a": DEEP},
)
BODIES = (
    b"",
    b"null",
    b"5",
    b"true",
    b'"x"',
    b"[]",
    b"[1]",
    b"[" * 100_000,
    b'{"ok":' * 100_000,
    b"<html>",
    b"\xff\xfe",
    b'{"ok": true',
    b"9" * 5000,
)
MESSAGE: dict[str, Any] = {
    "type": "message",
    "ts": TS,
    "metadata": {"event_type": "exact_slack_delivery", "event_payload": {"key": "k1"}},
    "files": [{"id": "F1"}],
}
CHANNEL = {"id": "C0AP", "name": "ap", "is_member": True, "is_archived": False, "is_private": False}
NEXT = {"next_cursor": "more"}
Call = Callable[[SlackClient], Any]
METHODS: dict[str, tuple[dict[str, Any], Call]] = {
    "chat.postMessage": (
        {"ok": True, "ts": TS, "channel": "C0AP", "message": {"ts": TS}},
        lambda slack: slack.chat_post_message("C0AP", "text", [], "k1"),
    ),
    "chat.update": (
        {"ok": True, "ts": TS, "channel": "C0AP"},
        lambda slack: slack.chat_update("C0AP", TS, "text", []),
    ),
    "chat.delete": (
        {"ok": True, "ts": TS, "channel": "C0AP"},
        lambda slack: slack.chat_delete("C0AP", TS),
    ),
    "conversations.list": (
        {"ok": True, "channels": [CHANNEL, {**CHANNEL, "id": "C1"}], "response_metadata": NEXT},
        lambda slack: slack.conversations_list("public_channel", None),
    ),
    "conversations.info": (
        {"ok": True, "channel": CHANNEL},
        lambda slack: slack.conversations_info("C0AP"),
    ),
    "conversations.history": (
        {"ok": True, "messages": [MESSAGE], "has_more": True, "response_metadata": NEXT},
        lambda slack: slack.conversations_history("C0AP", 1.0, None, None),
    ),
    "conversations.replies": (
        {"ok": True, "messages": [MESSAGE], "has_more": False},
        lambda slack: slack.conversations_history("C0AP", 1.0, TS, None),
    ),
    "files.getUploadURLExternal": (
        {"ok": True, "upload_url": "ftp://nowhere", "file_id": "F1"},
        lambda slack: files.upload(slack, io.BytesIO(b"x"), 1, "a.pdf"),
    ),
    "files.completeUploadExternal": (
        {"ok": True, "files": [{"id": "F1"}]},
        lambda slack: files.share(slack, "F1", "a.pdf", "C0AP", TS),
    ),
    "auth.test": (
        {"ok": True, "team": "T", "team_id": "T0", "user": "bot", "bot_id": "B0", "url": "u"},
        lambda slack: slack.auth_test(),
    ),
    "auth.revoke": ({"ok": True, "revoked": True}, lambda slack: slack.auth_revoke()),
    "oauth.v2.access": (
        {"ok": True, "access_token": "xoxb-1", "token_type": "bot"},
        lambda slack: exchange("1.2", "s", "code", "https://example.com/", slack.web.base_url),
    ),
}
Path = tuple[str | int, ...]


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    with answering() as made:
        yield made


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in an answer, fields that are not there but matter included."""
    if path:
        yield path
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*path, name))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def with_value(answer: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(answer)
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


def _truthful(method: str, found: Any, told: Any) -> bool:
    """Whether what was read is in the answer, and whether nothing of the answer is missing where
    it counts as whole."""
    if isinstance(found, Outcome):
        if found.result is not Result.POSTED:
            return True
        if method in ("files.completeUploadExternal", "chat.delete"):
            return told["ok"] is True
        return bool(found.ts == told["ts"] == TS and found.channel_id == "C0AP")
    if isinstance(found, ChannelPage):
        names = [one.name for one in found.channels]
        known = names == [c.get("name") for c in told["channels"] if isinstance(c, dict)]
        return not found.whole or (known and _leads_on(found.cursor, told))
    if isinstance(found, HistoryPage):
        keys = [(one.ts, one.idempotency_key, one.files) for one in found.messages]
        right = [_seen(message) for message in told["messages"]] if found.whole else keys
        return keys == right and (not found.whole or _leads_on(found.cursor, told))
    if isinstance(found, Channel):
        return bool(found.id == told["channel"]["id"] == "C0AP")
    if isinstance(found, AuthTest):
        return found.bot_id in ("", told.get("bot_id"))
    if isinstance(found, Installed):
        return bool(found.token)
    if isinstance(found, Answer):  # of auth.revoke
        return told["ok"] is True and told.get("revoked") in (True, None)
    return isinstance(found, str)


def _leads_on(cursor: str | None, told: dict[str, Any]) -> bool:
    about = told.get("response_metadata")
    said = (about or {}).get("next_cursor") or None
    return bool(cursor == said)


def _seen(message: Any) -> tuple[str, str, tuple[str, ...]]:
    metadata = message.get("metadata") or {}
    ours = metadata.get("event_type") == "exact_slack_delivery"
    key = (metadata.get("event_payload") or {}).get("key") or ""
    ids = tuple(file["id"] for file in message.get("files") or ())
    return message["ts"], key if ours else "", ids


@pytest.mark.sampled(2)
@pytest.mark.parametrize("method", METHODS)
def test_any_value_in_any_field(answers: Answers, method: str) -> None:
    right, call = METHODS[method]
    slack = SlackClient("xoxb-1", answers.url)
    wrong = []
    for path in places(right):
        for value in VALUES:
            told = with_value(right, path, value)
            answers.always(told)
            try:
                found = call(slack)
                good = _truthful(method, found, told)
                json.dumps(repr(found)).encode()
            except Exception as error:
                found, good = error, False
            if not good:
                wrong.append((path, repr(value)[:60], repr(found)[:200]))
    assert wrong == []


@pytest.mark.parametrize("sent_to", ["C0AP", "#ap"])
@pytest.mark.parametrize("ts", [TS, 1795766400.0001, "1795766400", "1795766400.1", "now", [TS]])
@pytest.mark.parametrize("channel", ["C0AP", "C0OTHER", "", None, ["C0AP"], 5])
def test_a_message_stands_only_where_it_was_sent_and_with_a_ts(
    answers: Answers, sent_to: str, ts: Any, channel: Any
) -> None:
    answers.always({"ok": True, "ts": ts, "channel": channel})
    found = SlackClient("xoxb-1", answers.url).chat_post_message(sent_to, "text", [], "k1")
    named = ("C0AP", "C0OTHER") if sent_to == "#ap" else ("C0AP", "", None)
    if ts == TS and channel in named:
        assert found == Outcome(Result.POSTED, ts=TS, channel_id=channel or "C0AP")
    else:
        assert found.result is Result.AMBIGUOUS


@pytest.mark.sampled(5)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [200, 404, 429, 500])
def test_any_body_of_any_status(answers: Answers, method: str, status: int) -> None:
    answers.status = status
    slack = SlackClient("xoxb-1", answers.url)
    try:
        for body in (*BODIES, *(json.dumps(value).encode() for value in VALUES)):
            for headers in ({}, {"Content-Type": "text/html; charset=nobody-knows"}):
                answers.headers = headers
                answers.always(body)
                found = METHODS[method][1](slack)
                assert isinstance(found, Outcome), body[:60]
                assert found.result in (Result.AMBIGUOUS, Result.NOT_SENT, Result.LIMITED)
    finally:
        answers.status, answers.headers = 200, {}


@pytest.mark.parametrize("name", ["ok", "error", "needed", "errors", "response_metadata"])
def test_a_refusal_with_any_value_is_none_or_the_one_that_it_says(
    answers: Answers, name: str
) -> None:
    right = {"ok": False, "error": "not_in_channel"}
    for value in (*VALUES, {"messages": 5}, {"messages": [5, "\ud800"]}):
        answers.always({**right, name: value})
        found = SlackClient("xoxb-1", answers.url).chat_post_message("C0AP", "text", [], "k1")
        refused = found.result is Result.CHANNEL
        assert refused == (name not in ("ok", "error") or (name == "ok" and value is False))
        assert refused or found.result in (Result.AMBIGUOUS, Result.UNKNOWN)
        found.detail.encode()


EVENT: dict[str, Any] = {
    "type": "event_callback",
    "event_id": "Ev1",
    "event": {
        "type": "channel_rename",
        "channel": {"id": "C0AP", "name": "ap"},
        "tokens": {"oauth": [], "bot": ["U1"]},
    },
}


@pytest.mark.parametrize("kind", ["channel_rename", "channel_archive", "tokens_revoked", "other"])
def test_an_event_with_any_value_in_any_field(kind: str) -> None:
    right = with_value(EVENT, ("event", "type"), kind)
    for path in places(right):
        for value in VALUES:
            body = json.dumps(with_value(right, path, value)).encode()
            assert events.challenge(body) is None
            found = events.read(body)
            if found is None:
                continue
            "".join((found.id, found.kind, found.channel_id, found.name)).encode()
            assert found.effect is not events.Effect.RENAME or found.name
    for body in BODIES:
        assert events.read(body) is None
        assert events.challenge(body) is None
