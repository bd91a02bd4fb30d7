"""Events from Slack: the signature, and what an event says about a channel or the token.

Signature: `v0=` and hex HMAC-SHA256 over `v0:{timestamp}:{raw body}`, keyed with the signing
secret, not older than five minutes (docs.slack.dev, verifying requests from Slack). These are hints
only: the real signal is Slack's answer to the next call."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from enum import StrEnum

from exact_slack.slack.fields import Fields

WINDOW = 300
"""Seconds a request's timestamp may be away from now."""


class Effect(StrEnum):
    """What an event means for deliveries."""

    PARK = "park"
    RETURN = "return"
    LOOK = "look"
    """Somebody joined a channel: perhaps the bot. Slack is asked."""
    RENAME = "rename"
    REACTED = "reacted"
    """Somebody put an emoji under a message, or took it away. Slack is asked what stands there:
    events come late, twice and out of order."""
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
    ts: str = ""
    """That of the message."""
    emoji: str = ""
    """The reaction that was added or taken away."""
    is_own: bool = False
    """Whether the message's author put it there: the bot itself, on its own message."""


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
    "reaction_added": Effect.REACTED,
    "reaction_removed": Effect.REACTED,
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
    if values.text("type") != "url_verification":
        return None
    return values.text("challenge") or None


def read(body: bytes) -> Event | None:
    """The event in a signed request; None where there is none."""
    return _event(_object(body))


def read_payload(payload: object) -> Event | None:
    """The same from the payload of an envelope, as it comes over Socket Mode."""
    return _event(Fields(payload))


def _event(values: Fields) -> Event | None:
    inner = values.fields("event")
    kind = inner.text("type", 64)
    if values.text("type") != "event_callback" or not kind:
        return None
    about, item = inner.fields("channel"), inner.fields("item")
    effect = _EFFECTS.get(kind, Effect.NOTHING)
    name = about.text("name", 80)
    others = kind == "tokens_revoked" and not _is_ours(inner)
    if others or (effect is Effect.RENAME and not name):
        effect = Effect.NOTHING
    return Event(
        id=values.text("event_id", 64),
        kind=kind,
        effect=effect,
        channel_id=about.text("id", 32) or inner.text("channel", 32) or item.text("channel", 32),
        name=name,
        ts=item.ts("ts"),
        emoji=inner.text("reaction", 120),
        is_own=bool(inner.text("user", 32)) and inner.text("user") == inner.text("item_user"),
    )


def _is_ours(event: Fields) -> bool:
    """Whether the bot's token is among the revoked ones: the event lists those of people (oauth)
    and of the bot apart (docs.slack.dev, tokens_revoked)."""
    return event.fields("tokens").given("bot") or not event.given("tokens")


def _object(body: bytes) -> Fields:
    try:
        return Fields(json.loads(body))
    except (ValueError, RecursionError):
        return Fields(None)
