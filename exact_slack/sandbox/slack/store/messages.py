"""The messages of the channels: how they come, change and go, and what stands under them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exact_slack.sandbox.slack.store.channels import Channels
from exact_slack.sandbox.slack.store.model import Block, Edit, Message, Metadata

KEEP: Any = object()
"""Says "leave this as it is" to `edit`."""


class Messages(Channels):
    """Messages handed out are copies: they change through here."""

    def add_message(self, message: Message) -> Message:
        """Store a message under a new `ts` and return it."""
        with self.lock:
            now = self._clock()
            stored = replace(message, ts=self._contents.stamps.next(now), stored_at=now)
            self._contents.messages[stored.channel][stored.ts] = stored
            self._touch()
            return replace(stored)

    def post_as_person(
        self, channel: str, text: str, *, user: str = "", thread_ts: str | None = None
    ) -> str:
        """Write a message as somebody who is not the bot; returns its `ts`."""
        with self.lock:
            author = user or self.add_user("anke", "Anke de Boer")
            message = Message(self.channel(channel).id, "", text, thread_ts=thread_ts, user=author)
            return self.add_message(message).ts

    def messages(self, channel: str, include_replies: bool = True) -> list[Message]:
        """Every message of a channel in order, deleted ones too."""
        with self.lock:
            kept = self._contents.messages[self.channel(channel).id].values()
            return [replace(m) for m in kept if include_replies or not m.is_reply]

    def shown_messages(self, channel: str) -> list[Message]:
        """The messages that history and replies know of by now."""
        newest = self._clock() - self.quirks.history_lag
        return [m for m in self.messages(channel) if m.stored_at <= newest]

    def live_messages(self, channel: str, include_replies: bool = True) -> list[Message]:
        """The messages of a channel that nobody deleted, in order."""
        return [m for m in self.messages(channel, include_replies) if not m.deleted]

    def all_live_messages(self) -> list[Message]:
        """The live messages of every channel that still exists."""
        return [m for channel in self.channels() for m in self.live_messages(channel.id)]

    def replies(self, channel: str, ts: str) -> list[Message]:
        """The live replies under a message, in order."""
        with self.lock:
            kept = self._contents.messages[self.channel(channel).id].values()
            live = (m for m in kept if m.thread_ts == ts and m.is_reply and not m.deleted)
            return [replace(m) for m in live]

    def message(self, channel: str, ts: str) -> Message | None:
        """Return one message, deleted or not."""
        with self.lock:
            stored = self._contents.messages[self.channel(channel).id].get(ts)
            return replace(stored) if stored else None

    def edit(
        self,
        channel: str,
        ts: str,
        *,
        text: str,
        blocks: list[Block] | None,
        metadata: Metadata | None = KEEP,
        **values: Any,
    ) -> Message:
        """Replace what a message says; the former state goes to `edits`."""
        with self.lock:
            message = self._contents.messages[channel][ts]
            message.edits = [
                *message.edits,
                Edit(self._contents.stamps.next(self._clock()), message.text, message.blocks),
            ]
            message.text, message.blocks = text, blocks
            if metadata is not KEEP:
                message.metadata = metadata
            for name, value in values.items():
                setattr(message, name, value)
            self._touch()
            return replace(message)

    def delete_message(self, channel: str, ts: str) -> None:
        """Delete a message, as a person would; replies under it stay."""
        with self.lock:
            self._contents.messages[self.channel(channel).id][ts].deleted = True
            self._touch()

    def unused_ts(self) -> str:
        """A `ts` that no message has."""
        with self.lock:
            return self._contents.stamps.next(self._clock())
