"""Events of the sandbox's Slack, as a receiver sees them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from exact_slack.sandbox.faults import ALWAYS
from exact_slack.sandbox.http import LoopbackServer, Request, Response
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.events import SIGNING_SECRET, NotVerified, signature


@pytest.fixture
def came() -> list[Request]:
    return []


@pytest.fixture
def receiver(came: list[Request]) -> Iterator[LoopbackServer]:
    def handler(request: Request) -> Response:
        came.append(request)
        return Response.text(str(request.json().get("challenge", "")))

    with LoopbackServer(handler) as server:
        yield server


@pytest.fixture
def slack(receiver: LoopbackServer) -> Iterator[SlackSandbox]:
    with SlackSandbox() as sandbox:
        sandbox.events.pauses = (0.0, 0.0, 0.0)
        sandbox.events.subscribe(receiver.url)
        yield sandbox


def events(came: list[Request]) -> list[dict[str, Any]]:
    bodies = [request.json() for request in came]
    return [body["event"] for body in bodies if body["type"] == "event_callback"]


def test_the_vector_of_the_page() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2F"
        b"commands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    made = signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)
    assert made == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def test_the_address_is_verified_first(receiver: LoopbackServer, came: list[Request]) -> None:
    with SlackSandbox() as slack:
        for body in (b"", b"no", b'{"challenge":"another"}'):
            receiver.faults.answer("/", body)
            with pytest.raises(NotVerified):
                slack.events.subscribe(receiver.url)
        slack.events.subscribe(receiver.url)
    assert [request.json()["type"] for request in came] == ["url_verification"] * 4


def test_every_event_is_signed(slack: SlackSandbox, came: list[Request]) -> None:
    slack.events.send("reaction_added", reaction="eyes")
    assert slack.events.drain()
    for request in came:
        stamp = request.headers["X-Slack-Request-Timestamp"]
        base = b"v0:" + stamp.encode() + b":" + request.body
        right = "v0=" + hmac.new(SIGNING_SECRET.encode(), base, hashlib.sha256).hexdigest()
        assert request.headers["X-Slack-Signature"] == right
    assert len(came) == 2


def test_what_happens_in_the_workspace_is_told(slack: SlackSandbox, came: list[Request]) -> None:
    store = slack.store
    feed, secret = store.add_channel("feed"), store.add_channel("secret", private=True)
    store.archive("feed")
    store.unarchive("feed")
    store.rename("feed", "other")
    store.remove_bot("secret")
    store.invite_bot("secret")
    store.delete_channel("secret")
    store.revoke_token()
    store.deactivate()
    assert slack.events.drain()
    told = [(event["type"], event.get("channel")) for event in events(came)]
    about = {"id": feed, "name": "other", "created": store.channel(feed).created}
    assert told == [
        ("channel_archive", feed),
        ("channel_unarchive", feed),
        ("channel_rename", about),
        ("group_left", secret),
        ("member_joined_channel", secret),
        ("group_deleted", secret),
        ("tokens_revoked", None),
        ("app_uninstalled", None),
    ]


def test_what_is_not_taken_comes_three_times_more(
    slack: SlackSandbox, receiver: LoopbackServer, came: list[Request]
) -> None:
    receiver.faults.add("/", "status", 2)
    receiver.faults.add("/", "close", ALWAYS)
    slack.events.send("app_uninstalled")
    assert slack.events.drain()
    tries = came[1:]
    assert [r.headers.get("X-Slack-Retry-Num") for r in tries] == ["", "1", "2", "3"]
    assert [r.headers.get("X-Slack-Retry-Reason") for r in tries] == [
        "",
        "http_error",
        "http_error",
        "connection_failed",
    ]
    assert len({json.loads(r.body)["event_id"] for r in tries}) == 1
    assert [attempt.status for attempt in slack.events.attempts] == [500, 500, 0, 0]


def test_the_receiver_may_want_no_retry(
    slack: SlackSandbox, receiver: LoopbackServer, came: list[Request]
) -> None:
    receiver.faults.add("/", "status", headers={"X-Slack-No-Retry": "1"})
    slack.events.send("app_uninstalled")
    assert slack.events.drain()
    assert len(slack.events.attempts) == 1
