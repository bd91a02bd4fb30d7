"""Ledgers of the first day. The first migration still grew then, under one number: a
ledger made in between lacks what came after it, and no number says so. So before a ledger is
migrated it gets what its own version should have."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from exact_slack.ledger.schema.migrations import LATEST, script, scripts, tables


def statements(sql: str) -> Iterator[str]:
    """The statements of a migration, one by one."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing was ever made in it."""
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def create(connection: sqlite3.Connection) -> None:
    """The tables of today in an empty file, inside a transaction: it lacks nothing. They are made
    in one piece, as altering them from version to version takes many times as long; of the
    migrations what they write into new tables is left to do."""
    for statement in statements(tables()):
        connection.execute(statement)
    for sql in scripts():
        for statement in statements(sql):
            if _WRITES.match(statement):
                connection.execute(statement)
    connection.execute(f"PRAGMA user_version={LATEST}")


_WRITES = re.compile(r"(?:\s*--.*\n)*\s*INSERT ")


_THERE = ("already exists", "duplicate column name")


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """From a version to the next one, inside a transaction. What is there already stays: for a
    while two migrations had changed places."""
    complete(connection, version)
    for statement in statements(script(version + 1)):
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if not any(word in str(error) for word in _THERE):
                raise


def lacks_only_speed(connection: sqlite3.Connection, version: int) -> bool:
    """Whether a ledger of an older version answers every question as it is, only slower: all that
    later versions add are indexes, of tables whose statements name none."""
    later = [s for number in range(version, LATEST) for s in statements(script(number + 1))]
    added = [_INDEX.search(statement) for statement in later]
    if version < 1 or not all(match and match[1] in _UNFORCED for match in added):
        return False
    wanted, present = _layout(version), _objects(connection, "table")
    return (
        all(
            name in present and columns.keys() <= _columns(connection, name).keys()
            for name, columns in wanted.columns.items()
        )
        and wanted.indexes.keys() <= _objects(connection, "index").keys()
    )


_INDEX = re.compile(r"^(?:\s*--.*\n)*\s*CREATE (?:UNIQUE )?INDEX \w+\s+ON (\w+)")
_UNFORCED = ("documents", "deliveries", "log", "item_steps")
"""Large tables of which no statement says by which index it is to be read."""


@dataclass(frozen=True)
class _Layout:
    """The tables and indexes of a version by their SQL, and the columns of each table."""

    tables: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    indexes: Mapping[str, str]


@cache
def _layout(version: int) -> _Layout:
    wanted = sqlite3.connect(":memory:")
    try:
        for sql in scripts(version):
            wanted.executescript(sql)
        tables = _objects(wanted, "table")
        columns = {name: _columns(wanted, name) for name in tables}
        return _Layout(tables, columns, _objects(wanted, "index"))
    finally:
        wanted.close()


def complete(connection: sqlite3.Connection, version: int) -> None:
    """Add the tables, columns and indexes of a version that are not there. Inside a transaction."""
    wanted = _layout(version)
    present = _objects(connection, "table")
    for name, sql in wanted.tables.items():
        if name not in present:
            connection.execute(sql)
            continue
        there = _columns(connection, name)
        for column, kind in wanted.columns[name].items():
            if column not in there:
                connection.execute(f"ALTER TABLE {name} ADD COLUMN {column} {kind}")
    indexes = _objects(connection, "index")
    for name, sql in wanted.indexes.items():
        if indexes.get(name) != sql:
            connection.execute(f"DROP INDEX IF EXISTS {name}")
            connection.execute(sql)


def _objects(connection: sqlite3.Connection, kind: str) -> Mapping[str, str]:
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type=? AND sql IS NOT NULL", (kind,)
    )
    return {row[0]: row[1] for row in rows}


def _columns(connection: sqlite3.Connection, table: str) -> Mapping[str, str]:
    """Each column with its type and default, as ALTER TABLE wants them."""
    columns = {}
    for _, name, kind, needed, default, _ in connection.execute(f"PRAGMA table_info({table})"):
        rest = f" DEFAULT {default}" if default is not None else ""
        columns[name] = f"{kind}{' NOT NULL' if needed else ''}{rest}"
    return columns
