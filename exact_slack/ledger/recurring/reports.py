"""Reports: what each said, when the next is due, and who was late before."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from exact_slack.ledger.schema.database import Database


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report that was made. `due_at`: the time for which; None: it was asked for by hand. `body`
    is what it says, "" once that is forgotten."""

    id: int
    name: str
    due_at: float | None
    made_at: float
    body: str


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """Since when the config has a report, and when it was last tried in vain (0: it was not)."""

    name: str
    since: float
    tried_at: float


def _report(row: sqlite3.Row) -> ReportRow:
    return ReportRow(row["id"], row["name"], row["due_at"], row["made_at"], row["body"])


class Reports:
    """The tables `reports`, `report_plans` and `late_accounts`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, name: str, due_at: float | None, made_at: float, body: str) -> int:
        """A report was made; returns its id. sqlite3.IntegrityError where there is one for that
        time."""
        return self._db.run(
            "INSERT INTO reports (name, due_at, made_at, body) VALUES (?,?,?,?)",
            name,
            due_at,
            made_at,
            body,
        )

    def get(self, number: int) -> ReportRow:
        """The report with this id."""
        row = self._db.row("SELECT * FROM reports WHERE id=?", number)
        assert row is not None
        return _report(row)

    def latest(self, name: str) -> ReportRow | None:
        """The latest that was made because it was due."""
        row = self._db.row(
            "SELECT * FROM reports WHERE name=? AND due_at IS NOT NULL ORDER BY id DESC LIMIT 1",
            name,
        )
        return _report(row) if row else None

    def plan(self, name: str) -> ReportPlan | None:
        """Since when it is planned; None where it never was."""
        row = self._db.row("SELECT * FROM report_plans WHERE name=?", name)
        return ReportPlan(row["name"], row["since"], row["tried_at"]) if row else None

    def begin(self, name: str, since: float) -> None:
        """It is planned from now on."""
        self._db.run("INSERT OR REPLACE INTO report_plans (name, since) VALUES (?,?)", name, since)

    def tried(self, name: str, at: float) -> None:
        """It could not be made."""
        self._db.run("UPDATE report_plans SET tried_at=? WHERE name=?", at, name)

    def late_accounts(self, name: str) -> set[tuple[int, str, str]]:
        """Division, side and account of who was late in any report of the name."""
        rows = self._db.rows("SELECT * FROM late_accounts WHERE name=?", name)
        return {(row["division"], row["side"], row["account"]) for row in rows}

    def add_late(self, name: str, accounts: Iterable[tuple[int, str, str]]) -> None:
        """These are late now."""
        for division, side, account in accounts:
            self._db.run(
                "INSERT OR IGNORE INTO late_accounts VALUES (?,?,?,?)",
                name,
                division,
                side,
                account,
            )

    def forget(self, before: float) -> None:
        """Drop what old reports said; the latest of each name stays for the next, and so does one
        that is still to be sent."""
        self._db.run(
            "UPDATE reports SET body='' WHERE made_at<? AND body<>'' AND id NOT IN"
            " (SELECT max(id) FROM reports WHERE due_at IS NOT NULL GROUP BY name)"
            " AND NOT EXISTS (SELECT 1 FROM unsettled_deliveries d LEFT JOIN deliveries h"
            " ON h.id=d.head WHERE (d.action='report' AND d.before=reports.id)"
            " OR (h.action='report' AND h.before=reports.id))",
            before,
        )
