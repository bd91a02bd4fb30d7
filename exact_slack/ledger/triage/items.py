"""The items of triage in the ledger, and each step that one took, written in the transaction of
what changed it."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from exact_slack.ledger.outgoing.delivery import Delivery, delivery_of
from exact_slack.ledger.schema import trouble
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.words import in_sql
from exact_slack.ledger.triage.item import UNFINISHED, How, Item, ItemState, Sign, Word

_UNFINISHED = in_sql(UNFINISHED)
_WITH_HEAD = "SELECT i.* FROM items i JOIN deliveries d ON d.id=i.head WHERE d.state<>'superseded'"


@dataclass(frozen=True, slots=True)
class Step:
    """An item was in a state from then on."""

    item: int
    at: float
    state: ItemState
    person: str
    how: How
    exceptions: tuple[str, ...]


class Items:
    """The tables `items` and `item_steps`. An item goes with its head: of one that is superseded
    by nothing, nothing is left to do."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self,
        head_id: int,
        route: str,
        exceptions: tuple[str, ...],
        now: float,
        *,
        overruled: bool = False,
    ) -> Item:
        """A message is an item from now on."""
        item = Item(0, head_id, route, exceptions, now, now, overruled=overruled)
        values = _values(item)
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        number = self._db.run(
            f"INSERT INTO items ({names}) VALUES ({marks})",  # noqa: S608 - names of columns
            *values.values(),
        )
        added = self.get(number)
        self._note(added, now, How.EXACT)
        return added

    def save(
        self, item: Item, now: float, how: How, before: Item | None = None, *, by: str = ""
    ) -> bool:
        """An item as it is now; whether it took a step: it stands otherwise than `before`. `by`
        made it, and need not have it. Called in the transaction in which it was read."""
        values = _values(item)
        names = ", ".join(f"{name}=?" for name in values)
        self._db.run(f"UPDATE items SET {names} WHERE id=?", *values.values(), item.id)  # noqa: S608
        if before is None or _stands(before) == _stands(item):
            return False
        self._note(item, now, how, by)
        return True

    def _note(self, item: Item, now: float, how: How, by: str = "") -> None:
        self._db.run(
            "INSERT INTO item_steps (item, at, state, person, how, exceptions)"
            " VALUES (?,?,?,?,?,?)",
            item.id,
            now,
            item.state.value,
            item.person or by,
            how.value,
            " ".join(item.exceptions),
        )

    def get(self, number: int) -> Item:
        """The item with this id."""
        row = self._db.row("SELECT * FROM items WHERE id=?", number)
        assert row is not None
        return _item(row)

    def find(self, number: int) -> Item | None:
        """The item with this id; None where it is gone with its message."""
        row = self._db.row("SELECT * FROM items WHERE id=?", number)
        return _item(row) if row else None

    def of_head(self, head_id: int) -> Item | None:
        """The item of a message, if it is one."""
        row = self._db.row("SELECT * FROM items WHERE head=?", head_id)
        return _item(row) if row else None

    def head_at(self, channel_id: str, ts: str) -> Delivery | None:
        """The head of a document that stands there."""
        row = self._db.row(
            "SELECT d.* FROM deliveries d JOIN items i ON i.head=d.id"
            " WHERE d.channel_id=? AND d.ts=? AND d.state='posted'",
            channel_id,
            ts,
        )
        return delivery_of(row) if row else None

    def unfinished(self) -> list[Item]:
        """Those that somebody has to do with, the oldest first."""
        sql = f"{_WITH_HEAD} AND i.state IN {_UNFINISHED} ORDER BY i.opened_at, i.id"
        return self._db.each(self._db.rows(sql), _item)

    def is_unfinished_in(self, channels: set[str]) -> bool:
        """Whether somebody has to do with anything in these channels."""
        marks = ", ".join("?" * len(channels))
        sql = f"{_WITH_HEAD} AND i.state IN {_UNFINISHED} AND d.channel IN ({marks}) LIMIT 1"
        return self._db.row(sql, *channels) is not None

    def to_read(self, finished_since: float) -> list[Item]:
        """Those whose reactions matter: unfinished, or finished since then; what was not asked for
        by itself for longest comes first."""
        rows = self._db.rows(
            f"{_WITH_HEAD} AND d.state='posted'"
            f" AND (i.state IN {_UNFINISHED} OR i.since>=?) ORDER BY i.read_at, i.id",
            finished_since,
        )
        return self._db.each(rows, _item)

    def of_person(self, person: str) -> list[Item]:
        """Those that somebody has, or finished."""
        rows = self._db.rows(f"{_WITH_HEAD} AND d.state='posted' AND i.person=?", person)
        return self._db.each(rows, _item)

    def asked(self) -> list[Item]:
        """Those of whose reactions Slack told, and that were not read since."""
        sql = f"{_WITH_HEAD} AND d.state='posted' AND i.asked>0 ORDER BY i.id"
        return self._db.each(self._db.rows(sql), _item)

    def ask(self, channel_id: str, ts: str) -> bool:
        """Slack told of a reaction on a message: whether that is an item's."""
        head = self.head_at(channel_id, ts)
        if head is None:
            return False
        self._db.run("UPDATE items SET asked=asked+1 WHERE head=?", head.id)
        return True

    def answered(self, item: Item, now: float) -> None:
        """Its message was asked for by itself; what came since is still to be read."""
        self._db.run(
            "UPDATE items SET read_at=?, asked=max(asked-?, 0) WHERE id=?",
            now,
            item.asked,
            item.id,
        )

    def to_mark(self) -> list[Item]:
        """Those on which the bot's own check mark is missing, or stands no longer for anything."""
        rows = self._db.rows(
            f"{_WITH_HEAD} AND d.state='posted' AND (i.state=?)<>i.marked ORDER BY i.id",
            ItemState.SETTLED.value,
        )
        return self._db.each(rows, _item)

    def mark(self, item: Item, *, stands: bool) -> None:
        """Whether the bot's check mark stands on it."""
        self._db.run("UPDATE items SET marked=? WHERE id=?", int(stands), item.id)

    def escalated(self, item: Item, now: float) -> None:
        """It is told that nobody has taken it."""
        self._db.run("UPDATE items SET escalated_at=? WHERE id=?", now, item.id)

    def follow(self, old_head: int, new_head: int) -> None:
        """Another message stands for the document from now on."""
        item = self.of_head(old_head)
        if item is None:
            return
        if self.of_head(new_head) is not None:  # that one is an item already
            self._db.run("DELETE FROM item_steps WHERE item=?", item.id)
            self._db.run("DELETE FROM items WHERE id=?", item.id)
            return
        self._db.run("UPDATE items SET head=? WHERE id=?", new_head, item.id)
        self.save(self.get(item.id).without_message(), 0.0, How.TIME)

    def steps(self, since: float = 0.0) -> list[Step]:
        """What happened to items since then, in its order."""
        rows = self._db.rows("SELECT * FROM item_steps WHERE at>=? ORDER BY id", since)
        return self._db.each(rows, _step)

    def steps_of(self, item: Item) -> list[Step]:
        """What happened to one item, in its order."""
        rows = self._db.rows("SELECT * FROM item_steps WHERE item=? ORDER BY id", item.id)
        return self._db.each(rows, _step)

    def all(self, since: float = 0.0) -> list[Item]:
        """Every item that was opened, or stood otherwise, since then; the oldest first."""
        rows = self._db.rows(
            f"{_WITH_HEAD} AND (i.since>=? OR i.opened_at>=?) ORDER BY i.opened_at, i.id",
            since,
            since,
        )
        return self._db.each(rows, _item)


