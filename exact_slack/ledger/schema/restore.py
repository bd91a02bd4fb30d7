"""Putting a backup in the place of the ledger."""

import contextlib
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from exact_slack.errors import BadRequest, PersonNeeded, TemporaryError
from exact_slack.files import check_plain, own, private_folder
from exact_slack.ledger.ledger import FILE, mark_copy
from exact_slack.ledger.schema import disk
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.lock import RunLock

_IN_USE = TemporaryError(
    "The ledger is in use.", "Stop cron and serve, wait for the poll to end, and try again."
)


def restore(file: Path, state: Path, now: float) -> Path | None:
    """Put a copy in the place of the ledger; returns where the old one is kept. Nothing is
    replaced before the copy was found to be whole, and nothing while another process is at work."""
    try:
        with own():
            private_folder(state)
        new = _prepared(file, state)
        lock = RunLock(state)
        try:
            if not lock.take() or _is_open(state / FILE):
                raise _IN_USE
            mark_copy(new, _made_at(new, now))
            kept = _set_aside(state / FILE, now)
            new.replace(state / FILE)
            _flush(state)
            return kept
        finally:
            new.unlink(missing_ok=True)
            lock.release()
    except OSError as error:
        if error.errno and disk.takes_no_more(error.errno):
            raise disk.no_room(state / FILE, error.errno) from None
        raise PersonNeeded(f"{error.filename or file}: {error.strerror}.") from None


def _prepared(file: Path, state: Path) -> Path:
    """The copy, in the state folder and whole."""
    check_plain(file)
    if not file.is_file() or not file.stat().st_size:
        raise BadRequest(f"{file}: there is no such file, or nothing in it.")
    if (state / FILE).exists() and file.samefile(state / FILE):
        raise BadRequest(f"{file} is the ledger itself.", "Name a copy of it.")
    with closing(Database.reading(file, follow=True)) as copy:
        if copy.row("SELECT 1 FROM sqlite_master WHERE name='deliveries'") is None:
            raise BadRequest(f"{file} is no ledger.")
        if damage := copy.damage():
            raise PersonNeeded(f"{file} is damaged ({damage}).", "Take another backup.")
        new = state / f"{FILE}.restored"
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        copy.copy_into(new)
    return new


def _made_at(new: Path, now: float) -> float:
    """When a copy was made that does not say so itself: its last run."""
    with closing(Database.plain(new)) as copy:
        row = copy.row("SELECT max(started_at) AS at FROM runs")
        return float(row["at"] or now) if row else now


def _is_open(path: Path) -> bool:
    """Whether another process has the ledger open: only one alone may end its log."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path, timeout=0.0, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return False


def _set_aside(path: Path, now: float) -> Path | None:
    """Move the old ledger with its log to a name of its own."""
    if not path.exists():
        return None
    when = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now))
    kept = path.with_name(f"ledger-until-{when}.sqlite")
    for part in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + part).rename(kept.with_name(kept.name + part))
    return kept


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
