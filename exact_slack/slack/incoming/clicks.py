"""Clicks on the buttons of our messages, as Slack tells of them, and a word to who clicked.

A click comes as `block_actions`, over HTTP or Socket Mode alike; its `response_url` takes answers
that one person sees (docs.slack.dev, block_actions and handling user interaction). It says what was
clicked, nothing more: what it is worth stands in the ledger."""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from exact_slack.slack.fields import Fields

OURS: Final = "triage:"
"""How the `action_id` of each button of ours begins."""
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Clicked:
    """One click: who, on which message, on what. `at` is Slack's own number of it."""

    user: str
    channel_id: str
    ts: str
    action: str
    value: str
    at: str
    answer_to: str
    """The address that takes a word for who clicked; "" where there is none."""

    @property
    def id(self) -> str:
        """The same for a click that comes twice."""
        return f"click {self.channel_id} {self.ts} {self.user} {self.at} {self.action}"


def read(payload: object) -> Clicked | None:
    """A click on a button of ours; None where it is none, or cannot be read."""
    values = Fields(payload)
    if values.text("type") != "block_actions":
        return None
    place, message = values.fields("container"), values.fields("message")
    actions = (fields for fields in values.items("actions") or () if fields is not None)
    action = next(
        (fields for fields in actions if fields.text("action_id", 64).startswith(OURS)), None
    )
    user, ts = values.fields("user").text("id", 32), place.ts("message_ts") or message.ts("ts")
    channel_id = place.text("channel_id", 32) or values.fields("channel").text("id", 32)
    if action is None or not (user and ts and channel_id):
        return None
    return Clicked(
        user=user,
        channel_id=channel_id,
        ts=ts,
        action=action.text("action_id", 64),
        value=action.text("value", 64),
        at=action.text("action_ts", 32),
        answer_to=_address(values.text("response_url", 500)),
    )


def read_form(payload: str) -> Clicked | None:
    """The same from the field of a form, as it comes over HTTP."""
    try:
        return read(json.loads(payload))
    except (ValueError, RecursionError):
        return None


def _address(url: str) -> str:
    """An address to which something may be sent."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    here = parts.scheme == "http" and parts.hostname in _LOOPBACK
    return url if parts.hostname and (parts.scheme == "https" or here) else ""


def answer(url: str, text: str) -> int:
    """Say something to the one who clicked; the status of the answer."""
    from exact_slack.slack.web import post_json

    said = {"response_type": "ephemeral", "replace_original": False, "text": text}
    return post_json(url, said)
