"""Where the rotating login of Exact Online is kept: one file, 0600, replaced as a whole.

Every refresh gives a new refresh token and kills the old one (Exact's "Refreshing the access
token" article), so a token that is lost on its way to the disk means a new login. Hence: space is
reserved before Exact is asked, and a complete but not yet renamed file is taken over.
"""

import json
import os
import stat
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from exact_slack.errors import ConfigError, LoginNeeded, TemporaryError
from exact_slack.exact.errors import LOGIN_CURE
from exact_slack.exact.turns import hold

_RESERVED: Final = 16 * 1024
"""Bytes put aside for the next tokens: they have some hundred to some thousand characters."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One link of the chain. Times are seconds since 1970 by the local clock. The tokens stay
    out of `repr`, so that they cannot reach a log or a traceback."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: float
    obtained_at: float
    chain_started_at: float
    """When a person logged in; the refreshes since then keep it."""
    host: str = ""
    """The Exact Online that gave them; another country's does not know them."""


class TokenStore:
    """The file. Everything but `load` is called under `lock`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._new = path.with_name(path.name + ".new")

    def lock(self) -> AbstractContextManager[int]:
        """Exclusive over all processes and threads; freed at any death."""
        return hold(self.path.with_name(self.path.name + ".lock"))

    def load(self) -> Tokens | None:
        """The stored tokens; None before the first login. ConfigError where others can read
        the file, LoginNeeded where it is damaged."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be read ({error.strerror}).") from None
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigError(
                    f"Others can read the Exact login in {self.path} (mode {mode:04o}).",
                    f"Run: chmod 600 {self.path}",
                )
            tokens = parse(file.read())
        if tokens is None:
            raise LoginNeeded(f"The Exact login in {self.path} is damaged.", LOGIN_CURE)
        return tokens

    def recover(self) -> None:
        """Take over tokens that a killed process wrote whole but did not yet rename."""
        try:
            left = parse(self._new.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return
        if left is not None:
            self.save(left)

    def reserve(self) -> None:
        """Put space aside for the next tokens; TemporaryError where there is none."""
        try:
            self._write(b" " * _RESERVED)
        except OSError as error:
            raise TemporaryError(
                f"{self.path.parent} cannot be written ({error.strerror}), so the Exact login"
                " was not renewed.",
                "Free some space or mend the permissions; nothing is lost.",
            ) from None

    def save(self, tokens: Tokens) -> None:
        """Write, fsync, rename, fsync the folder; only then are the tokens safe to use."""
        try:
            self._write(dump(tokens).encode())
            os.replace(self._new, self.path)
            self._sync_folder()
        except OSError as error:
            raise TemporaryError(
                f"The renewed Exact login could not be stored in {self.path} ({error.strerror}).",
                "Free some space or mend the permissions; where a login is then asked for, run:"
                " exact-slack auth exact",
            ) from None

    def delete(self) -> None:
        """Forget the login."""
        self._new.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        """Into the new file, over what is reserved there, so that a full disk does not matter."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self._new, flags, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            written = 0
            while written < len(data):
                written += os.write(descriptor, data[written:])
            os.ftruncate(descriptor, len(data))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _sync_folder(self) -> None:
        descriptor = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def dump(tokens: Tokens) -> str:
    """The tokens as JSON text."""
    return json.dumps(
        {
            "access": tokens.access,
            "refresh": tokens.refresh,
            "expires_at": tokens.expires_at,
            "obtained_at": tokens.obtained_at,
            "chain_started_at": tokens.chain_started_at,
            "host": tokens.host,
        }
    )


def parse(text: str) -> Tokens | None:
    """What `dump` wrote; None where it is damaged."""
    try:
        values = json.loads(text)
        return Tokens(
            access=str(values["access"]),
            refresh=str(values["refresh"]),
            expires_at=float(values["expires_at"]),
            obtained_at=float(values["obtained_at"]),
            chain_started_at=float(values["chain_started_at"]),
            host=str(values.get("host", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
