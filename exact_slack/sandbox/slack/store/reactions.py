"""The emojis under the messages."""

from __future__ import annotations

from exact_slack.sandbox.slack.store.messages import Messages
from exact_slack.sandbox.slack.store.model import Message, Reaction


class Reactions(Messages):
    """One emoji of one person under one message is there or not."""

    def toggle(self, channel: str, ts: str, name: str, user: str) -> None:
        """Put an emoji under a message, or take it away; KeyError where there is none."""
        if name and not self.react(channel, ts, name, user):
            self.unreact(channel, ts, name, user)

    def react(self, channel: str, ts: str, name: str, user: str) -> bool:
        """Put an emoji under a message, as this user; False where theirs is there already."""
        with self.lock:
            message = self._contents.messages[self.channel(channel).id][ts]
            users = {reaction.name: reaction.users for reaction in message.reactions}
            if user in users.get(name, ()):
                return False
            users[name] = (*users.get(name, ()), user)
            self._reacted(message, users)
        self._tell_reaction("added", message, name, user)
        return True

    def unreact(self, channel: str, ts: str, name: str, user: str) -> bool:
        """Take that emoji away again; False where it is not there."""
        with self.lock:
            message = self._contents.messages[self.channel(channel).id][ts]
            users = {reaction.name: reaction.users for reaction in message.reactions}
            if user not in users.get(name, ()):
                return False
            users[name] = tuple(other for other in users[name] if other != user)
            self._reacted(message, users)
        self._tell_reaction("removed", message, name, user)
        return True

    def _reacted(self, message: Message, users: dict[str, tuple[str, ...]]) -> None:
        message.reactions = tuple(Reaction(name, ids) for name, ids in users.items() if ids)
        self._touch()

    def _tell_reaction(self, what: str, message: Message, name: str, user: str) -> None:
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        values = {"user": user, "reaction": name, "item_user": message.user, "item": item}
        if "reactions:read" in self.scopes:
            self._tell(f"reaction_{what}", **values)
