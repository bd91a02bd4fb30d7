"""What Slack answered, into the ledger: each outcome is one step in the table of states."""

import logging

from exact_slack.app.summary import SLACK_WAITS
from exact_slack.deliver.channels import CHANNEL_CURES, ChannelTakesNothing
from exact_slack.deliver.newer_blocks import NewerBlocks
from exact_slack.deliver.reconciler import TOKEN_CURE
from exact_slack.deliver.session import Session
from exact_slack.errors import SlackLoginNeeded, TemporaryError
from exact_slack.failpoints import failpoint
from exact_slack.ledger.ledger import SLACK_SAYS_DEAD
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State
from exact_slack.rendering.message import Message
from exact_slack.slack.outcome import Outcome, Result
from exact_slack.slack.reconcile import SETTLE

log = logging.getLogger("exact_slack.deliver")
_LIMITS = 6
"""So many 429 in a row end the run."""
_UNANSWERED = 3
"""So many sends in a row without an answer end the run: Slack is not well."""


def _named(delivery: Delivery) -> dict[str, object]:
    """What a program finds beside the sentence."""
    return {"delivery": delivery.id, "call": delivery.action.traits.call.value}


def _imprint(delivery: Delivery, message: Message | None) -> str | None:
    """What the head, or the latest reply in its place, shows from now on; None where this changes
    nothing about that."""
    if message is None or not delivery.action.traits.shows_head:
        return None
    return message.imprint()


