"""Private folders, where a path leads, and opening files. What is no plain file is refused: a pipe
would be waited for, a device read for ever, and a folder holds no text. The errors are OSErrors
whose `strerror` says what to do."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from exact_slack.errors import ConfigError

MOST: Final = 1024 * 1024
"""Bytes of a file that are read at most: a token, a secret or a note has some thousand."""
_HOME_CURE: Final = "Set HOME, or write the whole path."
_SORTS: Final = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class OddFile(OSError):
    """Something else stands where a plain file, or a folder, of ours belongs."""

    def __init__(
        self, number: int, why: str, path: str, what: str, wanted: str = "a plain file"
    ) -> None:
        super().__init__(number, why, path)
        self.what = what
        """What stands there."""
        self.wanted = wanted
        """What belongs there."""


def open_plain(path: Path, flags: int, mode: int = 0o600, *, follow: bool = True) -> int:
    """A descriptor of a plain file, at once. `follow`: also where a symbolic link leads to one."""
    # without waiting: a pipe has perhaps nobody at its other end
    flags |= os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | (0 if follow else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags, mode)
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.EISDIR):  # a pipe or socket; a folder
            check_plain(path)
        if error.errno == errno.ELOOP and not follow:
            raise _link(path) from None
        raise
    try:
        _judge(path, os.fstat(descriptor).st_mode)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def read_plain(path: Path, most: int = MOST, *, follow: bool = True) -> bytes:
    """The content of a plain file of a bounded size."""
    with os.fdopen(open_plain(path, os.O_RDONLY, follow=follow), "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {most} bytes", str(path))
    return data


def check_plain(path: Path) -> None:
    """Refuse what exists there and is no plain file, without opening it."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    _judge(path, mode)


def check_no_link(path: Path) -> None:
    """Refuse a symbolic link where a file or folder of our own is written: it may lead to
    anything."""
    if path.is_symlink():
        raise _link(path)


def _link(path: Path) -> OSError:
    why = "it is a symbolic link, which is not followed; put the file or folder itself there"
    return OddFile(errno.ELOOP, why, str(path), "a symbolic link, which is not followed")


def _judge(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    what = _sort(mode)
    why = f"it is {what}; put a plain file there, or name another one"
    raise OddFile(errno.EINVAL, why, str(path), what)


def _sort(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "a plain file"
    return next((name for matches, name in _SORTS if matches(mode)), "something else")


def misplaced(error: OddFile) -> ConfigError:
    """What is told where that is the place of a file of our own: waiting does not mend it."""
    return ConfigError(
        f"{error.filename} is {error.what}; exact-slack keeps {error.wanted} of its own there.",
        "Move it away, or set the key `state` to another folder.",
    )


@contextmanager
def own() -> Iterator[None]:
    """In here files and folders of our own are opened: ConfigError, as `misplaced` tells it, where
    something else stands in the place of one. Any other OSError passes."""
    try:
        yield
    except OddFile as error:
        raise misplaced(error) from None


def check_own(path: Path) -> None:
    """Refuse what stands in the place of a plain file of our own."""
    check_no_link(path)
    check_plain(path)


def private_folder(path: Path) -> None:
    """Make a folder with mode 0700, and so every missing one above it, whatever the umask
    (`mkdir(parents=True)` gives the ones above the umask's mode). Raises OSError, OddFile where
    something else is in the way."""
    missing = []
    while not path.exists() and path != path.parent:
        missing.append(path)
        path = path.parent
    if not path.is_dir():
        raise _no_folder(path, _sort(path.stat().st_mode))
    for folder in reversed(missing):
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except FileExistsError:
            raise _no_folder(folder, "a symbolic link that leads nowhere") from None


def _no_folder(path: Path, what: str) -> OddFile:
    why = f"it is {what}, and a folder belongs there"
    return OddFile(errno.ENOTDIR, why, str(path), what, "a folder")


def expanded(path: str) -> Path:
    """A path with `~` replaced. ConfigError where nobody knows the home folder: neither HOME
    nor an entry in the list of users."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ConfigError(f"{path}: the home folder is not known.", _HOME_CURE) from None


def beside(config: Path, path: str) -> Path:
    """A path that a config file names; a relative one is relative to the file itself, so that it
    means the same from every folder, and under cron. ConfigError as in `expanded`."""
    return config.resolve().parent / expanded(path)
