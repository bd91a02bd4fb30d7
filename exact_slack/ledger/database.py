"""Opening the SQLite file and its transactions."""

import contextlib
import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exact_slack.config.paths import private_folder
from exact_slack.errors import (
    ConfigError,
    ExactSlackError,
    PersonNeeded,
    TemporaryError,
)
from exact_slack.files import check_no_link, check_plain
from exact_slack.ledger.filesystem import refuse_network
from exact_slack.ledger.schema import MIGRATIONS

_ROOM = 64 * 1024
"""Bytes that SQLite needs at least to open a ledger."""


def _translated(path: Path, error: sqlite3.Error) -> ExactSlackError:
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return PersonNeeded(
            f"The ledger {path} is damaged ({text}).",
            "Put a backup in its place. Without one move it away: the next poll starts afresh, "
            "and what was posted before is not posted again unless --since asks for it.",
        )
    # where SQLite cannot even make its shared index, it calls a full disk an I/O error
    if "full" in text or ("I/O" in text and shutil.disk_usage(path.parent).free < _ROOM):
        return TemporaryError(
            f"The disk is full: {path} cannot be written.", "Nothing was sent without its record."
        )
    if "readonly" in text or "unable to open" in text:
        return TemporaryError(
            f"{path} cannot be written ({text}).",
            "Nothing was sent. Give this user write access to the state folder.",
        )
    return TemporaryError(f"The ledger {path} cannot be used now ({text}).")


def _create(path: Path) -> None:
    """Make the file with its mode. One that exists is never opened here: closing any descriptor
    of it would drop the locks of this process's other connections (POSIX), and another process
    could then delete the log under their feet."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


class Database:
    """One connection; every write runs in `transaction()`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            private_folder(path.parent)
            refuse_network(path.parent)
            for part in ("", "-wal", "-shm"):
                check_no_link(path.with_name(path.name + part))
                check_plain(path.with_name(path.name + part))
            _create(path)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise ConfigError(
                    f"{path} is a symbolic link; the ledger must be a file of its own.",
                    "Put the file itself there, or set the key `state` to the folder where it is.",
                ) from None
            if error.errno == 28:
                raise TemporaryError(f"The disk is full: {path} cannot be created.") from None
            raise TemporaryError(
                f"{path} cannot be written ({error.strerror}).",
                "Nothing was sent. Give this user write access to the state folder.",
            ) from None
        try:
            self._connection = sqlite3.connect(
                path, timeout=30, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._migrate()
        except sqlite3.DatabaseError as error:
            raise _translated(path, error) from None

    def _migrate(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise ConfigError(f"{self.path} was written by a newer exact-slack; update this one.")
        for number in range(version, len(MIGRATIONS)):
            self._connection.execute("BEGIN IMMEDIATE")
            if self._connection.execute("PRAGMA user_version").fetchone()[0] == number:
                for statement in _statements(MIGRATIONS[number]):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version={number + 1}")
            self._connection.execute("COMMIT")

    def in_memory(self) -> "Database":
        """A copy of everything, in memory."""
        copy = Database.__new__(Database)
        copy.path = self.path
        copy._connection = sqlite3.connect(":memory:", isolation_level=None)
        copy._connection.row_factory = sqlite3.Row
        self._connection.backup(copy._connection)
        return copy

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Inside another transaction it just joins that one."""
        if self._connection.in_transaction:
            yield
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        except sqlite3.OperationalError as error:
            raise _translated(self.path, error) from None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Inside a transaction: all of this or nothing; the transaction goes on."""
        self._connection.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO part")
                self._connection.execute("RELEASE part")
            raise
        self._connection.execute("RELEASE part")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # SQLite may have rolled back by itself (disk full)
            self._connection.execute("ROLLBACK")

    def run(self, sql: str, *values: object) -> int:
        """Execute one statement; returns the new row id."""
        return self._connection.execute(sql, values).lastrowid or 0

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return found


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
