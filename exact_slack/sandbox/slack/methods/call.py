"""One call of a Slack Web API method: its arguments, and the ways it can end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from exact_slack.sandbox.http import Request
from exact_slack.sandbox.slack.limits import SlackLimits
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Channel, Message

TS = re.compile(r"\d{1,12}(\.\d{1,6})?")
ARGUMENT_NAME = re.compile(r"\w{1,100}", re.ASCII)
TRUE_WORDS = ("1", "true", "True")


class SlackError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        return {"ok": False, "error": self.error, **self.extra}


class RateLimited(Exception):
    """An answer 429."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def invalid_arguments(message: str) -> SlackError:
    """Return the error for an argument that is missing or of the wrong type."""
    return SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {message}"]})


@dataclass(frozen=True)
class Settings:
    """Switches of the sandbox that methods ask for."""

    history_page_max: int | None = None
    blocks_text_max: int = 12_000
    unsupported_blocks: set[str] = field(default_factory=set)
    """Types of blocks that have not reached this workspace: they come in phases."""
    metadata_max: int = 4_000
    """Bytes of metadata as JSON; the number is not documented."""


@dataclass
class Call:
    """What a method gets: decoded arguments and the workspace."""

    method: str
    args: dict[str, Any]
    store: SlackStore
    limits: SlackLimits
    settings: Settings
    request: Request
    socket_url: Callable[[], str] = str
    """Makes an address for a connection of Socket Mode."""
    posted_to: list[str] = field(default_factory=list)
    """Channels in which the call stored a message."""

    def text(self, name: str) -> str | None:
        """An optional string argument; JSON must give it as a string."""
        value = self.args.get(name)
        if value is not None and not isinstance(value, str):
            raise invalid_arguments(f"must be a string [json-pointer:/{name}]")
        return value

    def required(self, name: str) -> str:
        """A string argument that must be there."""
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """An optional boolean argument."""
        return str(self.args.get(name, "")) in TRUE_WORDS

    def number(self, name: str, default: int, most: int) -> int:
        """An optional positive number; more than `most` is cut down to it."""
        value = self.args.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, bool) or not str(value).isdigit() or int(value) < 1:
            raise SlackError("invalid_limit")
        return min(int(value), most)

    def ts(self, name: str, error: str) -> str | None:
        """An optional point in time as Slack writes it."""
        value = self.text(name)
        if not value:
            return None
        if not TS.fullmatch(value):
            raise SlackError(error)
        return value

    def data(self, name: str, error: str) -> Any:
        """An optional structure, given as such or as its JSON."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None

    def need_scope(self, *scopes: str) -> None:
        """Refuse the call unless the token has one of the scopes."""
        if not any(scope in self.store.scopes for scope in scopes):
            provided = ",".join(self.store.scopes)
            raise SlackError("missing_scope", needed=",".join(scopes), provided=provided)

    def channel_by_id(self, name: str = "channel") -> Channel:
        """The channel an id names; what the bot cannot see does not exist."""
        channel_id = self.required(name)
        channel = next((c for c in self.store.channels() if c.id == channel_id), None)
        if channel is None or not channel.readable:
            raise SlackError("channel_not_found")
        return channel

    def channel_by_id_or_name(self, name: str = "channel") -> Channel:
        """The channel an id or a name with or without `#` names."""
        wanted = self.required(name)
        for channel in self.store.channels():
            if channel.readable and wanted in (channel.id, channel.name, f"#{channel.name}"):
                return channel
        raise SlackError("channel_not_found")

    def live_message(self, channel: Channel, ts: str) -> Message:
        """The message with this `ts`; a deleted one is not found."""
        message = self.store.message(channel.id, ts)
        if message is None or message.deleted:
            raise SlackError("message_not_found")
        return message


def pace_post(call: Call, channel: Channel) -> None:
    """Refuse a post that comes too early for its channel."""
    wait = call.limits.check_post(channel.id)
    if wait is not None:
        raise RateLimited(wait)


def with_warnings(answer: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
    """Add warnings to an answer the way Slack does."""
    if warnings:
        answer["warning"] = ",".join(warnings)
        answer["response_metadata"] = {"warnings": warnings}
    return answer
