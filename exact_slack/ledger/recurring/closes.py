"""Closes: how each period's end stood, morning by morning; and the periods, as Exact has them."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from exact_slack.documents.compared.period import Period
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.delivery import Delivery, delivery_of
from exact_slack.ledger.schema.database import Database


@dataclass(frozen=True, slots=True)
class CloseRow:
    """One period of one company in one channel."""

    id: int
    channel: str
    division: int
    year: int
    period: int
    tried_at: float
    ready_at: float
    journal: str


@dataclass(frozen=True, slots=True)
class StateRow:
    """How a close stood. `due_at`: the morning; None: it was asked for by hand."""

    id: int
    close: int
    due_at: float | None
    made_at: float
    body: str


def _close(row: sqlite3.Row) -> CloseRow:
    return CloseRow(*tuple(row))


def _state(row: sqlite3.Row) -> StateRow:
    return StateRow(*tuple(row))


class Closes:
    """The tables `closes`, `close_states` and `financial_periods`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, channel: str, division: int, period: Period) -> CloseRow:
        """The close of a period there; begun, if it is the first time."""
        place = (channel, division, period.year, period.number)
        self._db.run(
            "INSERT OR IGNORE INTO closes (channel, division, year, period) VALUES (?,?,?,?)",
            *place,
        )
        row = self._db.row(
            "SELECT * FROM closes WHERE channel=? AND division=? AND year=? AND period=?", *place
        )
        assert row is not None
        return _close(row)

    def find(self, channel: str, division: int, period: Period) -> CloseRow | None:
        """The same, if it was begun."""
        row = self._db.row(
            "SELECT * FROM closes WHERE channel=? AND division=? AND year=? AND period=?",
            channel,
            division,
            period.year,
            period.number,
        )
        return _close(row) if row else None

    def get(self, number: int) -> CloseRow:
        """The close with this id."""
        row = self._db.row("SELECT * FROM closes WHERE id=?", number)
        assert row is not None
        return _close(row)

    def tried(self, number: int, at: float) -> None:
        """It could not be read; 0: it could."""
        self._db.run("UPDATE closes SET tried_at=? WHERE id=?", at, number)

    def ready(self, number: int, at: float, journal: str) -> None:
        """It is said that it is ready, with these rows."""
        self._db.run("UPDATE closes SET ready_at=?, journal=? WHERE id=?", at, journal, number)

    # -- how it stood ------------------------------------------------------------------------

    def add(self, close: int, due_at: float | None, made_at: float, body: str) -> int:
        """How it stands now; returns the id. sqlite3.IntegrityError where that morning has one."""
        return self._db.run(
            "INSERT INTO close_states (close, due_at, made_at, body) VALUES (?,?,?,?)",
            close,
            due_at,
            made_at,
            body,
        )

    def state(self, number: int) -> StateRow | None:
        """The state with this id; None where it is forgotten."""
        row = self._db.row("SELECT * FROM close_states WHERE id=?", number)
        return _state(row) if row else None

    def latest(self, close: int, before: int | None = None) -> StateRow | None:
        """The latest state, or the latest before another one."""
        row = self._db.row(
            "SELECT * FROM close_states WHERE close=? AND (? IS NULL OR id<?)"
            " ORDER BY id DESC LIMIT 1",
            close,
            before,
            before,
        )
        return _state(row) if row else None

    def handled(self, close: int) -> float:
        """The latest morning that was looked after; 0 where none was."""
        row = self._db.row("SELECT max(due_at) AS at FROM close_states WHERE close=?", close)
        return float(row["at"] or 0.0) if row else 0.0

    # -- its messages ------------------------------------------------------------------------

    def head(self, close: int) -> Delivery | None:
        """Its message; None before there is one."""
        row = self._db.row(
            "SELECT * FROM deliveries WHERE action=? AND action IN ('close', 'close_manual')"
            " AND before=? AND state<>'superseded' ORDER BY id DESC LIMIT 1",
            Action.CLOSE.value,
            payloads.Close(close).to_text(),
        )
        return delivery_of(row) if row else None

    def replies(self, close: int, words: str) -> list[Delivery]:
        """The replies that people tick for these words, the latest first."""
        rows = self._db.rows(
            "SELECT * FROM deliveries WHERE action=? AND action IN ('close', 'close_manual')"
            " AND before=? AND state<>'superseded' ORDER BY id DESC",
            Action.CLOSE_MANUAL.value,
            payloads.CloseManual(close, words).to_text(),
        )
        return self._db.each(rows, delivery_of)

    # -- periods -----------------------------------------------------------------------------

    def periods(self, division: int) -> list[Period]:
        """The periods that Exact has, as they were last read."""
        rows = self._db.rows(
            "SELECT * FROM financial_periods WHERE division=? ORDER BY ends, number", division
        )
        return [
            Period(
                row["year"],
                row["number"],
                date.fromisoformat(row["begins"]),
                date.fromisoformat(row["ends"]),
            )
            for row in rows
        ]

    def know(self, division: int, periods: Iterable[Period]) -> None:
        """These are all."""
        self._db.run("DELETE FROM financial_periods WHERE division=?", division)
        for period in periods:
            self._db.run(
                "INSERT INTO financial_periods VALUES (?,?,?,?,?)",
                division,
                period.year,
                period.number,
                period.begin.isoformat(),
                period.end.isoformat(),
            )

    def forget(self, before: float) -> None:
        """Drop how old closes stood, and their rows; which was ready stays."""
        self._db.run(
            "DELETE FROM close_states WHERE made_at<? AND id NOT IN"
            " (SELECT max(id) FROM close_states GROUP BY close)",
            before,
        )
        self._db.run("UPDATE closes SET journal='' WHERE ready_at<>0 AND ready_at<?", before)
