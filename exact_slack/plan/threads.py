"""What a change means for the heads that are already there: edits, and replies under them."""

from exact_slack.documents.codec import fingerprint
from exact_slack.documents.document import Document
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.payload import Payload
from exact_slack.ledger.outgoing.states import State, Urgency


def unseen(head: Delivery) -> bool:
    """Whether surely nobody has seen the head: it will show the latest state by itself. A held
    one that was once sent may have arrived."""
    return head.state.is_waiting or (head.state is State.HELD and head.sending_at is None)


class Threads:
    """Plans edits and replies, inside the transaction of the page."""

    def __init__(self, ledger: Ledger, run: int | None) -> None:
        self._deliveries = ledger.deliveries
        self._run = run

    def edit(self, head: Delivery, now: float, urgency: Urgency = Urgency.STEP) -> None:
        """Let the head show the present state; one waiting edit is enough."""
        if unseen(head):
            return
        waiting = self._deliveries.waiting(head.id, Action.EDIT, head.document_id)
        if waiting is None:
            self.reply(head, payloads.Edit(), head.document_id, now, urgency=urgency)
        else:
            self._deliveries.hurry(waiting, urgency)

    def tell_change(
        self, head: Delivery, old: Stored, stored: Stored, noticed: tuple[str, ...], now: float
    ) -> None:
        """Edit the head, and reply what changed since what its readers know, and which exceptions
        that brought."""
        if unseen(head):
            own = head.document_id == stored.id and not (head.payload_text or old.forgotten)
            if own:  # an earlier ledger may have posted it all the same
                self._deliveries.bring(head, payloads.Head(old.document))
            return
        news = noticed or old.deleted or _paid(stored) is not _paid(old)
        self.edit(head, now, Urgency.NEWS if news else Urgency.STEP)
        if old.fingerprint == stored.fingerprint:
            if old.deleted and not self._deliveries.waiting(head.id, Action.STATE, stored.id):
                self.reply(head, payloads.Present(), stored.id, now)  # it is back
            return
        if old.forgotten:  # what it said is no longer known: the reply tells the present state
            if not self._deliveries.waiting(head.id, Action.STATE, stored.id):
                self.reply(head, payloads.Present(), stored.id, now)
            return
        waiting = self._deliveries.waiting(head.id, Action.CHANGED, stored.id)
        if waiting is None:
            self.reply(head, payloads.Changed(old.document), stored.id, now, exceptions=noticed)
        elif _before(waiting) == stored.fingerprint:
            self._drop(waiting, Cause.CHANGED_BACK, now)
        else:
            self._deliveries.notice(waiting.id, noticed)

    def tell_taken_over(
        self, head: Delivery, before: Document | None, stored: Stored, now: float
    ) -> None:
        """A head that an earlier ledger posted: it shows what was so then. What this ledger has
        seen change since (from `before`, None where nothing) is told."""
        self.edit(head, now)
        if before is None:
            return
        unchanged = fingerprint(before) == stored.fingerprint
        if not unchanged and not stored.deleted:
            self.reply(head, payloads.Changed(before), stored.id, now)

    def tell_deleted(self, head: Delivery, stored: Stored, now: float) -> None:
        """Strike the head through, and say so."""
        self.edit(head, now, Urgency.NEWS)
        own = head.document_id == stored.id
        if not unseen(head) and (own or not stored.document.is_term):
            self.reply(head, payloads.Deleted(), stored.id, now)

    def tell_term(
        self, head: Delivery, term: Stored, was_paid: bool, routed: bool, now: float
    ) -> None:
        """A payment term of the head's invoice: the head shows what is open; a reply tells when
        it is paid, once."""
        paid = _paid(term)
        self.edit(head, now, Urgency.STEP if paid is was_paid else Urgency.NEWS)
        waiting = self._deliveries.waiting(head.id, Action.PAID, term.id)
        if waiting and not paid:
            self._drop(waiting, Cause.NO_LONGER_PAID, now)
        elif paid and not was_paid and routed and not waiting:
            self.reply(head, payloads.Paid(), term.id, now)

    def _drop(self, waiting: Delivery, cause: Cause, now: float) -> None:
        self._deliveries.move(waiting, State.SUPERSEDED, now, cause=cause)

    def reply(
        self,
        head: Delivery,
        payload: Payload,
        document: int | None,
        now: float,
        *,
        exceptions: tuple[str, ...] = (),
        urgency: int = 0,
        route: str = "",
    ) -> None:
        """A new delivery under the head, of its route or another one; it waits for the head."""
        held = head.state.needs_person
        self._deliveries.add(
            payload,
            route=route or head.route,
            channel=head.channel,
            document=document,
            head=head.id,
            exceptions=exceptions,
            state=State.HELD if held else State.PENDING,
            cause=Cause.HEAD_MISSING if held else Cause.NONE,
            run=self._run,
            now=now,
            urgency=urgency,
        )


def _paid(stored: Stored) -> bool:
    settlement = stored.document.settlement
    return bool(settlement and settlement.paid)


def _before(reply: Delivery) -> str:
    """The fingerprint of what readers know before they see a reply."""
    return fingerprint(reply.payload_of(payloads.Changed).before)
