"""One document's story, out of the log and of what else the ledger has written down of it.

A document is told together with what shares its message: the entry made from an invoice, and the
payment terms of both. What a ledger did before it kept a log is told as far as its tables say."""

from collections.abc import Iterable, Iterator

from exact_slack.app.customer import Customer
from exact_slack.exact.pages import page_of
from exact_slack.inspect.log.entries import Teller, shown_as
from exact_slack.inspect.log.event import Event, Message, Named, Story, What, link_of
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import ADDRESS
from exact_slack.ledger.log import Entry, Happened
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State

_BEFORE = "before this ledger kept a log"


class Stories:
    """Tells the documents of one customer."""

    def __init__(self, customer: Customer) -> None:
        self._config = customer.config
        self._ledger = customer.ledger
        self._since = customer.ledger.log.since()
        self._now = customer.clock.now()
        self._workspace = customer.ledger.fact(ADDRESS) or ""

    def of(self, number: int) -> Story:
        """The story of the document with this row id."""
        ledger = self._ledger
        stored = ledger.documents.by_id(number)
        family = self._family(stored)
        entries = ledger.log.of_documents(each.id for each in family)
        deliveries = self._deliveries(family, entries)
        entries += ledger.log.of_deliveries(
            d.id for d in deliveries.values() if d.document_id is None
        )
        entries.sort(key=lambda entry: entry.id)
        events = [e for entry in entries for e in Teller(deliveries).events(entry)]
        events += self._under_way(deliveries.values(), entries)
        events += self._unlogged(deliveries.values(), entries)
        events += self._triage(deliveries.values())
        first = ledger.documents.first_seen(stored.id)
        if not any(e.what is What.SEEN and e.of == stored.id for e in events):
            events.append(Event(at=first, what=What.SEEN, of=stored.id, cause=_BEFORE))
        document = stored.document
        return Story(
            named=_named(stored),
            account=document.account.label,
            reference=document.reference,
            amount=None if document.total is None else f"{document.total:f}",
            currency=document.currency or document.company_currency,
            deleted=stored.deleted,
            page="" if stored.forgotten else page_of(self._config, document),
            known_since=self._known_since(stored, first, entries),
            others={each.id: _named(each) for each in family if each.id != stored.id},
            events=tuple(sorted(events, key=_order)),
            messages=tuple(self._messages(deliveries.values())),
            workspace=self._workspace,
        )

    def members(self, number: int) -> set[int]:
        """The documents that share this one's story, itself among them."""
        return {each.id for each in self._family(self._ledger.documents.by_id(number))}

    def _family(self, stored: Stored) -> list[Stored]:
        """A payment term is told alone: its invoice tells of it."""
        if stored.document.is_term:
            return [stored]
        together = self._ledger.together
        same = together.under_one_head(stored.subject_id)
        terms = together.terms_of(stored, same)
        return list({each.id: each for each in (*same, *terms)}.values())

    def _deliveries(self, family: list[Stored], entries: Iterable[Entry]) -> dict[int, Delivery]:
        """What was sent about any of them, all that hangs on a message of theirs, and the digests
        and lists that told of this one."""
        deliveries = self._ledger.deliveries
        by_id = {d.id: d for each in family for d in deliveries.of_document(each.id)}
        for head in [d for d in by_id.values() if d.action.traits.has_thread]:
            by_id |= {d.id: d for d in deliveries.under(head.id)}
        for entry in entries:
            if entry.what is Happened.LISTED and entry.delivery_id is not None:
                listing = deliveries.find(entry.delivery_id)
                by_id |= {listing.id: listing} if listing else {}
        return by_id

    def _known_since(self, stored: Stored, first: float, entries: list[Entry]) -> float:
        """Since when the log tells of it, if not since it was first seen."""
        if first < self._since:
            return self._since
        seen = any(e.what is Happened.SEEN and e.document_id == stored.id for e in entries)
        if seen:
            return 0.0
        return entries[0].at if entries else self._now  # what was told of it was forgotten

    @staticmethod
    def _under_way(deliveries: Iterable[Delivery], entries: list[Entry]) -> Iterator[Event]:
        """Calls that have begun and of which nobody has written down how they ended."""
        over = {
            (entry.delivery_id, entry.body.get("number"))
            for entry in entries
            if entry.what is Happened.ATTEMPT
        }
        for delivery in deliveries:
            if delivery.state is State.SENDING and (delivery.id, delivery.attempts) not in over:
                yield _event(
                    delivery, What.ATTEMPT, delivery.sending_at or delivery.created_at, "unknown"
                )

    def _unlogged(self, deliveries: Iterable[Delivery], entries: list[Entry]) -> Iterator[Event]:
        """What was posted before this ledger kept a log."""
        logged = {
            entry.delivery_id
            for entry in entries
            if entry.what in (Happened.ATTEMPT, Happened.STANDS)
            or entry.body.get("state") == State.POSTED.value
        }
        replaced = {
            entry.delivery_id: entry.body["posted_at"]
            for entry in entries
            if entry.body.get("posted_at")
        }
        for delivery in deliveries:
            at = replaced.get(
                delivery.id, delivery.done_at if delivery.state is State.POSTED else None
            )
            if delivery.id not in logged and at is not None and at < self._since:
                what = shown_as(delivery.action, is_reply=delivery.head_id is not None)
                yield _event(delivery, what, at, "posted", cause=_BEFORE)

    def _triage(self, deliveries: Iterable[Delivery]) -> Iterator[Event]:
        for head in deliveries:
            item = self._ledger.items.of_head(head.id) if head.subject_id is not None else None
            for step in self._ledger.items.steps_of(item) if item else ():
                yield Event(
                    at=step.at,
                    what=What.TRIAGE,
                    of=head.document_id,
                    by=self._ledger.people.name(step.person) if step.person else "",
                    delivery=head.id,
                    action=head.action.value,
                    channel=head.channel,
                    channel_id=head.channel_id,
                    ts=head.ts,
                    outcome=step.state.value,
                    cause=step.how.value,
                )

    def _messages(self, deliveries: Iterable[Delivery]) -> Iterator[Message]:
        for delivery in sorted(deliveries, key=lambda d: d.id):
            yield Message(
                delivery=delivery.id,
                action=delivery.action.value,
                route=delivery.route,
                channel=delivery.channel,
                state=delivery.state.value,
                why=delivery.sentence,
                since=delivery.done_at or delivery.sending_at or delivery.created_at,
                ts=delivery.ts,
                link=link_of(self._workspace, delivery.channel_id, delivery.ts),
            )


def _event(of: Delivery, what: What, at: float, outcome: str, cause: str = "") -> Event:
    return Event(
        at=at,
        what=what,
        of=of.document_id,
        delivery=of.id,
        action=of.action.value,
        channel=of.channel,
        channel_id=of.channel_id,
        ts=of.ts,
        route=of.route,
        outcome=outcome,
        cause=cause,
    )


_RANK = {what: place for place, what in enumerate(What)}
_EARLY = (What.SEEN, What.CHANGED, What.EXCEPTION, What.ROUTED, What.LEFT)


def _order(event: Event) -> tuple[float, int]:
    """By time; what one transaction wrote stands as it came, but a reading comes first."""
    of_document = event.delivery is None and event.what in _EARLY
    return event.at, _RANK[event.what] if of_document else len(_RANK)


def _named(stored: Stored) -> Named:
    ref = stored.document.ref
    return Named(stored.id, ref.division, ref.kind.value, stored.document.number, ref.guid)
