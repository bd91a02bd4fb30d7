"""Deliveries in the ledger: what is to be sent where, and what became of it."""

import heapq
import secrets
from collections.abc import Iterator

from exact_slack.ledger.activity import Activity
from exact_slack.ledger.counters import Counter, Counters
from exact_slack.ledger.incoming.exact_clock import known_ahead_ms
from exact_slack.ledger.log import Happened, Log, Stands
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery, delivery_of
from exact_slack.ledger.outgoing.payloads import Payload, Run
from exact_slack.ledger.outgoing.states import MovedOn, State, Urgency, check
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.words import in_sql
from exact_slack.ledger.triage.items import Items

_WITH_KEY = in_sql(action for action in Action if action.traits.bears_key)
_PAGE = 500


class Deliveries:
    """The table `deliveries`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._log = Log(db)

    def add(
        self,
        payload: Payload,
        *,
        route: str,
        channel: str,
        now: float,
        document: int | None = None,
        subject: int | None = None,
        head: int | None = None,
        exceptions: tuple[str, ...] = (),
        state: State = State.PENDING,
        cause: Cause = Cause.NONE,
        run: int | None = None,
        urgency: int = 0,
    ) -> int:
        """A new delivery with a key of its own; returns its id."""
        self._db.run("INSERT INTO channels (name) VALUES (?) ON CONFLICT DO NOTHING", channel)
        added = self._db.run(
            "INSERT INTO deliveries (key, document, subject, head, action, route, channel, state,"
            " cause, reasons, before, run, created_at, urgency)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            secrets.token_hex(16),
            document,
            subject,
            head,
            payload.action.value,
            route,
            channel,
            state.value,
            cause.value,
            " ".join(exceptions),
            payload.to_text(),
            run,
            now,
            urgency,
        )
        if state is State.HELD:
            self._log.carried(now, document, added, state=state, channel=channel, cause=cause)
        return added

    def notice(self, number: int, names: tuple[str, ...]) -> None:
        """Exceptions that a head, or a reply about a change, has to say beside those it says."""
        if not names:
            return
        with self._db.transaction():
            exceptions = dict.fromkeys((*self.get(number).exceptions, *names))
            self._db.run("UPDATE deliveries SET reasons=? WHERE id=?", " ".join(exceptions), number)

    def unnotice(self, seen: Delivery, names: tuple[str, ...]) -> None:
        """Exceptions that a head no longer has to say."""
        exceptions = [name for name in self.get(seen.id).exceptions if name not in names]
        self._db.run("UPDATE deliveries SET reasons=? WHERE id=?", " ".join(exceptions), seen.id)

    def hurry(self, waiting: Delivery, urgency: Urgency) -> None:
        """What waits has become at least so urgent."""
        if urgency < waiting.urgency:
            self.set(waiting, urgency=int(urgency))

    def bring(self, seen: Delivery, payload: Payload) -> None:
        """It brings this from now on."""
        self.set(seen, before=payload.to_text())

    def shows(self, head_id: int, imprint: str) -> None:
        """What a head surely shows now; "" where nobody knows."""
        self._db.run("UPDATE deliveries SET shown=? WHERE id=?", imprint, head_id)

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

    def heads_of_run(self, number: int) -> list[Delivery]:
        """The living messages of a payment run, one a channel."""
        rows = self._db.rows(
            "SELECT * FROM deliveries WHERE before=? AND action='run' AND state<>'superseded'",
            str(number),
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
            "SELECT * FROM deliveries WHERE head=? AND action=? AND document IS ? AND loose=''"
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

    def twin_in(self, head: Delivery, channel_id: str) -> Delivery | None:
        """Another head of the same document, or payment run, that stands in the channel with this
        id, whatever its name was."""
        if head.action is Action.RUN:
            heads = self.heads_of_run(head.payload_of(Run).number)
        else:
            is_head = head.action is Action.HEAD and head.subject_id is not None
            heads = self.heads(head.subject_id or 0) if is_head else []
        others = (other for other in heads if other.id != head.id)
        standing = (o for o in others if o.state is State.POSTED and o.channel_id == channel_id)
        return next(standing, None)

    def take_over(self, head: Delivery, twin: Delivery, now: float) -> None:
        """The same channel has a new name in the config: the head there stands for the new one,
        too, and what waits under that goes under it."""
        self.move(twin, State.SUPERSEDED, now, cause=Cause.HEAD_THERE)
        self.set(head, channel=twin.channel, route=twin.route)
        self._adopt(twin.id, head.id, twin.channel)

    def _adopt(self, old_head: int, new_head: int, channel: str) -> None:
        self._db.run(
            "UPDATE deliveries SET head=?, channel=? WHERE id IN"
            " (SELECT id FROM unsettled_deliveries WHERE head=?)",
            new_head,
            channel,
            old_head,
        )
        Items(self._db).follow(old_head, new_head)

    def flooded(self) -> dict[str, int]:
        """Heads that the flood guard holds and nobody was told of, per channel."""
        rows = self._db.rows(
            "SELECT channel, count(*) AS n FROM unsettled_deliveries WHERE state='held' AND cause=?"
            " GROUP BY channel",
            Cause.FLOOD.value,
        )
        return {row["channel"]: row["n"] for row in rows}

    def flood_told(self, channel: str) -> None:
        """The channel was told how many are held."""
        self._db.run(
            "UPDATE deliveries SET cause=? WHERE id IN (SELECT id FROM unsettled_deliveries"
            " WHERE state='held' AND cause=? AND channel=?)",
            Cause.FLOOD_TOLD.value,
            Cause.FLOOD.value,
            channel,
        )

    def in_states(self, *states: State) -> list[Delivery]:
        """All deliveries in these states (none of them settled), oldest first."""
        marks = ",".join("?" * len(states))
        rows = self._db.rows(
            f"SELECT * FROM unsettled_deliveries WHERE state IN ({marks}) ORDER BY id",  # noqa: S608
            *(state.value for state in states),
        )
        return self._db.each(rows, delivery_of)

    def any_in(self, state: State) -> bool:
        """Whether a delivery is in this (unsettled) state."""
        sql = "SELECT 1 FROM unsettled_deliveries WHERE state=? LIMIT 1"
        return self._db.row(sql, state.value) is not None

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

    def latest_standing(self) -> Delivery | None:
        """The latest message that stands in a channel by itself."""
        row = self._db.row(
            "SELECT * FROM deliveries WHERE state='posted' AND action='head' AND ts<>''"
            " AND channel_id<>'' ORDER BY id DESC LIMIT 1"
        )
        return delivery_of(row) if row else None

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

    def set(self, seen: Delivery, **columns: object) -> Delivery:
        """The one way to change a delivery: only while it is as it was `seen`, in state, attempt
        and owner. MovedOn where it is not any more. Returns it as it is now."""
        names = ", ".join(f"{name}=?" for name in columns)
        with self._db.transaction():
            rows = self._db.rows(
                f"UPDATE deliveries SET {names}"  # noqa: S608 - names of columns, from the code
                " WHERE id=? AND state=? AND attempts=? AND owner=? RETURNING *",
                *columns.values(),
                seen.id,
                seen.state.value,
                seen.attempts,
                seen.owner,
            )
        if not rows:
            raise MovedOn
        return delivery_of(rows[0])

    def move(
        self,
        seen: Delivery,
        state: State,
        now: float,
        *,
        cause: Cause = Cause.NONE,
        detail: str = "",
        ts: str = "",
        channel_id: str = "",
        not_before: float = 0.0,
        plain: bool | None = None,
    ) -> Delivery:
        """One step in the table of states, from what was `seen` when it was decided on (MovedOn
        where another process was quicker); with it the deliveries that hang on this head."""
        check(seen.state, state)
        dropped = state.is_over and seen.action.traits.drops_payload
        with self._db.transaction():
            moved = self.set(
                seen,
                state=state.value,
                cause=cause.value,
                detail=detail,
                ts=ts or seen.ts,
                channel_id=channel_id or seen.channel_id,
                not_before=not_before,
                plain=seen.plain if plain is None else plain,
                owner="",
                done_at=now if state.is_over else None,
                before="" if dropped else seen.payload_text,
            )
            if moved.action.traits.has_thread:
                self._carry_replies(moved.id, state, now)
            if state is State.POSTED:
                self._count(moved, now)
            self._log.moved(seen, moved, now)
        return moved

    def doubt(
        self,
        seen: Delivery,
        ended_at: float,
        *,
        cause: Cause,
        detail: str = "",
        not_before: float,
        by: str,
    ) -> Delivery:
        """Nobody knows whether it arrived. `by` owns it from now on, until that is settled."""
        check(seen.state, State.AMBIGUOUS)
        return self.set(
            seen,
            state=State.AMBIGUOUS.value,
            cause=cause.value,
            detail=detail,
            not_before=not_before,
            owner=by,
            done_at=None,
            ended_at=ended_at,
            looks=0,
        )

    def _count(self, delivery: Delivery, now: float) -> None:
        traits, counters = delivery.action.traits, Counters(self._db)
        row = self._db.row("SELECT kind, modified FROM documents WHERE id=?", delivery.document_id)
        kind = str(row["kind"]) if row else ""
        Activity(self._db).add(now, kind, delivery.channel, delivery.action.value)
        counters.add(Counter.EDITED if traits.is_edit else Counter.POSTED, 1, kind)
        if row and traits.tells_of_change:
            ahead = known_ahead_ms(self._db)
            if ahead is not None:
                counters.observe(Counter.DELAY, now - (int(row["modified"]) - ahead) / 1000)

    def _carry_replies(self, head_id: int, state: State, now: float) -> None:
        missing = Cause.HEAD_MISSING
        if state.needs_person:
            self._carry(head_id, (State.PENDING, Cause.NONE), (State.HELD, missing), now)
        elif state in (State.PENDING, State.POSTED):
            self._carry(head_id, (State.HELD, missing), (State.PENDING, Cause.NONE), now)

    def _carry(
        self, head_id: int, before: tuple[State, Cause], after: tuple[State, Cause], now: float
    ) -> None:
        """What waits for its head goes where that goes."""
        rows = self._db.rows(
            "UPDATE deliveries SET state=?, cause=?, detail='' WHERE head=? AND state=?"
            " AND (?='' OR cause=?) RETURNING id, document, channel",
            *(each.value for each in after),
            head_id,
            before[0].value,
            *(before[1].value, before[1].value),
        )
        for row in rows:
            of, (state, cause) = (row["document"], row["id"]), after
            self._log.carried(now, *of, state=state, channel=row["channel"], cause=cause)

    def redirect(self, head: Delivery, channel: str) -> None:
        """A head that nobody has seen, and what waits under it, goes to another channel."""
        self._db.run("INSERT INTO channels (name) VALUES (?) ON CONFLICT DO NOTHING", channel)
        with self._db.transaction():
            self.set(head, channel=channel)
            self._db.run("UPDATE deliveries SET channel=? WHERE head=?", channel, head.id)

    def detach(self, delivery: Delivery) -> Delivery:
        """The thread takes no replies: this one goes into the channel itself."""
        return self.set(delivery, head=None)

    def postpone(self, delivery: Delivery, until: float) -> Delivery:
        """Look again at `until`."""
        return self.set(delivery, not_before=until)

    def pause(
        self, delivery: Delivery, until: float, cause: Cause, detail: str = "", *, now: float
    ) -> Delivery:
        """It waits on purpose until then and goes out by itself; 0 lets it go."""
        with self._db.transaction():
            if until:
                told = {"channel": delivery.channel, "cause": cause.value, "detail": detail}
                self._log.of_delivery(Happened.PAUSED, now, delivery, until=until, **told)
            return self.set(delivery, hold_until=until, hold_cause=cause.value, hold_detail=detail)

    def astray(self, seen: Delivery, channel_id: str, ts: str, now: float) -> None:
        """It stands loose in the channel: it is told again in its thread once that is deleted."""
        with self._db.transaction():
            again = self.move(seen, State.PENDING, now, cause=Cause.STOOD_LOOSE)
            self.set(again, loose=ts, loose_channel=channel_id)
            self._log.stands(seen, now, Stands.LOOSE, channel_id, ts)

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

    def renew(self, seen: Delivery, now: float, cause: Cause) -> None:
        """A head is gone (deleted in Slack, or its channel was replaced): a new one takes its
        place, and its replies. Where another process renewed it already, that one has them."""
        with self._db.transaction():
            head = self.get(seen.id)
            if (head.state, head.ts) != (State.POSTED, seen.ts):
                return
            self.move(head, State.SUPERSEDED, now, cause=cause)
            new = self.add(
                head.payload,
                route=head.route,
                channel=head.channel,
                document=head.document_id,
                subject=head.subject_id,
                exceptions=head.exceptions,
                now=now,
            )
            self._adopt(head.id, new, head.channel)
            self._db.run(
                "UPDATE searches SET head=?, due_at=?, tries=0 WHERE head=?", new, now, head.id
            )
