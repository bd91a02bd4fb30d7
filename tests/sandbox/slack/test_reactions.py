"""Reactions of the sandbox's Slack, over real sockets: as strict as the facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store.model import Happening


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox(limits=False) as sandbox:
        sandbox.store.add_channel("ap")
        yield sandbox


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient("xoxb-sandbox", base_url=slack.base_url, retry_handlers=[])


@pytest.fixture
def at(slack: SlackSandbox, client: WebClient) -> dict[str, str]:
    channel = slack.store.channel("ap").id
    answer = client.chat_postMessage(channel=channel, text="a head")
    return {"channel": channel, "timestamp": str(answer["ts"])}


def _error(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_they_are_added_once_and_removed_once(client: WebClient, at: dict[str, str]) -> None:
    client.reactions_add(name="eyes", **at)
    assert _error(client.reactions_add, name="eyes", **at) == "already_reacted"
    client.reactions_remove(name="eyes", **at)
    assert _error(client.reactions_remove, name="eyes", **at) == "no_reaction"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": "Eyes!"}, "invalid_name"),
        ({"timestamp": "soon"}, "bad_timestamp"),
        ({"timestamp": "1.000100"}, "message_not_found"),
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
    ],
)
def test_what_is_wrong_has_slacks_own_word(
    client: WebClient, at: dict[str, str], change: dict[str, str], error: str
) -> None:
    assert _error(client.reactions_add, **{"name": "eyes", **at, **change}) == error


@pytest.mark.parametrize("method", ["reactions_get", "reactions_add"])
def test_each_wants_its_scope(
    slack: SlackSandbox, client: WebClient, at: dict[str, str], method: str
) -> None:
    slack.store.scopes = ("chat:write",)
    more = {} if method == "reactions_get" else {"name": "eyes"}
    assert _error(getattr(client, method), **at, **more) == "missing_scope"


def test_history_counts_all_and_names_some_and_full_names_all(
    slack: SlackSandbox, client: WebClient, at: dict[str, str]
) -> None:
    slack.store.quirks.users_shown = 1
    people = [slack.store.add_user(name) for name in ("anna", "bram")]
    for who in people:
        slack.store.react("ap", at["timestamp"], "eyes", who)
    (message,) = client.conversations_history(channel=at["channel"])["messages"]
    assert message["reactions"] == [{"name": "eyes", "users": people[:1], "count": 2}]
    full = client.reactions_get(full=True, **at)["message"]["reactions"]
    assert full == [{"name": "eyes", "users": people, "count": 2}]


def test_events_tell_of_them_where_the_scope_is(slack: SlackSandbox, at: dict[str, str]) -> None:
    heard: list[Happening] = []
    slack.store.listeners.append(heard.append)
    anna = slack.store.add_user("anna")
    slack.store.react("ap", at["timestamp"], "eyes", anna)
    slack.store.unreact("ap", at["timestamp"], "eyes", anna)
    assert [one.kind for one in heard] == ["reaction_added", "reaction_removed"]
    item = {"type": "message", "channel": at["channel"], "ts": at["timestamp"]}
    assert heard[0].values["item"] == item


def test_the_page_shows_them(slack: SlackSandbox, at: dict[str, str]) -> None:
    slack.store.react("ap", at["timestamp"], "eyes", slack.store.add_user("a", "<b>Anna</b>"))
    page = requests.get(slack.page_url, timeout=5).text
    assert '<span class="reaction" title="&lt;b&gt;Anna&lt;/b&gt;">:eyes: 1</span>' in page
    text = requests.get(f"{slack.page_url}sandbox/messages.txt", timeout=5).text
    assert ":eyes: <b>Anna</b>" in text
