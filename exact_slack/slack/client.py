"""Slack's Web API: the few methods exact-slack uses, one request an attempt, nothing retried.

`slack_sdk` retries lost posts by default and so posts twice; here `retry_handlers=[]`.
"""

import logging
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from exact_slack.slack.outcome import Outcome, Result, classify, faults

EVENT_TYPE = "exact_slack_delivery"
"""The metadata's event type; its payload holds the opaque key and nothing else."""
TIMEOUT = 30
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


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as Slack lists it."""

    id: str
    name: str
    is_member: bool
    is_archived: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message found in a channel: its ts, the key in its metadata ("" where none) and the ids
    of its files."""

    ts: str
    key: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page of a channel or thread; `cursor` leads to the next one, None at the end."""

    messages: tuple[SeenMessage, ...]
    cursor: str | None


class SlackClient:
    """One workspace. Every method is one call (or one page of calls) and says what came back."""

    def __init__(self, token: str, base_url: str | None = None) -> None:
        from slack_sdk import WebClient

        # at DEBUG the SDK logs payloads and tokens, at ERROR whole answers
        logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)
        address = api_address(base_url)
        self.web = WebClient(
            token=token,
            base_url=address,
            timeout=TIMEOUT,
            ssl=ssl.create_default_context() if address.startswith("https:") else None,
            retry_handlers=[],
        )
        self.calls = 0
        self.answered_ts = ""
        """A ts by Slack's own clock: what is posted from now on has a later one. "" where no
        channel was asked for yet, or the answer had no `Date`."""

    def post(
        self,
        channel_id: str,
        text: str,
        blocks: list[dict[str, Any]],
        key: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Outcome:
        """chat.postMessage, with the key in the metadata."""
        self.calls += 1
        try:
            answer = self.web.chat_postMessage(
                channel=channel_id,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                **arguments(text, blocks, thread_ts=thread_ts, broadcast=broadcast),
            )
            return self._accepted(answer)
        except faults() as error:
            return classify(error)

    def update(self, channel_id: str, ts: str, text: str, blocks: list[dict[str, Any]]) -> Outcome:
        """chat.update; the metadata stays. Safe to repeat."""
        self.calls += 1
        try:
            answer = self.web.chat_update(
                channel=channel_id, ts=ts, text=text, blocks=blocks, parse="none"
            )
            return self._accepted(answer)
        except faults() as error:
            return classify(error)

    @staticmethod
    def _accepted(answer: Any) -> Outcome:
        ts, channel = answer.get("ts"), answer.get("channel")
        if not ts:
            return Outcome(Result.AMBIGUOUS, error="an answer without ts")
        return Outcome(Result.POSTED, ts=str(ts), channel_id=str(channel or ""))

    def channels(self) -> tuple[list[Channel], Outcome | None]:
        """conversations.list over all pages: public and private ones, or public alone where the
        scope for private ones is missing. The second value says why the list is not complete."""
        found, problem = self._list("public_channel,private_channel")
        if problem and problem.error == "missing_scope":
            found, again = self._list("public_channel")
            problem = again or problem
        return found, problem

    def _list(self, types: str) -> tuple[list[Channel], Outcome | None]:
        found: list[Channel] = []
        cursor: str | None = None
        for _ in range(100):
            self.calls += 1
            try:
                answer = self.web.conversations_list(types=types, limit=500, cursor=cursor)
            except faults() as error:
                return found, classify(error)
            self._note_time(answer)
            found += [_channel(item) for item in answer.get("channels") or []]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return found, None
        return found, None

    def channel(self, channel_id: str) -> Channel | Outcome:
        """conversations.info."""
        self.calls += 1
        try:
            answer = self.web.conversations_info(channel=channel_id)
        except faults() as error:
            return classify(error)
        self._note_time(answer)
        return _channel(answer.get("channel") or {})

    def _note_time(self, answer: Any) -> None:
        said = next((v for k, v in answer.headers.items() if str(k).lower() == "date"), "")
        try:
            moment = parsedate_to_datetime(str(said)).timestamp()
        except (ValueError, OverflowError):
            return
        self.answered_ts = f"{moment - _HOSTS_DIFFER:.6f}"

    def seen(
        self, channel_id: str, oldest: float, thread_ts: str | None, cursor: str | None
    ) -> SeenPage | Outcome:
        """One page of conversations.history (or .replies) since `oldest`, with metadata."""
        self.calls += 1
        arguments: dict[str, Any] = {
            "channel": channel_id,
            "oldest": f"{oldest:.6f}",
            "inclusive": True,
            "include_all_metadata": True,
            "limit": 200,
            "cursor": cursor,
        }
        try:
            if thread_ts:
                answer = self.web.conversations_replies(ts=thread_ts, **arguments)
            else:
                answer = self.web.conversations_history(**arguments)
        except faults() as error:
            return classify(error)
        following = (answer.get("response_metadata") or {}).get("next_cursor") or None
        if answer.get("has_more") and following is None:
            return Outcome(Result.AMBIGUOUS, error="a page that does not say how to go on")
        messages = tuple(_seen(item) for item in answer.get("messages") or [])
        return SeenPage(messages, following)

    def revoke(self) -> Outcome | None:
        """auth.revoke: the token is dead afterwards; None where it worked."""
        self.calls += 1
        try:
            self.web.auth_revoke()
        except faults() as error:
            return classify(error)
        return None

    def who(self) -> tuple[dict[str, str], frozenset[str] | None] | Outcome:
        """auth.test: who the token belongs to, and its scopes (None where Slack does not say)."""
        self.calls += 1
        try:
            answer = self.web.auth_test()
        except faults() as error:
            return classify(error)
        if answer.get("ok") is not True:  # slack_sdk takes anything that counts as true
            return Outcome(Result.AMBIGUOUS, error="an answer that is not ok")
        headers = {str(k).lower(): str(v) for k, v in answer.headers.items()}
        scopes = headers.get("x-oauth-scopes")
        names = ("team", "team_id", "user", "bot_id", "url")
        return (
            {name: str(answer.get(name) or "") for name in names},
            None if scopes is None else frozenset(filter(None, map(str.strip, scopes.split(",")))),
        )


def _channel(item: dict[str, Any]) -> Channel:
    return Channel(
        id=str(item.get("id") or ""),
        name=str(item.get("name") or ""),
        is_member=bool(item.get("is_member")),
        is_archived=bool(item.get("is_archived")),
        is_private=bool(item.get("is_private")),
    )


def _seen(item: dict[str, Any]) -> SeenMessage:
    metadata = item.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    ours = metadata.get("event_type") == EVENT_TYPE
    files = tuple(str(file.get("id") or "") for file in item.get("files") or ())
    key = str(payload.get("key") or "") if ours else ""
    return SeenMessage(str(item.get("ts") or ""), key, tuple(filter(None, files)))
