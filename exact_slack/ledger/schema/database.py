"""Opening the SQLite file and its transactions."""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from exact_slack.errors import ConfigError
from exact_slack.files import check_no_link, check_plain, own, private_folder
from exact_slack.ledger.outgoing.states import VIEWS
from exact_slack.ledger.schema import disk, mend, readonly, trouble
from exact_slack.ledger.schema.engine import check_engine
from exact_slack.ledger.schema.filesystem import refuse_network
from exact_slack.ledger.schema.migrations import LATEST

_Made = TypeVar("_Made")
_IN_MEMORY = 64 * 1024 * 1024
"""Bytes of a ledger that is copied into memory; of a larger one the copy is a file."""
_NEWER = 1000
"""No later exact-slack has so many more versions of its tables."""


def _create(path: Path) -> None:
    """Make the file with its mode. One that exists is never opened here: closing any descriptor
    of it would drop the locks of this process's other connections (POSIX), and another process
    could then delete the log under their feet."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _check_files(path: Path, *, follow: bool = False) -> None:
    """Refuse what is no plain file in the place of the ledger or of its log. `follow`: a link to
    one is none of ours, and is good to read."""
    for part in ("", "-wal", "-shm"):
        file = path.with_name(path.name + part)
        if not follow:
            _check_no_link(file)
        check_plain(file)


def _check_no_link(file: Path) -> None:
    try:
        check_no_link(file)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise ConfigError(
            f"{file} is a symbolic link; the ledger must be a file of its own.",
            "Put the file itself there, or set the key `state` to the folder where it is.",
        ) from None


class Database:
    """One connection; every write runs in `transaction()`."""

    _only_reads = False
    """Whether a `snapshot()` is open."""

    def __init__(self, path: Path) -> None:
        check_engine()  # before there is an empty file
        self.path = path
        try:
            with own():
                private_folder(path.parent)
                refuse_network(path.parent)
                _check_files(path)
            _create(path)
        except OSError as error:
            if error.errno and disk.takes_no_more(error.errno):
                raise disk.no_room(path, error.errno) from None
            raise trouble.not_writable(path, error.strerror) from None
        self._connection = self._connect(path)
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._migrate()
        except sqlite3.Error as error:
            raise self._translated(error) from None

    def _connect(self, path: Path | str, *, uri: bool = False) -> sqlite3.Connection:
        check_engine()
        try:
            connection = sqlite3.connect(
                path, timeout=30, isolation_level=None, check_same_thread=False, uri=uri
            )
        except sqlite3.Error as error:
            raise trouble.translated(self.path, error, "") from None
        connection.row_factory = sqlite3.Row
        return connection

    def _translated(self, error: sqlite3.Error) -> Exception:
        """The one door for what SQLite says."""
        damage = trouble.check(self._connection) if trouble.needs_proof(error) else ""
        return trouble.translated(self.path, error, damage)

    def note(self, error: trouble.DamagedRecord) -> None:
        """A record that was passed over, because it is damaged."""
        self.damaged_records[str(error)] = error

    @cached_property
    def damaged_records(self) -> dict[str, trouble.DamagedRecord]:
        """What was passed over, by its sentence."""
        return {}

    def each(
        self, rows: Iterable[sqlite3.Row], made: Callable[[sqlite3.Row], _Made]
    ) -> list[_Made]:
        """An object for each row; the damaged ones are noted, and the others go on."""
        objects: list[_Made] = []
        for row in rows:
            try:
                objects.append(made(row))
            except trouble.DamagedRecord as error:
                self.note(error)
        return objects

    def size(self) -> int:
        """Bytes of the file, but for what is still in the log."""
        pages, size = self.row("PRAGMA page_count"), self.row("PRAGMA page_size")
        return int(pages[0]) * int(size[0]) if pages and size else 0

    def damage(self) -> str:
        """What SQLite's check of the whole file finds; "" where all is well."""
        return trouble.check(self._connection)

    @classmethod
    def reading(cls, path: Path, *, follow: bool = False) -> "Database":
        """The ledger as it is: nothing is written, and a full or read-only disk is no hindrance.
        One of an older version is read in a copy, unless it lacks only indexes: it may be large.
        Where there is none, that is an empty one.
        `follow`: also where a symbolic link leads to one, which is then no ledger of ours."""
        db = cls.__new__(cls)
        db.path = path
        try:
            with own():
                _check_files(path, follow=follow)
            there = path.exists() and path.stat().st_size > 0
        except OSError as error:
            raise trouble.not_readable(path, error.strerror) from None
        if not there:
            db._connection = db._connect(":memory:")
        else:
            db._connection = readonly.connect(path, db._connect)
        try:
            if there and (version := db._version()) != LATEST:
                if not follow and mend.lacks_only_speed(db._connection, version):
                    db._add_views()
                    return db
                db = db._copied()
            db._migrate()
        except sqlite3.Error as error:
            raise db._translated(error) from None
        return db

    @classmethod
    def empty(cls) -> "Database":
        """One without anything in it, in memory."""
        db = cls.__new__(cls)
        db.path = Path(":memory:")
        db._connection = db._connect(":memory:")
        db._migrate()
        return db

    @classmethod
    def plain(cls, path: Path) -> "Database":
        """A copy that is not in use: one file, without a log, as it is."""
        db = cls.__new__(cls)
        db.path = path
        db._connection = db._connect(path)
        db.run("PRAGMA synchronous=FULL")
        return db

    def copy_into(self, path: Path) -> None:
        """Everything, in an empty file."""
        try:
            self._connection.execute("VACUUM INTO ?", (str(path),))
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            of_target = code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN)
            raise (
                trouble.translated(path, error, "") if of_target else self._translated(error)
            ) from None

    def _migrate(self) -> None:
        while self._checked_version() < LATEST:
            with self.transaction():
                self._step(self._checked_version())  # another process may have been quicker
        self._add_views()

    def _checked_version(self) -> int:
        """The version of its tables; raises where it is none that this program knows."""
        version = self._version()
        if not 0 <= version <= LATEST + _NEWER:
            raise trouble.damaged(self.path, f"its version is {version}")
        if version > LATEST:
            raise ConfigError(f"{self.path} was written by a newer exact-slack; update this one.")
        return version

    def _add_views(self) -> None:
        """Of this connection alone: nothing of them is written into the file."""
        for name, condition in VIEWS.items():
            self._connection.execute(
                f"CREATE TEMP VIEW IF NOT EXISTS {name} AS"  # noqa: S608 - from the code
                f" SELECT * FROM deliveries WHERE {condition}"
            )

    def _step(self, version: int) -> None:
        if version >= LATEST:
            return
        if version == 0 and mend.is_empty(self._connection):
            mend.create(self._connection)
            return
        try:
            mend.migrate(self._connection, version)
        except sqlite3.Error as error:
            if trouble.is_sql(error):  # its tables are not those of the version that it tells
                raise trouble.damaged(self.path, f"version {version}: {error}") from None
            raise
        self._connection.execute(f"PRAGMA user_version={version + 1}")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def scratch(self) -> "Database":
        """A copy of everything, that nobody else sees and that ends with its connection."""
        copy = self._copied()
        copy._migrate()
        return copy

    def _copied(self) -> "Database":
        """A large one goes to the disk, into a file without a name that goes with its connection;
        into memory where no disk has room."""
        is_large = self.size() > _IN_MEMORY
        try:
            return self._copied_into("" if is_large else ":memory:")
        except sqlite3.Error as error:
            if not (is_large and trouble.is_lack_of_room(error)):
                raise self._translated(error) from None
        try:
            return self._copied_into(":memory:")
        except sqlite3.Error as error:
            raise self._translated(error) from None

    def _copied_into(self, place: str) -> "Database":
        copy = Database.__new__(Database)
        copy.path = self.path
        copy._connection = copy._connect(place)
        try:
            self._connection.backup(copy._connection)
        except sqlite3.Error:
            copy._connection.close()
            raise
        return copy

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Inside another transaction it is a savepoint: if it fails, all of this
        is undone, and whoever catches the error may go on and commit the rest. To refuse it would
        have every caller know from where it is called, to join silently committed halves."""
        assert not self._only_reads, "what is written here would be undone"
        if self._connection.in_transaction:
            with self._savepoint():
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
        except sqlite3.Error as error:
            raise self._translated(error) from None

    @contextmanager
    def joined(self) -> Iterator[None]:
        """The transaction that is open, or one of its own: for a single change, of which nothing
        could be undone in part."""
        if self._connection.in_transaction:
            yield
            return
        with self.transaction():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """For reading alone: all of it sees one state, whatever others commit meanwhile, and
        SQLite locks once."""
        if self._connection.in_transaction:
            yield
            return
        try:
            self._connection.execute("BEGIN")
        except sqlite3.Error as error:
            raise self._translated(error) from None
        self._only_reads = True
        try:
            yield
        finally:
            self._only_reads = False
            self._roll_back()

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
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
            with contextlib.suppress(sqlite3.Error):  # what led here is told
                self._connection.execute("ROLLBACK")

    def run(self, sql: str, *values: object) -> int:
        """Execute one statement; returns the new row id."""
        try:
            return self._connection.execute(sql, values).lastrowid or 0
        except sqlite3.Error as error:
            raise self._translated(error) from None

    def changed(self, sql: str, *values: object) -> int:
        """Execute an UPDATE or DELETE; returns how many rows it met. RETURNING would tell which,
        but costs several times what the statement does."""
        try:
            return self._connection.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise self._translated(error) from None

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._read(lambda: self._connection.execute(sql, values).fetchall())

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        fetched: sqlite3.Row | None = self._read(
            lambda: self._connection.execute(sql, values).fetchone()
        )
        return fetched

    def _read(self, read: Callable[[], _Made]) -> _Made:
        try:
            try:
                return read()
            except sqlite3.OperationalError as error:
                if not trouble.is_undecodable(error):
                    raise
                return self._anyhow(read)
        except sqlite3.Error as error:
            raise self._translated(error) from None

    def _anyhow(self, read: Callable[[], _Made]) -> _Made:
        """Bytes that are no text show as such: only the record that holds them is damaged."""
        self._connection.text_factory = lambda text: text.decode(errors="replace")
        try:
            return read()
        finally:
            self._connection.text_factory = str
