"""Which SQLite the ledger needs. One that is older calls a good ledger damaged, because it does not
know how its tables are written: so it never gets to see one."""

import sqlite3

from exact_slack import needs
from exact_slack.errors import ConfigError


def check_engine() -> None:
    """ConfigError where this Python's SQLite is older."""
    if sqlite3.sqlite_version_info[:2] < needs.SQLITE:
        raise ConfigError(
            f"This Python has SQLite {sqlite3.sqlite_version}; exact-slack needs"
            f" {needs.named(needs.SQLITE)} or later.",
            "Install exact-slack into a newer Python (uv brings its own). The ledger is in order:"
            " leave it where it is.",
        )
