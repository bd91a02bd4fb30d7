"""One request at a time for each division, over all processes: Exact asks for no parallel
requests ("REST API restrictions" article), and parallel paging was seen to lose rows."""

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from exact_slack.errors import TemporaryError
from exact_slack.files import open_plain, own, private_folder

_NOTE: Final = 512
"""Bytes of the note in a lock file, always written whole."""


LIMIT: Final = 300.0
"""Seconds to wait for a division's turn: longer than a file may take, and some calls before."""


def lock_of(folder: Path, division: int) -> Path:
    """The file whose lock is a division's turn."""
    return folder / f"exact-{division}.lock"


class Turn:
    """A division's turn, with a note that the next holder finds: what is known of its limits."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def read(self) -> dict[str, Any]:
        """The note of the last holder, {} where there is none."""
        if self._descriptor is None:
            return {}
        try:
            values = json.loads(os.pread(self._descriptor, _NOTE, 0))
        except (ValueError, OSError):
            return {}
        return values if isinstance(values, dict) else {}

    def write(self, note: dict[str, Any]) -> None:
        """Leave a note. It is a help, not a record: a full disk just leaves none."""
        if self._descriptor is None:
            return
        data = json.dumps(note).encode().ljust(_NOTE)
        with contextlib.suppress(OSError):
            os.pwrite(self._descriptor, data, 0)


class Turns:
    """Lock files in a folder; the kernel frees a lock when its process ends, however it ends."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @contextmanager
    def take(self, division: int | None) -> Iterator[Turn]:
        """Wait for the division's turn and hold it; without a folder or a division at once."""
        if self._folder is None or division is None:
            yield Turn(None)
            return
        with hold(lock_of(self._folder, division), LIMIT) as descriptor:
            yield Turn(descriptor)


@contextmanager
def hold(path: Path, seconds: float) -> Iterator[int]:
    """An exclusive lock on a file, over processes and threads. TemporaryError where somebody else
    keeps it for longer than `seconds`: a process that was stopped keeps it for ever."""
    try:
        with own():
            private_folder(path.parent)
            descriptor = open_plain(path, os.O_RDWR | os.O_CREAT, follow=False)
    except OSError as error:
        raise TemporaryError(
            f"{path} cannot be opened ({error.strerror}).",
            "Free some space or mend the permissions; nothing is lost.",
        ) from None
    try:
        if not _taken(descriptor, seconds):
            raise TemporaryError(
                f"Another process has held {path} for more than {seconds:.0f} s.",
                "The next run tries again. If it stays so, end that process"
                f" (fuser {path} names it).",
            )
        yield descriptor
    finally:
        os.close(descriptor)


def _taken(descriptor: int, seconds: float) -> bool:
    """Whether the lock is ours in time. Those who wait get it in the order in which they came,
    which looking at it again and again would not give; so a thread waits in the kernel."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        pass
    ours = threading.Event()

    def wait() -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        ours.set()

    # one that waits on gives up its turn as soon as it gets it: its descriptor is closed by then
    threading.Thread(target=wait, daemon=True, name="turn").start()
    return ours.wait(seconds)
