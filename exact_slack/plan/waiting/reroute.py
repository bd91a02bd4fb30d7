"""What waits for a channel that the config no longer has goes where the rules now say."""

from collections.abc import Callable
from functools import partial

from exact_slack.app.isolated import isolated
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import MOVABLE, State
from exact_slack.plan.parts import Parts


def reroute(
    parts: Parts,
    now: float,
    *,
    bring_up: Callable[[Stored], None],
    problem: Callable[[str, Exception], None],
) -> None:
    """`bring_up` plans a document anew, by the rules as they are now; `problem` hears of what could
    not be rerouted."""
    deliveries = parts.ledger.deliveries

    def again(stored: Stored) -> None:
        if error := isolated(parts.ledger, partial(bring_up, stored)):
            problem(str(stored.document.ref), error)

    parts.digests.reroute(again)
    for delivery in deliveries.walk(*MOVABLE, action=Action.REPORT):
        _follow_report(parts, delivery)
    for delivery in deliveries.walk(*MOVABLE, action=Action.RUN):
        parts.runs.follow(delivery, parts.config.route_named(delivery.route))
    channels = {*parts.config.channels(), *parts.config.direct_messages()}
    strays = bool(deliveries.channels_in(*MOVABLE) - channels)
    for delivery in deliveries.walk(*MOVABLE) if strays else ():
        stray = deliveries.get(delivery.id)  # it may have gone with its head
        if stray.channel in channels or not stray.state.is_movable:
            continue
        if error := isolated(parts.ledger, partial(_redirect, parts, stray, now, bring_up)):
            problem(f"delivery {stray.id}", error)
    parts.ledger.channels.forget_others(channels)


def _follow_report(parts: Parts, delivery: Delivery) -> None:
    """The report's channel is another one now: what was not sent yet goes there."""
    for report in parts.config.reports:
        if report.name == delivery.route and report.channel != delivery.channel:
            parts.ledger.deliveries.redirect(delivery, report.channel)


def _redirect(
    parts: Parts, stray: Delivery, now: float, bring_up: Callable[[Stored], None]
) -> None:
    deliveries, cause = parts.ledger.deliveries, Cause.CHANNEL_LEFT
    deliveries.move(stray, State.SUPERSEDED, now, cause=cause)
    if stray.action is Action.HEAD and stray.document_id is not None:
        for below in deliveries.under(stray.id):
            if below.state.is_movable:
                deliveries.move(below, State.SUPERSEDED, now, cause=cause)
        bring_up(parts.ledger.documents.by_id(stray.document_id))
