"""What is due before anything is delivered: decide what waits on purpose."""

import logging
import sqlite3
from collections.abc import Callable

from exact_slack.app.customer import Customer
from exact_slack.app.isolated import unforeseen
from exact_slack.app.summary import Summary
from exact_slack.errors import ExactSlackError
from exact_slack.plan.attachments import Attachments
from exact_slack.plan.listed.digests import Digests
from exact_slack.plan.waiting.pauses import Pauses

log = logging.getLogger("exact_slack.plan")


def prepare(customer: Customer, summary: Summary) -> None:
    """Called by every sender before it delivers. What fails here is told, and never stops the
    messages."""
    config, ledger = customer.config, customer.ledger

    def close() -> None:
        if not ledger.digests.collecting():
            return
        with ledger.transaction():
            Digests(config, ledger).close_due(customer.clock.now())

    steps: tuple[Callable[[], None], ...] = (
        close,
        lambda: Pauses(config, ledger).apply(customer.clock.now()),
        Attachments(customer, summary).plan,
    )
    for step in steps:
        try:
            step()
        except ExactSlackError as error:
            summary.problem(error)
        except sqlite3.Error:
            raise
        except Exception as error:  # what nobody foresaw here stops no message
            log.debug("a step before the delivery ended", exc_info=True)
            summary.problem(unforeseen("what is due before the delivery", error))
