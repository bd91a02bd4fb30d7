"""What is due before anything is delivered: decide what waits on purpose."""

from exact_slack.errors import ExactSlackError
from exact_slack.flow.holds import Holds
from exact_slack.flow.summary import Summary
from exact_slack.flow.wiring import Customer


def prepare(customer: Customer, summary: Summary) -> None:
    """Called by every sender before it delivers. What fails here is told, and never stops the
    messages."""
    try:
        Holds(customer.config, customer.ledger).apply(customer.clock.now())
    except ExactSlackError as error:
        summary.problem(error)
