"""The tables, as migrations: a file of `sql/` a version, by the number that its name begins with,
each run once in its own transaction.

Never change one that was released; add one with the next number, and `make reference` writes
`tables.sql` anew: all that they make together. `user_version` says which was the last."""

import os

_FOLDER = os.path.join(os.path.dirname(__file__), "sql")
TABLES = os.path.join(os.path.dirname(__file__), "tables.sql")
_NAMES = sorted(name for name in os.listdir(_FOLDER) if name.endswith(".sql"))

LATEST = len(_NAMES)
"""The version of the tables that this program writes."""


def tables() -> str:
    """What makes the tables of `LATEST` in an empty file."""
    with open(TABLES, encoding="utf-8") as file:
        return file.read()


def script(version: int) -> str:
    """What makes this version of the one before."""
    with open(os.path.join(_FOLDER, _NAMES[version - 1]), encoding="utf-8") as file:
        return file.read()


def scripts(version: int = LATEST) -> list[str]:
    """All that lead from an empty file to this version."""
    return [script(number) for number in range(1, version + 1)]
