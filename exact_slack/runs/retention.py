"""What is forgotten when. Keys, fingerprints and the messages' ts stay, so that nothing is posted
again and a late change still finds its head; what a document said, and who was told, goes.

Nothing is forgotten on the word of one clock: Exact's and Slack's must agree with ours."""

import contextlib
from collections.abc import Callable

from exact_slack.app.customer import Customer
from exact_slack.errors import ExactSlackError, Notice

_DAY = 86400.0
_FACT = "forgotten at"
_DIFFER = 2 * _DAY
"""Exact's wall clock is hours away from UTC; more is no agreement."""


def run(customer: Customer) -> Notice | None:
    """Once a day, after a poll; a sentence where the clocks do not agree."""
    ledger, now = customer.ledger, customer.clock.now()
    if abs(now - ledger.moment(_FACT)) < _DAY:
        return None
    for name, newest, ask in (
        ("Exact", ledger.newest_modified(), lambda: customer.server_ms() / 1000),
        ("Slack", ledger.newest_ts(), lambda: customer.slack.time()),  # noqa: PLW0108 - made late
    ):
        theirs = _theirs(newest, ask, now)
        if theirs is None:
            return None  # nobody can say today: the next run asks again
        if abs(now - theirs) > _DIFFER:
            days = abs(now - theirs) / _DAY
            return Notice(
                f"This machine's clock is {days:.0f} days away from {name}'s: nothing old is"
                " forgotten until they agree.",
                "Set the clock right.",
            )
    kept = customer.config.retention
    ledger.forget(now - kept.documents_days * _DAY, now - kept.runs_days * _DAY)
    ledger.set_fact(_FACT, str(now))
    return None


def _theirs(newest: float, ask: Callable[[], float | None], now: float) -> float | None:
    """Their time: what the ledger saw of it lately, else what they say when asked."""
    if abs(now - newest) <= _DIFFER:
        return newest
    with contextlib.suppress(ExactSlackError):
        return ask()
    return None
