"""What SQLite and damaged records are to a person. Every error of the ledger comes through here.

A ledger counts as damaged only where that is proved: by SQLite's own word, by its check of the
whole file, or by a value that no version of exact-slack writes."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exact_slack.errors import PersonNeeded, TemporaryError
from exact_slack.ledger.schema import disk

_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NO_ACCESS = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_PASSING = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_IOERR,
)
_SAID = {sqlite3.SQLITE_FULL: errno.ENOSPC}
_DISK = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,  # the log beside it cannot be made
)
"""Words of SQLite behind which a disk may be that takes no more."""
_CURE = (
    "Put a backup in its place: exact-slack backup --restore FILE. Without one move it away: the "
    "next poll begins anew, and looks into the channels before it posts."
)


class DamagedRecord(PersonNeeded):
    """A record that no version of exact-slack writes. It is left alone; the others go on."""

    def __init__(self, what: str, why: object) -> None:
        reason = " ".join(str(why).split())[:120]
        super().__init__(
            f"One record of the ledger is damaged: {what} ({reason}).",
            "It is left alone and everything else goes on. A backup has it whole: "
            "exact-slack backup --restore FILE",
        )


@contextmanager
def record(what: str, number: object) -> Iterator[None]:
    """Reading one record: what is in it that no version writes is its damage, and only its."""
    try:
        yield
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        detail = error if type(error) is ValueError else type(error).__name__
        raise DamagedRecord(f"{what} {number}", detail) from None


def damaged(path: Path, why: str) -> PersonNeeded:
    """The whole file cannot be trusted any more."""
    return PersonNeeded(
        f"The ledger {path} is damaged ({why}).", _CURE, cause="the ledger is damaged"
    )


def not_writable(path: Path, why: object) -> TemporaryError:
    """This user has no access."""
    return TemporaryError(
        f"{path} cannot be written ({why}).",
        "Nothing was sent. Give this user write access to the state folder.",
        cause="the ledger cannot be used",
    )


def not_readable(path: Path, why: object) -> TemporaryError:
    """What should be read cannot be."""
    return TemporaryError(
        f"{path} cannot be read ({why}).", "Give this user access to the state folder."
    )


def translated(path: Path, error: sqlite3.Error, damage: str) -> Exception:
    """What an error of SQLite means; the error itself where it is a mistake of ours. `damage`: what
    SQLite's check of the whole file says, where that is known or asked for."""
    text = str(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _CORRUPT or damage:
        return damaged(path, damage or text)
    if code in _DISK and (number := disk.obstacle(path) or _SAID.get(code, 0)):
        return disk.no_room(path, number)
    if code in _NO_ACCESS:
        return not_writable(path, text)
    if code in _PASSING:
        return TemporaryError(
            f"The ledger {path} cannot be used now ({text}).", cause="the ledger cannot be used"
        )
    return error


def needs_proof(error: sqlite3.Error) -> bool:
    """Whether the error may come of damage, or of a mistake of ours: only a check tells."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    codes = (*_CORRUPT, *_NO_ACCESS, *_PASSING, sqlite3.SQLITE_FULL)
    return code not in codes


def is_sql(error: sqlite3.Error) -> bool:
    """Whether a statement does not fit the tables that are there."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_ERROR


def is_undecodable(error: sqlite3.Error) -> bool:
    """Whether a text holds bytes that are none. Python's own word: SQLite has no code for it."""
    return not getattr(error, "sqlite_errorcode", 0) and "decode" in str(error)


def is_lack_of_room(error: sqlite3.Error) -> bool:
    """Whether SQLite could not write what it wants beside the file, or found no room for it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (*_NO_ACCESS, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def check(connection: sqlite3.Connection) -> str:
    """What SQLite's check of the whole file finds; "" where all is well."""
    try:
        rows = connection.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return str(error) if code in _CORRUPT or is_undecodable(error) else ""
    first = str(rows[0][0]) if rows else "no answer"
    return "" if first == "ok" else " ".join(first.split())
