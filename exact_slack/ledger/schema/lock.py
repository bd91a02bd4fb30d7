"""Locks over all processes of one customer: one run at a time, and which senders are alive."""

import contextlib
import fcntl
import json
import math
import os
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from exact_slack.files import check_no_link, open_plain, own, private_folder, read_plain

_NOTE = 4096
"""Bytes of a lock file that are read; a note has some dozen."""
_GLANCE = 0.02
"""Seconds after which a lock is tried again: `status` may just have looked at it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that has a lock, and since when."""

    since: float
    pid: int


class RunLock:
    """Held by `poll` and `replay` for their whole life; the kernel frees it at any death. Another
    `name` is a lock for something else that only one process may do at a time."""

    def __init__(self, state: Path, name: str = "run") -> None:
        self._path = state / f"{name}.lock"
        self._fd: int | None = None

    def take(self, now: float | None = None) -> bool:
        """Whether this process has it now; others can see since when."""
        fd = _open(self._path)
        if not (_try(fd) or _try(fd, _GLANCE)):
            os.close(fd)
            return False
        self._fd = fd
        _sign(fd, time.time() if now is None else now)
        return True

    def release(self) -> None:
        """Give it back."""
        if self._fd is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = None

    def holder(self) -> Holder | None:
        """Who has it, also where that process was stopped; None where nobody has, or where the
        holder left no note."""
        try:
            with own():
                fd = open_plain(self._path, os.O_RDONLY, follow=False)
        except FileNotFoundError:
            return None
        try:
            note = _holder(os.pread(fd, _NOTE, 0))
            if note is None:
                return None
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return note
        finally:
            os.close(fd)
        return None  # whoever left the note was killed


class Owner:
    """The mark of a living sender: a locked file. A `sending` row whose owner is dead is one
    whose outcome nobody will report any more."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "senders"
        with own():
            check_no_link(self._folder)
            private_folder(self._folder)
        self.name = secrets.token_hex(8)
        self._fd = _open(self._folder / self.name)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        _sign(self._fd, time.time())

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


def sender(state: Path, name: str) -> Holder | None:
    """The living process of a mark; None where it ended, or left no note."""
    path = state / "senders" / name
    return _holder(read_plain(path, follow=False)) if name and _is_held(path) else None


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


def _sign(fd: int, now: float) -> None:
    """Who has a lock, for others to see."""
    with contextlib.suppress(OSError):  # a full disk keeps nobody from the lock
        os.ftruncate(fd, 0)
        os.pwrite(fd, json.dumps(asdict(Holder(now, os.getpid()))).encode(), 0)


def _try(fd: int, after: float = 0.0) -> bool:
    time.sleep(after)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(note: bytes) -> Holder | None:
    try:
        values = json.loads(note)
        since, pid = float(values["since"]), int(values["pid"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    return Holder(since, pid) if math.isfinite(since) else None


def _open(path: Path) -> int:
    with own():
        return open_plain(path, os.O_RDWR | os.O_CREAT, follow=False)
