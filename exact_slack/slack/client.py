"""Slack's Web API: the few methods exact-slack uses, one request an attempt, nothing retried.

`slack_sdk` retries lost posts by default and so posts twice; `SlackWeb` sends once.
"""

import logging
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from exact_slack.redact import note
from exact_slack.slack import answers
from exact_slack.slack.answers import (
    EVENT_TYPE,
    Answer,
    AuthTest,
    Channel,
    ChannelPage,
    HistoryPage,
    ask,
    odd,
)
from exact_slack.slack.outcome import Outcome, Result

CHANNELS_A_PAGE = 500
_HOSTS_DIFFER = 300.0
"""Seconds by which the clocks of Slack's own machines may differ."""


def api_address(base_url: str | None) -> str:
    """The address that slack_sdk wants, with the slash at its end; a bare host gets `/api/`."""
    if not base_url:
        return "https://slack.com/api/"
    path = urlsplit(base_url).path
    return base_url.rstrip("/") + ("/api/" if path in ("", "/") else "/")


def arguments(
    text: str,
    blocks: list[dict[str, Any]],
    *,
    thread_ts: str | None = None,
    broadcast: bool = False,
) -> dict[str, Any]:
    """What chat.postMessage gets beside the channel and the key; without what is None."""
    values: dict[str, Any] = {
        "text": text,
        "blocks": blocks or None,
        "thread_ts": thread_ts,
        "reply_broadcast": True if broadcast else None,
        "unfurl_links": False,
        "unfurl_media": False,
        "parse": "none",
    }
    return {name: value for name, value in values.items() if value is not None}


class SlackClient:
    """One workspace. A method has the name of Slack's method, is one call, and gives what came
    back in one shape: what it asked for, or the Outcome that says why it is not there."""

    def __init__(self, token: str, base_url: str | None = None) -> None:
        from exact_slack.slack.web import SlackWeb

        # at DEBUG the SDK logs payloads and tokens, at ERROR whole answers
        logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)
        self.web = SlackWeb(api_address(base_url), note(token))
        self.calls = 0
        self.scopes: frozenset[str] | None = None
        """What the token may do, by the latest answer that said so."""
        self.answered_ts = ""
        """A ts by Slack's own clock: what is posted from now on has a later one. "" where no
        channel was asked for yet, or the answer had no `Date`."""

    def close(self) -> None:
        """Close the kept connection."""
        self.web.close()

    def chat_post_message(
        self,
        channel_id: str,
        text: str,
        blocks: list[dict[str, Any]],
        idempotency_key: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Outcome:
        """chat.postMessage, with the key in the metadata."""
        return self._say(
            channel_id,
            self.web.chat_postMessage,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": idempotency_key}},
            thread=thread_ts,
            **arguments(text, blocks, thread_ts=thread_ts, broadcast=broadcast),
        )

    def chat_update(
        self, channel_id: str, ts: str, text: str, blocks: list[dict[str, Any]]
    ) -> Outcome:
        """chat.update; the metadata stays. Safe to repeat."""
        return self._say(
            channel_id,
            self.web.chat_update,
            ts=ts,
            text=text,
            blocks=blocks,
            parse="none",
        )

    def chat_delete(self, channel_id: str, ts: str) -> Outcome:
        """chat.delete, of a message of ours. Safe to repeat."""
        answer = self.ask(self.web.chat_delete, channel=channel_id, ts=ts)
        if isinstance(answer, Outcome):
            return answer
        return Outcome(Result.POSTED, ts=ts, channel_id=channel_id)

    def chat_get_permalink(self, channel_id: str, ts: str) -> str | Outcome:
        """chat.getPermalink: the address of a message that stands there."""
        answer = self.ask(self.web.chat_getPermalink, channel=channel_id, message_ts=ts)
        if isinstance(answer, Outcome):
            return answer
        return answer.fields.text("permalink") or odd()

    def _say(
        self,
        channel_id: str,
        method: Callable[..., Any],
        thread: str | None = None,
        **arguments: Any,
    ) -> Outcome:
        answer = self.ask(method, channel=channel_id, **arguments)
        return answers.sent(answer, channel_id, thread) if isinstance(answer, Answer) else answer

    def ask(self, method: Callable[..., Any], **arguments: Any) -> Answer | Outcome:
        """One call, counted."""
        self.calls += 1
        answer = ask(method, **arguments)
        if isinstance(answer, Answer):
            self.scopes = answer.scopes or self.scopes
        return answer

    def conversations_list(self, types: str, cursor: str | None) -> ChannelPage | Outcome:
        """One page of conversations.list."""
        answer = self.ask(
            self.web.conversations_list, types=types, limit=CHANNELS_A_PAGE, cursor=cursor
        )
        if isinstance(answer, Outcome):
            return answer
        self._note_time(answer)
        return answers.channel_page(answer)

    def conversations_info(self, channel_id: str) -> Channel | Outcome:
        """conversations.info."""
        answer = self.ask(self.web.conversations_info, channel=channel_id)
        if isinstance(answer, Outcome):
            return answer
        self._note_time(answer)
        channel = answers.channel(answer.fields.fields("channel"))
        return channel if channel and channel.id == channel_id else odd()

    def conversations_open(self, user_id: str) -> str | Outcome:
        """conversations.open: the id of the conversation with somebody. Safe to repeat."""
        answer = self.ask(self.web.conversations_open, users=user_id)
        if isinstance(answer, Outcome):
            return answer
        self._note_time(answer)
        channel_id = answer.fields.fields("channel").text("id")
        return channel_id if channel_id.startswith("D") else odd()

    def _note_time(self, answer: Answer) -> None:
        try:
            moment = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
        except (ValueError, OverflowError):
            return
        self.answered_ts = f"{moment - _HOSTS_DIFFER:.6f}"

    def time(self) -> float | None:
        """Slack's own time, by an answer of auth.test; None where it does not say."""
        answer = self.ask(self.web.auth_test)
        if isinstance(answer, Outcome):
            return None
        self._note_time(answer)
        return float(self.answered_ts) if self.answered_ts else None

    def conversations_history(
        self, channel_id: str, oldest: float, thread_ts: str | None, cursor: str | None
    ) -> HistoryPage | Outcome:
        """One page of conversations.history (or .replies) since `oldest`, with metadata."""
        arguments: dict[str, Any] = {
            "channel": channel_id,
            "oldest": f"{oldest:.6f}",
            "inclusive": True,
            "include_all_metadata": True,
            "limit": 200,
            "cursor": cursor,
        }
        if thread_ts:
            answer = self.ask(self.web.conversations_replies, ts=thread_ts, **arguments)
        else:
            answer = self.ask(self.web.conversations_history, **arguments)
        return answers.history_page(answer) if isinstance(answer, Answer) else answer

    def blocks_validate(self, blocks: list[dict[str, Any]]) -> Answer | Outcome:
        """blocks.validate: whether Slack takes blocks of this shape. Nothing is posted."""
        return self.ask(self.web.blocks_validate, blocks=blocks)

    def auth_revoke(self) -> Answer | Outcome:
        """auth.revoke: the token is dead afterwards."""
        answer = self.ask(self.web.auth_revoke)
        if isinstance(answer, Outcome):
            return answer
        said = answer.fields
        return answer if said.true("revoked") or said.fits("revoked", type(None)) else odd()

    def auth_test(self) -> AuthTest | Outcome:
        """auth.test: who the token belongs to, and its scopes."""
        answer = self.ask(self.web.auth_test)
        return answers.auth_test(answer) if isinstance(answer, Answer) else answer
