"""What is due before anything is delivered: decide what waits on purpose. As a rule nothing is:
each step looks first whether it has anything to do, and loads what it needs after that."""

import logging
import sqlite3
from collections.abc import Callable

from exact_slack.app.customer import Customer
from exact_slack.app.isolated import unforeseen
from exact_slack.app.summary import Summary
from exact_slack.errors import ExactSlackError

log = logging.getLogger("exact_slack.plan")


def prepare(customer: Customer, summary: Summary) -> None:
    """Called by every sender before it delivers. What fails here is told, and never stops the
    messages."""
    steps: tuple[Callable[[Customer, Summary], None], ...] = (
        _close_digests,
        _pause,
        _look_for_files,
    )
    for step in steps:
        try:
            step(customer, summary)
        except ExactSlackError as error:
            summary.problem(error)
        except sqlite3.Error:
            raise
        except Exception as error:  # what nobody foresaw here stops no message
            log.debug("a step before the delivery ended", exc_info=True)
            summary.problem(unforeseen("what is due before the delivery", error))


def _close_digests(customer: Customer, _: Summary) -> None:
    if not customer.ledger.digests.any_collecting():
        return
    from exact_slack.plan.listed.digests import Digests

    with customer.ledger.transaction():
        Digests(customer.config, customer.ledger).close_due(customer.clock.now())


def _pause(customer: Customer, _: Summary) -> None:
    if customer.ledger.backlog.is_empty():
        return
    from exact_slack.plan.waiting.pauses import Pauses

    Pauses(customer.config, customer.ledger).apply(customer.clock.now())


def _look_for_files(customer: Customer, summary: Summary) -> None:
    if not customer.ledger.files.any_due(customer.clock.now()):
        return
    from exact_slack.plan.attachments import Attachments

    Attachments(customer, summary).plan()
