"""Draws the workspace as HTML: channel list, messages, thread pane."""

from __future__ import annotations

import time
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from exact_slack.sandbox.page.blocks import block_html, spans_html
from exact_slack.sandbox.page.markup import Span, message_spans, plain
from exact_slack.sandbox.page.text import author_of, clock_of, names_of
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Channel, File, Message

SHOWN = 200
"""Messages of a channel that are drawn unless all are asked for."""
SNIPPET = 80
REACT, CLICK = "/sandbox/react", "/sandbox/click"
"""Where a visitor's reactions and clicks go."""
WARNING = "⚠ The app did not answer within three seconds: this click is lost."
"""Slack shows a warning, whose words nobody has written down."""
EMOJI = {"eyes": "👀", "white_check_mark": "✅", "no_entry_sign": "🚫", "zzz": "💤"}
"""What a visitor may put under a message."""


@dataclass(frozen=True)
class View:
    """What a visitor looks at."""

    channel: Channel | None
    thread: str = ""
    everything: bool = False
    told: tuple[str, ...] = ()
    """What is said to the visitor alone."""
    warned: frozenset[str] = frozenset()
    """The ts of messages on which a click of theirs was not acknowledged."""


def address(channel: str, thread: str = "", *, everything: bool = False) -> str:
    """Return the page's address for a channel and perhaps a thread."""
    query = {"channel": channel}
    if thread:
        query["thread"] = thread
    if everything:
        query["show"] = "all"
    return f"/?{urlencode(query)}"


def channels_html(store: SlackStore, view: View) -> str:
    """Return the list of channels."""
    rows = [_channel_row(store, channel, view) for channel in store.channels()]
    return "".join(rows) or '<li class="none">No channels yet</li>'


def _channel_row(store: SlackStore, channel: Channel, view: View) -> str:
    here = view.channel is not None and view.channel.id == channel.id
    count = len([m for m in store.live_messages(channel.id) if not m.is_reply])
    classes = " ".join(
        word for word, holds in (("archived", channel.is_archived), ("busy", count > 0)) if holds
    )
    badge = f'<span class="count" title="messages">{count}</span>' if count else ""
    current = ' aria-current="page"' if here else ""
    return (
        f'<li><a data-nav class="{classes}" href="{escape(address(channel.id))}"{current}>'
        f'<span class="mark">{_mark(channel)}</span>'
        f'<span class="name">{escape(channel.name)}</span>{badge}</a></li>'
    )


def _mark(channel: Channel) -> str:
    """Return the sign before a channel's name."""
    if channel.is_private:
        return '<svg viewBox="0 0 16 16" aria-label="private"><use href="#lock"/></svg>'
    return "#"


def title_html(view: View) -> str:
    """Return the line over the messages."""
    channel = view.channel
    if channel is None:
        return "<h1>No channel</h1>"
    notes = []
    if channel.is_archived:
        notes.append("archived")
    if not channel.is_member:
        notes.append("the app is not a member")
    note = f'<span class="note">{", ".join(notes)}</span>' if notes else ""
    return f'<h1><span class="mark">{_mark(channel)}</span> {escape(channel.name)}</h1>{note}'


def messages_html(store: SlackStore, view: View) -> str:
    """Return the messages of a channel, with a line for each day."""
    if view.channel is None:
        return '<p class="empty">Channels appear here as soon as there are some.</p>'
    messages = [
        message for message in store.messages(view.channel.id) if _in_channel(store, message)
    ]
    if not messages:
        return f'<p class="empty">Nothing in #{escape(view.channel.name)} yet.</p>'
    older = ""
    if len(messages) > SHOWN and not view.everything:
        link = escape(address(view.channel.id, view.thread, everything=True))
        older = (
            f'<p class="older"><a data-nav href="{link}">Show {len(messages) - SHOWN} older</a></p>'
        )
        messages = messages[-SHOWN:]
    return older + _with_days(store, messages, view) + _told(store, view, view.channel)


