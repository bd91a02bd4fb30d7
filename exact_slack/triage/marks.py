"""The bot's own check mark on what Exact settled: added, and taken away where it is open again."""

import logging

from exact_slack.app.customer import Customer
from exact_slack.ledger.triage.item import CHECK_MARK, ItemState
from exact_slack.slack.incoming import reactions
from exact_slack.slack.outcome import Result
from exact_slack.triage import scopes

log = logging.getLogger("exact_slack.triage")
_MOST = 15
"""In one run: reactions.remove is Tier 2, 20 a minute."""
_NEVER = (Result.GONE, Result.CHANNEL, Result.THREAD)


def put(customer: Customer) -> None:
    """As many as one run may. What Slack does not take now, the next run tries again; a message
    that takes none keeps what it has."""
    ledger = customer.ledger
    items = ledger.items.to_mark()
    if not items or scopes.is_missing(customer, scopes.MARKS):
        return
    for item in items[:_MOST]:
        head = ledger.deliveries.get(item.head_id)
        stands = item.state is ItemState.SETTLED
        change = reactions.add if stands else reactions.remove
        answer = change(customer.slack, head.channel_id, head.ts, CHECK_MARK)
        if answer.result is Result.POSTED or answer.result in _NEVER or _is_full(answer.error):
            with ledger.transaction():
                ledger.items.mark(item, stands=stands)
            if answer.result is Result.POSTED:
                scopes.granted(customer, scopes.MARKS)
            continue
        log.warning("check mark in %s: %s", head.channel, answer.error)
        scopes.note(customer, scopes.MARKS, answer)
        return


def _is_full(error: str) -> bool:
    return error in ("too_many_emoji", "too_many_reactions", "not_reactable", "thread_locked")
