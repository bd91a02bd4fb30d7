"""What is due before anything is delivered: decide what waits on purpose."""

from collections.abc import Callable

from exact_slack.errors import ExactSlackError
from exact_slack.flow.attachments import Attachments
from exact_slack.flow.digests import Digests
from exact_slack.flow.holds import Holds
from exact_slack.flow.summary import Summary
from exact_slack.flow.wiring import Customer


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
        lambda: Holds(config, ledger).apply(customer.clock.now()),
        Attachments(customer, summary).plan,
    )
    for step in steps:
        try:
            step()
        except ExactSlackError as error:
            summary.problem(error)
