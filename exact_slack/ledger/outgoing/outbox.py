"""The next delivery to send, and the pace that all processes share through the ledger."""

import sqlite3
from dataclasses import dataclass

from exact_slack.ledger.outgoing.deliveries import Deliveries
from exact_slack.ledger.outgoing.delivery import Delivery, delivery_of
from exact_slack.ledger.outgoing.keys import Keys
from exact_slack.ledger.outgoing.states import UNSURE, WAITING, State, check
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.trouble import DamagedRecord
from exact_slack.ledger.schema.words import in_sql
from exact_slack.network.limits import SLACK_CALL

POST_GAP = 1.03
"""Seconds between two posts in one channel: Slack's pace is one a second a channel
(docs.slack.dev chat.postMessage); the rest is room for jitter on the wire."""
_ALLOWED = 0.25
"""Seconds by which Slack is believed to have counted a message before its answer came, at the
most. It answers within that as a rule; where even the quickest call took longer, this machine is
busy, and may have been told late of what was counted late."""
WORKSPACE_GAP = 0.25
"""Seconds between two posts anywhere: Slack caps a workspace at "several hundred a minute"."""
EDIT_GAP = 1.2
"""Seconds between two edits: chat.update is Tier 3, 50 a minute."""
LONGEST_CALL = SLACK_CALL + 1.0
"""Seconds after which a call of another process no longer keeps its channel: it has ended, and so
has what its sender does before and after it."""
LONGEST_PAUSE = 3700.0
"""Seconds: Slack's `Retry-After` is obeyed up to an hour, and nothing else waits longer."""
_GLANCE = 0.05
"""Seconds after which to look again whether another process has its answer."""
_WORKSPACE, _EDITS = "posts", "edits"
_OPEN = in_sql(WAITING)
_FIRST = (
    # a thread keeps its order: nothing overtakes a reply of unknown outcome
    f"e.id<d.id AND e.action<>'edit' AND e.state IN {in_sql(UNSURE)}"
    # the head first: what tells a change waits until the head shows it, and its edits keep theirs
    " OR e.action='edit' AND d.action<>'file' AND (e.state='sending'"
    f" OR d.action<>'edit' AND e.state IN {_OPEN} AND e.hold_until<=?)"
)
"""What goes before a delivery `d` in its thread."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Something is due, but only after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class _Due:
    """The first delivery that may go at `at`, and its channel's id, "" where none is known."""

    at: float
    delivery: Delivery
    channel_id: str

    @property
    def order(self) -> tuple[float, int, int]:
        return self.at, self.delivery.urgency, self.delivery.id


