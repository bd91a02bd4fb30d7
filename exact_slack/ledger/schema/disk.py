"""What keeps a disk from taking more, each with its word: SQLite calls most of it an I/O error."""

import errno
import os
import resource
import shutil
import tempfile
from pathlib import Path

from exact_slack.errors import PersonNeeded

_ROOM = 64 * 1024
"""Bytes that SQLite needs at least to open a ledger."""
_CURE = "the next run goes on. Nothing was sent without its record."
_WORDS = {
    errno.ENOSPC: ("The disk is full: {} cannot be written, {} free.", "Make room"),
    errno.EDQUOT: (
        "The disk quota of this user is used up: {} cannot be written, {} free.",
        "Make room, or have it raised",
    ),
    errno.EFBIG: (
        "A file may not grow any further here: {} cannot be written, {} free.",
        "Raise the limit (ulimit -f)",
    ),
    errno.EROFS: (
        "The file system is read-only: {} cannot be written, {} free.",
        "Mount it so that it can be written",
    ),
}


def takes_no_more(number: int) -> bool:
    """Whether an error of the system means that the disk, and not this file, takes nothing."""
    return number in _WORDS


def no_room(path: Path, number: int) -> PersonNeeded:
    """A disk that takes no more is a person's."""
    what, cure = _WORDS[number]
    cause = f"the disk takes no more ({errno.errorcode[number]})"
    return PersonNeeded(what.format(path, _free(path)), f"{cure}; {_CURE}", cause=cause)


def obstacle(path: Path) -> int:
    """The number of the error that writing beside this file meets; 0 where there is none."""
    try:
        if os.statvfs(path.parent).f_flag & os.ST_RDONLY:
            return errno.EROFS
        if shutil.disk_usage(path.parent).free < _ROOM:
            return errno.ENOSPC
        if _limit_is_near(path):
            return errno.EFBIG
        with tempfile.TemporaryFile(dir=path.parent) as file:
            file.write(bytes(_ROOM))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno if error.errno in _WORDS else 0
    return 0


def _limit_is_near(path: Path) -> bool:
    most, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if most == resource.RLIM_INFINITY:
        return False
    beside = (path, path.with_name(f"{path.name}-wal"))
    return any(file.exists() and file.stat().st_size + _ROOM > most for file in beside)


def _free(path: Path) -> str:
    try:
        free = shutil.disk_usage(_existing(path)).free
    except OSError:
        return "nothing is"
    return f"{free / 1e6:.1f} MB are" if free >= 1e5 else f"{free // 1000} kB are"


def _existing(path: Path) -> Path:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
