"""The ledger as everything above it uses it: its parts, over one database."""

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from exact_slack.errors import OK, USAGE, ExactSlackError
from exact_slack.ledger.activity import utc_day
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.states import SETTLED
from exact_slack.ledger.parts import Parts
from exact_slack.ledger.schema import trouble
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.words import in_sql

_LITTLE, _MUCH = 16_000_000, 256_000_000
"""Bytes: SQLite's check of the whole file takes a tenth of a second for the first."""
_KEPT = in_sql(action for action in Action if action.traits.is_kept)
_TRUSTED_FOR, _DAY = 3600.0, 86_400.0
_CHECKED = "checked at"
_BACKED_UP = "backed up at"
ADDRESS = "slack address"
"""The fact that says where the workspace is: https://acme.slack.com/."""
SLACK_SAYS_DEAD = "slack token dead"
"""The fact that Slack told of a revoked token or a removed app."""
SOCKET = "slack socket"
"""The fact that says how `serve` stands with Slack over Socket Mode."""


def renamed_fact(channel: str) -> str:
    """The fact that Slack told the present name of a channel that the config names otherwise."""
    return f"renamed {channel}"


def called_fact(channel_id: str) -> str:
    """The fact that says what a channel is called that the config names by its id."""
    return f"called {channel_id}"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command, as recorded."""

    command: str
    started_at: float
    ended_at: float | None
    exit_code: int | None
    summary: dict[str, object]


FILE = "ledger.sqlite"
"""Its name in the state folder: there from the first command on."""


class Ledger(Parts):
    """All state of one customer, in `ledger.sqlite` of its state folder."""

    def __init__(self, state: Path, *, reading: bool = False) -> None:
        """`reading`: as it is, without writing anything."""
        self.folder = state
        """What lies beside it is made after it: an older lock tells of an earlier ledger."""
        path = state / FILE
        self._use(Database.reading(path) if reading else Database(path))

    def _use(self, db: Database) -> None:
        self.db = db
        self._trusted_at = -_TRUSTED_FOR
        self.slept_until = 0.0
        """Since when it is in use again, where no run was for a while; 0 where it always was."""

    @classmethod
    def empty(cls) -> "Ledger":
        """One that knows nothing, for who goes on without the real one."""
        ledger = cls.__new__(cls)
        ledger.folder = Path(":memory:")
        ledger._use(Database.empty())
        return ledger

    def scratch(self) -> "Ledger":
        """A copy that can be changed and thrown away."""
        copy = Ledger.__new__(Ledger)
        copy.folder = self.folder
        copy._use(self.db.scratch())
        return copy

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing."""
        return self.db.transaction()

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def forget(self, documents_before: float, runs_before: float) -> None:
        """Drop what old documents said (they keep key and fingerprint), their replies, and old
        runs, counts and events. A document with something still to send stays."""
        with self.db.transaction():
            forgotten = self.db.rows(
                "UPDATE documents SET data='', reference='' WHERE changed_at<? AND data<>''"
                " AND NOT EXISTS"
                " (SELECT 1 FROM unsettled_deliveries d WHERE d.document=documents.id)"
                " RETURNING id",
                documents_before,
            )
            gone = self.db.rows(
                "DELETE FROM deliveries WHERE created_at<?"  # noqa: S608 - names of actions
                f" AND action NOT IN {_KEPT} AND state IN {in_sql(SETTLED)}"
                " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.head=deliveries.id)"
                " RETURNING id",
                documents_before,
            )
            self.purchases.forget_places(_ids(forgotten))
            self.purchases.forget_past(date.fromisoformat(utc_day(documents_before)))
            self.log.forget(_ids(forgotten), _ids(gone), documents_before)
            self.finding.forget(_ids(forgotten))
            if forgotten:
                self.finding.forget_accounts()
            self.digests.forget(documents_before)
            self.reports.forget(runs_before)
            self.closes.forget(documents_before)
            self.db.run("DELETE FROM runs WHERE started_at<?", runs_before)
            self.db.run("DELETE FROM lookups WHERE at<?", runs_before)
            self.db.run("DELETE FROM notified WHERE at<?", runs_before)
            for table in ("calls", "tally"):
                day = utc_day(documents_before)
                self.db.run(f"DELETE FROM {table} WHERE day<?", day)  # noqa: S608 - two names

    def back_up(self, path: Path, now: float) -> None:
        """A complete copy of the ledger in a new file of mode 0600, while others go on. The copy
        knows that it is one. Raises FileExistsError."""
        if damage := self.db.damage():
            raise trouble.damaged(self.db.path, damage)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            self.db.copy_into(path)
            mark_copy(path, now)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        with suppress(ExactSlackError):  # on a full disk a backup is made all the same
            self.set_fact(_BACKED_UP, repr(now))

    def backed_up_at(self) -> float:
        """When `backup` last made a copy, seconds since 1970; 0 before the first."""
        return self.moment(_BACKED_UP)

    def trust(self, now: float) -> None:
        """Called before anything is posted: a damaged index would bring up old documents. What
        takes too long is checked once a day, and what takes longer only on suspicion."""
        if 0 <= now - self._trusted_at < _TRUSTED_FOR:
            return
        size = self.db.size()
        checked = self.moment(_CHECKED)
        if size > _MUCH or (size > _LITTLE and 0 <= now - checked < _DAY):
            return
        if damage := self.db.damage():
            raise trouble.damaged(self.db.path, damage)
        self._trusted_at = now
        if size > _LITTLE:
            self.set_fact(_CHECKED, repr(now))

    def start_run(self, command: str, now: float) -> int:
        """Record that a run began; returns its number."""
        with self.db.transaction():
            return self.db.run("INSERT INTO runs (command, started_at) VALUES (?,?)", command, now)

    def end_run(self, run: int, exit_code: int, summary: Mapping[str, object], now: float) -> None:
        """Record how a run ended."""
        with self.db.transaction():
            self.db.run(
                "UPDATE runs SET ended_at=?, exit_code=?, summary=? WHERE id=?",
                now,
                exit_code,
                json.dumps(summary),
                run,
            )

    def last_success(self) -> float | None:
        """When a poll last ended without a problem, seconds since 1970."""
        row = self.db.row(
            "SELECT ended_at FROM runs WHERE command='poll' AND exit_code=0"
            " ORDER BY id DESC LIMIT 1"
        )
        return float(row["ended_at"]) if row else None

    def first_poll(self) -> float | None:
        """When the first poll that is remembered began, seconds since 1970."""
        row = self.db.row("SELECT min(started_at) AS at FROM runs WHERE command='poll'")
        return float(row["at"]) if row and row["at"] is not None else None

    def recent_polls(self, most: int) -> list[Run]:
        """The latest polls that ended, newest first."""
        rows = self.db.rows(
            "SELECT * FROM runs WHERE command='poll' AND ended_at IS NOT NULL"
            " ORDER BY id DESC LIMIT ?",
            most,
        )
        return [_run(row) for row in rows]

    def latest_runs(self, most: int) -> list[Run]:
        """The latest runs of any command, newest first."""
        rows = self.db.rows("SELECT * FROM runs ORDER BY id DESC LIMIT ?", most)
        return [_run(row) for row in rows]

    def last_ended(self) -> Run | None:
        """The latest run of any command that ended."""
        row = self.db.row("SELECT * FROM runs WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1")
        return _run(row) if row else None

    def last_trouble(self) -> int | None:
        """The exit code of the latest poll that met trouble, and was not asked for what cannot
        be."""
        row = self.db.row(
            "SELECT exit_code FROM runs WHERE command='poll' AND exit_code NOT IN (?,?)"
            " ORDER BY id DESC LIMIT 1",
            OK,
            USAGE,
        )
        return int(row["exit_code"]) if row else None

    def last_run(self) -> Run | None:
        """The latest run of any command."""
        row = self.db.row("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
        return _run(row) if row else None

    def last_run_number(self) -> int:
        """The number of the latest run; 0 where there was none."""
        row = self.db.row("SELECT max(id) AS id FROM runs")
        return int(row["id"] or 0) if row else 0

    def fact(self, name: str) -> str | None:
        """A single remembered value."""
        row = self.db.row("SELECT value FROM facts WHERE name=?", name)
        return str(row["value"]) if row else None

    def moment(self, name: str) -> float:
        """A remembered time, seconds since 1970; 0 where there is none."""
        return _seconds(self.fact(name))

    def newest_modified(self) -> float:
        """Exact's wall clock, in seconds, when what was read last was changed there."""
        row = self.db.row("SELECT max(newest) AS ms FROM cursors")
        return (row["ms"] or 0) / 1000 if row else 0.0

    def newest_ts(self) -> float:
        """Slack's time of the message that it took last."""
        rows = self.db.rows("SELECT DISTINCT id FROM channels WHERE id<>''")
        times = [_seconds(self.earlier.latest_ts(row["id"])) for row in rows]
        return max(times, default=0.0)

    def set_fact(self, name: str, value: str) -> None:
        """Remember a single value."""
        with self.db.transaction():
            self.db.run("INSERT OR REPLACE INTO facts VALUES (?,?)", name, value)


def mark_copy(path: Path, now: float) -> None:
    """Whoever opens this file as the ledger has restored it. What is a copy already stays one."""
    from exact_slack.ledger.earlier import Earlier

    db = Database.plain(path)
    try:
        earlier = Earlier(db)
        if earlier.copied_at() is None:
            earlier.mark_copy(now)
    finally:
        db.close()


def _ids(rows: list[sqlite3.Row]) -> list[int]:
    return [row["id"] for row in rows]


def _run(row: sqlite3.Row) -> Run:
    return Run(
        row["command"],
        row["started_at"],
        row["ended_at"],
        row["exit_code"],
        _summary(row["summary"]),
    )


def _summary(text: str) -> dict[str, object]:
    """What a run told of itself: nothing depends on it."""
    with suppress(ValueError, TypeError, RecursionError):
        summary = json.loads(text)
        if isinstance(summary, dict):
            return summary
    return {}


def _seconds(text: str | None) -> float:
    """A time that was remembered as a fact; 0 where there is none."""
    with suppress(ValueError):
        return float(text or 0.0)
    return 0.0
