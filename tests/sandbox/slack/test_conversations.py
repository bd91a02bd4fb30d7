"""Channels, history and threads of the sandbox's Slack, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Message

KEY = {"event_type": "exact_slack", "event_payload": {"key": "k1"}}


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox(limits=False) as sandbox:
        yield sandbox
    assert sandbox.server.errors == []


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient("xoxb-sandbox", base_url=slack.base_url, retry_handlers=[])


def post(store: SlackStore, channel: str, text: str, **values: Any) -> str:
    message = Message(channel, "", text, user=store.bot_user, bot_id=store.bot_id, **values)
    return store.add_message(message).ts


def error(call: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])


def test_list_shows_what_the_bot_may_see_page_by_page(
    slack: SlackSandbox, client: WebClient
) -> None:
    store = slack.store
    store.add_channel("b-private", private=True)
    store.add_channel("hidden", private=True, member=False)
    for number in range(4):
        store.add_channel(f"open-{number}", member=number % 2 == 0, archived=number == 3)
    assert names(client) == {f"open-{n}" for n in range(4)}
    both = "public_channel,private_channel"
    assert names(client, types=both, exclude_archived=True) == {
        "b-private",
        "open-0",
        "open-1",
        "open-2",
    }
    seen: list[str] = []
    cursor = ""
    while True:
        page = client.conversations_list(types=both, limit=2, cursor=cursor)
        assert len(page["channels"]) <= 2
        seen += [channel["name"] for channel in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5
    assert error(client.conversations_list, types="nonsense") == "invalid_types"
    assert error(client.conversations_list, cursor="%%%") == "invalid_cursor"


def names(client: WebClient, **args: Any) -> set[str]:
    return {channel["name"] for channel in client.conversations_list(**args)["channels"]}


def test_info_and_join(slack: SlackSandbox, client: WebClient) -> None:
    store = slack.store
    channel = store.add_channel("open", member=False)
    private = store.add_channel("private", private=True)
    assert client.conversations_info(channel=channel)["channel"]["is_member"] is False
    assert client.conversations_join(channel=channel)["channel"]["is_member"] is True
    assert client.conversations_join(channel=channel)["warning"] == "already_in_channel"
    refused = error(client.conversations_join, channel=private)
    assert refused == "method_not_supported_for_channel_type"
    store.archive(channel)
    assert client.conversations_info(channel=channel)["channel"]["is_archived"] is True
    assert error(client.conversations_join, channel=channel) == "is_archived"
    assert error(client.conversations_info, channel="#open") == "channel_not_found"
    store.remove_bot(private)
    assert error(client.conversations_info, channel=private) == "channel_not_found"


def test_history_asks_for_membership_and_scope(slack: SlackSandbox, client: WebClient) -> None:
    store = slack.store
    channel, private = store.add_channel("open"), store.add_channel("private", private=True)
    store.scopes = ("chat:write", "channels:history")
    with pytest.raises(SlackApiError) as caught:
        client.conversations_history(channel=private)
    answer = caught.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:history")
    assert answer["provided"] == "chat:write,channels:history"
    assert client.conversations_history(channel=channel)["messages"] == []
    store.remove_bot(channel)
    assert error(client.conversations_history, channel=channel) == "not_in_channel"
    assert error(client.conversations_replies, channel=channel, ts="1.0") == "not_in_channel"
    store.scopes = ("chat:write",)
    assert error(client.conversations_history, channel=channel) == "missing_scope"


def test_metadata_comes_only_on_request(slack: SlackSandbox, client: WebClient) -> None:
    channel = slack.store.add_channel("open")
    ts = post(slack.store, channel, "x", metadata=KEY)
    calls = (client.conversations_history, lambda **a: client.conversations_replies(ts=ts, **a))
    for call in calls:
        (bare,) = call(channel=channel)["messages"]
        assert bare["metadata"] == {"event_type": "exact_slack"}
        (full,) = call(channel=channel, include_all_metadata=True)["messages"]
        assert full["metadata"] == KEY


def test_history_is_newest_first_without_replies_but_with_broadcasts(
    slack: SlackSandbox, client: WebClient
) -> None:
    channel = slack.store.add_channel("open")
    head = post(slack.store, channel, "head")
    post(slack.store, channel, "quiet", thread_ts=head)
    post(slack.store, channel, "loud", thread_ts=head, reply_broadcast=True)
    slack.store.post_as_person(channel, "hello")
    found = client.conversations_history(channel=channel)["messages"]
    assert [m["text"] for m in found] == ["hello", "loud", "head"]
    assert found[1]["subtype"] == "thread_broadcast"
    assert found[2]["reply_count"] == 2
    assert "bot_id" not in found[0]


def test_windows_and_pages(slack: SlackSandbox, client: WebClient) -> None:
    channel = slack.store.add_channel("open")
    stamps = [post(slack.store, channel, str(n)) for n in range(7)]

    def texts(**args: Any) -> list[str]:
        return [
            m["text"] for m in client.conversations_history(channel=channel, **args)["messages"]
        ]

    assert texts(oldest=stamps[4]) == ["6", "5"]
    assert texts(oldest=stamps[4], inclusive=True) == ["6", "5", "4"]
    assert texts(latest=stamps[2]) == ["1", "0"]
    assert texts(oldest=stamps[2], latest=stamps[4], inclusive=True) == ["4", "3", "2"]
    first = client.conversations_history(channel=channel, limit=3)
    assert first["has_more"] is True
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel=channel, limit=5, cursor=cursor)
    assert [m["text"] for m in second["messages"]] == ["3", "2", "1", "0"]
    assert second["has_more"] is False
    assert error(client.conversations_history, channel=channel, oldest="soon") == (
        "invalid_ts_oldest"
    )
    assert error(client.conversations_history, channel=channel, latest="x") == "invalid_ts_latest"
    assert error(client.conversations_history, channel=channel, cursor="bm8=") == "invalid_cursor"
    assert error(client.conversations_history, channel=channel, limit=0) == "invalid_limit"


def test_pages_hold_no_more_than_a_distributed_app_gets() -> None:
    with SlackSandbox(history_page_max=2, history_per_minute=1) as slack:
        client = WebClient("xoxb-sandbox", base_url=slack.base_url, retry_handlers=[])
        channel = slack.store.add_channel("open")
        for number in range(3):
            post(slack.store, channel, str(number))
        page = client.conversations_history(channel=channel, limit=100)
        assert len(page["messages"]) == 2
        assert page["has_more"] is True
        with pytest.raises(SlackApiError) as caught:
            client.conversations_history(channel=channel)
        assert caught.value.response.status_code == 429
        assert 50 < int(caught.value.response.headers["Retry-After"]) <= 60
        assert slack.violations == 1


def test_threads_page_by_page(slack: SlackSandbox, client: WebClient) -> None:
    channel = slack.store.add_channel("open")
    head = post(slack.store, channel, "head")
    replies = [post(slack.store, channel, str(n), thread_ts=head) for n in range(4)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = client.conversations_replies(channel=channel, ts=head, limit=2, cursor=cursor)
        seen += [m["text"] for m in page["messages"]]
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
    assert seen == ["head", "0", "1", "2", "3"]
    late = client.conversations_replies(channel=channel, ts=head, oldest=replies[1])["messages"]
    assert [m["text"] for m in late] == ["2", "3"]
    by_reply = client.conversations_replies(channel=channel, ts=replies[2])["messages"]
    assert by_reply[0]["text"] == "head"
    assert error(client.conversations_replies, channel=channel, ts="1.0") == "thread_not_found"


def test_a_deleted_parent_leaves_a_tombstone(slack: SlackSandbox, client: WebClient) -> None:
    channel = slack.store.add_channel("open")
    head = post(slack.store, channel, "head")
    reply = post(slack.store, channel, "reply", thread_ts=head)
    alone = post(slack.store, channel, "alone")
    slack.store.delete_message(channel, head)
    slack.store.delete_message(channel, alone)
    (left,) = client.conversations_history(channel=channel)["messages"]
    assert (left["subtype"], left["ts"], left["reply_count"]) == ("tombstone", head, 1)
    assert left["text"] != "head"
    thread = client.conversations_replies(channel=channel, ts=head)["messages"]
    assert [m["ts"] for m in thread] == [head, reply]
    slack.store.delete_message(channel, reply)
    assert client.conversations_history(channel=channel)["messages"] == []
