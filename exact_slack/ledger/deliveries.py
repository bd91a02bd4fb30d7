"""Deliveries in the ledger: what is to be sent where, what became of it, and the shared pace."""

import secrets
import sqlite3
from dataclasses import dataclass

from exact_slack.ledger.database import Database
from exact_slack.ledger.states import BACKLOG, Action, State, check

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
class Delivery:
    """One row: a message, an edit or a reply on its way to a channel."""

    id: int
    key: str
    document_id: int | None
    subject_id: int | None
    head_id: int | None
    action: Action
    route: str
    channel: str
    channel_id: str
    state: State
    reason: str
    plain: bool
    attempts: int
    reasons: tuple[str, ...]
    before: str
    ts: str
    after_ts: str
    not_before: float
    owner: str
    created_at: float
    sending_at: float | None
    done_at: float | None


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        id=row["id"],
        key=row["key"],
        document_id=row["document"],
        subject_id=row["subject"],
        head_id=row["head"],
        action=Action(row["action"]),
        route=row["route"],
        channel=row["channel"],
        channel_id=row["channel_id"],
        state=State(row["state"]),
        reason=row["reason"],
        plain=bool(row["plain"]),
        attempts=row["attempts"],
        reasons=tuple(row["reasons"].split()),
        before=row["before"],
        ts=row["ts"],
        after_ts=row["after_ts"],
        not_before=row["not_before"],
        owner=row["owner"],
        created_at=row["created_at"],
        sending_at=row["sending_at"],
        done_at=row["done_at"],
    )


@dataclass(frozen=True, slots=True)
class Wait:
    """Something is due, but only after so many seconds."""

    seconds: float


