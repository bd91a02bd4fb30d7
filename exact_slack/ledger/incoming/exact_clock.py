"""How far Exact's wall clock is ahead of UTC, as it was when Exact was last asked."""

from contextlib import suppress

from exact_slack.ledger.schema.database import Database

FACT = "exact clock ahead"


def known_ahead_ms(db: Database) -> int | None:
    """Milliseconds; None where nobody knows yet."""
    row = db.row("SELECT value FROM facts WHERE name=?", FACT)
    with suppress(ValueError):
        return int(row["value"]) if row and row["value"] else None
    return None
