"""Posting, editing and deleting in the sandbox's Slack, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store.workspace import DEFAULT_SCOPES

KEY = {"event_type": "exact_slack", "event_payload": {"key": "k1"}}


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox(limits=False) as sandbox:
        yield sandbox
    assert sandbox.server.errors == []


@pytest.fixture
def channel(slack: SlackSandbox) -> str:
    return slack.store.add_channel("finance")


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient("xoxb-sandbox", base_url=slack.base_url, retry_handlers=[])


def section(text: str, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": "section", "text": {"type": kind, "text": text}}


pytestmark = pytest.mark.filterwarnings("ignore:The top-level `text` argument")


def error(call: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])


def test_a_post_is_stored_with_text_blocks_and_metadata(
    slack: SlackSandbox, client: WebClient, channel: str
) -> None:
    answer = client.chat_postMessage(
        channel=channel, text="Invoice", blocks=[section("*x*")], metadata=KEY
    )
    (message,) = slack.store.live_messages(channel)
    assert (message.ts, message.text, message.metadata) == (answer["ts"], "Invoice", KEY)
    assert message.blocks is not None
    assert message.blocks[0]["text"]["text"] == "*x*"
    assert answer["channel"] == channel
    assert "x-accepted-oauth-scopes" in answer.headers
    assert answer.headers["x-oauth-scopes"] == ",".join(DEFAULT_SCOPES)


def test_forms_and_json_say_the_same(slack: SlackSandbox, channel: str) -> None:
    address = f"{slack.base_url}chat.postMessage"
    blocks = json.dumps([section("form")])
    form = {"token": "xoxb-sandbox", "channel": "#finance", "blocks": blocks, "text": "f"}
    assert requests.post(address, data=form, timeout=5).json()["ok"]
    bearer = {"Authorization": "Bearer xoxb-sandbox"}
    body = {"channel": "finance", "text": "j", "blocks": blocks}
    assert requests.post(address, json=body, headers=bearer, timeout=5).json()["ok"]
    assert [m.text for m in slack.store.live_messages(channel)] == ["f", "j"]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, "no_text"),
        ({"text": "  "}, "no_text"),
        ({"blocks": []}, "no_text"),
        ({"text": "x", "blocks": "{nonsense"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": '{"type":"divider"}'}, "invalid_blocks_format"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "thread_ts": 1.0001}, "invalid_arguments"),
        ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "a-b", "event_payload": {}}},
            "invalid_metadata_format",
        ),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": {"n": 1}}}},
            "invalid_metadata_format",
        ),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": "v" * 9000}}},
            "metadata_too_large",
        ),
    ],
)
def test_a_bad_post_is_refused_and_stores_nothing(
    slack: SlackSandbox, client: WebClient, channel: str, args: dict[str, Any], expected: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.api_call("chat.postMessage", json={"channel": channel, **args})
    assert caught.value.response["error"] == expected
    assert slack.store.messages(channel) == []


def test_text_above_forty_thousand_is_cut_with_a_warning(
    slack: SlackSandbox, client: WebClient, channel: str
) -> None:
    answer = client.chat_postMessage(channel=channel, text="x" * 40_001)
    assert answer["warning"] == "message_truncated"
    assert len(slack.store.live_messages(channel)[0].text) == 40_000


def test_states_of_a_channel(slack: SlackSandbox, client: WebClient) -> None:
    store = slack.store
    secret = store.add_channel("secret", private=True, member=False)
    gone = store.add_channel("gone")
    store.delete_channel(gone)
    old = store.add_channel("old", archived=True)
    open_to_all = store.add_channel("open", member=False)
    for wanted in (secret, "#secret", gone, "C0NOWHERE", "#nowhere"):
        assert error(client.chat_postMessage, channel=wanted, text="x") == "channel_not_found"
    assert error(client.chat_postMessage, channel=old, text="x") == "is_archived"
    assert client.chat_postMessage(channel=open_to_all, text="x")["ok"]
    store.scopes = ("chat:write",)
    assert error(client.chat_postMessage, channel=open_to_all, text="x") == "not_in_channel"
    store.unarchive(old)
    store.rename(old, "new")
    assert client.chat_postMessage(channel="#new", text="x")["channel"] == old


def test_threads_and_broadcasts(slack: SlackSandbox, client: WebClient, channel: str) -> None:
    head = client.chat_postMessage(channel=channel, text="head")["ts"]
    first = client.chat_postMessage(channel=channel, text="1", thread_ts=head)["ts"]
    client.chat_postMessage(channel=channel, text="2", thread_ts=first, reply_broadcast=True)
    replies = slack.store.replies(channel, head)
    assert [(m.text, m.thread_ts, m.reply_broadcast) for m in replies] == [
        ("1", head, False),
        ("2", head, True),
    ]
    slack.store.delete_message(channel, head)
    assert client.chat_postMessage(channel=channel, text="3", thread_ts=head)["ok"]
    alone = client.chat_postMessage(channel=channel, text="alone")["ts"]
    slack.store.delete_message(channel, alone)
    loose = client.chat_postMessage(channel=channel, text="4", thread_ts=alone)
    assert "thread_ts" not in loose["message"]


def test_an_update_keeps_metadata_and_loses_blocks(
    slack: SlackSandbox, client: WebClient, channel: str
) -> None:
    ts = client.chat_postMessage(channel=channel, text="a", blocks=[section("a")], metadata=KEY)[
        "ts"
    ]
    client.chat_update(channel=channel, ts=ts, text="b", blocks=[section("b")])
    with_blocks = slack.store.message(channel, ts)
    assert with_blocks is not None
    assert with_blocks.metadata == KEY
    assert not with_blocks.edited
    client.chat_update(channel=channel, ts=ts, text="c", metadata={})
    only_text = slack.store.message(channel, ts)
    assert only_text is not None
    assert (only_text.blocks, only_text.metadata, only_text.edited) == (None, None, True)
    assert [edit.text for edit in only_text.edits] == ["a", "b"]


def test_what_cannot_be_updated(slack: SlackSandbox, client: WebClient, channel: str) -> None:
    store = slack.store
    ts = client.chat_postMessage(channel=channel, text="a")["ts"]
    person = store.post_as_person(channel, "mine")

    def refused(**args: Any) -> str:
        return error(client.chat_update, **{"channel": channel, "ts": ts, "text": "b", **args})

    assert refused(text="x" * 4001) == "msg_too_long"
    assert refused(text="") == "no_text"
    assert refused(ts="1.000100") == "message_not_found"
    assert refused(ts=person) == "cant_update_message"
    assert refused(channel="#finance") == "channel_not_found"
    store.edit_window_closed = True
    assert refused() == "edit_window_closed"
    store.edit_window_closed = False
    store.archive(channel)
    assert refused() == "is_inactive"
    store.unarchive(channel)
    store.delete_message(channel, ts)
    assert refused() == "message_not_found"


def test_rich_text_stays_rich_text(client: WebClient, channel: str) -> None:
    leaf = {"type": "text", "text": "a"}
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [leaf]}],
    }
    ts = client.chat_postMessage(channel=channel, text="a", blocks=[rich])["ts"]
    call = {"channel": channel, "ts": ts, "text": "b"}
    assert error(client.chat_update, **call, blocks=[section("b")]) == "block_mismatch"
    assert client.chat_update(**call, blocks=[rich])["ok"]


def test_an_old_reply_is_broadcast_by_an_update(
    slack: SlackSandbox, client: WebClient, channel: str
) -> None:
    head = client.chat_postMessage(channel=channel, text="head")["ts"]
    reply = client.chat_postMessage(channel=channel, text="1", thread_ts=head)["ts"]
    both = {"channel": channel, "ts": reply, "reply_broadcast": True}
    assert error(client.chat_update, **both, text="x") == "no_dual_broadcast_content_update"
    assert client.chat_update(**both)["ok"]
    assert slack.store.replies(channel, head)[0].reply_broadcast


def test_delete_and_permalink(slack: SlackSandbox, client: WebClient, channel: str) -> None:
    ts = client.chat_postMessage(channel=channel, text="a")["ts"]
    link = client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"]
    assert str(link).endswith(f"/archives/{channel}/p{ts.replace('.', '')}")
    person = slack.store.post_as_person(channel, "mine")
    assert error(client.chat_delete, channel=channel, ts=person) == "cant_delete_message"
    assert client.chat_delete(channel=channel, ts=ts)["ok"]
    assert error(client.chat_delete, channel=channel, ts=ts) == "message_not_found"
    missing = error(client.chat_getPermalink, channel=channel, message_ts=ts)
    assert missing == "message_not_found"


def test_planned_refusals_before_and_after_the_work(
    slack: SlackSandbox, client: WebClient, channel: str
) -> None:
    other = slack.store.add_channel("other")
    slack.store.refuse("chat.postMessage", "restricted_action", channel=channel, match="bad")
    assert client.chat_postMessage(channel=other, text="bad")["ok"]
    assert client.chat_postMessage(channel=channel, text="good")["ok"]
    assert error(client.chat_postMessage, channel="#finance", text="bad") == "restricted_action"
    assert client.chat_postMessage(channel=channel, text="bad")["ok"]
    slack.store.refuse_afterwards("chat.postMessage", "fatal_error")
    assert error(client.chat_postMessage, channel=channel, text="stored") == "fatal_error"
    assert [m.text for m in slack.store.live_messages(channel)] == ["good", "bad", "stored"]
    accepted = [post.accepted for post in slack.store.posts if post.channel == channel]
    assert accepted == [True, False, True, True]


def test_a_lost_answer_leaves_the_message_behind(
    slack: SlackSandbox, client: WebClient, channel: str
) -> None:
    slack.faults.add("chat.postMessage", "close", when="after")
    with pytest.raises(OSError):
        client.chat_postMessage(channel=channel, text="lost", metadata=KEY)
    slack.faults.add("chat.postMessage", "close", when="before")
    with pytest.raises(OSError):
        client.chat_postMessage(channel=channel, text="never came")
    assert [m.text for m in slack.store.live_messages(channel)] == ["lost"]
