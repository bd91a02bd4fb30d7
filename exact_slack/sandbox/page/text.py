"""Draws messages in plain text, as they look in Slack, for a terminal or a file."""

from __future__ import annotations

import textwrap
import time
import unicodedata
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from exact_slack.sandbox.page.chart import chart_text
from exact_slack.sandbox.page.markup import (
    Name,
    Span,
    message_spans,
    plain,
    rich_leaves,
    text_object,
)
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Message

WIDTH = 96
REPLY = "   │ "


def render_text(
    message: Message | Mapping[str, Any], store: SlackStore | None = None, *, width: int = WIDTH
) -> str:
    """Return one message as it looks; with a store, its replies and files too.

    A mapping is what a sender gives to chat.postMessage: `text` and `blocks`.
    """
    if not isinstance(message, Message):
        blocks = message.get("blocks")
        message = Message("", "", str(message.get("text") or ""), blocks=blocks, bot_id="B")
    lines = _message(message, store, width)
    replies = store.replies(message.channel, message.ts) if store and message.ts else []
    for reply in replies:
        lines.append(REPLY.rstrip())
        lines += [f"{REPLY}{line}".rstrip() for line in _message(reply, store, width - len(REPLY))]
    return _printable("\n".join(lines) + "\n")


def _printable(text: str) -> str:
    """Replace what would steer a terminal."""
    return "".join("�" if unicodedata.category(c) == "Cc" and c != "\n" else c for c in text)


def render_channel(store: SlackStore, channel: str, *, width: int = WIDTH) -> str:
    """Return a channel with all its messages and threads."""
    place = store.channel(channel)
    state = " (archived)" if place.is_archived else ""
    title = f"{'private ' if place.is_private else ''}#{place.name}{state}"
    parts = [f"{title}\n{'═' * len(title)}\n"]
    messages = store.messages(place.id, include_replies=False)
    shown = [m for m in messages if not m.deleted or store.replies(place.id, m.ts)]
    parts += [render_text(message, store, width=width) for message in shown]
    return "\n".join(parts if shown else [*parts, "No messages.\n"])


def render_workspace(store: SlackStore) -> str:
    """Return every channel, one below the other."""
    return "\n\n".join(render_channel(store, channel.id) for channel in store.channels())


def names_of(store: SlackStore | None) -> Name:
    """Return a function that names users and channels by id."""

    def name(wanted: str) -> str:
        user = store.user(wanted) if store else None
        if user is not None:
            return user.real_name
        channels = store.channels() if store else []
        return next((c.name for c in channels if c.id == wanted), wanted)

    return name


def author_of(message: Message, store: SlackStore | None) -> str:
    """Return the name over a message."""
    user = store.user(message.user) if store else None
    return user.real_name if user else SlackStore.bot_real_name


def clock_of(ts: str) -> str:
    """Return the time of day of a message."""
    return time.strftime("%H:%M", time.localtime(float(ts))) if ts else ""


def _message(message: Message, store: SlackStore | None, width: int) -> list[str]:
    if message.deleted:
        return ["This message was deleted."]
    name = names_of(store)
    badge = " APP" if message.bot_id else ""
    lines = [f"{author_of(message, store)}{badge}  {clock_of(message.ts)}".rstrip()]
    if message.blocks:
        for block in message.blocks:
            lines += _block(block, name, width)
    elif message.text:
        spans = message_spans(
            message.text,
            name,
            is_mrkdwn=message.mrkdwn,
            parse=message.parse,
            names=message.link_names,
        )
        lines += _wrapped(_spans(spans), width)
    lines += _files(message, store)
    if message.edited:
        lines[-1] += " (edited)"
    if message.reactions:
        reactions = (
            f":{reaction.name}: {', '.join(map(name, reaction.users))}"
            for reaction in message.reactions
        )
        lines.append("  ".join(reactions))
    if message.reply_broadcast:
        lines.append("(also sent to the channel)")
    return lines


def _files(message: Message, store: SlackStore | None) -> list[str]:
    files = [store.file(file_id) for file_id in message.files] if store else []
    return [f"[file] {file.title or file.name} ({file.length} bytes)" for file in files if file]