def _told(store: SlackStore, view: View, channel: Channel) -> str:
    """What an app says to the visitor alone, below everything."""
    said = (Message(channel.id, "", text, bot_id=store.bot_id) for text in view.told)
    return "".join(
        f'<div class="told"><small>Only visible to you</small>{_content(store, word, view)}</div>'
        for word in said
    )


def _in_channel(store: SlackStore, message: Message) -> bool:
    if message.is_reply:
        return message.reply_broadcast and not message.deleted
    return not message.deleted or bool(store.replies(message.channel, message.ts))


def _with_days(store: SlackStore, messages: list[Message], view: View) -> str:
    parts, day = [], ""
    for message in messages:
        if (today := _day(message.ts)) != day:
            day = today
            parts.append(f'<div class="day"><span>{escape(day)}</span></div>')
        parts.append(_message(store, message, view, in_thread=False))
    return "".join(parts)


def _day(ts: str) -> str:
    moment = time.localtime(float(ts))
    return time.strftime(f"%A {moment.tm_mday} %B %Y", moment)


def thread_html(store: SlackStore, view: View) -> str:
    """Return the thread pane's content, or nothing without an open thread."""
    if view.channel is None or not view.thread:
        return ""
    parent = store.message(view.channel.id, view.thread)
    if parent is None:
        return '<p class="empty">This thread does not exist.</p>'
    replies = store.replies(view.channel.id, view.thread)
    drawn = "".join(_message(store, reply, view, in_thread=True) for reply in replies)
    word = "reply" if len(replies) == 1 else "replies"
    line = f'<div class="day left"><span>{len(replies)} {word}</span></div>' if replies else ""
    return _message(store, parent, view, in_thread=True) + line + drawn


def _message(store: SlackStore, message: Message, view: View, *, in_thread: bool) -> str:
    if message.deleted:
        body = '<div class="tombstone">This message was deleted.</div>'
        return _frame(message, "", body + _reply_bar(store, message, view, in_thread))
    author = author_of(message, store)
    badge = '<span class="badge">APP</span>' if message.bot_id else ""
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(message.ts)))
    head = (
        f'<div class="meta"><b class="author">{escape(author)}</b>{badge}'
        f'<time title="{moment}">{clock_of(message.ts)}</time></div>'
    )
    note = _broadcast_note(store, message, in_thread)
    bar = _reply_bar(store, message, view, in_thread)
    body = note + _content(store, message, view) + _files(store, message)
    body += _reactions(store, message) + bar
    head += _choices(message, view)
    return _frame(message, _avatar(author, message), head + body)


def _reactions(store: SlackStore, message: Message) -> str:
    """The emoji under a message by their names, how many people, and who."""
    name = names_of(store)
    shown = [
        f'<span class="reaction" title="{escape(", ".join(map(name, reaction.users)))}">'
        f":{escape(reaction.name)}: {len(reaction.users)}</span>"
        for reaction in message.reactions
    ]
    return f'<div class="reactions">{"".join(shown)}</div>' if shown else ""


def _form(message: Message, view: View, path: str, inner: str) -> str:
    values = {"channel": message.channel, "ts": message.ts, "thread": view.thread}
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in values.items()
    )
    return f'<form method="post" action="{path}">{hidden}{inner}</form>'


def _choices(message: Message, view: View) -> str:
    """What the visitor may put under a message of the app, or take away again."""
    if not message.bot_id or message.is_reply:
        return ""
    choices = "".join(
        f'<button name="name" value="{name}" title="{name}">{shown}</button>'
        for name, shown in EMOJI.items()
    )
    return f'<div class="choices">{_form(message, view, REACT, choices)}</div>'


def _buttons(message: Message, view: View, block: dict[str, Any]) -> str:
    """A row of buttons; those without an address are the app's to hear of."""
    shown = "".join(
        f'<button class="button" name="action" value="{escape(element["action_id"])}">'
        f"{escape(element['text']['text'])}</button>"
        for element in block["elements"]
        if element.get("action_id") and not element.get("url")
    )
    warning = f'<p class="warned">{WARNING}</p>' if message.ts in view.warned else ""
    return f'<div class="block block-actions">{_form(message, view, CLICK, shown)}{warning}</div>'


