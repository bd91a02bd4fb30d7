"""Events from Slack: the signature, and what an event says about a channel or the token.

Signature: `v0=` and hex HMAC-SHA256 over `v0:{timestamp}:{raw body}`, keyed with the signing
secret, not older than five minutes (docs.slack.dev, verifying requests from Slack). These are hints
only: the real signal is Slack's answer to the next call."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

WINDOW = 300
"""Seconds a request's timestamp may be away from now."""


class Effect(StrEnum):
    """What an event means for deliveries."""

    PARK = "park"
    RETURN = "return"
    LOOK = "look"
    """Somebody joined a channel: perhaps the bot. Slack is asked."""
    RENAME = "rename"
    TOKEN_DEAD = "token dead"  # noqa: S105 - a word, not a secret
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its id, the channel it is about ("" for the token), and what follows. `name` is
    the new name of a renamed channel, without `#`."""

    id: str
    kind: str
    effect: Effect
    channel_id: str = ""
    name: str = ""


_EFFECTS = {
    "channel_archive": Effect.PARK,
    "group_archive": Effect.PARK,
    "channel_deleted": Effect.PARK,
    "group_deleted": Effect.PARK,
    "channel_left": Effect.PARK,
    "group_left": Effect.PARK,
    "channel_unarchive": Effect.RETURN,
    "group_unarchive": Effect.RETURN,
    "member_joined_channel": Effect.LOOK,
    "channel_rename": Effect.RENAME,
    "group_rename": Effect.RENAME,
    "tokens_revoked": Effect.TOKEN_DEAD,
    "app_uninstalled": Effect.TOKEN_DEAD,
}
SENTENCES = {
    "channel_archive": "the channel is archived. Unarchive it, or name another one in the config.",
    "channel_deleted": "the channel was deleted. Name another one in the config.",
    "channel_left": "the bot was removed from the channel. Write /invite @exact-slack in it.",
}


def sentence(kind: str) -> str:
    """Why a channel takes nothing now."""
    return SENTENCES[kind.replace("group_", "channel_")]


def signed(secret: bytes, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Whether a request is Slack's and fresh. Never raises, whatever the headers hold."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now - int(timestamp)) > WINDOW:
        return False
    base = b"v0:" + timestamp.encode() + b":" + body
    right = "v0=" + hmac.new(secret, base, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature.encode("utf-8", "replace"), right.encode())


def challenge(body: bytes) -> str | None:
    """The challenge of a url_verification, or None where the request is none."""
    values = _object(body)
    text = values.get("challenge")
    if values.get("type") != "url_verification" or not isinstance(text, str):
        return None
    return _text(text, len(text))


def read(body: bytes) -> Event | None:
    """The event in a signed request; None where there is none."""
    values = _object(body)
    inner = values.get("event")
    if values.get("type") != "event_callback" or not isinstance(inner, dict):
        return None
    kind = _text(inner.get("type"), 64)
    channel = inner.get("channel")
    about = channel if isinstance(channel, dict) else {"id": channel}
    effect = _EFFECTS.get(kind, Effect.NOTHING)
    if kind == "tokens_revoked" and not _is_ours(inner.get("tokens")):
        effect = Effect.NOTHING
    return Event(
        id=_text(values.get("event_id"), 64),
        kind=kind,
        effect=effect,
        channel_id=_text(about.get("id"), 32),
        name=_text(about.get("name"), 80),
    )


def _is_ours(tokens: object) -> bool:
    """Whether the bot's token is among the revoked ones: the event lists those of people (oauth)
    and of the bot apart (docs.slack.dev, tokens_revoked)."""
    return not isinstance(tokens, dict) or not tokens or bool(tokens.get("bot"))


def _text(value: object, most: int) -> str:
    """A short text that every place can store; "" where it is none."""
    return value[:most].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