def _spans(spans: list[Span]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    text = span.text
    if span.kind == "link" and span.url not in (text, f"mailto:{text}"):
        text = f"{text} ({span.url})"
    elif span.kind == "code":
        text = f"`{text}`"
    elif span.kind == "quote":
        text = f"│ {text}"
    return f"~{text}~" if "strike" in span.styles else text


def _wrapped(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        lines += textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
    return lines


def _block(block: dict[str, Any], name: Name, width: int) -> list[str]:
    kind = block["type"]
    if kind == "header":
        title = plain(text_object(block["text"], name))
        return [title, "─" * min(_cells_wide(title), width)]
    if kind == "divider":
        return ["─" * width]
    if kind == "section":
        return _section(block, name, width)
    if kind == "context":
        return _wrapped("  ".join(_context_element(e, name) for e in block["elements"]), width)
    if kind == "actions":
        return ["  ".join(_button(element) for element in block["elements"])]
    if kind == "table":
        return _table(block, name)
    if kind == "data_table":
        return [str(block["caption"]), *_table(block, name)]
    if kind == "data_visualization":
        return chart_text(block)
    if kind == "rich_text":
        return _rich_text(block, name, width)
    if kind == "container":
        return _container(block, name, width)
    if kind == "markdown":
        return _wrapped(str(block["text"]), width)
    return [f"[{kind}] {block.get('alt_text', '')}".rstrip()]


def _container(block: dict[str, Any], name: Name, width: int) -> list[str]:
    """What readers open and close, open; indented under its title."""
    title = block.get("rich_text_title")
    lines = _rich_text(title, name, width) if title else [_spans(text_object(block["title"], name))]
    if block.get("subtitle"):
        lines.append(_spans(text_object(block["subtitle"], name)))
    if block.get("is_collapsible"):
        lines[0] = f"▸ {lines[0]}"
    inside = (line for child in block["child_blocks"] for line in _block(child, name, width - 2))
    return [*lines, *(f"  {line}" for line in inside)]


def _section(block: dict[str, Any], name: Name, width: int) -> list[str]:
    lines: list[str] = []
    if block.get("text"):
        lines += _wrapped(_spans(text_object(block["text"], name)), width)
    fields = [_spans(text_object(f, name)).split("\n") for f in block.get("fields") or []]
    column = max((_cells_wide(line) for f in fields[::2] for line in f), default=0) + 4
    for left, right in zip_longest(fields[::2], fields[1::2], fillvalue=[""]):
        for old, other in zip_longest(left, right, fillvalue=""):
            lines.append(f"{_padded(old, column)}{other}".rstrip())
    accessory = block.get("accessory") or {}
    if accessory.get("type") == "button":
        lines.append(_button(accessory))
    return lines


def _context_element(element: dict[str, Any], name: Name) -> str:
    if element["type"] == "image":
        return f"[{element['alt_text']}]"
    return _spans(text_object(element, name))


def _button(element: dict[str, Any]) -> str:
    url = f" {element['url']}" if element.get("url") else ""
    return f"[ {element['text']['text']} ]{url}"


def _rich_text(block: dict[str, Any], name: Name, width: int) -> list[str]:
    lines: list[str] = []
    for element in block["elements"]:
        if element["type"] == "rich_text_list":
            indent = "  " * int(element.get("indent") or 0)
            for number, item in enumerate(element["elements"], start=1):
                mark = f"{number}." if element.get("style") == "ordered" else "•"
                lines.append(f"{indent}{mark} {_spans(rich_leaves(item['elements'], name))}")
            continue
        text = _spans(rich_leaves(element["elements"], name)).rstrip("\n")
        mark = "│ " if element["type"] == "rich_text_quote" else ""
        lines += [f"{mark}{line}" for line in _wrapped(text, width)]
    return lines


def cell_text(cell: dict[str, Any], name: Name) -> str:
    """Return the text of a table cell on one line."""
    if cell["type"] != "rich_text":
        return str(cell["text"]).replace("\n", " ")
    leaves = [rich_leaves(element["elements"], name) for element in cell["elements"]]
    return " ".join(_spans(spans) for spans in leaves).replace("\n", " ")


def _table(block: dict[str, Any], name: Name) -> list[str]:
    rows = [[cell_text(cell, name) for cell in row] for row in block["rows"]]
    columns = max(len(row) for row in rows)
    settings = [s or {} for s in block.get("column_settings") or []]
    settings += [{}] * (columns - len(settings))
    widths = [max(_cells_wide(r[i]) for r in rows if i < len(r)) for i in range(columns)]
    lines = []
    for row in rows:
        shown = [
            _padded(text, wide, str(setting.get("align") or "left"))
            for text, wide, setting in zip(row, widths, settings, strict=False)
        ]
        lines.append(" │ ".join(shown).rstrip())
    lines.insert(1, "─┼─".join("─" * wide for wide in widths))
    return lines


def _padded(text: str, width: int, align: str = "left") -> str:
    room = max(width - _cells_wide(text), 0)
    if align == "right":
        return " " * room + text
    if align == "center":
        return " " * (room // 2) + text + " " * (room - room // 2)
    return text + " " * room


def _cells_wide(text: str) -> int:
    """Return how many columns a terminal needs for a text."""
    return sum(_char_wide(char) for char in text)


def _char_wide(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
