"""Writes channels, messages and files as the JSON of Slack's answers."""

from __future__ import annotations

import mimetypes
import time
from collections import defaultdict
from typing import Any

from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Channel, File, Message
from exact_slack.sandbox.slack.store.quirks import Shown

Threads = dict[str, list[Message]]
"""Live replies by the `ts` of their parent."""


def threads_of(messages: list[Message]) -> Threads:
    """Group live replies by parent."""
    threads: Threads = defaultdict(list)
    for message in messages:
        if message.is_reply and not message.deleted and message.thread_ts:
            threads[message.thread_ts].append(message)
    return threads


def message_json(
    store: SlackStore, message: Message, replies: list[Message], shown: Shown
) -> dict[str, Any]:
    """Return a message as history, replies and the answer to a post show it."""
    if message.deleted:
        return _tombstone(message, replies)
    answer: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": store.team_id,
    }
    if message.bot_id:
        answer |= {"bot_id": message.bot_id, "app_id": store.app_id, "bot_profile": _bot(store)}
    if message.blocks:
        answer["blocks"] = message.blocks
    if message.attachments:
        answer["attachments"] = message.attachments
    if message.edited and message.edits:
        answer["edited"] = {"user": message.user, "ts": message.edits[-1].at}
    if message.metadata and shown != "nothing":
        answer["metadata"] = _metadata(message.metadata, shown)
    if message.files:
        files = (store.file(file_id) for file_id in message.files)
        answer["files"] = [file_json(store, file) for file in files if file]
        answer["upload"] = False
    if message.reactions:
        answer["reactions"] = reactions_json(message, store.quirks.users_shown, store.bot_user)
    return answer | _thread_fields(store, message, replies)


def reactions_json(message: Message, most: int, caller: str) -> list[dict[str, Any]]:
    """Return the reactions with at most so many users each; the caller is always among them."""
    return [
        {
            "name": reaction.name,
            "users": sorted(reaction.users, key=lambda user: user != caller)[:most],
            "count": len(reaction.users),
        }
        for reaction in message.reactions
    ]


def _metadata(metadata: dict[str, Any], shown: Shown) -> dict[str, Any]:
    """Return all of it, or the event type alone (docs.slack.dev, message metadata)."""
    return dict(metadata) if shown == "payloads" else {"event_type": metadata["event_type"]}


def _thread_fields(store: SlackStore, message: Message, replies: list[Message]) -> dict[str, Any]:
    if message.is_reply:
        fields: dict[str, Any] = {"thread_ts": message.thread_ts, "parent_user_id": store.bot_user}
        return fields | ({"subtype": "thread_broadcast"} if message.reply_broadcast else {})
    return _parent_fields(message, replies)


def _parent_fields(message: Message, replies: list[Message]) -> dict[str, Any]:
    if not replies:
        return {}
    users = sorted({reply.user for reply in replies})
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
    }


def _tombstone(message: Message, replies: list[Message]) -> dict[str, Any]:
    """Return what is left of a deleted message with replies (chat.delete)."""
    return {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "hidden": True,
        "ts": message.ts,
        "text": "This message was deleted.",
    } | _parent_fields(message, replies)


def _bot(store: SlackStore) -> dict[str, Any]:
    return {
        "id": store.bot_id,
        "app_id": store.app_id,
        "name": store.bot_real_name,
        "deleted": False,
        "team_id": store.team_id,
    }


def channel_json(store: SlackStore, channel: Channel) -> dict[str, Any]:
    """Return a conversation object (docs.slack.dev, conversation object)."""
    nothing = {"value": "", "creator": "", "last_set": 0}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private and not channel.user,
        "is_im": bool(channel.user),
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": channel.is_member,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "created": channel.created,
        "creator": store.bot_user,
        "context_team_id": store.team_id,
        "topic": nothing,
        "purpose": nothing,
        "previous_names": list(channel.previous_names),
    }


def file_json(store: SlackStore, file: File) -> dict[str, Any]:
    """Return a file object; shares appear once they are visible."""
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    shares = _shares(store, file)
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": kind,
        "filetype": file.name.rpartition(".")[2].lower() if "." in file.name else "binary",
        "size": file.length,
        "user": store.bot_user,
        "is_public": "public" in shares,
        "channels": list(shares.get("public", {})),
        "groups": list(shares.get("private", {})),
        "shares": shares,
        "permalink": f"{store.team_url}files/{store.bot_user}/{file.id}/{file.name}",
    }


def _shares(store: SlackStore, file: File) -> dict[str, dict[str, list[dict[str, Any]]]]:
    shares: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for share in file.shares:
        if share.visible_at > time.monotonic():
            continue
        channel = store.channel(share.channel)
        place = {"ts": share.ts, "channel_name": channel.name, "team_id": store.team_id}
        if share.thread_ts:
            place["thread_ts"] = share.thread_ts
        kind = shares.setdefault("private" if channel.is_private else "public", {})
        kind.setdefault(channel.id, []).append(place)
    return shares


def permalink(store: SlackStore, channel: Channel, message: Message) -> str:
    """Return the address a person opens to see a message."""
    link = f"{store.team_url}archives/{channel.id}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else link
