"""What waits for a channel that the config no longer has goes where the rules now say."""

from collections.abc import Callable
from functools import partial

from exact_slack.app.isolated import isolated
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import MOVABLE, State
from exact_slack.plan.planning import Planning


def reroute(
    planning: Planning,
    now: float,
    *,
    bring_up: Callable[[Stored], None],
    problem: Callable[[str, Exception], None],
) -> None:
    """`bring_up` plans a document anew, by the rules as they are now; `problem` hears of what could
    not be rerouted."""
    deliveries = planning.ledger.deliveries

    def again(stored: Stored) -> None:
        if error := isolated(planning.ledger, partial(bring_up, stored)):
            problem(str(stored.document.ref), error)

    planning.digests.reroute(again)
    for delivery in deliveries.walk(*MOVABLE, action=Action.REPORT):
        _follow_report(planning, delivery)
    for delivery in deliveries.walk(*MOVABLE, action=Action.RUN):
        planning.runs.follow(delivery, planning.config.route_named(delivery.route))
    channels = {*planning.config.channels(), *planning.config.direct_messages()}
    strays = bool(deliveries.channels_in(*MOVABLE) - channels)
    for delivery in deliveries.walk(*MOVABLE) if strays else ():
        stray = deliveries.get(delivery.id)  # it may have gone with its head
        if stray.channel in channels or not stray.state.is_movable:
            continue
        if error := isolated(planning.ledger, partial(_redirect, planning, stray, now, bring_up)):
            problem(f"delivery {stray.id}", error)
    planning.ledger.channels.forget_others(channels)


def _follow_report(planning: Planning, delivery: Delivery) -> None:
    """The report's channel is another one now: what was not sent yet goes there."""
    for report in planning.config.reports:
        if report.name == delivery.route and report.channel != delivery.channel:
            planning.ledger.deliveries.redirect(delivery, report.channel)


def _redirect(
    planning: Planning, stray: Delivery, now: float, bring_up: Callable[[Stored], None]
) -> None:
    deliveries, cause = planning.ledger.deliveries, Cause.CHANNEL_LEFT
    deliveries.move(stray, State.SUPERSEDED, now, cause=cause)
    if stray.action is Action.HEAD and stray.document_id is not None:
        for below in deliveries.under(stray.id):
            if below.state.is_movable:
                deliveries.move(below, State.SUPERSEDED, now, cause=cause)
        bring_up(planning.ledger.documents.by_id(stray.document_id))
