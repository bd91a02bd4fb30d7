"""What came in and went out, counted per UTC day: `status` reads days, not deliveries."""

from dataclasses import dataclass
from datetime import UTC, datetime

from exact_slack.ledger.schema.database import Database


def utc_day(now: float) -> str:
    """The UTC day of a time in seconds since 1970."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of one day. `what`: new or changed (documents, no channel), or an action."""

    day: str
    kind: str
    channel: str
    what: str
    n: int


class Activity:
    """The table `tally`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, now: float, kind: str, channel: str, what: str) -> None:
        """One more."""
        self._db.run(
            "INSERT INTO tally VALUES (?,?,?,?,1)"
            " ON CONFLICT (day, kind, channel, what) DO UPDATE SET n=n+1",
            utc_day(now),
            kind,
            channel,
            what,
        )

    def since(self, day: str) -> list[Tally]:
        """All numbers from a day on."""
        rows = self._db.rows("SELECT * FROM tally WHERE day>=? ORDER BY day", day)
        return [Tally(r["day"], r["kind"], r["channel"], r["what"], r["n"]) for r in rows]
