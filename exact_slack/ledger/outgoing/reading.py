"""What is asked of the deliveries in the ledger; nothing here changes them."""

import heapq
from collections.abc import Iterator

from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery, delivery_of
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.words import in_sql

_WITH_KEY = in_sql(action for action in Action if action.traits.bears_key)
_PAGE = 500


class DeliveriesRead:
    """The table `deliveries`, as it is."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, number: int) -> Delivery:
        """The delivery with this id."""
        row = self._db.row("SELECT * FROM deliveries WHERE id=?", number)
        assert row is not None
        return delivery_of(row)

    def find(self, number: int) -> Delivery | None:
        """The delivery with this id, or None."""
        row = self._db.row("SELECT * FROM deliveries WHERE id=?", number)
        return delivery_of(row) if row else None

    def heads(self, subject_id: int) -> list[Delivery]:
        """The living head messages of a document, one a channel."""
        rows = self._db.rows(
            "SELECT * FROM deliveries WHERE subject=? AND action='head' AND state<>'superseded'",
            subject_id,
        )
        return [delivery_of(row) for row in rows]

    def refuse_lost(self, *documents: int) -> None:
        """Raises DamagedRecord where a message of these documents is of an action that no version
        writes: it may be the head that seems to be missing."""
        marks = ",".join("?" * len(documents))
        rows = self._db.rows(
            f"SELECT * FROM deliveries WHERE document IN ({marks}) AND head IS NULL",  # noqa: S608
            *documents,
        )
        for row in rows:
            delivery_of(row)

    def waiting(self, head_id: int, action: Action, document_id: int | None) -> Delivery | None:
        """A delivery of this action about this document under this head that nobody has seen:
        not begun, or surely not arrived, not even loose in the channel."""
        row = self._db.row(
            "SELECT * FROM deliveries WHERE head=? AND +action=? AND document IS ? AND loose=''"
            " AND (state IN ('pending', 'limited') OR (state='held' AND sending_at IS NULL))",
            head_id,
            action.value,
            document_id,
        )
        return delivery_of(row) if row else None

    def under(self, head_id: int) -> list[Delivery]:
        """Everything under a head, oldest first."""
        rows = self._db.rows("SELECT * FROM deliveries WHERE head=? ORDER BY id", head_id)
        return [delivery_of(row) for row in rows]

    def flooded(self) -> dict[str, int]:
        """Heads that the flood guard holds and nobody was told of, per channel."""
        rows = self._db.rows(
            "SELECT channel, count(*) AS n FROM unsettled_deliveries WHERE state='held' AND cause=?"
            " GROUP BY channel",
            Cause.FLOOD.value,
        )
        return {row["channel"]: row["n"] for row in rows}

    def in_states(self, *states: State) -> list[Delivery]:
        """All deliveries in these states (none of them settled), oldest first."""
        marks = ",".join("?" * len(states))
        rows = self._db.rows(
            f"SELECT * FROM unsettled_deliveries WHERE state IN ({marks}) ORDER BY id",  # noqa: S608
            *(state.value for state in states),
        )
        return self._db.each(rows, delivery_of)

    def any_in(self, *states: State) -> bool:
        """Whether a delivery is in one of these (unsettled) states."""
        marks = ",".join("?" * len(states))
        sql = f"SELECT 1 FROM unsettled_deliveries WHERE state IN ({marks}) LIMIT 1"  # noqa: S608
        return self._db.row(sql, *(state.value for state in states)) is not None

    def walk(
        self, *states: State, action: Action | None = None, waiting: bool = False
    ) -> Iterator[Delivery]:
        """The deliveries in these states (none of them settled), oldest first, some hundreds in
        memory at a time. Of one action only, or only those that wait on purpose."""
        more = f" AND action='{action.value}'" if action else ""
        more += " AND hold_until<>0" if waiting else ""
        each = (self._walk(state, more) for state in states)
        return heapq.merge(*each, key=lambda delivery: delivery.id)

    def _walk(self, state: State, more: str) -> Iterator[Delivery]:
        sql = (
            f"SELECT * FROM unsettled_deliveries WHERE state=? AND id>?{more}"  # noqa: S608
            f" ORDER BY id LIMIT {_PAGE}"
        )
        last = 0
        while rows := self._db.rows(sql, state.value, last):
            yield from self._db.each(rows, delivery_of)
            last = rows[-1]["id"]

    def last_id(self) -> int:
        """The id of the newest delivery; 0 where there is none."""
        row = self._db.row("SELECT max(id) AS id FROM deliveries")
        return int(row["id"] or 0) if row else 0

    def since_id(self, last: int) -> list[Delivery]:
        """The deliveries that were added after one, oldest first."""
        rows = self._db.rows("SELECT * FROM deliveries WHERE id>? ORDER BY id", last)
        return self._db.each(rows, delivery_of)

    def channels_in(self, *states: State) -> set[str]:
        """The channels of the unsettled deliveries in these states."""
        marks = ",".join("?" * len(states))
        rows = self._db.rows(
            f"SELECT DISTINCT channel FROM unsettled_deliveries WHERE state IN ({marks})",  # noqa: S608
            *(state.value for state in states),
        )
        return {row["channel"] for row in rows}

    def of_document(self, document_id: int) -> list[Delivery]:
        """Everything that was or will be sent about a document."""
        rows = self._db.rows("SELECT * FROM deliveries WHERE document=? ORDER BY id", document_id)
        return [delivery_of(row) for row in rows]

    def standing(self, channel_id: str, until: str, most: int) -> list[Delivery]:
        """The latest messages of ours that stand in a channel itself, with a key, up to a ts."""
        rows = self._db.rows(
            "SELECT * FROM deliveries"  # noqa: S608 - names of actions
            " WHERE channel_id=? AND ts<>'' AND ts<=? AND head IS NULL"
            f" AND action IN {_WITH_KEY} AND state='posted' ORDER BY ts DESC LIMIT ?",
            channel_id,
            until,
            most,
        )
        return self._db.each(rows, delivery_of)

    def heads_of_run(self, number: int) -> list[Delivery]:
        """The living messages of a payment run, one a channel."""
        rows = self._db.rows(
            "SELECT * FROM deliveries WHERE before=? AND action='run' AND state<>'superseded'",
            str(number),
        )
        return [delivery_of(row) for row in rows]

    def twin_of(self, head: Delivery) -> Delivery | None:
        """Another head of the same document, or payment run, that stands in the channel to which
        this one is to be sent, whatever its name was."""
        if head.action is Action.RUN:
            from exact_slack.ledger.outgoing.payloads import Run

            heads = self.heads_of_run(head.payload_of(Run).number)
        else:
            is_head = head.action is Action.HEAD and head.subject_id is not None
            heads = self._other_heads(head) if is_head else []
        others = (other for other in heads if other.id != head.id)
        here = head.channel_id
        return next((o for o in others if o.state is State.POSTED and o.channel_id == here), None)

    def _other_heads(self, head: Delivery) -> list[Delivery]:
        rows = self._db.rows(
            "SELECT * FROM deliveries"
            " WHERE subject=? AND action='head' AND state<>'superseded' AND id<>?",
            head.subject_id,
            head.id,
        )
        return [delivery_of(row) for row in rows]

    def latest_standing(self) -> Delivery | None:
        """The latest message that stands in a channel by itself."""
        row = self._db.row(
            "SELECT * FROM deliveries WHERE state='posted' AND action='head' AND ts<>''"
            " AND channel_id<>'' ORDER BY id DESC LIMIT 1"
        )
        return delivery_of(row) if row else None
