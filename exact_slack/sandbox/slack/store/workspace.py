"""The workspace itself: who it is, the token, its clock, and what its events tell."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from exact_slack.sandbox.slack.store.model import Contents, Happening, OAuthCode, Post, User
from exact_slack.sandbox.slack.store.quirks import Quirks

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


class Workspace:
    """What all that it holds shares: a lock, a clock, numbers for ids, and who listens."""

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
        self._contents = Contents()
        self._numbers = itertools.count(1)
        self._event_numbers = itertools.count(1)
        bot = User(self.bot_user, self.bot_name, self.bot_real_name, is_bot=True)
        self._contents.users[bot.id] = bot

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
            self._contents.codes[code] = OAuthCode(client_id, client_secret, redirect_uri, expires)
            return code

    def oauth_code(self, code: str) -> OAuthCode | None:
        """Return what is known of a code."""
        return self._contents.codes.get(code)

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

    def touch(self) -> None:
        """Something changed that the page shows."""
        with self.lock:
            self._touch()

    def _touch(self) -> None:
        self.version += 1
        self.changed.notify_all()

    def wait_for_change(self, since: int, seconds: float) -> int:
        """Wait until `version` is past `since`, at most `seconds`; returns the version."""
        with self.changed:
            self.changed.wait_for(lambda: self.version > since, timeout=seconds)
            return self.version

    def _number(self) -> int:
        return next(self._numbers)
