"""The next delivery to send, and the pace that all processes share through the ledger."""

from dataclasses import dataclass

from exact_slack.ledger.database import Database
from exact_slack.ledger.deliveries import Delivery, delivery_of
from exact_slack.ledger.states import Action, State, check

POST_GAP = 1.03
"""Seconds between two posts in one channel: Slack's pace is one a second a channel
(docs.slack.dev chat.postMessage); the rest is room for jitter on the wire."""
WORKSPACE_GAP = 0.25
"""Seconds between two posts anywhere: Slack caps a workspace at "several hundred a minute"."""
EDIT_GAP = 1.2
"""Seconds between two edits: chat.update is Tier 3, 50 a minute."""
LONGEST_PAUSE = 3700.0
"""Seconds: Slack's `Retry-After` is obeyed up to an hour, and nothing else waits longer."""
_WORKSPACE, _EDITS = "posts", "edits"
_OPEN = "('pending', 'limited', 'refused')"


@dataclass(frozen=True, slots=True)
class Wait:
    """Something is due, but only after so many seconds."""

    seconds: float


class Outbox:
    """Claims deliveries one by one, over the tables `deliveries`, `channels` and `pace`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def claim(self, owner: str, now: float) -> Delivery | Wait | None:
        """The next delivery to send, committed as `sending` with the pace it uses up; or how
        long to wait; or None where nothing is left that time alone will bring."""
        with self._db.transaction():
            best: tuple[float, Delivery] | None = None
            for channel in self._db.rows("SELECT name FROM channels WHERE parked=''"):
                for edits in (False, True):
                    due = self._first(channel["name"], edits, now)
                    if due is None:
                        continue
                    at = max(_sane(due.not_before, now), self._ready(due, now))
                    if best is None or (at, due.id) < (best[0], best[1].id):
                        best = (at, due)
            if best is None:
                return None
            at, due = best
            if at > now:
                return Wait(at - now)
            self._take(due, owner, now)
            row = self._db.row("SELECT * FROM deliveries WHERE id=?", due.id)
            assert row is not None
            return delivery_of(row)

    def _first(self, channel: str, edits: bool, now: float) -> Delivery | None:
        row = self._db.row(
            "SELECT d.* FROM deliveries d LEFT JOIN deliveries h ON h.id=d.head"  # noqa: S608
            f" WHERE d.channel=? AND d.state IN {_OPEN} AND (d.action='edit')=?"
            " AND (d.head IS NULL OR h.state='posted')"
            # a thread keeps its order: nothing overtakes a reply of unknown outcome
            " AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.head=d.head AND e.id<d.id"
            " AND e.action<>'edit' AND e.state IN ('sending', 'ambiguous'))"
            " AND d.hold_until<=?"
            " ORDER BY d.not_before, d.id LIMIT 1",
            channel,
            edits,
            now,
        )
        return delivery_of(row) if row else None

    def _scopes(self, delivery: Delivery) -> tuple[tuple[str, float], ...]:
        if delivery.action.is_edit:
            return ((_EDITS, EDIT_GAP),)
        # by id: two names of one channel have one pace
        row = self._db.row("SELECT id FROM channels WHERE name=?", delivery.channel)
        place = (row["id"] if row else "") or delivery.channel
        return ((f"channel {place}", POST_GAP), (_WORKSPACE, WORKSPACE_GAP))

    def _ready(self, delivery: Delivery, now: float) -> float:
        at = 0.0
        for scope, gap in self._scopes(delivery):
            row = self._db.row("SELECT next_at FROM pace WHERE scope=?", scope)
            if row and row["next_at"] <= now + max(gap, 1.0) + 0.5:
                at = max(at, row["next_at"])  # beyond that the local clock was set back
        row = self._db.row("SELECT next_at FROM pace WHERE scope=?", _limit_scope(delivery))
        return max(at, _sane(row["next_at"], now)) if row else at

    def _take(self, delivery: Delivery, owner: str, now: float) -> None:
        check(delivery.state, State.SENDING)
        for scope, gap in self._scopes(delivery):
            self._db.run("INSERT OR REPLACE INTO pace VALUES (?,?)", scope, now + gap)
        # whatever our clock says, this message will have a later ts than our latest one there, or
        # than Slack's time when the channel was found
        self._db.run(
            "UPDATE deliveries SET state='sending', owner=?, attempts=attempts+1, sending_at=?,"
            " after_ts=coalesce((SELECT max(p.ts) FROM deliveries p JOIN channels c"
            " ON p.channel_id=c.id WHERE c.name=? AND p.ts<>''),"
            " (SELECT found_ts FROM channels WHERE name=?), '') WHERE id=?",
            owner,
            now,
            delivery.channel,
            delivery.channel,
            delivery.id,
        )

    def leaving(self, delivery: Delivery, now: float) -> None:
        """The call is about to leave, later than it was claimed: its pace counts from now."""
        with self._db.transaction():
            for scope, gap in self._scopes(delivery):
                self._db.run("INSERT OR REPLACE INTO pace VALUES (?,?)", scope, now + gap)

    def limit(self, delivery: Delivery, until: float) -> None:
        """Slack said 429: nobody calls this method before `until` (it blocks the workspace)."""
        self._db.run("INSERT OR REPLACE INTO pace VALUES (?,?)", _limit_scope(delivery), until)


def _sane(at: float, now: float) -> float:
    """A stored time, or now where it is further away than any pause: the clock was set back."""
    return at if at <= now + LONGEST_PAUSE else now


def _limit_scope(delivery: Delivery) -> str:
    if delivery.action is Action.FILE:
        return "files"
    return "chat.update" if delivery.action.is_edit else "chat.postMessage"
