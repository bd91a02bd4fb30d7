"""Where the rotating login of Exact Online is kept: one file, 0600, replaced as a whole.

Every refresh gives a new refresh token and kills the old one (Exact's "Refreshing the access
token" article), so a token that is lost on its way to the disk means a new login. Hence: space is
reserved before Exact is asked, and a complete but not yet renamed file is taken over.
"""

import contextlib
import errno
import os
import stat
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Final

from exact_slack.config.file.owner import giving
from exact_slack.errors import ConfigError, LoginNeeded, TemporaryError
from exact_slack.exact.auth.mark import MarkFile
from exact_slack.exact.auth.store import Tokens, dump, parse
from exact_slack.exact.errors import LOGIN_CURE
from exact_slack.exact.wire.turns import hold
from exact_slack.files import check_own, open_plain, own, private_folder, read_plain
from exact_slack.secrets.source import others_can_read

LOCK_LIMIT: Final = 120.0
"""Seconds to wait for another process: a renewal takes 70 at most (its time limits)."""
_RESERVED: Final = 16 * 1024
"""Bytes put aside for the next tokens: they have some hundred to some thousand characters."""


class FileTokenStore:
    """The file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.mark = MarkFile(path.with_suffix(".mark"))
        self._new = path.with_name(path.name + ".new")
        self._lock = path.with_name(path.name + ".lock")

    def lock(self) -> AbstractContextManager[int]:
        """Exclusive over all processes and threads; freed at any death. TemporaryError where
        another process keeps it for too long."""
        return hold(self._lock, LOCK_LIMIT)

    def load(self) -> Tokens | None:
        """The stored tokens; None before the first login. ConfigError where others can read
        the file, LoginNeeded where it is damaged."""
        tokens = self._kept()
        return replace(tokens, replaces="") if tokens else None

    def _kept(self) -> Tokens | None:
        try:
            descriptor = open_plain(self.path, os.O_RDONLY, follow=False)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(self.path, error) from None
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            if others_can_read(mode):
                raise ConfigError(
                    f"Others can read the Exact login in {self.path} (mode {mode:04o}).",
                    f"Run: chmod 600 {self.path}",
                )
            tokens = parse(file.read())
        if tokens is None:
            raise LoginNeeded(f"The Exact login in {self.path} is damaged.", LOGIN_CURE)
        return tokens

    def elsewhere(self) -> str:
        """Where a login is that this store does not look at; "" where there is none."""
        return ""

    def recover(self) -> None:
        """Take over tokens that a killed process wrote whole but did not yet rename."""
        left = self._left()
        if left is None:
            return
        try:
            kept = self.load()
        except LoginNeeded:
            kept = None
        if kept is None or left.replaces == kept.digest:
            self._rename()

    def _left(self) -> Tokens | None:
        try:
            return parse(read_plain(self._new).decode("utf-8", "replace"))
        except OSError:
            return None

    def reserve(self) -> None:
        """Put space aside for the next tokens; TemporaryError where there is none, ConfigError
        where something else stands in their place."""
        try:
            self._write(b" " * _RESERVED)
        except OSError as error:
            raise TemporaryError(
                f"{self.path.parent} cannot be written ({error.strerror}), so Exact was not asked"
                " for new tokens.",
                "Free some space or mend the permissions; nothing is lost.",
            ) from None

    def save(self, tokens: Tokens, instead_of: Tokens | None = None) -> None:
        """Write, fsync, rename, fsync the folder; only then are the tokens safe to use."""
        self.write(replace(tokens, replaces=instead_of.digest if instead_of else ""))

    def write(self, tokens: Tokens) -> None:
        """The tokens as they are, with what they replace."""
        try:
            self._write(dump(tokens).encode())
        except OSError as error:
            raise self._unstored(error) from None
        self._rename()

    def save_login(self, tokens: Tokens) -> None:
        """Keep the tokens of a new login; what was kept before is dead from now on."""
        try:
            before = self.load()
        except (LoginNeeded, ConfigError):  # damaged, or of a wrong mode: it is replaced
            before = None
        self.save(tokens, before)

    def delete(self) -> str:
        """Forget the login; says what could not be removed, or ""."""
        try:
            self.remove()
            self.mark.clear()
        except OSError as error:
            return f"{self.path} cannot be removed ({error.strerror})."
        return ""

    def remove(self) -> None:
        """Remove the file and one on its way to it. Raises OSError."""
        for path in (self._new, self.path):
            path.unlink(missing_ok=True)

    def check_writing(self) -> None:
        """Whether the next tokens could be stored; an error says why not. Waits for nobody and
        changes nothing: the space is taken in a file of its own, and given back."""
        probe = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            with own():
                private_folder(self.path.parent)
                check_own(self._new)
                flags = os.O_RDWR | os.O_CREAT
                os.close(open_plain(self._lock, flags, follow=False))  # perhaps another user's
            _write(probe, b" " * _RESERVED)
        except OSError as error:
            raise TemporaryError(
                f"{self.path.parent} cannot be written ({error.strerror}): the next tokens of"
                " Exact could not be stored.",
                "Free some space or mend the permissions.",
            ) from None
        finally:
            with contextlib.suppress(OSError):
                probe.unlink(missing_ok=True)

    def _rename(self) -> None:
        try:
            os.replace(self._new, self.path)
            self._sync_folder()
        except OSError as error:
            raise self._unstored(error) from None

    def _unstored(self, error: OSError) -> TemporaryError:
        return TemporaryError(
            f"The renewed Exact login could not be stored in {self.path} ({error.strerror}).",
            "Free some space or mend the permissions; where a login is then asked for, run:"
            " exact-slack auth exact",
        )

    def _write(self, data: bytes) -> None:
        with own():
            private_folder(self.path.parent)
            _write(self._new, data)

    def _sync_folder(self) -> None:
        descriptor = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write(path: Path, data: bytes) -> None:
    """Into a file, over what is reserved there, so that a full disk does not matter."""
    descriptor = open_plain(path, os.O_WRONLY | os.O_CREAT, follow=False)
    try:
        os.fchmod(descriptor, 0o600)
        written = 0
        while written < len(data):
            written += os.write(descriptor, data[written:])
        os.ftruncate(descriptor, len(data))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unreadable(path: Path, error: OSError) -> ConfigError:
    if error.errno == errno.ELOOP:
        return ConfigError(
            f"{path} is a symbolic link; the Exact login is replaced at every renewal and must be"
            " a file of its own.",
            "Put the file itself there, or set the key `state` to the folder where it is.",
        )
    cure = f"Run: {giving(path)}" if error.errno == errno.EACCES else ""
    return ConfigError(f"{path} cannot be read ({error.strerror}).", cure)
