"""The channels of the workspace, and its direct messages."""

from __future__ import annotations

from typing import Any

from exact_slack.sandbox.slack.store.model import Channel
from exact_slack.sandbox.slack.store.people import People


class Channels(People):
    """What a person does to a channel, and what the app is told of it."""

    def add_channel(
        self, name: str, *, private: bool = False, member: bool = True, archived: bool = False
    ) -> str:
        """Create a channel and return its id; `name` goes without the `#`."""
        with self.lock:
            plain = name.lstrip("#")
            if self._by_name(plain) is not None:
                raise ValueError(f"there is a channel named {plain} already")
            channel_id = f"{'G' if private else 'C'}0HOLL{self._number():05d}"
            self._contents.channels[channel_id] = Channel(
                channel_id, plain, private, archived, member, created=int(self._clock())
            )
            self._contents.messages[channel_id] = {}
            self._touch()
            return channel_id

    def direct(self, user_id: str) -> Channel:
        """The conversation with somebody; it is opened if there is none."""
        with self.lock:
            direct = next((c for c in self._contents.channels.values() if c.user == user_id), None)
            if direct is None:
                channel_id = f"D0HOLL{self._number():05d}"
                name = f"@{self._contents.users[user_id].name}"
                created = int(self._clock())
                direct = Channel(channel_id, name, is_private=True, created=created, user=user_id)
                self._contents.channels[channel_id] = direct
                self._contents.messages[channel_id] = {}
                self._touch()
            return direct

    def channel(self, channel: str) -> Channel:
        """Return a channel by id or by name, deleted or not; KeyError when unknown."""
        with self.lock:
            place = self._contents.channels.get(channel) or self._by_name(channel.lstrip("#"))
            if place is None:
                raise KeyError(f"no channel {channel}")
            return place

    def channels(self) -> list[Channel]:
        """Every channel that is not deleted, oldest first."""
        with self.lock:
            return [channel for channel in self._contents.channels.values() if not channel.deleted]

    def archive(self, channel: str) -> None:
        """Archive a channel, as a person would."""
        self._set(channel, is_archived=True)
        self._tell_of(channel, "archive", user=self.admin)

    def unarchive(self, channel: str) -> None:
        """Bring an archived channel back."""
        self._set(channel, is_archived=False)
        self._tell_of(channel, "unarchive", user=self.admin)

    def rename(self, channel: str, name: str) -> None:
        """Give a channel another name; its id stays."""
        with self.lock:
            place = self.channel(channel)
            place.previous_names.insert(0, place.name)
            place.name = name.lstrip("#")
            self._touch()
        about = {"id": place.id, "name": place.name, "created": place.created}
        self._tell_of(place.id, "rename", channel=about)

    def remove_bot(self, channel: str) -> None:
        """Take the bot out of a channel."""
        self._set(channel, is_member=False)
        self._tell_of(channel, "left", actor_id=self.admin)

    def invite_bot(self, channel: str) -> None:
        """Make the bot a member of a channel."""
        self._set(channel, is_member=True)
        place = self.channel(channel)
        kind = "G" if place.is_private else "C"
        values = {"user": self.bot_user, "channel": place.id, "channel_type": kind}
        self._tell("member_joined_channel", **values, team=self.team_id)

    def delete_channel(self, channel: str) -> None:
        """Delete a channel; nobody finds it any more."""
        place = self.channel(channel)
        self._set(channel, deleted=True)
        self._tell_of(place.id, "deleted")

    def _tell_of(self, channel_id: str, what: str, **values: Any) -> None:
        place = self.channel(channel_id)
        group = "group" if place.is_private else "channel"
        self._tell(f"{group}_{what}", **{"channel": place.id, **values})

    def _set(self, channel: str, **values: bool) -> None:
        with self.lock:
            place = self.channel(channel)
            for name, value in values.items():
                setattr(place, name, value)
            self._touch()

    def _by_name(self, name: str) -> Channel | None:
        named = (c for c in self._contents.channels.values() if c.name == name and not c.deleted)
        return next(named, None)
