"""Locks over all processes of one customer: one run at a time, and which senders are alive."""

import fcntl
import os
import secrets
from pathlib import Path

from exact_slack.files import check_no_link, open_plain


class RunLock:
    """Held by `poll` and `replay` for their whole life; the kernel frees it at any death. Another
    `name` is a lock for something else that only one process may do at a time."""

    def __init__(self, state: Path, name: str = "run") -> None:
        self._path = state / f"{name}.lock"
        self._fd: int | None = None

    def take(self) -> bool:
        """Whether this process has it now."""
        fd = _open(self._path)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def release(self) -> None:
        """Give it back."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


class Owner:
    """The mark of a living sender: a locked file. A `sending` row whose owner is dead is one
    whose outcome nobody will report any more."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "senders"
        check_no_link(self._folder)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self.name = secrets.token_hex(8)
        self._fd = _open(self._folder / self.name)
        fcntl.flock(self._fd, fcntl.LOCK_EX)

    def close(self) -> None:
        """Leave; the mark goes with it."""
        (self._folder / self.name).unlink(missing_ok=True)
        os.close(self._fd)

    def is_dead(self, name: str) -> bool:
        """Whether that sender no longer runs."""
        if name == self.name:
            return False
        if not name:
            return True  # nobody's
        path = self._folder / name
        try:
            fd = open_plain(path, os.O_RDWR, follow=False)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        else:
            path.unlink(missing_ok=True)
            return True
        finally:
            os.close(fd)


def anyone_sends(state: Path) -> bool:
    """Whether a living process sends from this ledger. It only looks: a mark that is just being
    made must not be taken for a dead one."""
    folder = state / "senders"
    return folder.is_dir() and any(_is_held(path) for path in folder.iterdir())


def _is_held(path: Path) -> bool:
    try:
        fd = open_plain(path, os.O_RDWR, follow=False)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def _open(path: Path) -> int:
    return open_plain(path, os.O_RDWR | os.O_CREAT, follow=False)
