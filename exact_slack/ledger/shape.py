"""How a ledger looks from outside: its version, its size, and how much is in it; no content."""

from typing import Any

from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.migrations import LATEST


def shape(db: Database) -> dict[str, Any]:
    """Counts by table, and of the deliveries by action, state and cause."""
    tables = [
        row["name"]
        for row in db.rows(
            "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY name"
        )
    ]
    counts = {
        name: int(row[0])
        for name in tables
        if (row := db.row(f'SELECT count(*) FROM "{name}"'))  # noqa: S608 - names of its own tables
    }
    values = {state.value for state in State}, {cause.value for cause in Cause}
    groups = db.rows(
        "SELECT action, state, cause, count(*) AS n FROM deliveries GROUP BY action, state, cause"
        " ORDER BY n DESC"
    )
    return {
        "version": LATEST,
        "bytes": db.size(),
        "rows": counts,
        "deliveries": [
            {name: row[name] for name in ("action", "state", "cause", "n")}
            for row in groups
            if row["state"] in values[0] and row["cause"] in values[1]
        ],
    }
