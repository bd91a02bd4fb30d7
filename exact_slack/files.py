"""Opening files. What is no plain file is refused: a pipe would be waited for, a device read for
ever, and a folder holds no text. The errors are OSErrors whose `strerror` says what to do."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

MOST: Final = 1024 * 1024
"""Bytes of a file that are read at most: a token, a secret or a note has some thousand."""
_SORTS: Final = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


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
    return OSError(errno.ELOOP, why, str(path))


def _judge(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    what = next((name for matches, name in _SORTS if matches(mode)), "something else")
    why = f"it is {what}; put a plain file there, or name another one"
    raise OSError(errno.EINVAL, why, str(path))
