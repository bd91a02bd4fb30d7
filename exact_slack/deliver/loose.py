"""A reply that Slack put into the channel itself, because a person had deleted its thread's head.

It is told again under the new head, once the one that stands loose is deleted. Until then it is as
if it were still to be sent: it is neither lost nor told twice, whenever the process dies."""

from exact_slack.clock import Clock
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.log import Happened
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State
from exact_slack.slack.client import SlackClient
from exact_slack.slack.outcome import Outcome, Result

_LATER = (Result.LIMITED, Result.NOT_SENT, Result.AMBIGUOUS)


def remove(
    delivery: Delivery, ledger: Ledger, client: SlackClient, clock: Clock
) -> Delivery | Outcome | None:
    """Delete the loose one: the delivery, which may now be sent; or why that has to wait; or None
    where Slack does not let it be deleted, so that it stays where it stands and counts as told."""
    outcome = client.chat_delete(delivery.loose_channel, delivery.loose)
    deliveries, now = ledger.deliveries, clock.now()
    if outcome.result is Result.POSTED or outcome.head_is_gone:
        with ledger.transaction():
            free = deliveries.set(delivery, loose="", loose_channel="")
            where = {"channel": delivery.channel, "channel_id": delivery.loose_channel}
            ledger.log.of_delivery(Happened.REMOVED, now, delivery, ts=delivery.loose, **where)
            tell_together(ledger, free, now)
        return free
    token_dead = outcome.result is Result.TOKEN and not outcome.needs_grant
    if token_dead or outcome.result in _LATER:
        return outcome
    deliveries.move(
        delivery,
        State.POSTED,
        now,
        ts=delivery.loose,
        channel_id=delivery.loose_channel,
        cause=Cause.STANDS_LOOSE,
        detail=outcome.error,
    )
    return None


def tell_together(ledger: Ledger, reply: Delivery, now: float) -> None:
    """A later reply of the same kind waits already: this one tells both."""
    if not reply.action.traits.tells_later:
        return
    for later in ledger.deliveries.under(reply.head_id or 0):
        same = (later.action, later.document_id) == (reply.action, reply.document_id)
        if same and later.id > reply.id and later.state is State.PENDING:
            ledger.deliveries.notice(reply.id, later.exceptions)
            ledger.deliveries.move(later, State.SUPERSEDED, now, cause=Cause.TOLD_TOGETHER)
