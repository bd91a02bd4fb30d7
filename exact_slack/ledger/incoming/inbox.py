"""What webhooks brought and is not worked off yet, and what came by webhook or by poll."""

import sqlite3
from dataclasses import dataclass

from exact_slack.documents.kinds import Kind
from exact_slack.documents.ref import Ref
from exact_slack.ledger.counters import Counter, Counters
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.trouble import record

_EVENTS_KEPT = 86_400.0
"""Seconds for which an event id is remembered; Slack repeats within hours."""

LONGEST_REST = 7200.0
"""Seconds: no item rests for longer."""
_REST, _LONGEST_IDLE = 1.0, 3600.0
"""Seconds after which a document is read again for a notification that brings no news: doubled
with every reading that found nothing new, up to an hour."""
_IDLE_WINDOW = 3600.0
_SHOWN_FOR = 7 * 86_400.0
"""Seconds for which a webhook shows that more of its kind will come."""


@dataclass(frozen=True, slots=True)
class Item:
    """A document to fetch. `version` counts notifications, so that one that comes during the
    fetch is not lost."""

    division: int
    kind: Kind
    key: str
    version: int
    attempts: int
    deletes: bool = False
    """Whether Exact said that the document is gone."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a notification says of its document: Exact's time of the event ("" where it says
    none), and a digest of the whole, by which the same is known again."""

    at: str = ""
    mark: str = ""
    deletes: bool = False

    def is_news(self, known_at: str, known_mark: str) -> bool:
        """Whether it tells of something later than what was told before. A captured notification
        has no time stamp of its own, so it can be sent again for ever; its event's time stays."""
        if self.at and len(self.at) == len(known_at) and self.at != known_at:
            return self.at > known_at
        return self.mark != known_mark


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How documents of one kind were noticed. Times are seconds since 1970."""

    division: int
    kind: Kind
    by_webhook: int
    by_poll: int
    last_webhook: float | None
    polled_since: int
    """Documents that the poll found since the last webhook came."""
    idle: int
    """Notifications that told nothing new, within an hour or so from `idle_since` on."""
    idle_since: float

    def come_to(self, now: float) -> bool:
        """Whether webhooks demonstrably arrive: lately, and none was missed since the last."""
        if self.last_webhook is None or self.polled_since:
            return False
        return abs(now - self.last_webhook) < _SHOWN_FOR


_NOTHING = Told()


class Inbox:
    """The tables `inbox`, `events` and `arrivals`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, division: int, kind: Kind, key: str, now: float, news: Told = _NOTHING) -> None:
        """One notification; several for one document become one item. What is news is due at
        once; what is not rests, so that one notification sent again and again costs little."""
        row = self._db.row(
            "SELECT * FROM notified WHERE division=? AND kind=? AND key=?",
            division,
            kind.value,
            key,
        )
        if row is None or news.is_news(row["event"], row["mark"]):
            self._note(division, kind, key, now, news)
            self._enter(Ref(division, kind, key), now, 0.0, deletes=news.deletes)
        else:
            self._count_idle(division, kind, now)
            if not self._waits(division, kind, key):
                rest = min(_REST * 2 ** min(row["idle"], 12), _LONGEST_IDLE)
                later = row["read_at"] + rest
                self._enter(Ref(division, kind, key), now, later, deletes=news.deletes)
        self._db.run(
            "INSERT INTO arrivals (division, kind, by_webhook, last_webhook) VALUES (?,?,1,?)"
            " ON CONFLICT (division, kind) DO UPDATE SET by_webhook=by_webhook+1,"
            " last_webhook=excluded.last_webhook, polled_since=0",
            division,
            kind.value,
            now,
        )

    def _note(self, division: int, kind: Kind, key: str, now: float, news: Told) -> None:
        self._db.run(
            "INSERT INTO notified (division, kind, key, event, mark, at) VALUES (?,?,?,?,?,?)"
            " ON CONFLICT (division, kind, key) DO UPDATE SET event=excluded.event,"
            " mark=excluded.mark, at=excluded.at",
            division,
            kind.value,
            key,
            news.at,
            news.mark,
            now,
        )

    def _waits(self, division: int, kind: Kind, key: str) -> bool:
        row = self._db.row(
            "SELECT 1 FROM inbox WHERE division=? AND kind=? AND key=?", division, kind.value, key
        )
        return row is not None

    def _enter(self, ref: Ref, now: float, not_before: float, *, deletes: bool) -> None:
        # REPLACE gives it a new place: the newest come first, see `due`
        self._db.run(
            "INSERT OR REPLACE INTO inbox"
            " (division, kind, key, version, received_at, not_before, deletes) VALUES (?,?,?,"
            " 1 + coalesce((SELECT version FROM inbox WHERE division=? AND kind=? AND key=?), 0),"
            " ?,?,?)",
            ref.division,
            ref.kind.value,
            ref.guid,
            ref.division,
            ref.kind.value,
            ref.guid,
            now,
            not_before,
            deletes,
        )

    def _count_idle(self, division: int, kind: Kind, now: float) -> None:
        self._db.run(
            "UPDATE arrivals SET idle=CASE WHEN ? BETWEEN idle_since AND idle_since+? THEN idle+1"
            " ELSE 1 END, idle_since=CASE WHEN ? BETWEEN idle_since AND idle_since+?"
            " THEN idle_since ELSE ? END WHERE division=? AND kind=?",
            now,
            _IDLE_WINDOW,
            now,
            _IDLE_WINDOW,
            now,
            division,
            kind.value,
        )

    def due(self, now: float, most: int, but: frozenset[int] = frozenset()) -> list[Item]:
        """Items whose time has come, of all divisions but some: half of them the newest, the
        others the oldest, so that neither a flood hides what is new nor news what is old."""
        marks = ",".join("?" * len(but))
        # a time further away than any pause: the local clock was set back
        rest = f"division NOT IN ({marks}) AND NOT not_before BETWEEN ? AND ?"
        items: dict[int, Item] = {}
        for order, share in (("DESC", (most + 1) // 2), ("ASC", most)):
            rows = self._db.rows(
                f"SELECT rowid, * FROM inbox WHERE {rest} ORDER BY rowid {order} LIMIT ?",  # noqa: S608 - marks and two words
                *but,
                now,
                now + LONGEST_REST,
                share,
            )
            for number, item in self._db.each(rows, lambda row: (row["rowid"], _item(row))):
                if len(items) < most:
                    items.setdefault(number, item)
        return list(items.values())

    def done(self, item: Item, now: float, *, fruitful: bool) -> None:
        """The item is worked off, unless another notification came meanwhile. `fruitful`:
        whether the reading brought anything new."""
        came = self._db.row(
            "SELECT received_at FROM inbox WHERE division=? AND kind=? AND key=? AND version=?",
            item.division,
            item.kind.value,
            item.key,
            item.version,
        )
        if fruitful and came is not None:
            Counters(self._db).observe(Counter.WEBHOOK_LAG, now - came["received_at"])
        if not fruitful:
            self._count_idle(item.division, item.kind, now)
        self._db.run(
            "UPDATE notified SET read_at=?, idle=CASE WHEN ? THEN 0 ELSE idle+1 END"
            " WHERE division=? AND kind=? AND key=?",
            now,
            fruitful,
            item.division,
            item.kind.value,
            item.key,
        )
        self._db.run(
            "DELETE FROM inbox WHERE division=? AND kind=? AND key=? AND version=?",
            item.division,
            item.kind.value,
            item.key,
            item.version,
        )

    def later(self, item: Item, until: float) -> None:
        """Try the item again at `until`, at most LONGEST_REST from now; at once where another
        notification came meanwhile."""
        with self._db.transaction():
            self._db.run(
                "UPDATE inbox SET attempts=attempts+1, not_before=? WHERE division=? AND kind=?"
                " AND key=? AND version=?",
                until,
                item.division,
                item.kind.value,
                item.key,
                item.version,
            )

    def rest(self, item: Item, until: float) -> None:
        """Leave the item alone until then; that is no attempt."""
        self._db.run(
            "UPDATE inbox SET not_before=? WHERE division=? AND kind=? AND key=? AND version=?",
            until,
            item.division,
            item.kind.value,
            item.key,
            item.version,
        )

    def waiting(self) -> int:
        """How many documents wait to be fetched."""
        row = self._db.row("SELECT count(*) AS n FROM inbox")
        return int(row["n"]) if row else 0

    def oldest(self) -> float | None:
        """When the notification came that waits for longest; None where none waits."""
        row = self._db.row("SELECT min(received_at) AS at FROM inbox")
        return float(row["at"]) if row and row["at"] is not None else None

    def polled(self, division: int, kind: Kind, count: int) -> None:
        """The poll found so many new or changed documents."""
        self._db.run(
            "INSERT INTO arrivals (division, kind, by_poll, polled_since) VALUES (?,?,?,?)"
            " ON CONFLICT (division, kind) DO UPDATE SET by_poll=by_poll+excluded.by_poll,"
            " polled_since=polled_since+excluded.polled_since",
            division,
            kind.value,
            count,
            count,
        )

    def arrivals(self) -> list[Arrivals]:
        """How documents were noticed, per division and kind."""
        rows = self._db.rows("SELECT * FROM arrivals ORDER BY division, kind")
        return self._db.each(rows, _arrivals)

    def first_time(self, event_id: str, now: float) -> bool:
        """Whether this event was not seen before; from now on it is."""
        if self._db.row("SELECT 1 FROM events WHERE id=?", event_id):
            return False
        self._db.run("DELETE FROM events WHERE at<?", now - _EVENTS_KEPT)
        self._db.run("INSERT INTO events VALUES (?,?)", event_id, now)
        return True


def _arrivals(row: sqlite3.Row) -> Arrivals:
    with record("the arrivals in division", row["division"]):
        return Arrivals(
            row["division"],
            Kind(row["kind"]),
            row["by_webhook"],
            row["by_poll"],
            row["last_webhook"],
            row["polled_since"],
            row["idle"],
            row["idle_since"],
        )


def _item(row: sqlite3.Row) -> Item:
    with record("notification", row["key"]):
        return Item(
            row["division"],
            Kind(row["kind"]),
            row["key"],
            row["version"],
            row["attempts"],
            bool(row["deletes"]),
        )
