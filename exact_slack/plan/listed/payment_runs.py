"""Payment runs: payments that Exact puts into one run are one message (`group: batch`)."""

from exact_slack.config.route import Route
from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import ABOUT_MONEY, BY_TIME
from exact_slack.documents.kinds import ON_THEIR_WAY, Kind
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.log import Happened
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State, Urgency
from exact_slack.plan.threads import Threads, unseen
from exact_slack.routing.rules import Judgement


class PlannedRuns:
    """Plans one run of ours, inside the transaction of the page."""

    def __init__(self, ledger: Ledger, threads: Threads, run: int | None) -> None:
        self._ledger = ledger
        self._threads = threads
        self._run = run

    def take(self, term: Stored, judged: Judgement, now: float) -> bool:
        """A payment as it is now; whether it is in a run. A run is told when its first payment is
        selected, and its messages show what becomes of it."""
        runs, routes = self._ledger.payment_runs, grouping(judged)
        before = runs.of(term.id)
        if not routes and before is None:
            return False
        here = None
        if not term.deleted and _is_in_run(term.document, is_member=before is not None):
            here = runs.join(term.id, term.document)
        elif before is not None:
            runs.leave(term.id)
        for number in dict.fromkeys((before, here)):
            if number is not None:
                self._show(number, now)
        if here is not None:
            self._tell(here, term, routes, judged, now)
        if here is not None and here != before:
            for head in self._ledger.deliveries.heads_of_run(here):
                self._ledger.log.add(Happened.LISTED, now, document=term.id, delivery=head.id)
        return here is not None

    def alarm(self, term: Stored, judged: Judgement, now: float) -> None:
        """Something is wrong with a payment that is as it was."""
        number = self._ledger.payment_runs.of(term.id)
        if number is not None:
            self._show(number, now)
            self._tell(number, term, grouping(judged), judged, now)

    def channels(self, term: Stored) -> set[str]:
        """Where a message of the run that it is in stands, or waits: it has none of its own there,
        whatever is wrong with it."""
        number = self._ledger.payment_runs.of(term.id)
        heads = [] if number is None else self._ledger.deliveries.heads_of_run(number)
        return {head.channel for head in heads}

    def drop(self, term: Stored, now: float) -> None:
        """Exact no longer has the payment."""
        number = self._ledger.payment_runs.of(term.id)
        if number is not None:
            self._ledger.payment_runs.leave(term.id)
            self._show(number, now)

    def follow(self, waiting: Delivery, route: Route | None) -> None:
        """The route's channel is another one now: what was not sent yet goes there."""
        if route is None or route.channel == waiting.channel:
            return
        number = waiting.payload_of(payloads.Run).number
        if self._head(number, route.channel) is None:
            self._ledger.deliveries.redirect(waiting, route.channel)

    def _head(self, number: int, channel: str) -> Delivery | None:
        heads = self._ledger.deliveries.heads_of_run(number)
        return next((head for head in heads if head.channel == channel), None)

    def _show(self, number: int, now: float) -> None:
        is_over = not self._ledger.payment_runs.members(number)
        for head in self._ledger.deliveries.heads_of_run(number):
            if is_over and unseen(head):
                cause = Cause.RUN_TAKEN_BACK
                self._ledger.deliveries.move(head, State.SUPERSEDED, now, cause=cause)
            else:
                self._threads.edit(head, now, Urgency.NEWS)

    def _tell(
        self, number: int, term: Stored, routes: list[Route], judged: Judgement, now: float
    ) -> None:
        """A head where there is none; where one stands, a reply says what is wrong with the
        payment."""
        asked = {n for r in routes for n in judged.asked_for(r.channel) if n not in BY_TIME}
        named = tuple(n for n in judged.occasion.exceptions if n in asked | ABOUT_MONEY)
        fresh = self._ledger.payment_runs.tell(term.id, named)
        for route in routes:
            head = self._head(number, route.channel)
            if head is None:
                self._ledger.deliveries.add(
                    payloads.Run(number),
                    route=route.name,
                    channel=route.channel,
                    run=self._run,
                    now=now,
                )
            elif fresh and not unseen(head):
                brought = payloads.Changed(term.document)
                self._threads.reply(head, brought, term.id, now, exceptions=fresh)


def grouping(judged: Judgement) -> list[Route]:
    """The routes that make one message of a run that holds the payment, one a channel."""
    if judged.occasion.document.kind is not Kind.PAYMENT:
        return []
    taken = (verdict.route for verdict in judged.verdicts if verdict.taken)
    return list({r.channel: r for r in taken if r.group is not None}.values())


def _is_in_run(payment: Document, *, is_member: bool) -> bool:
    """What is open is in no run; what is paid stays in its own, and tells of one by its code."""
    settlement = payment.settlement
    if settlement is None:
        return False
    if payment.status_word in ON_THEIR_WAY and not settlement.paid:
        return True
    return settlement.paid and (is_member or bool(settlement.batch))
