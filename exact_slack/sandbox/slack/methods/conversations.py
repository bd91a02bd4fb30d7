"""The `conversations.*` methods.

Sources: docs.slack.dev, conversations.list, .info, .history, .replies, .join,
and pagination.
"""

from __future__ import annotations

import base64
import binascii
import itertools
from typing import Any

from exact_slack.sandbox.slack.methods.call import Call, SlackError, with_warnings
from exact_slack.sandbox.slack.store.model import Channel, Message
from exact_slack.sandbox.slack.store.quirks import Shown
from exact_slack.sandbox.slack.wire import channel_json, message_json, threads_of

LIST_DEFAULT, LIST_MOST = 100, 999
HISTORY_DEFAULT, HISTORY_MOST = 100, 999
REPLIES_DEFAULT, REPLIES_MOST = 1000, 1000
_TURN = "/"
"""Before what makes a cursor differ from the last one that led to the same place."""
_turns = itertools.count()
LIST_SCOPES = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}


def list_channels(call: Call) -> dict[str, Any]:
    """conversations.list."""
    kinds = (call.text("types") or "public_channel").replace(" ", "").split(",")
    for kind in kinds:
        if kind not in LIST_SCOPES:
            raise SlackError("invalid_types")
        call.need_scope(LIST_SCOPES[kind])
    limit = call.number("limit", LIST_DEFAULT, LIST_MOST)
    start = _position(call, "channel:")
    archived = not call.flag("exclude_archived")
    channels = [c for c in call.store.channels() if _listed(c, kinds) and (archived or _open(c))]
    channels.sort(key=lambda channel: channel.id)
    rest = [c for c in channels if start is None or c.id >= start]
    page = [channel_json(call.store, channel) for channel in rest[:limit]]
    cursor = _cursor("channel:", rest[limit].id) if len(rest) > limit else ""
    cursor = _never_ends(call, "channel:", channels[0].id if channels else "") or cursor
    return {"ok": True, "channels": page, "response_metadata": {"next_cursor": cursor}}


def open_direct(call: Call) -> dict[str, Any]:
    """conversations.open, for one person."""
    user_id = call.text("users")
    if not user_id:
        raise SlackError("users_list_not_supplied")
    user = call.store.user(user_id)
    if user is None:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    return {"ok": True, "channel": {"id": call.store.direct(user.id).id}}


def _listed(channel: Channel, kinds: list[str]) -> bool:
    if channel.user:
        return "im" in kinds
    kind = "private_channel" if channel.is_private else "public_channel"
    return channel.readable and kind in kinds


def _open(channel: Channel) -> bool:
    return not channel.is_archived


def info(call: Call) -> dict[str, Any]:
    """conversations.info."""
    channel = call.channel_by_id()
    call.need_scope(_scope(channel, "read"))
    return {"ok": True, "channel": channel_json(call.store, channel)}


def _scope(channel: Channel, right: str) -> str:
    kind = "groups" if channel.is_private else "channels"
    return f"{'im' if channel.user else kind}:{right}"


def join(call: Call) -> dict[str, Any]:
    """conversations.join; a private channel takes an invitation."""
    channel = call.channel_by_id()
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    warnings = ["already_in_channel"] if channel.is_member else []
    call.store.invite_bot(channel.id)
    joined = channel_json(call.store, call.store.channel(channel.id))
    return with_warnings({"ok": True, "channel": joined}, warnings)


def history(call: Call) -> dict[str, Any]:
    """conversations.history: top-level messages and broadcast replies, newest first."""
    channel = _read_channel(call)
    limit = _page_size(call, HISTORY_DEFAULT, HISTORY_MOST)
    stored = call.store.shown_messages(channel.id)
    threads = threads_of(stored)
    visible = [m for m in stored if _in_history(m, m.ts in threads)]
    start = _position(call, "next_ts:")
    wanted = [m for m in reversed(_window(call, visible)) if start is None or m.ts <= start]
    limit = _but_first(call, limit)
    shown = _metadata_shown(call)
    page = [message_json(call.store, m, threads.get(m.ts, []), shown) for m in wanted[:limit]]
    answer = {"ok": True, "messages": page, "has_more": len(wanted) > limit, "pin_count": 0}
    answer |= {"channel_actions_ts": None, "channel_actions_count": 0}
    return _paged(call, answer, wanted, limit)


