"""The state of the sandbox's Slack workspace, and what a person or a test does to it.

Everything here is thread-safe. Messages handed out are copies: change them
through the store.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from exact_slack.sandbox.slack.model import (
    Args,
    Block,
    Channel,
    Edit,
    File,
    Happening,
    Message,
    Metadata,
    OAuthCode,
    Post,
    Reaction,
    Refusal,
    Share,
    Stamps,
    User,
    concerns,
)
from exact_slack.sandbox.slack.quirks import Quirks

DEFAULT_TOKEN = "xoxb-sandbox"
APP_TOKEN = "xapp-sandbox"
"""The app-level token, with `connections:write`."""
DEFAULT_SCOPES = (
    "chat:write",
    "chat:write.public",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "channels:join",
    "files:write",
    "files:read",
    "users:read",
    "reactions:read",
    "reactions:write",
    "im:write",
    "im:history",
)
OAUTH_CODE_SECONDS = 600
"""docs.slack.dev, installing with OAuth: a code lives ten minutes."""

KEEP: Any = object()
"""Says "leave this as it is" to `edit`."""


class SlackStore:
    """One workspace: its channels, messages, files and people, and the bot's token."""

    team_id = "T0HOLLANDER"
    team_name = "Hollander Groothandel"
    team_url = "https://hollander-groothandel.slack.com/"
    app_id = "A0EXACTSLCK"
    bot_id = "B0EXACTSLCK"
    bot_user = "U0EXACTSLCK"
    bot_name = "exact_slack"
    bot_real_name = "Exact Online"
    admin = "U0HOLLADMIN"

    def __init__(
        self,
        token: str = DEFAULT_TOKEN,
        scopes: Iterable[str] = DEFAULT_SCOPES,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.token = token
        self.app_token = APP_TOKEN
        self.socket_mode = False
        """The app's setting: while it is on, nothing is told over HTTP."""
        self.scopes = tuple(scopes)
        self.token_error: str | None = None
        """The error every call gets, such as `token_revoked`; None while the token works."""
        self.edit_window_closed = False
        """Set it to refuse every edit, as a workspace's edit setting does."""
        self.file_share_delay = 0.0
        """Seconds until `files.info` tells where a new file was shared."""
        self.quirks = Quirks()
        self.listeners: list[Callable[[Happening], None]] = []
        self.version = 0
        """Grows with every change; the page asks for it."""
        self.posts: list[Post] = []
        self._clock = clock
        self._channels: dict[str, Channel] = {}
        self._messages: dict[str, dict[str, Message]] = {}
        self._files: dict[str, File] = {}
        self._users: dict[str, User] = {}
        self._codes: dict[str, OAuthCode] = {}
        self._visitor = ""
        self._refusals: list[Refusal] = []
        self._numbers = itertools.count(1)
        self._event_numbers = itertools.count(1)
        self._stamps = Stamps()
        bot = User(self.bot_user, self.bot_name, self.bot_real_name, is_bot=True)
        self._users[bot.id] = bot

    # --- token -----------------------------------------------------------

    def revoke_token(self) -> None:
        """From now on every call answers `token_revoked`."""
        self.token_error = "token_revoked"
        self._tell("tokens_revoked", tokens={"oauth": [], "bot": [self.bot_user]})

    def deactivate(self) -> None:
        """From now on every call answers `account_inactive`."""
        self.token_error = "account_inactive"
        self._tell("app_uninstalled")

    def restore_token(self) -> None:
        """Let the token work again."""
        self.token_error = None

    def new_oauth_code(
        self, client_id: str, client_secret: str, redirect_uri: str | None = None
    ) -> str:
        """Return a code that `oauth.v2.access` takes once, for ten minutes."""
        with self.lock:
            code = f"{self._number()}.sandbox.code"
            expires = time.monotonic() + OAUTH_CODE_SECONDS
            self._codes[code] = OAuthCode(client_id, client_secret, redirect_uri, expires)
            return code

    def oauth_code(self, code: str) -> OAuthCode | None:
        """Return what is known of a code."""
        return self._codes.get(code)

    # --- channels --------------------------------------------------------

    def add_channel(
        self, name: str, *, private: bool = False, member: bool = True, archived: bool = False
    ) -> str:
        """Create a channel and return its id; `name` goes without the `#`."""
        with self.lock:
            plain = name.lstrip("#")
            if self._by_name(plain) is not None:
                raise ValueError(f"there is a channel named {plain} already")
            channel_id = f"{'G' if private else 'C'}0HOLL{self._number():05d}"
            self._channels[channel_id] = Channel(
                channel_id, plain, private, archived, member, created=int(self._clock())
            )
            self._messages[channel_id] = {}
            self._touch()
            return channel_id

    def direct(self, user_id: str) -> Channel:
        """The conversation with somebody; it is opened where there is none."""
        with self.lock:
            there = next((c for c in self._channels.values() if c.user == user_id), None)
            if there is None:
                channel_id = f"D0HOLL{self._number():05d}"
                name = f"@{self._users[user_id].name}"
                created = int(self._clock())
                there = Channel(channel_id, name, is_private=True, created=created, user=user_id)
                self._channels[channel_id] = there
                self._messages[channel_id] = {}
                self._touch()
            return there

    def channel(self, channel: str) -> Channel:
        """Return a channel by id or by name, deleted or not; KeyError when unknown."""
        with self.lock:
            found = self._channels.get(channel) or self._by_name(channel.lstrip("#"))
            if found is None:
                raise KeyError(f"no channel {channel}")
            return found

    def channels(self) -> list[Channel]:
        """Every channel that is not deleted, oldest first."""
        with self.lock:
            return [channel for channel in self._channels.values() if not channel.deleted]

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
            found = self.channel(channel)
            found.previous_names.insert(0, found.name)
            found.name = name.lstrip("#")
            self._touch()
        about = {"id": found.id, "name": found.name, "created": found.created}
        self._tell_of(found.id, "rename", channel=about)

    def remove_bot(self, channel: str) -> None:
        """Take the bot out of a channel."""
        self._set(channel, is_member=False)
        self._tell_of(channel, "left", actor_id=self.admin)

    def invite_bot(self, channel: str) -> None:
        """Make the bot a member of a channel."""
        self._set(channel, is_member=True)
        found = self.channel(channel)
        kind = "G" if found.is_private else "C"
        values = {"user": self.bot_user, "channel": found.id, "channel_type": kind}
        self._tell("member_joined_channel", **values, team=self.team_id)

    def delete_channel(self, channel: str) -> None:
        """Delete a channel; nobody finds it any more."""
        found = self.channel(channel)
        self._set(channel, deleted=True)
        self._tell_of(found.id, "deleted")

    def _tell_of(self, place: str, what: str, **values: Any) -> None:
        found = self.channel(place)
        group = "group" if found.is_private else "channel"
        self._tell(f"{group}_{what}", **{"channel": found.id, **values})

    def event_body(self, kind: str, **values: Any) -> dict[str, Any]:
        """An event as the Events API tells it, under a number of its own."""
        number, now = self._event_number(), self._clock()
        return {
            "token": "legacy",
            "team_id": self.team_id,
            "api_app_id": self.app_id,
            "event": {"type": kind, **values, "event_ts": f"{int(now)}.{number:06d}"},
            "type": "event_callback",
            "event_id": f"Ev0HOLL{number:05d}",
            "event_time": int(now),
            "authorizations": [{"team_id": self.team_id, "user_id": self.bot_user, "is_bot": True}],
        }

    def _event_number(self) -> int:
        with self.lock:
            return next(self._event_numbers)

    def _tell(self, kind: str, **values: Any) -> None:
        for listener in list(self.listeners):
            listener(Happening(kind, values))

    def _set(self, channel: str, **values: bool) -> None:
        with self.lock:
            found = self.channel(channel)
            for name, value in values.items():
                setattr(found, name, value)
            self._touch()

    def _by_name(self, name: str) -> Channel | None:
        named = (c for c in self._channels.values() if c.name == name and not c.deleted)
        return next(named, None)

    # --- people ----------------------------------------------------------

    def add_user(self, name: str, real_name: str = "", *, is_bot: bool = False) -> str:
        """Add a person, or another app's bot, and return the user id."""
        with self.lock:
            user_id = f"U0HOLL{self._number():05d}"
            self._users[user_id] = User(user_id, name, real_name or name, is_bot)
            return user_id

    def visitor(self) -> str:
        """The person as whom somebody acts who looks at the page."""
        with self.lock:
            if not self._visitor:
                self._visitor = self.add_user("You", "You")
            return self._visitor

    def toggle(self, channel: str, ts: str, name: str, user: str) -> None:
        """Put an emoji under a message, or take it away; KeyError where there is none."""
        if name and not self.react(channel, ts, name, user):
            self.unreact(channel, ts, name, user)

    def deactivate_user(self, user_id: str) -> None:
        """Somebody leaves; what they wrote and put under messages stays."""
        with self.lock:
            self._users[user_id] = replace(self._users[user_id], deleted=True)

    def user(self, user_id: str) -> User | None:
        """Return the person or bot with this id."""
        return self._users.get(user_id)

    def post_as_person(
        self, channel: str, text: str, *, user: str = "", thread_ts: str | None = None
    ) -> str:
        """Write a message as somebody who is not the bot; returns its `ts`."""
        with self.lock:
            author = user or self.add_user("anke", "Anke de Boer")
            message = Message(self.channel(channel).id, "", text, thread_ts=thread_ts, user=author)
            return self.add_message(message).ts

    # --- messages --------------------------------------------------------

    def messages(self, channel: str, include_replies: bool = True) -> list[Message]:
        """Every message of a channel in order, deleted ones too."""
        with self.lock:
            kept = self._messages[self.channel(channel).id].values()
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
            kept = self._messages[self.channel(channel).id].values()
            found = (m for m in kept if m.thread_ts == ts and m.is_reply and not m.deleted)
            return [replace(m) for m in found]

    def message(self, channel: str, ts: str) -> Message | None:
        """Return one message, deleted or not."""
        with self.lock:
            found = self._messages[self.channel(channel).id].get(ts)
            return replace(found) if found else None

    def add_message(self, message: Message) -> Message:
        """Store a message under a new `ts` and return it."""
        with self.lock:
            now = self._clock()
            stored = replace(message, ts=self._stamps.next(now), stored_at=now)
            self._messages[stored.channel][stored.ts] = stored
            self._touch()
            return replace(stored)

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
            found = self._messages[channel][ts]
            found.edits = [
                *found.edits,
                Edit(self._stamps.next(self._clock()), found.text, found.blocks),
            ]
            found.text, found.blocks = text, blocks
            if metadata is not KEEP:
                found.metadata = metadata
            for name, value in values.items():
                setattr(found, name, value)
            self._touch()
            return replace(found)

    def delete_message(self, channel: str, ts: str) -> None:
        """Delete a message, as a person would; replies under it stay."""
        with self.lock:
            self._messages[self.channel(channel).id][ts].deleted = True
            self._touch()

    def react(self, channel: str, ts: str, name: str, user: str) -> bool:
        """Put an emoji under a message, as this user; False where theirs is there already."""
        with self.lock:
            found = self._messages[self.channel(channel).id][ts]
            users = {one.name: one.users for one in found.reactions}
            if user in users.get(name, ()):
                return False
            users[name] = (*users.get(name, ()), user)
            self._reacted(found, users)
        self._tell_reaction("added", found, name, user)
        return True

    def unreact(self, channel: str, ts: str, name: str, user: str) -> bool:
        """Take that emoji away again; False where it is not there."""
        with self.lock:
            found = self._messages[self.channel(channel).id][ts]
            users = {one.name: one.users for one in found.reactions}
            if user not in users.get(name, ()):
                return False
            users[name] = tuple(one for one in users[name] if one != user)
            self._reacted(found, users)
        self._tell_reaction("removed", found, name, user)
        return True

    def _reacted(self, found: Message, users: dict[str, tuple[str, ...]]) -> None:
        found.reactions = tuple(Reaction(name, who) for name, who in users.items() if who)
        self._touch()

    def _tell_reaction(self, what: str, message: Message, name: str, user: str) -> None:
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        values = {"user": user, "reaction": name, "item_user": message.user, "item": item}
        if "reactions:read" in self.scopes:
            self._tell(f"reaction_{what}", **values)

    def unused_ts(self) -> str:
        """A `ts` that no message has."""
        with self.lock:
            return self._stamps.next(self._clock())

    # --- files -----------------------------------------------------------

    def add_file(self, name: str, length: int, title: str = "") -> File:
        """Reserve an upload."""
        with self.lock:
            number = self._number()
            file_id = f"F0HOLL{number:05d}"
            file = File(file_id, name, length, f"up{number:08d}", title, created=int(self._clock()))
            self._files[file_id] = file
            return file

    def file(self, file_id: str) -> File | None:
        """Return a file by id."""
        return self._files.get(file_id)

    def file_by_upload_key(self, key: str) -> File | None:
        """Return the file whose upload address ends in this key."""
        return next((f for f in self._files.values() if f.upload_key == key), None)

    def share(self, file: File, channel: str, ts: str, thread_ts: str | None) -> None:
        """Note where a file was shared."""
        visible = time.monotonic() + self.file_share_delay
        with self.lock:
            file.shares.append(Share(channel, ts, thread_ts, visible))

    # --- what a test plans and reads ------------------------------------

    def refuse(
        self,
        method: str,
        error: str,
        times: int = 1,
        channel: str | None = None,
        match: Callable[[Args], bool] | str | None = None,
        *,
        after: bool = False,
        **extra: Any,
    ) -> Refusal:
        """Answer the next `times` calls (-1: all) of a method with `ok: false` and `error`.

        `channel` narrows it to one channel, `match` to calls whose arguments
        contain a string or satisfy a function. With `after` the work is done and
        only the answer is an error. `extra` fields join the answer.
        """
        wanted = self.channel(channel).id if channel else None
        refusal = Refusal(method, error, times, wanted, match, after, extra)
        with self.lock:
            self._refusals.append(refusal)
        return refusal

    def clear_refusals(self) -> None:
        """Forget every planned refusal."""
        with self.lock:
            self._refusals.clear()

    def take_refusal(self, method: str, args: Args) -> Refusal | None:
        """Return the planned refusal for a call, used up by this, or None."""
        with self.lock:
            for refusal in self._refusals:
                found = self._channels.get(refusal.channel or "")
                if refusal.times != 0 and concerns(refusal, method, args, found):
                    refusal.times -= 1 if refusal.times > 0 else 0
                    return refusal
            return None

    def log_post(self, channel: str, method: str, accepted: bool) -> None:
        """Note an attempt to put something into a channel."""
        with self.lock:
            self.posts.append(Post(time.monotonic(), channel, method, accepted))

    def wait_for_change(self, since: int, seconds: float) -> int:
        """Wait until `version` is past `since`, at most `seconds`; returns the version."""
        with self.changed:
            self.changed.wait_for(lambda: self.version > since, timeout=seconds)
            return self.version

    def _number(self) -> int:
        return next(self._numbers)

    def touch(self) -> None:
        """Something changed that the page shows."""
        with self.lock:
            self._touch()

    def _touch(self) -> None:
        self.version += 1
        self.changed.notify_all()