class Deliveries:
    """The tables `deliveries`, `channels` and `pace`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self,
        *,
        action: Action,
        route: str,
        channel: str,
        now: float,
        document: int | None = None,
        subject: int | None = None,
        head: int | None = None,
        reasons: tuple[str, ...] = (),
        before: str = "",
        state: State = State.PENDING,
        reason: str = "",
        run: int | None = None,
    ) -> int:
        """A new delivery with a key of its own; returns its id."""
        self._db.run("INSERT INTO channels (name) VALUES (?) ON CONFLICT DO NOTHING", channel)
        return self._db.run(
            "INSERT INTO deliveries (key, document, subject, head, action, route, channel, state,"
            " reason, reasons, before, run, created_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            secrets.token_hex(16),
            document,
            subject,
            head,
            action.value,
            route,
            channel,
            state.value,
            reason,
            " ".join(reasons),
            before,
            run,
            now,
        )

    def get(self, number: int) -> Delivery:
        """The delivery with this id."""
        row = self._db.row("SELECT * FROM deliveries WHERE id=?", number)
        assert row is not None
        return _delivery(row)

    def find(self, number: int) -> Delivery | None:
        """The delivery with this id, or None."""
        row = self._db.row("SELECT * FROM deliveries WHERE id=?", number)
        return _delivery(row) if row else None

    def heads(self, subject_id: int) -> list[Delivery]:
        """The living head messages of a document, one a channel."""
        rows = self._db.rows(
            "SELECT * FROM deliveries WHERE subject=? AND action='head' AND state<>'superseded'",
            subject_id,
        )
        return [_delivery(row) for row in rows]

    def waiting(self, head_id: int, action: Action) -> Delivery | None:
        """A delivery of this action under this head that nobody has begun to send."""
        row = self._db.row(
            "SELECT * FROM deliveries WHERE head=? AND action=?"
            " AND state IN ('pending', 'limited', 'held')",
            head_id,
            action.value,
        )
        return _delivery(row) if row else None

    def in_states(self, *states: State) -> list[Delivery]:
        """All deliveries in these states, oldest first."""
        marks = ",".join("?" * len(states))
        sql = f"SELECT * FROM deliveries WHERE state IN ({marks}) ORDER BY id"  # noqa: S608
        return [_delivery(row) for row in self._db.rows(sql, *(s.value for s in states))]

    def of_document(self, document_id: int) -> list[Delivery]:
        """Everything that was or will be sent about a document."""
        rows = self._db.rows("SELECT * FROM deliveries WHERE document=? ORDER BY id", document_id)
        return [_delivery(row) for row in rows]

    def move(
        self,
        delivery: Delivery,
        state: State,
        now: float,
        *,
        reason: str = "",
        ts: str = "",
        channel_id: str = "",
        not_before: float = 0.0,
        plain: bool | None = None,
    ) -> None:
        """One step in the table of states; with it the deliveries that hang on this head."""
        with self._db.transaction():
            current = self.get(delivery.id)
            check(current.state, state)
            done = now if state in (State.POSTED, State.FAILED, State.SUPERSEDED) else None
            self._db.run(
                "UPDATE deliveries SET state=?, reason=?, ts=coalesce(nullif(?,''), ts),"
                " channel_id=coalesce(nullif(?,''), channel_id), not_before=?, plain=?, owner='',"
                " done_at=? WHERE id=?",
                state.value,
                reason,
                ts,
                channel_id,
                not_before,
                current.plain if plain is None else plain,
                done,
                delivery.id,
            )
            if delivery.action is Action.HEAD:
                self._carry_replies(delivery.id, state)

    def _carry_replies(self, head_id: int, state: State) -> None:
        if state in (State.HELD, State.FAILED):
            self._db.run(
                "UPDATE deliveries SET state='held', reason='its head message is not posted'"
                " WHERE head=? AND state='pending'",
                head_id,
            )
        elif state in (State.PENDING, State.POSTED):
            self._db.run(
                "UPDATE deliveries SET state='pending', reason='' WHERE head=? AND state='held'"
                " AND reason='its head message is not posted'",
                head_id,
            )

    def set_before(self, delivery: Delivery, before: str) -> None:
        """Replace the state that a reply compares with."""
        self._db.run("UPDATE deliveries SET before=? WHERE id=?", before, delivery.id)

    def detach(self, delivery: Delivery) -> None:
        """The thread takes no replies: this one goes into the channel itself."""
        self._db.run("UPDATE deliveries SET head=NULL WHERE id=?", delivery.id)

    def postpone(self, delivery: Delivery, until: float) -> None:
        """Look again at `until`."""
        with self._db.transaction():
            self._db.run("UPDATE deliveries SET not_before=? WHERE id=?", until, delivery.id)

    def renew(self, head: Delivery, now: float) -> None:
        """Somebody deleted a head in Slack: a new one takes its place, and its replies."""
        if head.state is State.SUPERSEDED:
            return
        self.move(head, State.SUPERSEDED, now, reason="deleted in Slack")
        new = self.add(
            action=Action.HEAD,
            route=head.route,
            channel=head.channel,
            document=head.document_id,
            subject=head.subject_id,
            reasons=head.reasons,
            now=now,
        )
        self._db.run(
            "UPDATE deliveries SET head=? WHERE head=? AND state NOT IN ('posted', 'superseded')",
            new,
            head.id,
        )

    # -- sending ---------------------------------------------------------------------------

    def claim(self, owner: str, now: float) -> Delivery | Wait | None:
        """The next delivery to send, committed as `sending` with the pace it uses up; or how
        long to wait; or None where nothing is left that time alone will bring."""
        with self._db.transaction():
            best: tuple[float, Delivery] | None = None
            for channel in self._db.rows("SELECT name FROM channels WHERE parked=''"):
                for edits in (False, True):
                    due = self._first(channel["name"], edits)
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
            return self.get(due.id)

    def _first(self, channel: str, edits: bool) -> Delivery | None:
        operator = "=" if edits else "<>"
        row = self._db.row(
            "SELECT d.* FROM deliveries d LEFT JOIN deliveries h ON h.id=d.head"  # noqa: S608
            f" WHERE d.channel=? AND d.state IN {_OPEN} AND d.action {operator} 'edit'"
            " AND (d.head IS NULL OR h.state='posted') ORDER BY d.not_before, d.id LIMIT 1",
            channel,
        )
        return _delivery(row) if row else None

    @staticmethod
    def _scopes(delivery: Delivery) -> tuple[tuple[str, float], ...]:
        if delivery.action.is_edit:
            return ((_EDITS, EDIT_GAP),)
        return ((f"channel {delivery.channel}", POST_GAP), (_WORKSPACE, WORKSPACE_GAP))

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
        # whatever the clocks say, this message will have a later ts than our latest one there
        self._db.run(
            "UPDATE deliveries SET state='sending', owner=?, attempts=attempts+1, sending_at=?,"
            " after_ts=coalesce((SELECT max(p.ts) FROM deliveries p JOIN channels c"
            " ON p.channel_id=c.id WHERE c.name=? AND p.ts<>''), '') WHERE id=?",
            owner,
            now,
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

    # -- channels --------------------------------------------------------------------------

    def channel_id(self, channel: str) -> str:
        """The id of a channel as last resolved, or ""."""
        row = self._db.row("SELECT id FROM channels WHERE name=?", channel)
        return str(row["id"]) if row else ""

    def resolved(self, channel: str, channel_id: str, now: float) -> None:
        """The channel exists and takes messages: what it held back goes on."""
        with self._db.transaction():
            self._db.run(
                "INSERT INTO channels VALUES (?,?,'',?) ON CONFLICT (name) DO UPDATE SET"
                " id=excluded.id, parked='', checked_at=excluded.checked_at",
                channel,
                channel_id,
                now,
            )

    def park(self, channel: str, sentence: str, now: float) -> None:
        """The channel takes nothing now; its deliveries wait, and no others."""
        with self._db.transaction():
            self._db.run(
                "INSERT INTO channels VALUES (?,'',?,?) ON CONFLICT (name) DO UPDATE SET"
                " parked=excluded.parked, checked_at=excluded.checked_at",
                channel,
                sentence,
                now,
            )

    def parked(self) -> dict[str, str]:
        """Parked channels and why."""
        rows = self._db.rows("SELECT * FROM channels WHERE parked<>'' ORDER BY name")
        return {row["name"]: row["parked"] for row in rows}

    def open_channels(self) -> list[str]:
        """Channels with something to send."""
        rows = self._db.rows(f"SELECT DISTINCT channel FROM deliveries WHERE state IN {_OPEN}")  # noqa: S608
        return [row["channel"] for row in rows]

    # -- counts ----------------------------------------------------------------------------

    def counts(self) -> dict[State, int]:
        """Deliveries per state, but for the posted ones: those would have to be counted one by
        one. What waits for a parked channel counts as held."""
        result = dict.fromkeys(State, 0)
        for row in self._db.rows(
            "SELECT CASE WHEN c.parked<>'' AND d.state IN ('pending','limited','refused')"
            " THEN 'held' ELSE d.state END AS state, count(*) AS n FROM deliveries d"
            " LEFT JOIN channels c ON c.name=d.channel"
            " WHERE d.state NOT IN ('posted', 'superseded') GROUP BY 1"
        ):
            result[State(row["state"])] = row["n"]
        return result

    def backlog(self) -> int:
        """What will be worked off without a person."""
        counts = self.counts()
        return sum(counts[state] for state in BACKLOG)


def _sane(at: float, now: float) -> float:
    """A stored time, or now where it is further away than any pause: the clock was set back."""
    return at if at <= now + LONGEST_PAUSE else now


def _limit_scope(delivery: Delivery) -> str:
    return "chat.update" if delivery.action.is_edit else "chat.postMessage"
