"""Rows of Exact that could not be taken in: each stays known until it can be, or is gone."""

from dataclasses import dataclass

from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.schema.database import Database


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One row: its key, "" where Exact gave none that is a GUID, its `Modified`, None where that is
    unusable, the span (ms of Exact's clock) in which it was met, and what is wrong with it."""

    division: int
    kind: Kind
    key: str
    modified: ServerMs | None
    after: ServerMs
    until: ServerMs | None
    sentence: str

    @property
    def mark(self) -> str:
        """What it is known by."""
        return self.key or f"#{'' if self.modified is None else self.modified}"


class Unread:
    """The table `unreadable`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, row: Unreadable, now: float) -> None:
        """It is there, and cannot be taken in."""
        self._db.run(
            "INSERT INTO unreadable VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (division, kind, mark)"
            " DO UPDATE SET modified=excluded.modified, sentence=excluded.sentence",
            row.division,
            row.kind.value,
            row.mark,
            row.key,
            row.modified,
            row.after,
            row.until,
            row.sentence,
            now,
        )

    def clear(self, row: Unreadable) -> None:
        """It was taken in, or is gone."""
        self._db.run(
            "DELETE FROM unreadable WHERE division=? AND kind=? AND mark=?",
            row.division,
            row.kind.value,
            row.mark,
        )

    def of(self, division: int, kind: Kind) -> list[Unreadable]:
        """Those of one division and kind."""
        rows = self._db.rows(
            "SELECT * FROM unreadable WHERE division=? AND kind=? ORDER BY since, mark",
            division,
            kind.value,
        )
        return [
            Unreadable(
                division, kind, r["key"], r["modified"], r["after"], r["until"], r["sentence"]
            )
            for r in rows
        ]
