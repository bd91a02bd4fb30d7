"""What Slack may do besides what its pages promise, each switched on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.quirks import Endless, Shown

KEY = {"event_type": "exact_slack", "event_payload": {"k": "9f3a"}}


class Hands:
    now = 1_795_766_400.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def slack(hands: Hands) -> Iterator[SlackSandbox]:
    with SlackSandbox(limits=False, store=SlackStore(clock=hands)) as sandbox:
        yield sandbox
    assert sandbox.server.errors == []


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient("xoxb-sandbox", base_url=slack.base_url, retry_handlers=[])


@pytest.fixture
def channel(slack: SlackSandbox) -> str:
    return slack.store.add_channel("feed")


def post(client: WebClient, channel: str, text: str = "x", **more: Any) -> str:
    return str(client.chat_postMessage(channel=channel, text=text, metadata=KEY, **more)["ts"])


def texts(answer: Any) -> list[str]:
    return [message["text"] for message in answer["messages"]]


def test_history_and_replies_lag(
    slack: SlackSandbox, client: WebClient, channel: str, hands: Hands
) -> None:
    slack.store.quirks.history_lag = 8
    head = post(client, channel, "head")
    assert texts(client.conversations_history(channel=channel)) == []
    with pytest.raises(SlackApiError, match="thread_not_found"):
        client.conversations_replies(channel=channel, ts=head)
    hands.now += 8
    post(client, channel, "reply", thread_ts=head)
    assert texts(client.conversations_history(channel=channel)) == ["head"]
    assert texts(client.conversations_replies(channel=channel, ts=head)) == ["head"]
    hands.now += 8
    assert texts(client.conversations_replies(channel=channel, ts=head)) == ["head", "reply"]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [("payloads", KEY), ("types", {"event_type": "exact_slack"}), ("nothing", None)],
)
def test_metadata_is_shown_in_part(
    slack: SlackSandbox, client: WebClient, channel: str, shown: Shown, expected: Any
) -> None:
    slack.store.quirks.metadata_shown = shown
    head = post(client, channel)
    arguments = {"channel": channel, "ts": head, "include_all_metadata": True}
    for method in ("conversations.history", "conversations.replies"):
        [message] = client.api_call(method, params=arguments)["messages"]
        assert message.get("metadata") == expected


def test_the_first_page_is_empty(slack: SlackSandbox, client: WebClient, channel: str) -> None:
    slack.store.quirks.empty_first_pages = True
    post(client, channel)
    first = client.conversations_history(channel=channel)
    assert (first["messages"], first["has_more"]) == ([], True)
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel=channel, cursor=cursor)
    assert (texts(second), second["has_more"]) == (["x"], False)


@pytest.mark.parametrize("kind", ["same", "fresh"])
def test_a_cursor_that_never_ends(
    slack: SlackSandbox, client: WebClient, channel: str, kind: Endless
) -> None:
    head = post(client, channel)
    calls: dict[str, dict[str, Any]] = {
        "conversations.list": {},
        "conversations.history": {"channel": channel},
        "conversations.replies": {"channel": channel, "ts": head},
    }
    for method, arguments in calls.items():
        slack.store.quirks.endless[method] = kind
        seen, cursor = [], ""
        for _ in range(4):
            answer = client.api_call(method, params={**arguments, "cursor": cursor})
            cursor = answer["response_metadata"]["next_cursor"]
            assert answer.get("messages") or answer.get("channels")
            seen.append(cursor)
        assert len(set(seen)) == (1 if kind == "same" else 4)


def gone(slack: SlackSandbox, client: WebClient, channel: str) -> str:
    head = post(client, channel)
    slack.store.delete_message(channel, head)
    return head


def test_a_reply_to_what_is_gone_is_posted_loose(
    slack: SlackSandbox, client: WebClient, channel: str
) -> None:
    slack.store.quirks.orphans = "loose"
    for parent in (gone(slack, client, channel), "1.000100"):
        answer = client.chat_postMessage(channel=channel, text="loose", thread_ts=parent)
        assert answer["ok"] and "thread_ts" not in answer["message"]
        stored = slack.store.message(channel, answer["ts"])
        assert stored is not None and not stored.is_reply


def test_a_reply_to_what_is_gone_is_swallowed(
    slack: SlackSandbox, client: WebClient, channel: str
) -> None:
    slack.store.quirks.orphans = "swallowed"
    head = gone(slack, client, channel)
    answer = client.chat_postMessage(channel=channel, text="reply", thread_ts=head)
    assert answer["ok"] and "thread_ts" not in answer["message"]
    assert slack.store.live_messages(channel) == []


def upload(slack: SlackSandbox, client: WebClient, **arguments: Any) -> str:
    made = client.files_getUploadURLExternal(filename="scan.pdf", length=3)
    requests.post(str(made["upload_url"]), data=b"pdf", timeout=5)
    files: list[dict[str, str | None]] = [{"id": str(made["file_id"]), "title": "scan"}]
    assert client.files_completeUploadExternal(files=files, **arguments)["ok"]
    return str(made["file_id"])


def test_a_file_is_completed_and_never_shared(
    slack: SlackSandbox, client: WebClient, channel: str
) -> None:
    slack.store.quirks.shares_lost = 1
    lost, shared = (upload(slack, client, channel_id=channel) for _ in range(2))
    assert client.files_info(file=lost)["file"]["shares"] == {}
    assert client.files_info(file=shared)["file"]["shares"]
    assert len(slack.store.live_messages(channel)) == 1


@pytest.mark.parametrize("orphans", ["loose", "swallowed"])
def test_a_file_for_a_thread_that_is_gone(
    slack: SlackSandbox, client: WebClient, channel: str, orphans: Any
) -> None:
    slack.store.quirks.orphans = orphans
    head = gone(slack, client, channel)
    file = upload(slack, client, channel_id=channel, thread_ts=head)
    shares = client.files_info(file=file)["file"]["shares"]
    assert bool(shares) == (orphans == "loose")
    assert all(not m.is_reply for m in slack.store.live_messages(channel))


def test_an_answer_with_an_odd_ts_or_another_channel(
    slack: SlackSandbox, client: WebClient, channel: str
) -> None:
    changes: list[dict[str, Any]] = [{"ts": 5}, {"ts": []}, {"ts": "nonsense"}, {"channel": "C1"}]
    for change in changes:
        slack.faults.change("chat.postMessage", change.__ror__)
        answer = client.chat_postMessage(channel=channel, text="x")
        assert all(answer[name] == value for name, value in change.items())
    assert len(slack.store.live_messages(channel)) == len(changes)
