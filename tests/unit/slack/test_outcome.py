"""What Slack's and the transport's answers mean."""

import http.client

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from exact_slack.network.errors import NoConnection, Obstacle
from exact_slack.slack.client import api_address
from exact_slack.slack.outcome import Outcome, Result, classify, retry_after


def _answer(
    data: object, status: int = 200, headers: dict[str, str] | None = None
) -> SlackApiError:
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data=data,  # type: ignore[arg-type]
        headers=headers or {},
        status_code=status,
    )
    return SlackApiError("said no", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (_answer({"ok": False, "error": "invalid_blocks"}), Result.RECORD),
        (_answer({"ok": False, "error": "is_archived"}), Result.CHANNEL),
        (_answer({"ok": False, "error": "token_revoked"}), Result.TOKEN),
        (_answer({"ok": False, "error": "ratelimited"}), Result.LIMITED),
        (_answer({"ok": False, "error": "rate_limited"}), Result.LIMITED),
        (_answer({"ok": False, "error": "message_not_found"}), Result.GONE),
        (_answer({"ok": False, "error": "fatal_error"}), Result.AMBIGUOUS),
        (_answer({"ok": False, "error": "never_seen_before"}), Result.UNKNOWN),
        (_answer({"ok": False}, 429, {"Retry-After": "7"}), Result.LIMITED),
        (_answer({}, 503), Result.AMBIGUOUS),
        (TimeoutError(), Result.AMBIGUOUS),
        (ConnectionResetError(), Result.AMBIGUOUS),
        (http.client.IncompleteRead(b""), Result.AMBIGUOUS),
        (NoConnection(Obstacle.REFUSED, "slack.com"), Result.NOT_SENT),
        (NoConnection(Obstacle.PROXY, "proxy:3128", "status 403"), Result.NOT_SENT),
    ],
)
def test_classes(error: BaseException, result: Result) -> None:
    assert classify(error).result is result


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3),
        ({"retry-after": "1.5"}, 1.5),
        ({}, 30),
        ({"Retry-After": "x"}, 30),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers) == seconds


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (None, "https://slack.com/api/"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9/api/"),
        ("http://127.0.0.1:9/", "http://127.0.0.1:9/api/"),
        ("http://127.0.0.1:9/api", "http://127.0.0.1:9/api/"),
        ("http://127.0.0.1:9/slack/", "http://127.0.0.1:9/slack/"),
    ],
)
def test_the_address(given: str | None, used: str) -> None:
    assert api_address(given) == used


@pytest.mark.parametrize(
    ("word", "asked"),
    [
        ("message_not_found", {"head_is_gone"}),
        ("thread_not_found", {"head_is_gone"}),
        ("missing_scope", {"lacks_scope", "needs_grant", "is_not_offered"}),
        ("unknown_method", {"needs_grant", "is_not_offered"}),
        ("not_allowed_token_type", {"needs_grant"}),
        ("token_revoked", set()),
        ("invalid_cursor", {"cursor_is_void"}),
        ("file_not_found", {"upload_is_gone"}),
        ("is_archived", set()),
    ],
)
def test_what_depends_on_one_word_of_slack_is_asked_of_the_outcome(
    word: str, asked: set[str]
) -> None:
    outcome = Outcome(Result.UNKNOWN, error=word)
    names = [n for n, value in vars(Outcome).items() if isinstance(value, property)]
    assert {name for name in names if getattr(outcome, name)} == asked
