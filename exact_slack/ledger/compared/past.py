"""How far Exact's past was read: for each kind once, from the newest back."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from exact_slack.documents.exceptions import LEARNS_FROM
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.schema.database import Database


@dataclass(frozen=True, slots=True)
class PastReading:
    """The reading of one kind in one division. `began` and `done`: seconds since 1970."""

    division: int
    kind: Kind
    since: ServerMs
    start: ServerMs
    reached: ServerMs
    next: str
    began: float
    done: float | None

    def until(self, now: float) -> float:
        """When it will be done, as it went until now."""
        if self.done is not None:
            return self.done
        way, gone = self.start - self.since, self.start - self.reached
        if way <= 0 or gone <= 0:
            return max(now, self.began) + _A_DAY
        return now + (now - self.began) * (way - gone) / gone


_A_DAY = 86_400.0


class Past:
    """The table `past`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(
        self, division: int, kinds: Iterable[Kind], since: ServerMs, start: ServerMs, now: float
    ) -> None:
        """These are to be read; what was begun goes on."""
        for kind in kinds:
            self._db.run(
                "INSERT OR IGNORE INTO past VALUES (?,?,?,?,?,'',?,NULL)",
                division,
                kind.value,
                since,
                start,
                start,
                now,
            )

    def unfinished(self, division: int) -> list[PastReading]:
        """What is still to be read in a division, in the order of the kinds."""
        begun = [
            reading
            for reading in self.all()
            if reading.division == division and reading.done is None
        ]
        return sorted(begun, key=lambda reading: list(Kind).index(reading.kind))

    def all(self) -> list[PastReading]:
        """Every reading."""
        return self._db.each(self._db.rows("SELECT * FROM past"), _reading)

    def is_begun(self, division: int, kind: Kind) -> bool:
        """Whether its reading began, or is done."""
        row = self._db.row("SELECT 1 FROM past WHERE division=? AND kind=?", division, kind.value)
        return row is not None

    def reached(self, reading: PastReading, reached: ServerMs, following: str) -> None:
        """A page was taken in."""
        self._db.run(
            "UPDATE past SET reached=min(reached, ?), next=? WHERE division=? AND kind=?",
            reached,
            following,
            reading.division,
            reading.kind.value,
        )

    def done(self, reading: PastReading, now: float) -> None:
        """All of it was read."""
        self._db.run(
            "UPDATE past SET done=?, next='', reached=since WHERE division=? AND kind=?",
            now,
            reading.division,
            reading.kind.value,
        )

    def leave_out(self, kinds: Iterable[Kind]) -> None:
        """No exception needs the past of other kinds any more."""
        kept = [kind.value for kind in kinds]
        for reading in self.all():
            if reading.done is None and reading.kind.value not in kept:
                self._db.run(
                    "DELETE FROM past WHERE division=? AND kind=?",
                    reading.division,
                    reading.kind.value,
                )

    def learning(self) -> frozenset[str]:
        """The exceptions that lack a part of the past."""
        rows = self._db.rows("SELECT DISTINCT kind FROM past WHERE done IS NULL")
        if not rows:
            return frozenset()
        missing = {Kind(row["kind"]) for row in rows}
        return frozenset(name.value for name, kinds in LEARNS_FROM.items() if kinds & missing)


def _reading(row: sqlite3.Row) -> PastReading:
    return PastReading(
        row["division"],
        Kind(row["kind"]),
        ServerMs(row["since"]),
        ServerMs(row["start"]),
        ServerMs(row["reached"]),
        row["next"],
        row["began"],
        row["done"],
    )
