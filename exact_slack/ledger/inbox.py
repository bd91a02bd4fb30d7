"""What webhooks brought and is not worked off yet, and what came by webhook or by poll."""

from dataclasses import dataclass

from exact_slack.documents.kinds import Kind
from exact_slack.ledger.database import Database

_EVENTS_KEPT = 86_400.0
"""Seconds for which an event id is remembered; Slack repeats within hours."""

LONGEST_REST = 7200.0
"""Seconds: no item rests for longer."""


@dataclass(frozen=True, slots=True)
class Item:
    """A document to fetch. `version` counts notifications, so that one that comes during the
    fetch is not lost."""

    division: int
    kind: Kind
    key: str
    version: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How documents of one kind were noticed. Times are seconds since 1970."""

    division: int
    kind: Kind
    by_webhook: int
    by_poll: int
    last_webhook: float | None
    polled_since: int
    """Documents that the poll found since the last webhook came."""


class Inbox:
    """The tables `inbox`, `events` and `arrivals`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, division: int, kind: Kind, key: str, now: float) -> None:
        """One notification; several for one document become one item."""
        self._db.run(
            "INSERT INTO inbox (division, kind, key, version, received_at) VALUES (?,?,?,1,?)"
            " ON CONFLICT (division, kind, key) DO UPDATE SET version=version+1, attempts=0,"
            " not_before=0",
            division,
            kind.value,
            key,
            now,
        )
        self._db.run(
            "INSERT INTO arrivals (division, kind, by_webhook, last_webhook) VALUES (?,?,1,?)"
            " ON CONFLICT (division, kind) DO UPDATE SET by_webhook=by_webhook+1,"
            " last_webhook=excluded.last_webhook, polled_since=0",
            division,
            kind.value,
            now,
        )

    def due(self, now: float, most: int) -> list[Item]:
        """The oldest items whose time has come."""
        rows = self._db.rows(
            # a time further away than any pause: the local clock was set back
            "SELECT * FROM inbox WHERE NOT not_before BETWEEN ? AND ? ORDER BY received_at LIMIT ?",
            now,
            now + LONGEST_REST,
            most,
        )
        return [
            Item(r["division"], Kind(r["kind"]), r["key"], r["version"], r["attempts"])
            for r in rows
        ]

    def done(self, item: Item) -> None:
        """The item is worked off, unless another notification came meanwhile."""
        self._db.run(
            "DELETE FROM inbox WHERE division=? AND kind=? AND key=? AND version=?",
            item.division,
            item.kind.value,
            item.key,
            item.version,
        )

    def later(self, item: Item, until: float) -> None:
        """Try the item again at `until`, at most LONGEST_REST from now; at once where another
        notification came meanwhile."""
        with self._db.transaction():
            self._db.run(
                "UPDATE inbox SET attempts=attempts+1, not_before=? WHERE division=? AND kind=?"
                " AND key=? AND version=?",
                until,
                item.division,
                item.kind.value,
                item.key,
                item.version,
            )

    def waiting(self) -> int:
        """How many documents wait to be fetched."""
        row = self._db.row("SELECT count(*) AS n FROM inbox")
        return int(row["n"]) if row else 0

    def polled(self, division: int, kind: Kind, count: int) -> None:
        """The poll found so many new or changed documents."""
        self._db.run(
            "INSERT INTO arrivals (division, kind, by_poll, polled_since) VALUES (?,?,?,?)"
            " ON CONFLICT (division, kind) DO UPDATE SET by_poll=by_poll+excluded.by_poll,"
            " polled_since=polled_since+excluded.polled_since",
            division,
            kind.value,
            count,
            count,
        )

    def arrivals(self) -> list[Arrivals]:
        """How documents were noticed, per division and kind."""
        rows = self._db.rows("SELECT * FROM arrivals ORDER BY division, kind")
        return [
            Arrivals(
                r["division"],
                Kind(r["kind"]),
                r["by_webhook"],
                r["by_poll"],
                r["last_webhook"],
                r["polled_since"],
            )
            for r in rows
        ]

    def first_time(self, event_id: str, now: float) -> bool:
        """Whether this event was not seen before; from now on it is."""
        if self._db.row("SELECT 1 FROM events WHERE id=?", event_id):
            return False
        self._db.run("DELETE FROM events WHERE at<?", now - _EVENTS_KEPT)
        self._db.run("INSERT INTO events VALUES (?,?)", event_id, now)
        return True