def replies(call: Call) -> dict[str, Any]:
    """conversations.replies: the parent and its replies, oldest first.

    Whether the parent comes on every page, and outside `oldest`, is not
    documented; here it is a message like the others.
    """
    channel = _read_channel(call)
    ts = call.text("ts") or ""
    stored = call.store.shown_messages(channel.id)
    threads = threads_of(stored)
    thread = _thread(stored, ts, set(threads))
    limit = _page_size(call, REPLIES_DEFAULT, REPLIES_MOST)
    start = _position(call, "next_ts:")
    wanted = [m for m in _window(call, thread) if start is None or m.ts >= start]
    limit = _but_first(call, limit)
    shown = _metadata_shown(call)
    page = [message_json(call.store, m, threads.get(m.ts, []), shown) for m in wanted[:limit]]
    answer = {"ok": True, "messages": page, "has_more": len(wanted) > limit}
    return _paged(call, answer, wanted, limit)


def _thread(stored: list[Message], ts: str, parents: set[str]) -> list[Message]:
    """Return the thread a `ts` belongs to, be it the parent's or a reply's."""
    message = next((m for m in stored if m.ts == ts and _exists(m, m.ts in parents)), None)
    if message is None:
        raise SlackError("thread_not_found")
    parent = message.thread_ts if message.is_reply else message.ts
    return [m for m in stored if m.ts == parent or (m.thread_ts == parent and not m.deleted)]


def _exists(message: Message, has_replies: bool) -> bool:
    """A deleted message stays as a tombstone while it has replies."""
    return not message.deleted or (has_replies and not message.is_reply)


def _in_history(message: Message, has_replies: bool) -> bool:
    if message.is_reply and not message.reply_broadcast:
        return False
    return _exists(message, has_replies)


def _read_channel(call: Call) -> Channel:
    channel = call.channel_by_id()
    call.need_scope(_scope(channel, "history"))
    if not channel.is_member:
        raise SlackError("not_in_channel")
    return channel


def _page_size(call: Call, default: int, most: int) -> int:
    limit = call.number("limit", default, most)
    capped = call.settings.history_page_max
    return min(limit, capped) if capped else limit


def _window(call: Call, messages: list[Message]) -> list[Message]:
    """Keep the messages between `oldest` and `latest`."""
    oldest = call.ts("oldest", "invalid_ts_oldest")
    latest = call.ts("latest", "invalid_ts_latest")
    inclusive = call.flag("inclusive")
    kept = messages
    if oldest is not None:
        low = _moment(oldest)
        kept = [m for m in kept if _moment(m.ts) > low or (inclusive and _moment(m.ts) == low)]
    if latest is not None:
        high = _moment(latest)
        kept = [m for m in kept if _moment(m.ts) < high or (inclusive and _moment(m.ts) == high)]
    return kept


def _moment(ts: str) -> tuple[int, int]:
    second, _, fraction = ts.partition(".")
    return int(second), int(fraction.ljust(6, "0") or 0)


def _paged(call: Call, answer: dict[str, Any], wanted: list[Message], limit: int) -> dict[str, Any]:
    cursor = _cursor("next_ts:", wanted[limit].ts) if len(wanted) > limit else ""
    cursor = _never_ends(call, "next_ts:", wanted[0].ts if wanted else "") or cursor
    if cursor:
        answer |= {"has_more": True, "response_metadata": {"next_cursor": cursor}}
    return answer


def _but_first(call: Call, limit: int) -> int:
    """How many messages the page has: none where first pages are empty."""
    return 0 if call.store.quirks.empty_first_pages and not call.text("cursor") else limit


def _metadata_shown(call: Call) -> Shown:
    if not call.flag("include_all_metadata") and call.store.quirks.metadata_shown == "payloads":
        return "types"
    return call.store.quirks.metadata_shown


def _never_ends(call: Call, prefix: str, begin: str) -> str:
    """A cursor back to the beginning, where the quirks ask for it."""
    kind = call.store.quirks.endless.get(call.method)
    if kind is None or not begin:
        return ""
    return _cursor(prefix, begin if kind == "same" else f"{begin}{_TURN}{next(_turns)}")


def _cursor(prefix: str, position: str) -> str:
    return base64.b64encode(f"{prefix}{position}".encode()).decode()


def _position(call: Call, prefix: str) -> str | None:
    """Return where a page starts, from the call's cursor."""
    cursor = call.text("cursor")
    if not cursor:
        return None
    try:
        decoded = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise SlackError("invalid_cursor") from None
    if not decoded.startswith(prefix):
        raise SlackError("invalid_cursor")
    return decoded.removeprefix(prefix).partition(_TURN)[0]
