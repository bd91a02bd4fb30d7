"""What the sandbox's Slack workspace holds: channels, messages, files, people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Block = dict[str, Any]
Metadata = dict[str, Any]
Args = Mapping[str, Any]
"""The arguments of one API call, decoded."""


@dataclass
class Channel:
    """One conversation; `is_member` speaks of the app's bot."""

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    is_member: bool = True
    deleted: bool = False
    created: int = 0
    previous_names: list[str] = field(default_factory=list)
    user: str = ""
    """Of a direct message: with whom."""

    @property
    def readable(self) -> bool:
        """Whether the bot can see that the channel exists."""
        return not self.deleted and (self.is_member or not self.is_private)


@dataclass(frozen=True)
class Happening:
    """What an event tells of, by the type and the fields of Slack's own event."""

    kind: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """What a message said before one edit."""

    at: str
    text: str
    blocks: list[Block] | None


@dataclass(frozen=True)
class Reaction:
    """One emoji under a message, and who put it there, in order."""

    name: str
    users: tuple[str, ...]


@dataclass
class Message:
    """One message; a reply carries its parent's `ts` in `thread_ts`."""

    channel: str
    ts: str
    text: str = ""
    blocks: list[Block] | None = None
    metadata: Metadata | None = None
    thread_ts: str | None = None
    reply_broadcast: bool = False
    user: str = ""
    bot_id: str | None = None
    files: list[str] = field(default_factory=list)
    parse: str = ""
    link_names: bool = False
    mrkdwn: bool = True
    attachments: list[dict[str, Any]] | None = None
    reactions: tuple[Reaction, ...] = ()
    edits: list[Edit] = field(default_factory=list)
    edited: bool = False
    """Whether Slack shows "(edited)": only for edits without blocks."""
    deleted: bool = False
    stored_at: float = 0.0
    """Seconds since 1970."""

    @property
    def is_reply(self) -> bool:
        """Whether the message belongs to another one's thread."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def key(self) -> tuple[str, str]:
        """The identity of a message: its `ts` is unique in its channel only."""
        return (self.channel, self.ts)


class Stamps:
    """Hands out each message's `ts`: seconds, and a number that makes it unique."""

    def __init__(self) -> None:
        self._last = (0, 0)

    def next(self, now: float) -> str:
        """The next one, later than all before."""
        second = int(now)
        last_second, last_number = self._last
        if second <= last_second:
            second, number = last_second, last_number + 100
        else:
            number = 100
        second, number = (second + 1, 100) if number > 999_999 else (second, number)
        self._last = (second, number)
        return f"{second}.{number:06d}"


@dataclass
class Share:
    """One place where a file was shared."""

    channel: str
    ts: str
    thread_ts: str | None
    visible_at: float
    """Monotonic seconds from which `files.info` tells it."""


@dataclass
class File:
    """One upload; it exists for others once it is completed."""

    id: str
    name: str
    length: int
    upload_key: str
    title: str = ""
    content: bytes | None = None
    completed: bool = False
    created: int = 0
    shares: list[Share] = field(default_factory=list)


@dataclass(frozen=True)
class User:
    """A person or a bot."""

    id: str
    name: str
    real_name: str
    is_bot: bool = False
    deleted: bool = False
    """Whether the account is deactivated."""


@dataclass(frozen=True)
class Post:
    """One attempt to put something into a channel, for checks of the pace."""

    at: float
    channel: str
    method: str
    accepted: bool


@dataclass
class Refusal:
    """A planned answer `ok: false`."""

    method: str
    error: str
    times: int
    channel: str | None = None
    match: Callable[[Args], bool] | str | None = None
    after: bool = False
    """The method does its work first; only its answer is replaced."""
    extra: dict[str, Any] = field(default_factory=dict)


def concerns(refusal: Refusal, method: str, args: Args, channel: Channel | None) -> bool:
    """Tell whether a refusal is meant for a call; `channel` is the one it is narrowed to."""
    if refusal.method not in (method, "*"):
        return False
    if channel is not None:
        given = str(args.get("channel") or args.get("channel_id") or "")
        if given != channel.id and given.lstrip("#") != channel.name:
            return False
    if refusal.match is None:
        return True
    if callable(refusal.match):
        return refusal.match(args)
    return refusal.match in json.dumps(dict(args), ensure_ascii=False, default=str)


@dataclass
class OAuthCode:
    """An authorization code that waits for `oauth.v2.access`."""

    client_id: str
    client_secret: str
    redirect_uri: str | None
    expires_at: float
    used: bool = False


@dataclass
class Contents:
    """All that a workspace holds, by id."""

    channels: dict[str, Channel] = field(default_factory=dict)
    messages: dict[str, dict[str, Message]] = field(default_factory=dict)
    """Those of each channel by `ts`, in order."""
    files: dict[str, File] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    codes: dict[str, OAuthCode] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    visitor: str = ""
    """As whom somebody acts who looks at the page."""
    stamps: Stamps = field(default_factory=Stamps)