class Outcomes:
    """Records what became of each send of a run, and ends a run that Slack does not answer."""

    def __init__(self, session: Session, newer_blocks: NewerBlocks) -> None:
        self._ledger = session.ledger
        self._owner = session.owner
        self._clock = session.clock
        self._summary = session.summary
        self._newer_blocks = newer_blocks
        self._sent: tuple[str, ...] = ()
        """The types of blocks in the message that was answered."""
        self._unanswered = 0
        self._limits = 0
        self._first_post = True

    def record(self, delivery: Delivery, outcome: Outcome, message: Message | None = None) -> None:
        """What the answer makes of the delivery. SlackLoginNeeded where the token is refused,
        TemporaryError where Slack is not well."""
        failpoint("after_call")
        self._sent = tuple(str(block["type"]) for block in message.blocks) if message else ()
        with self._ledger.transaction():
            now = self._clock.now()
            self._ledger.outbox.answered(delivery, now)
            self._log_answer(delivery, outcome, now)
            if outcome.result is Result.POSTED:
                self._posted(delivery, outcome, message)
        if outcome.result is not Result.POSTED:
            self._not_posted(delivery, outcome)
        failpoint("after_record")

    def move(
        self,
        delivery: Delivery,
        state: State,
        *,
        cause: Cause = Cause.NONE,
        detail: str = "",
        not_before: float = 0.0,
    ) -> Delivery:
        """One step in the table of states, as of now. MovedOn where another took it first."""
        return self._ledger.deliveries.move(
            delivery,
            state,
            self._clock.now(),
            cause=cause,
            detail=detail,
            not_before=not_before,
        )

    def _log_answer(self, delivery: Delivery, outcome: Outcome, now: float) -> None:
        stands = outcome.result is Result.POSTED
        self._ledger.log.attempt(
            delivery,
            now,
            outcome.result.value,
            error=outcome.error,
            channel_id=outcome.channel_id if stands else "",
            ts=outcome.ts if stands else "",
        )

    def _not_posted(self, delivery: Delivery, outcome: Outcome) -> None:
        said = f"{outcome.error}: {outcome.detail}" if outcome.detail else outcome.error
        more = {"event": outcome.result.name.lower(), **_named(delivery)}
        log.warning("delivery %s to %s: %s", delivery.id, delivery.channel, said, extra=more)
        handlers = {
            Result.RECORD: self._refused,
            Result.THREAD: self._thread_refused,
            Result.LOOSE: self._astray,
            Result.GONE: self._gone,
            Result.CHANNEL: self._channel_refused,
            Result.TOKEN: self.token_refused,
            Result.LIMITED: self._limited,
            Result.NOT_SENT: self._not_sent,
            Result.AMBIGUOUS: self._ambiguous,
            Result.UNKNOWN: self._unknown,
        }
        handlers[outcome.result](delivery, outcome, said)

    def _posted(self, delivery: Delivery, outcome: Outcome, message: Message | None) -> None:
        self._unanswered = self._limits = 0
        if self._first_post and self._ledger.fact(SLACK_SAYS_DEAD):
            self._ledger.set_fact(SLACK_SAYS_DEAD, "")  # it lives
        self._first_post = False
        imprint = _imprint(delivery, message)
        self._ledger.deliveries.move(
            delivery,
            State.POSTED,
            self._clock.now(),
            ts=outcome.ts,
            channel_id=outcome.channel_id,
            cause=Cause.REFUSED_AS_BLOCKS if delivery.plain else Cause.NONE,
            detail=delivery.sentence if delivery.plain else "",
            shown=imprint if delivery.head_id is None else None,
        )
        if imprint is not None and delivery.head_id is not None:
            self._ledger.deliveries.shows(delivery.head_id, imprint)
        more = {"event": "posted", **_named(delivery)}
        log.debug("delivery %s: %s posted", delivery.id, delivery.action, extra=more)
        if delivery.action.traits.is_edit:
            self._summary.updated += 1
        else:
            self._summary.posted += 1

    def _refused(self, delivery: Delivery, outcome: Outcome, said: str) -> None:
        if delivery.plain:
            self.move(delivery, State.FAILED, cause=Cause.SAID, detail=said)
        elif self._newer_blocks.learn(outcome, self._sent):
            self.move(delivery, State.REFUSED, cause=Cause.SAID, detail=said)
        else:
            self._ledger.deliveries.move(
                delivery,
                State.REFUSED,
                self._clock.now(),
                cause=Cause.SAID,
                detail=said,
                plain=True,
            )

    def _thread_refused(self, delivery: Delivery, outcome: Outcome, said: str) -> None:
        if delivery.head_id is None:
            self.move(delivery, State.FAILED, cause=Cause.SAID, detail=said)
            return
        with self._ledger.transaction():
            if outcome.head_is_gone:
                # somebody deleted the head: a new one is posted, and this reply goes under it
                head = self._ledger.deliveries.get(delivery.head_id)
                self._ledger.deliveries.renew(head, self._clock.now(), Cause.DELETED_IN_SLACK)
            else:
                delivery = self._ledger.deliveries.detach(delivery)
            self.move(delivery, State.PENDING, cause=Cause.SAID, detail=said)

    def _astray(self, delivery: Delivery, outcome: Outcome, said: str) -> None:
        """Slack said ok, and put the reply into the channel: its thread's head was deleted."""
        now = self._clock.now()
        with self._ledger.transaction():
            self._ledger.deliveries.astray(delivery, outcome.channel_id, outcome.ts, now)
            if delivery.head_id is not None:
                head = self._ledger.deliveries.get(delivery.head_id)
                self._ledger.deliveries.renew(head, now, Cause.DELETED_IN_SLACK)

    def _gone(self, delivery: Delivery, outcome: Outcome, said: str) -> None:
        if not delivery.action.traits.is_edit or delivery.head_id is None:
            self.move(delivery, State.FAILED, cause=Cause.SAID, detail=said)
            return
        with self._ledger.transaction():
            self.move(delivery, State.SUPERSEDED, cause=Cause.SAID, detail=said)
            head = self._ledger.deliveries.get(delivery.head_id)
            if outcome.head_is_gone:
                self._ledger.deliveries.renew(head, self._clock.now(), Cause.DELETED_IN_SLACK)
            else:
                self._tell_instead(head)

    def _tell_instead(self, head: Delivery) -> None:
        """The head can no longer be edited: its state goes into the thread, once."""
        if self._ledger.deliveries.waiting(head.id, Action.STATE, head.document_id) is None:
            self._ledger.deliveries.add(
                payloads.Present(),
                route=head.route,
                channel=head.channel,
                document=head.document_id,
                head=head.id,
                now=self._clock.now(),
            )

    def _channel_refused(self, delivery: Delivery, outcome: Outcome, said: str) -> None:
        if self._was_replaced(delivery):
            return
        cure = CHANNEL_CURES.get(outcome.error, f"Slack says {said}.")
        with self._ledger.transaction():
            self._ledger.channels.park(delivery.channel, cure, self._clock.now())
            self.move(delivery, State.PENDING, cause=Cause.SAID, detail=said)
        self._summary.problem(ChannelTakesNothing(delivery.channel, cure))

    def token_refused(self, delivery: Delivery, outcome: Outcome, said: str) -> None:
        """The delivery waits; SlackLoginNeeded ends the run."""
        self.move(delivery, State.PENDING, cause=Cause.SAID, detail=said)
        cure = (
            "Add the scope to the Slack app, install it again and store the new token."
            if outcome.lacks_scope
            else TOKEN_CURE
        )
        raise SlackLoginNeeded(f"Slack refuses the token ({said}).", cure)

    def _limited(self, delivery: Delivery, outcome: Outcome, said: str) -> None:
        until = self._clock.now() + outcome.retry_after
        with self._ledger.transaction():
            self._ledger.outbox.limit(delivery, until)
            self.move(delivery, State.LIMITED, cause=Cause.SAID, detail=said, not_before=until)
        self._limits += 1
        if self._limits >= _LIMITS:
            raise TemporaryError(
                "Slack asks to wait again and again; the next run goes on.", cause=SLACK_WAITS
            )

    def _not_sent(self, delivery: Delivery, outcome: Outcome, said: str) -> None:
        self.move(
            delivery, State.PENDING, cause=Cause.SAID, detail=said, not_before=self._clock.now() + 2
        )
        self.trouble(f"Slack cannot be reached ({said}).")

    def _ambiguous(self, delivery: Delivery, outcome: Outcome, said: str) -> None:
        now = self._clock.now()
        if delivery.action.traits.is_edit:
            self.move(
                delivery, State.PENDING, cause=Cause.SAID, detail=said, not_before=now + SETTLE
            )
        else:
            self._ledger.deliveries.doubt(
                delivery,
                now,
                cause=Cause.SAID,
                detail=said,
                not_before=now + SETTLE,
                by=self._owner.name,
            )
        self.trouble(f"Slack does not answer ({said}).")

    def _unknown(self, delivery: Delivery, outcome: Outcome, said: str) -> None:
        """A word that nobody documented: looked up like a lost answer; the second time it is
        the record's own."""
        again = delivery.cause is Cause.NOT_ARRIVED or delivery.action.traits.is_edit
        if again and delivery.attempts > 1:
            self.move(delivery, State.FAILED, cause=Cause.SAID, detail=said)
        else:
            self._ambiguous(delivery, outcome, said)

    def trouble(self, sentence: str) -> None:
        """One more send without an answer; TemporaryError when there were too many in a row."""
        self._unanswered += 1
        if self._unanswered >= _UNANSWERED:
            raise TemporaryError(
                sentence,
                "What is pending stays pending; the next run goes on.",
                cause=SLACK_WAITS,
            )

    def _was_replaced(self, delivery: Delivery) -> bool:
        """Whether the head stands in a channel that bore the config's name before and takes
        nothing now: then a new one is posted in the channel that bears it."""
        deliveries, now = self._ledger.deliveries, self._clock.now()
        here = self._ledger.channels.id_of(delivery.channel)
        head = deliveries.get(delivery.head_id) if delivery.head_id else None
        if not here or head is None or head.channel_id in ("", here):
            return False
        with self._ledger.transaction():
            deliveries.renew(head, now, Cause.CHANNEL_REPLACED)
            if delivery.action.traits.is_edit:
                deliveries.move(delivery, State.SUPERSEDED, now, cause=Cause.NEW_HEAD_SHOWS_IT)
            else:
                deliveries.move(delivery, State.PENDING, now)
        return True
