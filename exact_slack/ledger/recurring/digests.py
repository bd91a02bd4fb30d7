"""Digests: what routes collect, and what each closed digest said of every document."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from exact_slack.ledger.schema.database import Database


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest of a route. It collects since `since`; once closed, `due_at` is the time for
    which it was made. Seconds since 1970."""

    id: int
    route: str
    since: float
    due_at: float
    left_out: str
    """Of a closed one, what is not in it, as JSON; the column `held`."""


def _digest(row: sqlite3.Row) -> Digest:
    return Digest(row["id"], row["route"], row["since"], row["due_at"], row["held"])


class Digests:
    """The tables `digests` and `collected`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def any_collecting(self) -> bool:
        """Whether a digest collects, be its record damaged or not."""
        return self._db.row("SELECT 1 FROM digests WHERE closed_at IS NULL LIMIT 1") is not None

    def collecting(self) -> list[Digest]:
        """The digests that collect, one a route."""
        rows = self._db.rows("SELECT * FROM digests WHERE closed_at IS NULL ORDER BY id")
        return [_digest(row) for row in rows]

    def open_of(self, route: str) -> Digest | None:
        """The digest that a route collects into just now."""
        row = self._db.row("SELECT * FROM digests WHERE route=? AND closed_at IS NULL", route)
        return _digest(row) if row else None

    def get(self, number: int) -> Digest:
        """The digest with this id."""
        row = self._db.row("SELECT * FROM digests WHERE id=?", number)
        assert row is not None
        return _digest(row)

    def collect(self, route: str, subject: int, now: float) -> None:
        """Put a document into what the route collects, once."""
        digest = self.open_of(route)
        number = digest.id if digest else self.start(route, now)
        self._db.run("INSERT OR IGNORE INTO collected VALUES (?,?,'')", number, subject)

    def start(self, route: str, since: float) -> int:
        """A new digest that collects; returns its id."""
        return self._db.run("INSERT INTO digests (route, since) VALUES (?,?)", route, since)

    def restart(self, digest: Digest, since: float) -> None:
        """The local clock was set back: it collects since now."""
        self._db.run("UPDATE digests SET since=? WHERE id=?", since, digest.id)

    def subjects(self, digest: Digest) -> list[int]:
        """The documents in it, in the order in which they were first seen."""
        rows = self._db.rows(
            "SELECT subject FROM collected WHERE digest=? ORDER BY subject", digest.id
        )
        return [row["subject"] for row in rows]

    def count(self, digest: Digest) -> int:
        """How many documents are in it."""
        row = self._db.row("SELECT count(*) AS n FROM collected WHERE digest=?", digest.id)
        return int(row["n"]) if row else 0

    def last_due(self, route: str) -> float:
        """The time for which the route's latest digest was closed; 0 where there was none."""
        row = self._db.row(
            "SELECT due_at FROM digests WHERE route=? AND closed_at IS NOT NULL"
            " ORDER BY id DESC LIMIT 1",
            route,
        )
        return float(row["due_at"]) if row else 0.0

    def close(
        self, digest: Digest, due_at: float, lines: Mapping[int, str], left_out: str, now: float
    ) -> None:
        """From now on it says these lines, by document, and collects no more."""
        self._db.run(
            "UPDATE digests SET due_at=?, closed_at=?, held=? WHERE id=?",
            due_at,
            now,
            left_out,
            digest.id,
        )
        for subject, line in lines.items():
            self._db.run(
                "UPDATE collected SET line=? WHERE digest=? AND subject=?",
                line,
                digest.id,
                subject,
            )
        self._db.run("DELETE FROM collected WHERE digest=? AND line=''", digest.id)

    def drop(self, digest: Digest) -> None:
        """Forget a digest that has nothing to say, with what it collected."""
        self._db.run("DELETE FROM digests WHERE id=?", digest.id)

    def before(self, digest: Digest) -> Digest | None:
        """The last one of the same route that was closed before it."""
        row = self._db.row(
            "SELECT * FROM digests WHERE route=? AND id<? AND closed_at IS NOT NULL"
            " ORDER BY id DESC LIMIT 1",
            digest.route,
            digest.id,
        )
        return _digest(row) if row else None

    def lines(self, number: int) -> list[str]:
        """What a closed digest says of each document."""
        rows = self._db.rows("SELECT line FROM collected WHERE digest=? ORDER BY subject", number)
        return [row["line"] for row in rows]

    def told(self, route: str, subject: int) -> str | None:
        """What the route's latest closed digest with this document said of it; "" where the
        ledger no longer knows, None where none had it."""
        row = self._db.row(
            "SELECT c.line FROM collected c JOIN digests d ON d.id=c.digest"
            " WHERE c.subject=? AND d.route=? AND d.closed_at IS NOT NULL"
            " ORDER BY d.id DESC LIMIT 1",
            subject,
            route,
        )
        return str(row["line"]) if row else None

    def routes_of(self, subject: int) -> set[str]:
        """The routes whose digests have, or will have, this document."""
        rows = self._db.rows(
            "SELECT DISTINCT d.route FROM collected c JOIN digests d ON d.id=c.digest"
            " WHERE c.subject=?",
            subject,
        )
        return {row["route"] for row in rows}

    def forget(self, before: float) -> None:
        """Drop what old digests said; that they had a document stays known."""
        self._db.run(
            "UPDATE collected SET line='' WHERE line<>'' AND digest IN"
            " (SELECT id FROM digests WHERE closed_at<?)",
            before,
        )
