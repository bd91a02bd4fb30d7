"""From a document as read to the deliveries it causes. Everything here happens inside the
transaction that also moves the cursor."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial

from exact_slack.app.isolated import isolated, unforeseen
from exact_slack.app.summary import Summary
from exact_slack.config.route import Route
from exact_slack.documents.codec import fingerprint
from exact_slack.documents.document import Document
from exact_slack.documents.event import Event
from exact_slack.documents.exceptions import ABOUT_MONEY, BY_TIME
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.compared.history import Earlier
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State, Urgency
from exact_slack.plan.attachments import wants_files
from exact_slack.plan.fired import Fired
from exact_slack.plan.listed.due import DueDates, subject_of
from exact_slack.plan.planning import Planning
from exact_slack.plan.threads import unseen
from exact_slack.plan.waiting.reroute import reroute
from exact_slack.routing.rules import Judgement, Occasion, judge


class Planner:
    """Plans one run. Counts heads per channel for the flood guard; `heads` are counts to go on
    from, where the work of one run is done in several steps."""

    def __init__(
        self, planning: Planning, summary: Summary, heads: Counter[str] | None = None
    ) -> None:
        self._planning = planning
        self._config, self._ledger, self._run = planning.config, planning.ledger, planning.run
        self._summary = summary
        self._heads: Counter[str] = Counter() if heads is None else heads
        self._fired = Fired(self._config, self._ledger)
        self._threads, self._digests = planning.threads, planning.digests
        self._items, self._log, self._runs = planning.items, planning.log, planning.runs
        self._due = DueDates(planning, self._new_head)
        self._files = any(route.attachments for route in self._config.routes)

    def take_in(
        self,
        document: Document,
        *,
        first_run_at: ServerMs,
        today: date,
        now: float,
        asked: int,
        again: bool = False,
    ) -> bool:
        """One document as read; whether it is new or changed. `first_run_at`: ms of Exact's
        clock; what was created before it is not new. `asked`: the ledger's count of
        saves when Exact was asked for it. `again`: also bring up what is known but was never
        posted."""
        summary, documents = self._summary, self._ledger.documents
        summary.seen += 1
        old = documents.get(document.ref)
        if old and old.saved > asked and document.modified <= old.modified:
            summary.unchanged += 1
            return False  # another process has stored what it read later
        mark = fingerprint(document)
        if old and not old.deleted and old.fingerprint == mark:
            same = documents.save(document, now, mark)
            summary.unchanged += 1
            if again and not self._was_told(old):
                fired = self._fired.of(same, today)
                self._deliver(
                    old, same, Occasion(document, _event(old, document, first_run_at), fired), now
                )
            return False
        stored = documents.save(document, now, mark)
        stored = self._join(stored) if old is None else stored
        if old is None:
            summary.new += 1
        else:
            summary.changed += 1
        what = "new" if old is None else "changed"
        self._ledger.activity.add(now, document.kind.value, "", what)
        self._log.read(old, stored, now)
        event = _event(old, document, first_run_at)
        renamed = old is not None and old.document.reference != document.reference
        fired = self._fired.of(stored, today, renamed=renamed)
        self._deliver(old, stored, Occasion(document, event, fired), now)
        if document.bank is not None and self._fired.wanted(Kind.PAYMENT):
            together, supplier = self._ledger.together, document.account.id
            for term in together.on_their_way(document.ref.division, supplier):
                self._judge_again(term, today, now)
        return True

    def _judge_again(self, term: Stored, today: date, now: float) -> None:
        """A payment on its way whose supplier's account is another one now, though the payment
        itself is as it was."""
        occasion = Occasion(term.document, Event.MODIFIED, self._fired.of(term, today))
        judged = judge(self._config.routes, occasion, self._planning.addressees)
        self._log.judged(term, judged, now)
        heads = self._ledger.deliveries.heads(term.subject_id)
        for head in heads:
            noticed = self._notice(head, term, term, judged, now)
            if noticed and not unseen(head):
                self._threads.edit(head, now, Urgency.NEWS)
                brought = payloads.Changed(term.document)
                self._threads.reply(head, brought, term.id, now, exceptions=noticed)
        self._runs.alarm(term, judged, now)
        there = {head.channel for head in heads} | self._runs.channels(term)
        for route in _alarming(judged):
            if route.channel not in there and route.group is None:
                self._new_head(term, route, judged, now)

    def _was_told(self, stored: Stored) -> bool:
        """By a message of its own, or in a list of what fell due."""
        deliveries = self._ledger.deliveries.of_document(stored.id)
        return bool(deliveries) or self._ledger.due.is_known(subject_of(self._ledger, stored))

    def bring_up(self, stored: Stored, today: date, now: float) -> None:
        """Plan a document that is known but was never told of, for `replay`."""
        self._isolated(stored, lambda: self._bring_up(stored, today, now))

    def _isolated(self, stored: Stored, work: Callable[[], None]) -> None:
        error = isolated(self._ledger, work)
        if error is not None:
            self._summary.problem(unforeseen(str(stored.document.ref), error))

    def _bring_up(self, stored: Stored, today: date, now: float) -> None:
        fired = self._fired.of(stored, today)
        occasion = Occasion(stored.document, Event.MODIFIED, fired)
        self._deliver(None, stored, occasion, now)

    def _join(self, stored: Stored) -> Stored:
        other = self._ledger.together.counterpart(stored.document)
        if other is None or other.id == stored.id:
            return stored
        first = self._ledger.documents.by_id(other.subject_id)
        if first.deleted:
            return stored
        self._ledger.together.join(stored, first)
        return self._ledger.documents.by_id(stored.id)

    def _deliver(self, old: Stored | None, stored: Stored, occasion: Occasion, now: float) -> None:
        judged = judge(self._config.routes, occasion, self._planning.addressees)
        self._log.judged(stored, judged, now)
        routes = judged.routes()
        collecting = [route for route in routes if route.digest]
        routes = [route for route in routes if not route.digest]
        self._digests.collect(stored, collecting, now)
        heads = self._still_to_tell(stored, stored, now)
        for head in () if _same(old, stored) else heads:
            self._want_files(head.id, now)
            if head.document_id != stored.id:
                self._threads.edit(head, now)
            if old is not None:
                noticed = self._notice(head, old, stored, judged, now)
                self._threads.tell_change(head, old, stored, noticed, now)
            self._items.look(head, now)
        wanted = routes
        if stored.document.is_term:
            in_run = self._runs.take(stored, judged, now)
            wanted = self._beyond_invoice(old, stored, routes, judged, now)
            alone = _alarming(judged) if in_run else [r for r in routes if _is_alone(r, stored)]
            there = self._runs.channels(stored) if in_run else set()
            wanted = [r for r in wanted if r in alone and r.channel not in there]
        if not (routes or heads or collecting):
            self._summary.unrouted += 1
        there = {head.channel for head in heads}
        for route in wanted:
            if route.channel not in there:
                self._new_head(stored, route, judged, now, old)

    def _notice(
        self, head: Delivery, old: Stored, stored: Stored, judged: Judgement, now: float
    ) -> tuple[str, ...]:
        """The exceptions that a change brought to a document whose message stands: the message
        says them from now on. What time brings is told by `fall_due` alone, but for a due date
        that was moved: one that lies ahead now is not overdue any more."""
        if head.document_id != stored.id:
            return ()
        moved = old.document.due_date != stored.document.due_date and not old.forgotten
        if moved and head.exceptions:
            over = tuple(n for n in BY_TIME if n not in judged.occasion.exceptions)
            self._ledger.deliveries.unnotice(head, over)
        fresh = [n for n in judged.asked_for(head.channel) if n not in head.exceptions]
        noticed = tuple(n for n in fresh if moved or n not in BY_TIME)
        self._ledger.deliveries.notice(head.id, noticed)
        self._items.notice(head, noticed, judged, now)
        self._mark_due(stored, head.channel, noticed)
        return noticed

    def _mark_due(self, stored: Stored, channel: str, names: tuple[str, ...]) -> None:
        """A message says what its due date brought: time does not bring it again."""
        due = stored.document.due_date
        for name in names:
            if due is not None and name in BY_TIME:
                self._ledger.due.mark(subject_of(self._ledger, stored), name, due, channel)

    def _still_to_tell(self, shown: Stored, paid: Stored, now: float) -> list[Delivery]:
        """The heads of a document. What waits only to say that it is due is dropped once it is
        paid."""
        deliveries = self._ledger.deliveries
        heads = deliveries.heads(shown.subject_id)
        settlement = paid.document.settlement
        late = [h for h in heads if unseen(h) and h.exceptions and {*h.exceptions} <= {*BY_TIME}]
        if not (late and settlement and settlement.paid):
            return heads
        if not shown.document.is_term and Earlier(self._ledger.db, shown).is_open() is not False:
            return heads
        fired = self._fired.of(shown, date.min)
        occasion = Occasion(shown.document, Event.MODIFIED, fired)
        judged = judge(self._config.routes, occasion, self._planning.addressees)
        wanted = {route.channel for route in judged.routes() if not route.digest}
        dropped = [head for head in late if head.channel not in wanted]
        for head in dropped:
            for waiting in (*deliveries.under(head.id), head):
                if waiting.state.is_movable:
                    cause = Cause.PAID_MEANWHILE
                    deliveries.move(waiting, State.SUPERSEDED, now, cause=cause)
        return [head for head in heads if head not in dropped]

    def _beyond_invoice(
        self,
        old: Stored | None,
        term: Stored,
        routes: list[Route],
        judged: Judgement,
        now: float,
    ) -> list[Route]:
        """Show a payment term under its invoice. Returns the routes that it needs a message of
        its own for: all where no invoice is known; else, once it is paid, those that name the
        kind and whose channel has no head of the invoice; and where something is wrong with it."""
        invoice = self._ledger.together.settled_by(term.document)
        heads = self._still_to_tell(invoice, term, now) if invoice else []
        if not heads:
            return routes
        before = old.document.settlement if old else None
        was_paid = bool(before and before.paid)
        for head in () if _same(old, term) else heads:
            self._threads.tell_term(head, term, was_paid, bool(routes), now)
            self._items.look(head, now)
        settlement = term.document.settlement
        alarming = _alarming(judged)
        if not (settlement and settlement.paid):
            return alarming
        there = {head.channel for head in heads}
        name = term.document.kind.value
        own = [r for r in routes if r.channel not in there and name in (r.when.kind or ())]
        return [r for r in routes if r in own or r in alarming]

    def _new_head(
        self,
        stored: Stored,
        route: Route,
        judged: Judgement,
        now: float,
        old: Stored | None = None,
    ) -> None:
        """`old`: as it was known until now, which tells a change where it turns out that an earlier
        ledger has posted the head."""
        self._ledger.deliveries.refuse_lost(stored.id, stored.subject_id)
        self._heads[route.channel] += 1
        flood = self._heads[route.channel] > self._config.flood_limit
        head = self._ledger.deliveries.add(
            payloads.Head(None if old is None or old.forgotten else old.document),
            route=route.name,
            channel=route.channel,
            document=stored.id,
            subject=stored.subject_id,
            exceptions=judged.asked_for(route.channel),
            state=State.HELD if flood else State.PENDING,
            cause=Cause.FLOOD if flood else Cause.NONE,
            run=self._run,
            now=now,
        )
        if route.is_compact:
            above = self._ledger.deliveries.get(head)
            self._threads.reply(above, payloads.Details(), stored.id, now)
        asked = judged.asked_for(route.channel)
        self._mark_due(stored, route.channel, asked)
        self._items.begin(head, route.channel, stored.id, exceptions=asked, judged=judged, now=now)
        self._want_files(head, now)

    def _want_files(self, head: int, now: float) -> None:
        if self._files and wants_files(self._config, self._ledger.deliveries.get(head)):
            self._ledger.files.want(head, now)

    def deleted(self, stored: Stored, today: date, now: float) -> None:
        """Exact no longer has the document: strike it through and say so; routes that ask for
        deletions get a head of it."""
        if not stored.deleted:
            self._isolated(stored, lambda: self._deleted(stored, today, now))

    def _deleted(self, stored: Stored, today: date, now: float) -> None:
        self._ledger.documents.mark_deleted(stored, now)
        self._log.deleted(stored, now)
        self._runs.drop(stored, now)
        heads = self._ledger.deliveries.heads(stored.subject_id)
        for head in heads:
            self._threads.tell_deleted(head, stored, now)
            self._items.look(head, now)
        there = {head.channel for head in heads}
        fired = self._fired.of(stored, today)
        occasion = Occasion(stored.document, Event.DELETED, fired)
        judged = judge(self._config.routes, occasion, self._planning.addressees)
        self._log.judged(stored, judged, now)
        routes = judged.routes()
        self._digests.collect(stored, [route for route in routes if route.digest], now)
        for route in routes:
            if not route.digest and route.channel not in there:
                self._new_head(stored, route, judged, now)

    def fall_due(self, today: date, now: float) -> None:
        """Once a day: what became due soon or overdue since the last time."""

        def problem(stored: Stored | None, error: Exception) -> None:
            what = str(stored.document.ref) if stored else "what fell due"
            self._summary.problem(unforeseen(what, error))

        self._due.plan(today, now, problem)

    def reroute(self, today: date, now: float) -> None:
        """What waits for a channel that the config no longer has goes where the rules now say."""

        def problem(what: str, error: Exception) -> None:
            self._summary.problem(unforeseen(what, error))

        bring_up = partial(self._bring_up, today=today, now=now)
        reroute(self._planning, now, bring_up=bring_up, problem=problem)

    def tell_floods(self, now: float) -> None:
        """One message in each flooded channel, also for what a killed run held."""
        for channel, held in self._ledger.deliveries.flooded().items():
            self._ledger.deliveries.add(
                payloads.Notice(held),
                route="flood guard",
                channel=channel,
                run=self._run,
                now=now,
            )
            self._ledger.deliveries.flood_told(channel)


def _is_alone(route: Route, payment: Stored) -> bool:
    """Whether a payment that is in no run has a message of its own: where runs are one message,
    only once it is paid."""
    settlement = payment.document.settlement
    return route.group is None or bool(settlement and settlement.paid)


def _alarming(judged: Judgement) -> list[Route]:
    """The routes that take a payment because something is wrong with where it goes."""
    return [
        route
        for route in judged.routes()
        if not route.digest and ABOUT_MONEY & {*judged.asked_for(route.channel)}
    ]


def _same(old: Stored | None, now: Stored) -> bool:
    """Whether a document is as it was: its heads have nothing new to say."""
    return old is not None and not old.deleted and old.fingerprint == now.fingerprint


def _event(old: Stored | None, document: Document, first_run_at: ServerMs) -> Event:
    settlement = document.settlement
    before = old.document.settlement if old else None
    if settlement and settlement.paid and not (before and before.paid):
        return Event.PAID
    if old is None and (document.created is None or document.created > first_run_at):
        return Event.CREATED
    return Event.MODIFIED
