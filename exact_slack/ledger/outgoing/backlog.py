"""What is still to be sent, counted."""

import sqlite3
from dataclasses import dataclass

from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.states import UNFINISHED, WAITING, State
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.trouble import DamagedRecord, record
from exact_slack.ledger.schema.words import in_sql

_WAITING = in_sql(WAITING)


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many deliveries wait on purpose until then (seconds since 1970), and why."""

    until: float
    cause: Cause
    detail: str
    count: int

    @property
    def sentence(self) -> str:
        """Why they wait, for a person."""
        return self.cause.sentence(self.detail)


@dataclass(frozen=True, slots=True)
class Unsent:
    """So many deliveries of a channel wait for a person, for one cause."""

    state: State
    cause: str
    channel: str
    count: int


class Backlog:
    """Counts over the table `deliveries`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def counts(self, now: float = 0.0) -> dict[State, int]:
        """Deliveries per state, but for the posted ones: those would have to be counted one by
        one. What waits for a parked channel counts as held; what waits on purpose beyond `now` is
        not counted (see `waits`)."""
        result = dict.fromkeys(State, 0)
        for row in self._db.rows(
            f"SELECT CASE WHEN c.parked<>'' AND d.state IN {_WAITING}"  # noqa: S608
            " THEN 'held' ELSE d.state END AS state, count(*) AS n FROM unsettled_deliveries d"
            " LEFT JOIN channels c ON c.name=d.channel WHERE NOT (d.hold_until>? AND"
            f" coalesce(c.parked, '')='' AND d.state IN {_WAITING})"
            " GROUP BY 1",
            now,
        ):
            if row["state"] in result:
                result[State(row["state"])] = row["n"]
            else:
                self._db.note(DamagedRecord("a delivery", f"its state is {row['state']!r}"))
        return result

    def for_person(self) -> list[Unsent]:
        """What is held or failed, but for what waits for its channel."""
        rows = self._db.rows(
            "SELECT state, cause, channel, count(*) AS n FROM deliveries"
            " WHERE state NOT IN ('posted', 'superseded') AND state IN ('held', 'failed')"
            " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
        return [Unsent(State(r["state"]), r["cause"], r["channel"], r["n"]) for r in rows]

    def waits(self, now: float) -> list[Waiting]:
        """What waits on purpose beyond `now`, by its end and cause."""
        rows = self._db.rows(
            "SELECT d.hold_until, d.hold_cause, d.hold_detail, count(*) AS n"
            " FROM waiting_deliveries d LEFT JOIN channels c ON c.name=d.channel"
            " WHERE d.hold_until>? AND coalesce(c.parked, '')='' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            now,
        )
        return self._db.each(rows, _waiting)

    def is_empty(self) -> bool:
        """Whether everything is settled: nothing waits for Slack, for a moment or for a person."""
        return self._db.row("SELECT 1 FROM unsettled_deliveries LIMIT 1") is None

    def size(self, now: float = 0.0) -> int:
        """What will be worked off without a person, but for what waits on purpose."""
        counts = self.counts(now)
        return sum(counts[state] for state in UNFINISHED)

    def by_channel(self) -> dict[str, int]:
        """Messages and edits still to be sent, per channel."""
        rows = self._db.rows(
            "SELECT channel, count(*) AS n FROM unfinished_deliveries GROUP BY channel"
        )
        return {row["channel"]: row["n"] for row in rows}


def _waiting(row: sqlite3.Row) -> Waiting:
    with record("a delivery that waits until", row["hold_until"]):
        cause = Cause(row["hold_cause"])
    return Waiting(row["hold_until"], cause, row["hold_detail"], row["n"])
