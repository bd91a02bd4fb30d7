"""What is refused again and again is left alone for a while: Exact blocks an app after ten
refusals an hour (API limits article)."""

from dataclasses import dataclass
from typing import Final

from exact_slack.ledger.schema.database import Database

REST: Final = 3600.0
"""Seconds for which it is left alone."""
_AT: Final = 3
"""Refusals in a row after which it is."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """An endpoint of a division: how often it refused in a row, and what it said last."""

    _db: Database
    division: int
    endpoint: str
    failures: int = 0
    until: float = 0.0
    status: int = 0
    sentence: str = ""
    cure: str = ""

    def is_open(self, now: float) -> bool:
        """Whether nobody asks now. A time too far ahead is that of a clock that was set back."""
        return self.failures >= _AT and now < self.until <= now + 2 * REST

    def refused(self, status: int, sentence: str, cure: str, now: float) -> None:
        """One more refusal in a row."""
        with self._db.transaction():
            self._db.run(
                "INSERT OR REPLACE INTO breakers"
                " (division, endpoint, failures, until, sentence, status, cure)"
                " VALUES (?,?,?,?,?,?,?)",
                self.division,
                self.endpoint,
                self.failures + 1,
                now + REST,
                sentence,
                status,
                cure,
            )

    def worked(self) -> None:
        """It answered."""
        if not self.failures:
            return
        with self._db.transaction():
            self._db.run(
                "DELETE FROM breakers WHERE division=? AND endpoint=?", self.division, self.endpoint
            )


class Breakers:
    """The table `breakers`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, division: int, endpoint: str) -> Breaker:
        """The breaker of an endpoint, as it is now."""
        row = self._db.row(
            "SELECT * FROM breakers WHERE division=? AND endpoint=?", division, endpoint
        )
        if row is None:
            return Breaker(self._db, division, endpoint)
        refusal = (row["status"], row["sentence"], row["cure"])
        return Breaker(self._db, division, endpoint, row["failures"], row["until"], *refusal)
