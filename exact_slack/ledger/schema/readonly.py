"""Opening a ledger to read it. SQLite's log wants a little room beside the file even for that;
where a full or read-only disk has none, the file is read by other ways."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from exact_slack.ledger.schema import trouble

Connect = Callable[..., sqlite3.Connection]


def connect(path: Path, connect: Connect) -> sqlite3.Connection:
    """A connection that reads what stands in the file and its log."""
    try:
        return _tried(connect(f"file:{quote(str(path))}?mode=ro", uri=True))
    except sqlite3.Error as error:
        if not trouble.is_lack_of_room(error):
            raise trouble.translated(path, error, "") from None
    try:
        if not _has_log(path):  # nobody can write there now, so the file stays as it is
            return _tried(connect(f"file:{quote(str(path))}?immutable=1", uri=True))
        return _copied(path, connect)
    except sqlite3.Error as error:
        raise trouble.translated(path, error, "") from None
    except OSError as error:
        raise trouble.not_readable(path, error.strerror) from None


def _tried(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _has_log(path: Path) -> bool:
    return _log(path).exists() and _log(path).stat().st_size > 0


def _copied(path: Path, connect: Connect) -> sqlite3.Connection:
    """File and log, put together elsewhere and held in memory."""
    result = connect(":memory:")
    with tempfile.TemporaryDirectory(prefix="exact-slack-") as folder:
        for file in (path, _log(path)):
            shutil.copyfile(file, Path(folder) / file.name)
        copy = connect(Path(folder) / path.name)
        try:
            copy.backup(result)
        finally:
            copy.close()
    return result