class Outbox:
    """Claims deliveries one by one, over the tables `deliveries`, `channels` and `pace`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._deliveries = Deliveries(db)
        self._keys = Keys(db)
        self._damaged: list[int] = []
        self._quickest = 0.0
        """Seconds of this process's quickest message, from claim to answer; 0 before the first."""

    def claim(self, owner: str, now: float) -> Delivery | Wait | None:
        """The next delivery to send, committed as `sending` with the pace it uses up; or how
        long to wait; or None where nothing is left that time alone will bring."""
        with self._db.transaction():
            due = self._due(owner, now)
            if not isinstance(due, _Due):
                return due
            return self._take(due, owner, now)

    def waiting_in(self, channel: str) -> list[int]:
        """All that waits to be sent to a channel, oldest first."""
        sql = "SELECT id FROM waiting_deliveries WHERE channel=? ORDER BY id"
        return [int(row["id"]) for row in self._db.rows(sql, channel)]

    def _due(self, owner: str, now: float) -> "_Due | Wait | None":
        best: _Due | None = None
        pace, busy = self._pace(), self._busy(owner, now)
        for channel in self._db.rows("SELECT name, id FROM channels WHERE parked=''"):
            place = channel["id"] or channel["name"]
            for edits in (False, True):
                due = self._first(channel["name"], edits, now)
                if due is None:
                    continue
                at = max(_sane(due.not_before, now), _ready(due, place, pace, now))
                if place in busy and not edits:
                    at = max(at, now + _GLANCE)
                if best is None or (at, due.urgency, due.id) < best.order:
                    best = _Due(at, due, channel["id"])
        return Wait(best.at - now) if best and best.at > now else best

    def _pace(self) -> dict[str, float]:
        rows = self._db.rows("SELECT scope, next_at FROM pace")
        return {row["scope"]: row["next_at"] for row in rows}

    def _busy(self, owner: str, now: float) -> set[str]:
        """Channels in which another process is posting: when Slack counts its message is not
        known before the answer."""
        rows = self._db.rows(
            "SELECT d.channel, c.id FROM unsettled_deliveries d JOIN channels c ON c.name=d.channel"
            " WHERE d.state='sending' AND d.owner<>? AND d.action<>'edit'"
            " AND d.sending_at BETWEEN ? AND ?",
            owner,
            now - LONGEST_CALL,
            now + 1.0,
        )
        return {row["id"] or row["channel"] for row in rows}

    def _first(self, channel: str, edits: bool, now: float) -> Delivery | None:
        """The first one that may go; of edits the most urgent one whose time has come."""
        first = self._first_by("d.urgency, d.not_before", channel, edits, now)
        if first and first.not_before > now and first.urgency:
            return self._first_by("d.not_before>?, d.urgency, d.not_before", channel, edits, now)
        return first

    def _first_by(self, order: str, channel: str, edits: bool, now: float) -> Delivery | None:
        while True:
            row = self._row_by(order, channel, edits, now)
            try:
                return delivery_of(row) if row else None
            except DamagedRecord as error:  # it is passed over, and the others go on
                assert row is not None
                self._damaged.append(int(row["id"]))
                self._db.note(error)

    def _row_by(self, order: str, channel: str, edits: bool, now: float) -> sqlite3.Row | None:
        others = f" AND d.id NOT IN ({', '.join(map(str, self._damaged))})" if self._damaged else ""
        return self._db.row(
            "SELECT d.* FROM waiting_deliveries d"  # noqa: S608
            " LEFT JOIN deliveries h ON h.id=d.head"
            " WHERE d.channel=? AND (d.action='edit')=?"
            " AND (d.head IS NULL OR h.state='posted')"
            f" AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.head=d.head AND ({_FIRST}))"
            f" AND d.hold_until<=?{others}"
            f" ORDER BY {order}, d.id LIMIT 1",
            channel,
            edits,
            now,
            now,
            *([now] if "?" in order else []),
        )

    def _place(self, delivery: Delivery) -> str:
        # by id: two names of one channel have one pace
        row = self._db.row("SELECT id FROM channels WHERE name=?", delivery.channel)
        return (row["id"] if row else "") or delivery.channel

    def _take(self, due: _Due, owner: str, now: float) -> Delivery:
        delivery = due.delivery
        check(delivery.state, State.SENDING)
        for scope, gap in _scopes(delivery, due.channel_id or delivery.channel):
            self._set(scope, now + gap)
        return self._deliveries.set(
            delivery,
            state=State.SENDING.value,
            owner=owner,
            attempts=delivery.attempts + 1,
            sending_at=now,
            after_ts=self._after(delivery.channel),
            channel_id=self._sent_to(due),
            shown=self._in_doubt(delivery),
            key=delivery.idempotency_key if delivery.attempts else self._keys.of(delivery),
        )

    def _sent_to(self, due: _Due) -> str:
        """The channel of this attempt: a look-up must not ask the one that has its name later."""
        head = due.delivery.head_id
        if head is None:
            return due.channel_id
        row = self._db.row("SELECT channel_id FROM deliveries WHERE id=?", head)
        return str(row["channel_id"]) if row else ""

    def _in_doubt(self, delivery: Delivery) -> str:
        """What an edit's head shows; whatever becomes of the edit, that is not sure from now on."""
        if not delivery.action.traits.is_edit or delivery.head_id is None:
            return delivery.shown
        shown = self._deliveries.get(delivery.head_id).shown
        self._deliveries.shows(delivery.head_id, "")
        return shown

    def give_back(self, delivery: Delivery) -> None:
        """It was claimed, and needs no call after all: so does the pace that it took."""
        at = delivery.sending_at or 0.0
        for scope, gap in _scopes(delivery, self._place(delivery)):
            unused = "UPDATE pace SET next_at=? WHERE scope=? AND next_at=?"
            self._db.run(unused, at, scope, at + gap)

    def _after(self, channel: str) -> str:
        """Whatever our clock says, a message will have a later ts than our latest one there, or
        than Slack's time when the channel was found."""
        row = self._db.row(
            "SELECT coalesce((SELECT max(p.ts) FROM deliveries p JOIN channels c"
            " ON p.channel_id=c.id WHERE c.name=? AND p.ts<>'' AND p.ts<':'),"
            " (SELECT found_ts FROM channels WHERE name=?), '') AS ts",
            channel,
            channel,
        )
        return str(row["ts"]) if row else ""

    def answered(self, delivery: Delivery, now: float) -> None:
        """A call has its answer, or the lack of one. Slack counted the message somewhere between
        the claim and now, so the channel's pace runs from now, less what even the quickest
        message needs from its claim to its answer."""
        if not delivery.action.traits.bears_key:  # a file is on its way for very long
            self.counts_from(delivery, now)
            return
        took = max(now - (delivery.sending_at or now), 0.0)
        self.counts_from(delivery, now - min(self._quickest, took, _ALLOWED))
        self._quickest = min(self._quickest or took, took)

    def counts_from(self, delivery: Delivery, now: float) -> None:
        """Slack may count a post only now, later than it was claimed: so does the pace."""
        if not delivery.action.traits.is_edit:
            self._set(_channel_scope(self._place(delivery)), now + POST_GAP)

    def _set(self, scope: str, at: float) -> None:
        self._db.run("INSERT OR REPLACE INTO pace VALUES (?,?)", scope, at)

    def limit(self, delivery: Delivery, until: float) -> None:
        """Slack said 429: nobody calls this method before `until` (it blocks the workspace)."""
        self._set(_limit_scope(delivery), until)


def _ready(delivery: Delivery, place: str, pace: dict[str, float], now: float) -> float:
    """When the pace and Slack's own pauses let a delivery go."""
    at = _sane(pace.get(_limit_scope(delivery), 0.0), now)
    for scope, gap in _scopes(delivery, place):
        next_at = pace.get(scope, 0.0)
        if next_at <= now + max(gap, 1.0) + 0.5:  # beyond that the local clock was set back
            at = max(at, next_at)
    return at


def _scopes(delivery: Delivery, place: str) -> tuple[tuple[str, float], ...]:
    if delivery.action.traits.is_edit:
        return ((_EDITS, EDIT_GAP),)
    return ((_channel_scope(place), POST_GAP), (_WORKSPACE, WORKSPACE_GAP))


def _channel_scope(place: str) -> str:
    return f"channel {place}"


def _sane(at: float, now: float) -> float:
    """A stored time, or now where it is further away than any pause: the clock was set back."""
    return at if at <= now + LONGEST_PAUSE else now


def _limit_scope(delivery: Delivery) -> str:
    return delivery.action.traits.call.value
