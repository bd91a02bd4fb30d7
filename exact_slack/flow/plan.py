"""From a document as read to the deliveries it causes. Everything here happens inside the
transaction that also moves the cursor."""

from collections import Counter
from datetime import date

from exact_slack.config.match import matches
from exact_slack.config.model import Config, Route
from exact_slack.documents.codec import fingerprint, from_json, to_json
from exact_slack.documents.document import Document
from exact_slack.flow.summary import Summary
from exact_slack.ledger.deliveries import Delivery
from exact_slack.ledger.documents import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.states import Action, State
from exact_slack.routing import exceptions
from exact_slack.routing.rules import Event, Occasion, take

FLOOD = "flood"
_UNTOUCHED = (State.PENDING, State.HELD, State.LIMITED, State.REFUSED)
"""A head in one of these states has not been seen by anybody: it will show the latest state."""


class Planner:
    """Plans one run. Counts heads per channel for the flood guard."""

    def __init__(self, config: Config, ledger: Ledger, summary: Summary, run: int | None) -> None:
        self._config = config
        self._ledger = ledger
        self._summary = summary
        self._run = run
        self._heads: Counter[str] = Counter()
        self.flooded: Counter[str] = Counter()

    def take_in(
        self, document: Document, *, first_run_at: int, today: date, now: float, again: bool = False
    ) -> None:
        """One document as read. `first_run_at`: ms of Exact's clock; what was created before it
        is not new. `again`: also bring up what is known but was never posted."""
        summary, documents = self._summary, self._ledger.documents
        summary.seen += 1
        old = documents.get(document.ref)
        if old and not old.deleted and old.fingerprint == fingerprint(document):
            documents.save(document, now)
            untold = again and not self._ledger.deliveries.of_document(old.id)
            if not untold:
                summary.unchanged += 1
                return
        stored = documents.save(document, now)
        stored = self._join(stored) if old is None else stored
        if old is None:
            summary.new += 1
        else:
            summary.changed += 1
        event = _event(old, document, first_run_at)
        found = exceptions.find(document, documents, today)
        routes = take(self._config.routes, Occasion(document, event, found))
        self._deliver(old, stored, routes, found, now)

    def bring_up(self, stored: Stored, today: date, now: float) -> None:
        """Plan a document that is known but was never told of, for `replay`."""
        found = exceptions.find(stored.document, self._ledger.documents, today)
        occasion = Occasion(stored.document, Event.MODIFIED, found)
        self._deliver(None, stored, take(self._config.routes, occasion), found, now)

    def _join(self, stored: Stored) -> Stored:
        other = self._ledger.documents.counterpart(stored.document)
        if other is None or other.id == stored.id:
            return stored
        first = self._ledger.documents.by_id(other.subject_id)
        self._ledger.documents.join(stored, first)
        return self._ledger.documents.by_id(stored.id)

    def _deliver(
        self,
        old: Stored | None,
        stored: Stored,
        routes: list[Route],
        found: tuple[str, ...],
        now: float,
    ) -> None:
        if stored.document.is_term and self._under_invoice(old, stored, routes, now):
            return
        heads = self._ledger.deliveries.heads(stored.subject_id)
        for head in heads:
            if head.document_id == stored.id:
                if old is not None:
                    self._tell_change(head, old, stored, now)
            else:
                self._edit(head, now)
                if old is not None:
                    self._tell_change(head, old, stored, now)
        if not routes and not heads:
            self._summary.unrouted += 1
        there = {head.channel for head in heads}
        for route in routes:
            if route.channel not in there:
                self._new_head(stored, route, found, now)

    def _new_head(self, stored: Stored, route: Route, found: tuple[str, ...], now: float) -> None:
        self._heads[route.channel] += 1
        flood = self._heads[route.channel] > self._config.flood_limit
        if flood:
            self.flooded[route.channel] += 1
        self._ledger.deliveries.add(
            action=Action.HEAD,
            route=route.name,
            channel=route.channel,
            document=stored.id,
            subject=stored.subject_id,
            reasons=_asked_for(route, found),
            state=State.HELD if flood else State.PENDING,
            reason=FLOOD if flood else "",
            run=self._run,
            now=now,
        )

    def _edit(self, head: Delivery, now: float) -> None:
        if head.state in _UNTOUCHED or self._ledger.deliveries.waiting(head.id, Action.EDIT):
            return
        self._under(head, Action.EDIT, head.document_id, "", now)

    def _tell_change(self, head: Delivery, old: Stored, stored: Stored, now: float) -> None:
        """Edit the head, and reply what changed since what its readers know."""
        if head.state in _UNTOUCHED:
            return
        self._edit(head, now)
        if old.fingerprint == stored.fingerprint:
            return
        waiting = self._ledger.deliveries.waiting(head.id, Action.CHANGED)
        if waiting is None or waiting.document_id != stored.id:
            self._under(head, Action.CHANGED, stored.id, to_json(old.document), now)
        elif fingerprint(from_json(waiting.before)) == stored.fingerprint:
            self._ledger.deliveries.move(
                waiting, State.SUPERSEDED, now, reason="changed back before it was told"
            )

    def _under(
        self, head: Delivery, action: Action, document: int | None, before: str, now: float
    ) -> None:
        held = head.state in (State.HELD, State.FAILED)
        self._ledger.deliveries.add(
            action=action,
            route=head.route,
            channel=head.channel,
            document=document,
            head=head.id,
            before=before,
            state=State.HELD if held else State.PENDING,
            reason="its head message is not posted" if held else "",
            run=self._run,
            now=now,
        )

    def _under_invoice(
        self, old: Stored | None, term: Stored, routes: list[Route], now: float
    ) -> bool:
        """A payment term of a known invoice: its heads show what is open; a reply tells when it
        is paid. False where there is no such head: then it is a message of its own."""
        if self._ledger.deliveries.heads(term.id):
            return False
        invoice = self._ledger.documents.settled_by(term.document)
        heads = self._ledger.deliveries.heads(invoice.subject_id) if invoice else []
        if not heads:
            return False
        before = old.document.settlement if old else None
        settlement = term.document.settlement
        newly_paid = bool(settlement and settlement.paid and not (before and before.paid))
        for head in heads:
            self._edit(head, now)
            if newly_paid and routes:
                self._under(head, Action.PAID, term.id, "", now)
        if not routes:
            self._summary.unrouted += 1
        return True

    def deleted(self, stored: Stored, now: float) -> None:
        """Exact no longer has the document: strike it through and say so."""
        if stored.deleted:
            return
        self._ledger.documents.mark_deleted(stored, now)
        for head in self._ledger.deliveries.heads(stored.subject_id):
            self._edit(head, now)
            if head.state not in _UNTOUCHED and not stored.document.is_term:
                self._under(head, Action.DELETED, stored.id, "", now)

    def tell_floods(self, now: float) -> None:
        """One message in each flooded channel."""
        for channel, held in self.flooded.items():
            self._ledger.deliveries.add(
                action=Action.NOTICE,
                route="flood guard",
                channel=channel,
                before=str(held),
                run=self._run,
                now=now,
            )
        self.flooded.clear()


def _asked_for(route: Route, found: tuple[str, ...]) -> tuple[str, ...]:
    """The exceptions for which the route took the document: its message says them."""
    asked = route.when.exception
    if asked is None:
        return ()
    return tuple(name for name in found if matches(asked, name))


def _event(old: Stored | None, document: Document, first_run_at: int) -> Event:
    settlement = document.settlement
    before = old.document.settlement if old else None
    if settlement and settlement.paid and not (before and before.paid):
        return Event.PAID
    if old is None and (document.created is None or document.created > first_run_at):
        return Event.CREATED
    return Event.MODIFIED
