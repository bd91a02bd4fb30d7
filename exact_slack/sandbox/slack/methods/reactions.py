"""The `reactions.*` methods.

Sources: docs.slack.dev, reactions.add, .remove and .get. Which names of emoji a workspace knows is
not imitated: any that Slack could have is taken.
"""

from __future__ import annotations

import re
from typing import Any

from exact_slack.sandbox.slack.methods.call import Call, SlackError
from exact_slack.sandbox.slack.store.model import Channel, Message
from exact_slack.sandbox.slack.wire import message_json, permalink, reactions_json

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
_MOST = 50
"""Different emoji on a message; often quoted, not documented."""


def add(call: Call) -> dict[str, Any]:
    """reactions.add, as the bot."""
    channel, message, name = _of(call)
    names = {reaction.name for reaction in message.reactions}
    if name not in names and len(names) >= _MOST:
        raise SlackError("too_many_emoji")
    if not call.store.react(channel.id, message.ts, name, call.store.bot_user):
        raise SlackError("already_reacted")
    return {"ok": True}


def remove(call: Call) -> dict[str, Any]:
    """reactions.remove, of the bot's own."""
    channel, message, name = _of(call)
    if not call.store.unreact(channel.id, message.ts, name, call.store.bot_user):
        raise SlackError("no_reaction")
    return {"ok": True}


def get(call: Call) -> dict[str, Any]:
    """reactions.get of a message; with `full` its lists are complete."""
    channel, message = _message(call)
    shown = message_json(call.store, message, [], "types")
    most = 1_000_000 if call.flag("full") else call.store.quirks.users_shown
    if message.reactions:
        shown["reactions"] = reactions_json(message, most, call.store.bot_user)
    shown["permalink"] = permalink(call.store, channel, message)
    return {"ok": True, "type": "message", "channel": channel.id, "message": shown}


def _of(call: Call) -> tuple[Channel, Message, str]:
    name = call.required("name").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    channel, message = _message(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel, message, name


def _message(call: Call) -> tuple[Channel, Message]:
    channel = call.channel_by_id()
    if not channel.is_member:
        raise SlackError("not_in_channel")
    ts = call.ts("timestamp", "bad_timestamp")
    if ts is None:
        raise SlackError("no_item_specified")
    message = call.store.message(channel.id, ts)
    if message is None or message.deleted:
        raise SlackError("message_not_found")
    return channel, message
