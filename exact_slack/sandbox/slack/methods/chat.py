"""The `chat.*` methods.

Sources: docs.slack.dev, chat.postMessage, chat.update, chat.delete,
chat.getPermalink, message metadata.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from exact_slack.sandbox.slack.blocks.judge import MARKDOWN_TEXT, judge, parse_blocks
from exact_slack.sandbox.slack.methods.call import (
    Call,
    SlackError,
    pace_post,
    with_warnings,
)
from exact_slack.sandbox.slack.store.messages import KEEP
from exact_slack.sandbox.slack.store.model import Block, Channel, Message
from exact_slack.sandbox.slack.wire import message_json, permalink

TEXT_KEPT = 40_000
UPDATE_TEXT = 4_000
ATTACHMENTS = 100
EVENT_TYPE = re.compile(r"[A-Za-z0-9_]+")


def post_message(call: Call) -> dict[str, Any]:
    """chat.postMessage."""
    channel = call.channel_by_id_or_name()
    writable(call, channel)
    pace_post(call, channel)
    text, blocks, attachments = _content(call)
    thread = thread_of(call, channel)
    message = Message(
        channel.id,
        "",
        text[:TEXT_KEPT],
        blocks,
        _metadata(call),
        thread.ts,
        call.flag("reply_broadcast"),
        call.store.bot_user,
        call.store.bot_id,
        parse=call.text("parse") or "",
        link_names=call.flag("link_names"),
        mrkdwn=str(call.args.get("mrkdwn", True)).lower() not in ("0", "false"),
        attachments=attachments,
    )
    message.reply_broadcast = message.reply_broadcast and message.thread_ts is not None
    stored = store_post(call, message, thread)
    warnings = ["message_truncated"] if len(text) > TEXT_KEPT else []
    shown = message_json(call.store, stored, [], "payloads")
    answer = {"ok": True, "channel": channel.id, "ts": stored.ts, "message": shown}
    return with_warnings(answer, warnings)


@dataclass(frozen=True)
class Thread:
    """Where a message goes: under `ts`, at top level, or nowhere."""

    ts: str | None = None
    swallowed: bool = False


def store_post(call: Call, message: Message, thread: Thread) -> Message:
    """Store a message and count it, unless it is swallowed."""
    if thread.swallowed:
        return replace(message, ts=call.store.unused_ts())
    stored = call.store.add_message(message)
    call.posted_to.append(stored.channel)
    return stored


def writable(call: Call, channel: Channel) -> None:
    """Refuse a channel in which the bot may not post."""
    if channel.is_archived:
        raise SlackError("is_archived")
    if not channel.is_member and "chat:write.public" not in call.store.scopes:
        raise SlackError("not_in_channel")


def thread_of(call: Call, channel: Channel) -> Thread:
    """Return the thread a call names; a reply's own `ts` leads to its parent's."""
    ts = call.text("thread_ts")
    if not ts:
        return Thread()
    parent = call.store.message(channel.id, ts)
    if parent is not None and not (parent.deleted and not call.store.replies(channel.id, ts)):
        return Thread(parent.thread_ts if parent.is_reply else ts)
    orphans = call.store.quirks.orphans
    if orphans == "refused":
        raise SlackError("thread_not_found")
    return Thread(swallowed=orphans == "swallowed")


def update(call: Call) -> dict[str, Any]:
    """chat.update."""
    channel = call.channel_by_id()
    ts = call.required("ts")
    if channel.is_archived:
        raise SlackError("is_inactive")
    message = call.live_message(channel, ts)
    if message.bot_id != call.store.bot_id:
        raise SlackError("cant_update_message")
    if call.store.edit_window_closed:
        raise SlackError("edit_window_closed")
    if call.flag("reply_broadcast") and not message.reply_broadcast:
        return _broadcast(call, channel, message)
    text, blocks, attachments = _content(call)
    if len(text) > UPDATE_TEXT:
        raise SlackError("msg_too_long")
    _same_kind(message, blocks)
    metadata = KEEP if call.args.get("metadata") is None else _metadata(call)
    edited = call.store.edit(
        channel.id,
        ts,
        text=text,
        blocks=blocks,
        metadata=metadata,
        edited=message.edited or blocks is None,
        parse=call.text("parse") or "client",
        link_names=call.flag("link_names"),
        attachments=message.attachments if attachments is None else attachments,
    )
    return _updated(call, channel, edited)


def _broadcast(call: Call, channel: Channel, message: Message) -> dict[str, Any]:
    if any(call.args.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_dual_broadcast_content_update")
    if not message.is_reply:
        raise SlackError("cant_broadcast_message")
    edited = call.store.edit(
        channel.id, message.ts, text=message.text, blocks=message.blocks, reply_broadcast=True
    )
    return _updated(call, channel, edited)


def _updated(call: Call, channel: Channel, edited: Message) -> dict[str, Any]:
    shown = message_json(call.store, edited, call.store.replies(channel.id, edited.ts), "payloads")
    return {
        "ok": True,
        "channel": channel.id,
        "ts": edited.ts,
        "text": edited.text,
        "message": shown,
    }


def _same_kind(message: Message, blocks: list[Block] | None) -> None:
    """Refuse to turn a rich-text message into another kind (chat.update, block_mismatch).

    How far the rule goes is not documented; here it holds for messages that
    consist of rich text only.
    """
    if not message.blocks or not blocks:
        return
    was_rich = all(block["type"] == "rich_text" for block in message.blocks)
    if was_rich and not any(block["type"] == "rich_text" for block in blocks):
        raise SlackError("block_mismatch")


def delete(call: Call) -> dict[str, Any]:
    """chat.delete."""
    channel = call.channel_by_id()
    ts = call.required("ts")
    if call.live_message(channel, ts).bot_id != call.store.bot_id:
        raise SlackError("cant_delete_message")
    call.store.delete_message(channel.id, ts)
    return {"ok": True, "channel": channel.id, "ts": ts}


def get_permalink(call: Call) -> dict[str, Any]:
    """chat.getPermalink."""
    channel = call.channel_by_id()
    message = call.live_message(channel, call.required("message_ts"))
    link = permalink(call.store, channel, message)
    return {"ok": True, "channel": channel.id, "permalink": link}


def _content(call: Call) -> tuple[str, list[Block] | None, list[dict[str, Any]] | None]:
    """Return text, blocks and attachments of a message, judged."""
    text, markdown = call.text("text") or "", call.text("markdown_text")
    blocks, attachments = blocks_of(call), _attachments(call)
    if markdown is not None:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > MARKDOWN_TEXT:
            raise SlackError("msg_too_long")  # the name is not documented for this case
        blocks = [{"type": "markdown", "text": markdown}] if markdown else None
    if not text.strip() and not blocks and not attachments:
        raise SlackError("no_text")
    return text, _with_ids(call, blocks), attachments


def blocks_of(call: Call) -> list[Block] | None:
    """Return the call's blocks, judged; None without any."""
    value = call.args.get("blocks")
    if value is None or value == "":
        return None
    blocks = parse_blocks(value)
    if blocks is None:
        raise SlackError("invalid_blocks_format")
    refused = judge(blocks, call.settings.blocks_text_max, call.settings.unsupported_blocks)
    if refused is None:
        return blocks or None
    extra: dict[str, Any] = {"errors": refused.errors} if refused.errors else {}
    if refused.messages:
        extra["response_metadata"] = {"messages": refused.messages}
    raise SlackError(refused.error, **extra)


