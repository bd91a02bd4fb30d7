"""The chain of tokens. Exact's refresh token rotates: of two refreshes at once one fails, and a
token that is not stored is a login lost (picqer/exact-php-client #487, #606, #644). So every
refresh is: lock, re-read, refresh, persist, and only then use."""

from typing import Final

from exact_slack.clock import Clock
from exact_slack.config.model import ExactConfig
from exact_slack.errors import LoginNeeded
from exact_slack.exact import oauth
from exact_slack.exact.errors import LOGIN_CURE, TooEarly
from exact_slack.exact.hosts import api_root
from exact_slack.exact.token_file import Tokens, TokenStore
from exact_slack.failpoints import failpoint

__all__ = ["TokenChain", "TokenStore", "Tokens"]

MARGIN: Final = 30.0
"""Seconds that must be left of a token; Exact renews one only after 570 of its 600 seconds."""
_SPARED: Final = 60.0
"""Seconds for which a token is used on after Exact said that it has not expired."""


class TokenChain:
    """Gives access tokens; renews them when they end. Safe over threads and processes."""

    def __init__(self, config: ExactConfig, store: TokenStore, clock: Clock) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._spared: tuple[str, float] = ("", 0.0)
        self._unsaved: tuple[Tokens, Tokens] | None = None
        """Tokens that the disk did not take, after those that they replace."""

    def access_token(self) -> str:
        """A token that lives on for the length of a request."""
        tokens = self._peek()
        if tokens is not None and self._alive(tokens) and self._is_ours(tokens):
            return tokens.access
        with self._store.lock():
            tokens = self._current()
            if self._alive(tokens):
                return tokens.access
            return self._renew(tokens).access

    def renew_after_401(self, rejected: str) -> str:
        """Another token than the rejected one: what the store has by now, else a new one. The
        rejected one comes back where Exact says that it has not expired."""
        with self._store.lock():
            tokens = self._current()
            if tokens.access != rejected:
                return tokens.access
            return self._renew(tokens).access

    def store_login(self, tokens: Tokens) -> None:
        """Keep the tokens of a new login; the earlier ones are dead from now on."""
        with self._store.lock():
            self._unsaved = None
            self._store.save(tokens)

    def _alive(self, tokens: Tokens) -> bool:
        now = self._clock.now()
        spared, until = self._spared
        return tokens.expires_at - now > MARGIN or (tokens.access == spared and now < until)

    def _peek(self) -> Tokens | None:
        try:
            return self._store.load()
        except LoginNeeded:
            return None  # damaged: perhaps mended under the lock

    def _current(self) -> Tokens:
        """What is stored, after whatever an earlier try left unstored. Under the lock."""
        self._store.recover()
        tokens = self._store.load()
        if self._unsaved is not None and tokens == self._unsaved[0]:
            tokens = self._unsaved[1]
            self._store.save(tokens)
        self._unsaved = None
        if tokens is None:
            raise LoginNeeded("There is no login at Exact Online yet.", LOGIN_CURE)
        if not self._is_ours(tokens):
            raise LoginNeeded(
                f"The stored login is for {tokens.host}; the config now says"
                f" {api_root(self._config)}.",
                f"Put exact.region back, or log in there. {LOGIN_CURE}",
            )
        return tokens

    def _is_ours(self, tokens: Tokens) -> bool:
        return tokens.host in ("", api_root(self._config))

    def _renew(self, tokens: Tokens) -> Tokens:
        """Refresh and persist. Under the lock, so nobody of ours refreshes at the same time."""
        self._store.reserve()
        failpoint("before_refresh")
        try:
            renewed = oauth.refresh(self._config, tokens, self._clock)
        except TooEarly:
            self._spared = (tokens.access, self._clock.now() + _SPARED)
            return tokens
        except LoginNeeded as refused:
            return self._someone_elses(tokens, refused)
        self._unsaved = (tokens, renewed)
        failpoint("after_refresh")
        self._store.save(renewed)
        failpoint("after_token_saved")
        self._unsaved = None
        return renewed

    def _someone_elses(self, dead: Tokens, refused: LoginNeeded) -> Tokens:
        """Our refresh token is dead: perhaps another host was faster and has stored its own."""
        tokens = self._store.load()
        if tokens is None or tokens.refresh == dead.refresh or not self._alive(tokens):
            raise refused
        return tokens
