"""The chain of tokens. Exact's refresh token rotates: of two refreshes at once one fails, and a
token that is not stored is a login lost (picqer/exact-php-client #487, #606, #644). So every
refresh is: lock, re-read, refresh, persist, and only then use."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from exact_slack.clock import Clock
from exact_slack.config.sides import ExactConfig
from exact_slack.errors import ConfigError, ExactSlackError, LoginNeeded, TemporaryError
from exact_slack.exact.auth.mark import Mark
from exact_slack.exact.auth.store import Tokens, TokenStore, digest
from exact_slack.exact.errors import LOGIN_CURE, TooEarly
from exact_slack.exact.wire.hosts import api_root
from exact_slack.failpoints import failpoint
from exact_slack.signals import held

if TYPE_CHECKING:
    from exact_slack.exact.auth import oauth

MARGIN: Final = 30.0
"""Seconds that must be left of a token; Exact renews one only after 570 of its 600 seconds."""
_SPARED: Final = 60.0
"""Seconds for which a token is used on after Exact said that it has not expired."""
_UNCLEAR: Final = 3
"""Refusals without a reason, in a row, after which a person is asked."""
_PAUSE: Final = 3600.0
"""Seconds between two attempts after that."""


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
            if tokens.access != rejected and self._alive(tokens):
                return tokens.access
            return self._renew(tokens).access

    def log_in(self, ask: Callable[[], Tokens]) -> None:
        """Keep the tokens of a new login; the earlier ones are dead from now on. `ask` gets them
        from Exact, for a code that works once: so there is a place for them before it is called.
        """
        with self._store.lock(), held():
            self._store.reserve()
            tokens = ask()
            self._unsaved = None
            self._store.save_login(tokens)
            with contextlib.suppress(OSError):  # it speaks of other tokens and is not looked at
                self._store.mark.clear()
        if not tokens.access:
            raise _unusable()

    def trouble(self) -> LoginNeeded | None:
        """Why this login cannot be used, as far as that is known without asking Exact. Raises
        what reading the store raises."""
        tokens = self._store.load()
        if tokens is None:
            return self._none()
        if not self._is_ours(tokens):
            return self._foreign(tokens)
        mark = self._store.mark.read()
        if mark.of != tokens.digest:
            return None
        if mark.refused:
            return LoginNeeded(mark.refused, LOGIN_CURE)
        return _nobody_knows() if mark.unclear >= _UNCLEAR else None

    def _alive(self, tokens: Tokens) -> bool:
        now = self._clock.now()
        spared, until = self._spared
        lives = tokens.expires_at - now > MARGIN or (tokens.access == spared and now < until)
        return bool(tokens.access) and lives

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
            self._store.save(tokens, self._unsaved[0])
        self._unsaved = None
        if tokens is None:
            raise self._none()
        if not self._is_ours(tokens):
            raise self._foreign(tokens)
        return tokens

    def _none(self) -> LoginNeeded:
        there = self._store.elsewhere()
        if there:
            return LoginNeeded(f"The login at Exact is not here. {there},", f"or: {LOGIN_CURE}")
        return LoginNeeded("There is no login at Exact Online yet.", LOGIN_CURE)

    def _foreign(self, tokens: Tokens) -> LoginNeeded:
        here, there = api_root(self._config), tokens.host
        if here == there:  # a proxy for every country
            here, there = f"exact.region {self._config.region}", f"Exact Online {tokens.region}"
        return LoginNeeded(
            f"The stored login is for {there}; the config now says {here}.",
            f"Put exact.region back, or log in there. {LOGIN_CURE}",
        )

    def _is_ours(self, tokens: Tokens) -> bool:
        same_host = tokens.host in ("", api_root(self._config))
        return same_host and tokens.region in ("", self._config.region)

    def _renew(self, tokens: Tokens) -> Tokens:
        """Refresh and persist. Under the lock, so nobody of ours refreshes at the same time; and
        nothing ends the process between Exact's answer and its place on the disk, but SIGKILL."""
        from exact_slack.exact.auth import oauth  # with requests, which no other question needs

        before = self._known(tokens)
        self._store.reserve()
        with held():
            self._store.mark.write(replace(before, at=self._clock.now(), asked=True))
            failpoint("before_refresh")
            try:
                renewed = oauth.refresh(self._config, tokens, self._clock)
            except ExactSlackError as error:
                return self._not_renewed(tokens, before, error)
            self._unsaved = (tokens, renewed)
            failpoint("after_refresh")
            self._store.save(renewed, tokens)
            failpoint("after_token_saved")
            self._unsaved = None
            with contextlib.suppress(OSError):  # it names the old token: it says nothing any more
                self._store.mark.clear()
        if not renewed.access:
            raise _unusable()
        return renewed

    def _known(self, tokens: Tokens) -> Mark:
        """The mark of these tokens. Raises what is already known: a dead login is not asked for
        again. With another client id it is another question."""
        app = digest(self._config.client_id.fetch("exact.client_id"))
        mark = self._store.mark.read()
        if (mark.of, mark.app) != (tokens.digest, app):
            return Mark(of=tokens.digest, app=app)
        if mark.refused:
            raise LoginNeeded(mark.refused, LOGIN_CURE)
        if mark.unclear >= _UNCLEAR and 0 <= self._clock.now() - mark.at < _PAUSE:
            raise _nobody_knows()
        return mark

    def _not_renewed(self, tokens: Tokens, before: Mark, error: ExactSlackError) -> Tokens:
        """Note what the refusal means for the next attempt, and tell it."""
        from exact_slack.exact.auth import oauth

        now = self._clock.now()
        if isinstance(error, oauth.LostAnswer):
            self._note(replace(before, at=now, asked=True, lost=error.how))
        elif isinstance(error, oauth.UnclearRefusal):
            after = replace(before, at=now, unclear=before.unclear + 1)
            self._note(after)
            if after.unclear >= _UNCLEAR:
                raise _nobody_knows()
        elif isinstance(error, oauth.LoginRefused):
            return self._someone_elses(tokens, before, error)
        else:  # Exact did not take the token: all is as it was
            self._note(before)
            if isinstance(error, TooEarly) and tokens.access:
                self._spared = (tokens.access, now + _SPARED)
                return tokens
        raise error

    def _note(self, mark: Mark) -> None:
        with contextlib.suppress(ConfigError, TemporaryError):  # the trouble itself is told
            self._store.mark.write(mark)

    def _someone_elses(self, dead: Tokens, before: Mark, refused: "oauth.LoginRefused") -> Tokens:
        """Our refresh token is dead: perhaps another host was faster and has stored its own."""
        tokens = self._store.load()
        if tokens is not None and tokens.refresh != dead.refresh and self._alive(tokens):
            return tokens
        error: LoginNeeded = refused
        if refused.used_up and before.asked:
            how = before.lost or "the process ended before it was stored"
            day = datetime.fromtimestamp(before.at, UTC).strftime("%Y-%m-%d %H:%M UTC")
            error = LoginNeeded(
                f"Exact's answer with the new tokens was lost at {day} ({how}), and the old ones"
                " are used up.",
                LOGIN_CURE,
            )
        self._note(replace(before, asked=False, refused=error.sentence))
        raise error


def _nobody_knows() -> LoginNeeded:
    return LoginNeeded(
        f"Exact has refused the login {_UNCLEAR} times in a row without a reason.",
        f"Check in Exact Online whether the app still has access. {LOGIN_CURE}",
    )


def _unusable() -> TemporaryError:
    return TemporaryError(
        "Exact gave an access token with characters that no token has; it is not used.",
        "A later run gets another one. If it stays so: exact-slack auth exact",
    )
