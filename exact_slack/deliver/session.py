"""Who sends, for whom, and with what: made once for each run of a sender."""

from collections.abc import Callable
from dataclasses import dataclass

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.schema.lock import Owner
from exact_slack.slack.client import SlackClient


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Session:
    """One sender at work. What becomes of its messages is told in `summary`."""

    config: Config
    ledger: Ledger
    client: SlackClient
    owner: Owner
    """Its name in the ledger, by which others see whether it lives."""
    clock: Clock
    summary: Summary
    ending: Callable[[], bool] = _never
    """Whether it is to stop before the next message."""

    @classmethod
    def of(cls, customer: Customer, owner: Owner, summary: Summary) -> "Session":
        """For a customer, by the customer's own clock."""
        config, ledger = customer.config, customer.ledger
        return cls(config, ledger, customer.slack, owner, customer.clock, summary)
