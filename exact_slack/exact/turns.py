"""One request at a time for each division, over all processes: Exact asks for no parallel
requests ("REST API restrictions" article), and parallel paging was seen to lose rows."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exact_slack.errors import TemporaryError


class Turns:
    """Lock files in a folder; the kernel frees a lock when its process ends, however it ends."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @contextmanager
    def take(self, division: int | None) -> Iterator[None]:
        """Wait for the division's turn and hold it; without a folder or a division at once."""
        if self._folder is None or division is None:
            yield
            return
        with hold(self._folder / f"exact-{division}.lock"):
            yield


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """An exclusive lock on a file, over processes and threads."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise TemporaryError(
            f"{path} cannot be opened ({error.strerror}).",
            "Free some space or mend the permissions; nothing is lost.",
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
