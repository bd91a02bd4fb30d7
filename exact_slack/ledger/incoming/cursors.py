"""How far each division and kind was read, and which capabilities Exact has."""

import math
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.trouble import record

ACCOUNT = "account"
"""What a look-up is kept as that asked for the code and the name of an account."""
_BELIEVED_FOR = 7 * 86400.0
"""Seconds for which "this endpoint refuses $expand" is believed before it is tried again."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`high_watermark` (how far it was read) and `complete_since` (above it every document is in
    the ledger) are ms of Exact's wall clock; the others seconds of ours. The columns are older:
    `newest`, `floor`, `deep_at`."""

    division: int
    kind: Kind
    high_watermark: ServerMs
    complete_since: ServerMs
    deep_read_at: float
    read_at: float
    tried_at: float = 0.0
    """When a reading began last, whether it came to its end or not."""

    @property
    def is_well(self) -> bool:
        """Whether the last reading came to its end."""
        return self.tried_at <= self.read_at


@dataclass(frozen=True, slots=True)
class DivisionRecord:
    """A division as Exact described it when the login was last checked."""

    code: int
    name: str
    currency: str
    allowed: bool
    checked_at: float


_LATEST = 4_102_444_800_000
"""No document is from the year 2100."""


def _cursor(row: sqlite3.Row) -> Cursor:
    with record("the cursor of", f"{row['kind']} in division {row['division']}"):
        high_watermark, complete_since = ServerMs(int(row["newest"])), ServerMs(int(row["floor"]))
        deep_read_at, read_at = float(row["deep_at"]), float(row["read_at"])
        if not (0 <= high_watermark < _LATEST and complete_since < _LATEST):
            raise ValueError("a time that is none")
        if not math.isfinite(deep_read_at):
            raise ValueError("a time that is none")
        return Cursor(
            division=row["division"],
            kind=Kind(row["kind"]),
            high_watermark=high_watermark,
            complete_since=complete_since,
            deep_read_at=deep_read_at,
            read_at=read_at,
            tried_at=float(row["tried_at"]),
        )


def _tried(division: int, kind: Kind) -> str:
    return f"tried {division} {kind.value}"


