"""The login's tokens, their text, and what a place to keep them can do.

Each store keeps the promises of `TokenStore`; tests/unit/exact/auth/test_store.py tries each of
them with the same tests."""

import hashlib
import json
import math
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from exact_slack.exact.auth.mark import MarkFile
from exact_slack.redact import note


@dataclass(frozen=True, slots=True)
class Tokens:
    """One link of the chain. Times are seconds since 1970 by the local clock. The tokens stay
    out of `repr`, so that they cannot reach a log or a traceback."""

    access: str = field(repr=False)
    """"" where Exact sent one that cannot be used; the refresh token counts all the same."""
    refresh: str = field(repr=False)
    expires_at: float
    obtained_at: float
    chain_started_at: float
    """When a person logged in; the refreshes since then keep it."""
    host: str = ""
    """The Exact Online that gave them; another country's does not know them."""
    region: str = ""
    """Its country, which the host does not tell where a proxy stands between."""
    replaces: str = ""
    """On the way to their place: the `digest` of the tokens there that these replace."""

    @property
    def digest(self) -> str:
        """Names the refresh token without telling it."""
        return digest(self.refresh)


def digest(secret: str) -> str:
    """Names a secret without telling it."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def is_token(text: object) -> bool:
    """Whether it can be a token: visible ASCII, so that it can stand in a header or a form."""
    return isinstance(text, str) and bool(text) and all("!" <= letter <= "~" for letter in text)


class TokenStore(Protocol):
    """Where the tokens of one login are kept. Everything but `load`, `elsewhere` and
    `check_writing` is called under `lock`."""

    @property
    def mark(self) -> MarkFile:
        """What is known of the last attempt to renew them."""

    def lock(self) -> AbstractContextManager[int]:
        """Exclusive over all processes and threads; freed at any death. TemporaryError if
        another process keeps it for too long."""

    def load(self) -> Tokens | None:
        """The stored tokens; None before the first login. ConfigError if the place must not be
        used as it is, LoginNeeded if what is there is damaged, TemporaryError if it does not
        answer."""

    def elsewhere(self) -> str:
        """Where a login is that this store does not look at; "" if there is none."""

    def recover(self) -> None:
        """Take over what a killed process, or a place that failed, left behind."""

    def reserve(self) -> None:
        """Put space aside for the next tokens; TemporaryError if there is none."""

    def save(self, tokens: Tokens, instead_of: Tokens | None = None) -> None:
        """Keep the tokens, in place of the others; after it they are safe to use."""

    def save_login(self, tokens: Tokens) -> None:
        """Keep the tokens of a new login, whatever was kept before: that is dead from now on."""

    def delete(self) -> str:
        """Forget the login; says what could not be removed, or ""."""

    def check_writing(self) -> None:
        """Whether the next tokens could be stored; TemporaryError or ConfigError if not. Waits
        for nobody and changes nothing."""


def dump(tokens: Tokens) -> str:
    """The tokens as JSON text."""
    values: dict[str, Any] = {
        "access": tokens.access,
        "refresh": tokens.refresh,
        "expires_at": tokens.expires_at,
        "obtained_at": tokens.obtained_at,
        "chain_started_at": tokens.chain_started_at,
        "host": tokens.host,
        "region": tokens.region,
    }
    if tokens.replaces:
        values["replaces"] = tokens.replaces
    return json.dumps(values)


def parse(text: str) -> Tokens | None:
    """What `dump` wrote; None where it is damaged."""
    try:
        values = json.loads(text)
        access, refresh = values["access"], values["refresh"]
        times = [float(values[k]) for k in ("expires_at", "obtained_at", "chain_started_at")]
        more = {k: str(values.get(k, "")) for k in ("host", "region", "replaces")}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    real = is_token(refresh) and (access == "" or is_token(access))
    if not real or not all(math.isfinite(moment) for moment in times):
        return None
    return Tokens(note(access), note(refresh), times[0], times[1], times[2], **more)
