"""The people of the workspace, and its bots."""

from __future__ import annotations

from dataclasses import replace

from exact_slack.sandbox.slack.store.model import User
from exact_slack.sandbox.slack.store.workspace import Workspace


class People(Workspace):
    """Who is there; the app's own bot always is."""

    def add_user(self, name: str, real_name: str = "", *, is_bot: bool = False) -> str:
        """Add a person, or another app's bot, and return the user id."""
        with self.lock:
            user_id = f"U0HOLL{self._number():05d}"
            self._contents.users[user_id] = User(user_id, name, real_name or name, is_bot)
            return user_id

    def visitor(self) -> str:
        """The person as whom somebody acts who looks at the page."""
        with self.lock:
            if not self._contents.visitor:
                self._contents.visitor = self.add_user("You", "You")
            return self._contents.visitor

    def deactivate_user(self, user_id: str) -> None:
        """Somebody leaves; what they wrote and put under messages stays."""
        with self.lock:
            self._contents.users[user_id] = replace(self._contents.users[user_id], deleted=True)

    def user(self, user_id: str) -> User | None:
        """Return the person or bot with this id."""
        return self._contents.users.get(user_id)