def _is_row(block: dict[str, Any]) -> bool:
    """Whether it is a row of buttons that the app hears of."""
    return block["type"] == "actions" and not any(
        element.get("url") for element in block["elements"]
    )


def _frame(message: Message, avatar: str, inner: str) -> str:
    ts = escape(message.ts)
    return (
        f'<article class="message" data-ts="{ts}"><div class="side">{avatar}</div>'
        f'<div class="main">{inner}</div></article>'
    )


def _avatar(author: str, message: Message) -> str:
    kind = "bot" if message.bot_id else "person"
    letters = "".join(word[0] for word in author.split()[:2]).upper() or "?"
    return f'<span class="avatar {kind}" aria-hidden="true">{escape(letters)}</span>'


def _content(store: SlackStore, message: Message, view: View) -> str:
    name = names_of(store)
    edited = ' <span class="edited">(edited)</span>' if message.edited else ""
    if message.blocks:
        drawn = (
            _buttons(message, view, block) if _is_row(block) else block_html(block, name)
            for block in message.blocks
        )
        return "".join(drawn) + edited
    if not message.text:
        return ""
    return f'<div class="block block-text">{spans_html(_text_spans(store, message))}{edited}</div>'


def _text_spans(store: SlackStore, message: Message) -> list[Span]:
    return message_spans(
        message.text,
        names_of(store),
        is_mrkdwn=message.mrkdwn,
        parse=message.parse,
        names=message.link_names,
    )


def _broadcast_note(store: SlackStore, message: Message, in_thread: bool) -> str:
    if not message.reply_broadcast or not message.thread_ts:
        return ""
    if in_thread:
        return '<div class="broadcast">Also sent to the channel</div>'
    parent = store.message(message.channel, message.thread_ts)
    snippet = plain(_text_spans(store, parent)) if parent and not parent.deleted else "a message"
    short = snippet if len(snippet) <= SNIPPET else f"{snippet[: SNIPPET - 1]}…"
    link = escape(address(message.channel, message.thread_ts))
    return (
        f'<div class="broadcast">replied to a thread: '
        f'<a data-nav href="{link}">{escape(short)}</a></div>'
    )


def _files(store: SlackStore, message: Message) -> str:
    files = (store.file(file_id) for file_id in message.files)
    return "".join(_file(file) for file in files if file)


def _file(file: File) -> str:
    kind = file.name.rpartition(".")[2][:4].upper() if "." in file.name else "FILE"
    return (
        f'<a class="file" href="/sandbox/files/{escape(file.id)}" target="_blank" rel="noopener">'
        f'<span class="file-kind">{escape(kind)}</span><span><b>{escape(file.title or file.name)}'
        f"</b><br><small>{_size(file.length)}</small></span></a>"
    )


def _size(length: int) -> str:
    if length < 1000:
        return f"{length} bytes"
    return f"{length / 1000:.0f} kB" if length < 1_000_000 else f"{length / 1_000_000:.1f} MB"


def _reply_bar(store: SlackStore, message: Message, view: View, in_thread: bool) -> str:
    replies = [] if in_thread else store.replies(message.channel, message.ts)
    if not replies:
        return ""
    word = "reply" if len(replies) == 1 else "replies"
    link = escape(address(message.channel, message.ts))
    here = ' aria-current="true"' if view.thread == message.ts else ""
    authors = {author_of(r, store): r for r in replies}
    faces = "".join(_avatar(author, reply) for author, reply in list(authors.items())[:3])
    return (
        f'<a data-nav class="replies" href="{link}"{here}>{faces}<b>{len(replies)} {word}</b>'
        f"<small>Last reply at {clock_of(replies[-1].ts)}</small></a>"
    )