class Cursors:
    """The tables about reading Exact: cursors, deletions, divisions, `learnt` (the capabilities),
    calls."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, division: int, kind: Kind) -> Cursor | None:
        """The cursor, or None before the first run."""
        row = self._db.row(
            "SELECT * FROM cursors WHERE division=? AND kind=?", division, kind.value
        )
        if row is not None:
            return _cursor(row)
        kinds = ", ".join(f"'{kind.value}'" for kind in Kind)
        lost = self._db.row(
            f"SELECT * FROM cursors WHERE division=? AND kind NOT IN ({kinds})",  # noqa: S608
            division,
        )
        return _cursor(lost) if lost else None  # it may be this one's: DamagedRecord

    def all(self) -> list[Cursor]:
        """Every cursor."""
        return self._db.each(
            self._db.rows("SELECT * FROM cursors ORDER BY division, kind"), _cursor
        )

    def start(
        self,
        division: int,
        kind: Kind,
        high_watermark: ServerMs,
        complete_since: ServerMs,
        now: float,
    ) -> None:
        """Set the cursor for the first time."""
        self._db.run(
            "INSERT INTO cursors (division, kind, newest, floor, read_at) VALUES (?,?,?,?,?)"
            " ON CONFLICT DO NOTHING",
            division,
            kind.value,
            high_watermark,
            complete_since,
            now,
        )
        self._db.run("DELETE FROM facts WHERE name=?", _tried(division, kind))

    def advance(self, division: int, kind: Kind, high_watermark: ServerMs) -> None:
        """Move forward, never back; in the transaction that writes the page."""
        self._db.run(
            "UPDATE cursors SET newest=max(newest, ?) WHERE division=? AND kind=?",
            high_watermark,
            division,
            kind.value,
        )

    def put_back(self, division: int, kind: Kind, now_ms: ServerMs) -> None:
        """A cursor that lies ahead of Exact's now goes back to the latest document that was known
        when it jumped: when the first document came that says it will be changed."""
        self._db.run(
            "WITH known AS (SELECT modified, first_seen, changed_at FROM documents"
            " WHERE division=?1 AND kind=?2) UPDATE cursors SET newest=max(floor, coalesce("
            "(SELECT max(modified) FROM known WHERE modified<=?3 AND first_seen<=coalesce("
            "(SELECT min(changed_at) FROM known WHERE modified>?3), first_seen)), floor))"
            " WHERE division=?1 AND kind=?2",
            division,
            kind.value,
            now_ms,
        )

    def finished(self, division: int, kind: Kind, deep: bool, now: float) -> None:
        """A reading ended; `deep` where it reached back over the long overlap."""
        self._db.run(
            "UPDATE cursors SET read_at=?, deep_at=CASE WHEN ? THEN ? ELSE deep_at END"
            " WHERE division=? AND kind=?",
            now,
            deep,
            now,
            division,
            kind.value,
        )

    def begin(self, division: int, kinds: Iterable[Kind], now: float) -> None:
        """These are about to be read."""
        for kind in kinds:
            known = self._db.changed(
                "UPDATE cursors SET tried_at=? WHERE division=? AND kind=?",
                now,
                division,
                kind.value,
            )
            if not known:  # it was never read, and may not be this time
                name = _tried(division, kind)
                self._db.run("INSERT OR REPLACE INTO facts VALUES (?,?)", name, repr(now))

    def tried_at(self, division: int, kind: Kind) -> float:
        """When a kind that was never read was tried last; 0 where it was not."""
        row = self._db.row("SELECT value FROM facts WHERE name=?", _tried(division, kind))
        with suppress(ValueError):
            return float(row["value"]) if row else 0.0
        return 0.0

    def deletions(self, division: int) -> tuple[int, float] | None:
        """Timestamp and time of the last reading of sync/Deleted, or None."""
        row = self._db.row("SELECT * FROM deletions WHERE division=?", division)
        return (row["timestamp"], row["read_at"]) if row else None

    def set_deletions(self, division: int, timestamp: int, now: float) -> None:
        """Remember how far sync/Deleted was read."""
        self._db.run(
            "INSERT INTO deletions VALUES (?,?,?) ON CONFLICT (division) DO UPDATE SET"
            " timestamp=excluded.timestamp, read_at=excluded.read_at",
            division,
            timestamp,
            now,
        )

    def divisions(self) -> dict[int, DivisionRecord]:
        """What is known of the divisions."""
        return {row["code"]: _division(row) for row in self._db.rows("SELECT * FROM divisions")}

    def division(self, code: int) -> DivisionRecord | None:
        """What is known of one division."""
        row = self._db.row("SELECT * FROM divisions WHERE code=?", code)
        return _division(row) if row else None

    def set_division(self, record: DivisionRecord) -> None:
        """Store one division."""
        self._db.run(
            "INSERT OR REPLACE INTO divisions VALUES (?,?,?,?,?)",
            record.code,
            record.name,
            record.currency,
            record.allowed,
            record.checked_at,
        )

    def capabilities(self, division: int, endpoint: str, now: float) -> set[str]:
        """What an endpoint is known to refuse."""
        rows = self._db.rows(
            "SELECT word FROM learnt WHERE division=? AND endpoint=? AND at>?",
            division,
            endpoint,
            now - _BELIEVED_FOR,
        )
        return {row["word"] for row in rows}

    def all_capabilities(self) -> list[tuple[str, str]]:
        """Each endpoint with what it refuses, in whatever division."""
        rows = self._db.rows("SELECT DISTINCT endpoint, word FROM learnt ORDER BY endpoint, word")
        return [(row["endpoint"], row["word"]) for row in rows]

    def add_capability(self, division: int, endpoint: str, word: str, now: float) -> None:
        """Remember what an endpoint refuses."""
        with self._db.transaction():
            self._db.run(
                "INSERT OR REPLACE INTO learnt VALUES (?,?,?,?)", division, endpoint, word, now
            )

    def code_of(self, division: int, account: str) -> str:
        """The code of an account that was asked for; "" where it was not, or has none."""
        return self.lookups(division, ACCOUNT, [account]).get(account, "").partition("\t")[0]

    def lookups(self, division: int, what: str, ids: list[str]) -> dict[str, str]:
        """Cached values (JSON text) of accounts or document links."""
        cached: dict[str, str] = {}
        for id_ in ids:
            row = self._db.row(
                "SELECT value FROM lookups WHERE division=? AND what=? AND id=?",
                division,
                what,
                id_,
            )
            if row:
                cached[id_] = row["value"]
        return cached

    def knows_any(self, what: str) -> bool:
        """Whether Exact ever answered such a question with something."""
        return bool(self._db.row("SELECT 1 FROM lookups WHERE what=? AND value<>'' LIMIT 1", what))

    def set_lookups(self, division: int, what: str, values: dict[str, str], now: float) -> None:
        """Cache looked-up values."""
        with self._db.transaction():
            for id_, value in values.items():
                self._db.run(
                    "INSERT OR REPLACE INTO lookups VALUES (?,?,?,?,?)",
                    division,
                    what,
                    id_,
                    value,
                    now,
                )

    def add_calls(self, division: int, day: str, calls: int, remaining: int | None) -> None:
        """Add the calls of a run to the day's count (UTC day)."""
        self._db.run(
            "INSERT INTO calls VALUES (?,?,?,?) ON CONFLICT (division, day) DO UPDATE SET"
            " calls=calls+excluded.calls, remaining=coalesce(excluded.remaining, remaining)",
            division,
            day,
            calls,
            remaining,
        )

    def calls(self, day: str) -> dict[int, tuple[int, int | None]]:
        """Calls made and left per division on a UTC day."""
        rows = self._db.rows("SELECT * FROM calls WHERE day=?", day)
        return {r["division"]: (r["calls"], r["remaining"]) for r in rows}


def _division(row: sqlite3.Row) -> DivisionRecord:
    return DivisionRecord(
        row["code"], row["name"], row["currency"], bool(row["allowed"]), row["checked_at"]
    )