def _stands(item: Item) -> tuple[object, ...]:
    return item.state, item.person, item.until, item.opened_at


def _words(words: Iterable[Word]) -> str:
    return json.dumps(sorted([state.value, person] for state, person in words))


def _values(item: Item) -> dict[str, object]:
    """The columns of an item, but for its id."""
    clicked = item.clicked
    return {
        "head": item.head_id,
        "route": item.route,
        "exceptions": " ".join(item.exceptions),
        "opened_at": item.opened_at,
        "since": item.since,
        "state": item.state.value,
        "person": item.person,
        "until": item.until,
        "settled": int(item.settled),
        "overruled": int(item.overruled),
        "standing": json.dumps([[s.state.value, s.person, s.at] for s in item.standing]),
        "stale": _words(item.stale),
        "clicked": json.dumps([clicked.state.value, clicked.person, clicked.at]) if clicked else "",
        "heard_at": item.heard_at,
        "read_at": item.read_at,
        "asked": item.asked,
        "escalated_at": item.escalated_at,
        "marked": int(item.marked),
    }


def _item(row: sqlite3.Row) -> Item:
    with trouble.record("item", row["id"]):
        return Item(
            id=row["id"],
            head_id=row["head"],
            route=row["route"],
            exceptions=tuple(row["exceptions"].split()),
            opened_at=row["opened_at"],
            since=row["since"],
            state=ItemState(row["state"]),
            person=row["person"],
            until=row["until"],
            settled=bool(row["settled"]),
            overruled=bool(row["overruled"]),
            standing=tuple(map(_sign, json.loads(row["standing"]))),
            stale=frozenset((ItemState(state), who) for state, who in json.loads(row["stale"])),
            clicked=_sign(json.loads(row["clicked"])) if row["clicked"] else None,
            heard_at=row["heard_at"],
            read_at=row["read_at"],
            asked=row["asked"],
            escalated_at=row["escalated_at"],
            marked=bool(row["marked"]),
        )


def _sign(values: list[object]) -> Sign:
    state, person, at = values
    return Sign(ItemState(str(state)), str(person), float(str(at)))


def _step(row: sqlite3.Row) -> Step:
    with trouble.record("item", row["item"]):
        return Step(
            row["item"],
            row["at"],
            ItemState(row["state"]),
            row["person"],
            How(row["how"]),
            tuple(row["exceptions"].split()),
        )
