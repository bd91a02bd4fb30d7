"""Exact's financial periods, and when each was first seen to be closed."""

import sqlite3
from collections.abc import Iterable
from datetime import date

from exact_slack.documents.compared.period import Period, SeenPeriod
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.schema.database import Database


class Periods:
    """The table `periods`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def set(self, division: int, periods: Iterable[Period]) -> None:
        """As Exact has them; when one was closed stays known."""
        for period in periods:
            self._db.run(
                "INSERT INTO periods VALUES (?,?,?,?,?,NULL) ON CONFLICT (division, year, period)"
                " DO UPDATE SET first=excluded.first, last=excluded.last",
                division,
                period.year,
                period.number,
                period.begin.isoformat(),
                period.end.isoformat(),
            )

    def ending_from(self, division: int, day: date) -> list[SeenPeriod]:
        """Those that ended on a day or later."""
        rows = self._db.rows(
            "SELECT * FROM periods WHERE division=? AND last>=? ORDER BY last",
            division,
            day.isoformat(),
        )
        return self._db.each(rows, _period)

    def closed(self, division: int, period: Period, at: ServerMs | None) -> None:
        """It was seen to be closed at this moment, or open (None). The first one counts."""
        self._db.run(
            "UPDATE periods SET closed=CASE WHEN ? IS NULL THEN NULL ELSE coalesce(closed, ?) END"
            " WHERE division=? AND year=? AND period=?",
            at,
            at,
            division,
            period.year,
            period.number,
        )

    def holding(self, division: int, day: date) -> SeenPeriod | None:
        """The one that a day lies in."""
        row = self._db.row(
            "SELECT * FROM periods WHERE division=? AND last>=? AND first<=? ORDER BY last LIMIT 1",
            division,
            day.isoformat(),
            day.isoformat(),
        )
        return _period(row) if row else None


def _period(row: sqlite3.Row) -> SeenPeriod:
    period = Period(
        row["year"],
        row["period"],
        date.fromisoformat(row["first"]),
        date.fromisoformat(row["last"]),
    )
    return SeenPeriod(period, None if row["closed"] is None else ServerMs(row["closed"]))