def _with_ids(call: Call, blocks: list[Block] | None) -> list[Block] | None:
    """Give every block an id, as Slack does when the sender gave none."""
    if blocks is None:
        return None
    count = call.store.version
    return [{"block_id": f"b{count}x{i}", **block} for i, block in enumerate(blocks)]


def _attachments(call: Call) -> list[dict[str, Any]] | None:
    value = call.data("attachments", "invalid_attachments")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise SlackError("invalid_attachments")
    if len(value) > ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return value


def _metadata(call: Call) -> dict[str, Any] | None:
    """Return the call's metadata, or None; an empty object means none."""
    value = call.data("metadata", "invalid_metadata_format")
    if value is None or value == {}:
        return None
    if not isinstance(value, dict) or set(value) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    event_type, payload = value["event_type"], value["event_payload"]
    if not isinstance(event_type, str) or not EVENT_TYPE.fullmatch(event_type):
        raise SlackError("invalid_metadata_format")
    if not isinstance(payload, dict) or not all(map(_flat, payload.values())):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(value).encode()) > call.settings.metadata_max:
        raise SlackError("metadata_too_large")
    return value


def _flat(value: Any) -> bool:
    """Tell whether a payload value is no structure (nested ones are not supported)."""
    return value is None or isinstance(value, str | int | float | bool)
