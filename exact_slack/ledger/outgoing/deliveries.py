"""Deliveries in the ledger: what is to be sent where, and what became of it."""

import secrets

from exact_slack.ledger.activity import Activity
from exact_slack.ledger.counters import Counter, Counters
from exact_slack.ledger.incoming.exact_clock import known_ahead_ms
from exact_slack.ledger.log import Happened, Log, Stands
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.payload import Payload
from exact_slack.ledger.outgoing.reading import DeliveriesRead
from exact_slack.ledger.outgoing.states import MovedOn, State, Urgency, check
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.triage.items import Items


class Deliveries(DeliveriesRead):
    """The table `deliveries`, and what changes it."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
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

    def flood_told(self, channel: str) -> None:
        """The channel was told how many are held."""
        self._db.run(
            "UPDATE deliveries SET cause=? WHERE id IN (SELECT id FROM unsettled_deliveries"
            " WHERE state='held' AND cause=? AND channel=?)",
            Cause.FLOOD_TOLD.value,
            Cause.FLOOD.value,
            channel,
        )

    def set(self, seen: Delivery, **columns: object) -> Delivery:
        """The one way to change a delivery: only while it is as it was `seen`, in state, attempt
        and owner. MovedOn where it is not any more. Returns it as it is now."""
        names = ", ".join(f"{name}=?" for name in columns)
        with self._db.joined():
            changed = self._db.changed(
                f"UPDATE deliveries SET {names}"  # noqa: S608 - names of columns, from the code
                " WHERE id=? AND +state=? AND attempts=? AND owner=?",
                *columns.values(),
                seen.id,
                seen.state.value,
                seen.attempts,
                seen.owner,
            )
            if not changed:
                raise MovedOn
            return self.get(seen.id)

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
        shown: str | None = None,
    ) -> Delivery:
        """One step in the table of states, from what was `seen` when it was decided on (MovedOn
        where another process was quicker); with it the deliveries that hang on this head. `shown`:
        the imprint of what a head shows with it, see `shows`."""
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
                **({} if shown is None else {"shown": shown}),
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
            "SELECT id, document, channel FROM deliveries WHERE head=? AND +state=?"
            " AND (?='' OR cause=?)",
            head_id,
            before[0].value,
            *(before[1].value, before[1].value),
        )
        state, cause = after
        for row in rows:
            self._db.run(
                "UPDATE deliveries SET state=?, cause=?, detail='' WHERE id=?",
                state.value,
                cause.value,
                row["id"],
            )
            of = row["document"], row["id"]
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
