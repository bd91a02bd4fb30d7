"""The pace Slack allows, by a clock of our own and once over a real socket."""

from __future__ import annotations

import threading

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.limits import SlackLimits


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> SlackLimits:
    return SlackLimits(clock=clock)


def post(limits: SlackLimits, channel: str) -> int | None:
    wait = limits.check_call("chat.postMessage") or limits.check_post(channel)
    if wait is None:
        limits.accepted(channel)
    return wait


def test_one_post_a_second_and_channel(limits: SlackLimits, clock: Clock) -> None:
    assert post(limits, "a") is None
    assert post(limits, "b") is None
    clock.now += 0.96
    assert post(limits, "a") is None
    clock.now += 0.94
    assert post(limits, "a") == 1
    assert limits.violations == 1
    clock.now += 1
    assert post(limits, "a") is None


def test_a_refusal_stops_the_method_for_every_channel(limits: SlackLimits, clock: Clock) -> None:
    post(limits, "a")
    assert post(limits, "a") == 1
    assert post(limits, "b") == 1
    assert limits.check_call("chat.update") is None
    clock.now += 1
    assert post(limits, "b") is None


def test_a_burst_only_when_asked_for(limits: SlackLimits, clock: Clock) -> None:
    limits.post_burst = 3
    assert [post(limits, "a") for _ in range(4)] == [None, None, None, 3]
    clock.now += 3
    assert post(limits, "a") is None


def test_the_workspace_has_a_limit_of_its_own(limits: SlackLimits, clock: Clock) -> None:
    limits.posts_per_minute = 3
    assert [post(limits, name) for name in "abc"] == [None] * 3
    clock.now += 10
    assert post(limits, "d") == 50


def test_methods_have_tiers(limits: SlackLimits, clock: Clock) -> None:
    assert [limits.check_call("chat.update") for _ in range(50)] == [None] * 50
    clock.now += 15
    assert limits.check_call("chat.update") == 45
    assert [limits.check_call("conversations.list") for _ in range(20)] == [None] * 20
    assert limits.check_call("conversations.list") == 60
    clock.now += 45
    assert limits.check_call("chat.update") is None


def test_switched_off_nothing_is_too_fast() -> None:
    limits = SlackLimits(enabled=False)
    assert [post(limits, "a") for _ in range(500)] == [None] * 500


def test_too_fast_over_the_wire() -> None:
    with SlackSandbox() as slack:
        client = WebClient("xoxb-sandbox", base_url=slack.base_url, retry_handlers=[])
        channel = slack.store.add_channel("finance")
        client.chat_postMessage(channel=channel, text="1")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel="#finance", text="2")
        answer = caught.value.response
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
        assert answer.data == {"ok": False, "error": "ratelimited"}
        assert [m.text for m in slack.store.live_messages(channel)] == ["1"]
        assert [(p.channel, p.accepted) for p in slack.store.posts] == [
            (channel, True),
            (channel, False),
        ]
        assert slack.violations == 1


def test_two_at_once_do_not_both_get_through() -> None:
    with SlackSandbox() as slack:
        channel = slack.store.add_channel("finance")

        def send() -> None:
            client = WebClient("xoxb-sandbox", base_url=slack.base_url, retry_handlers=[])
            try:
                client.chat_postMessage(channel=channel, text="x")
            except SlackApiError:
                return

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(slack.store.live_messages(channel)) == 1
        assert slack.violations == 7
