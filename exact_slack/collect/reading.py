"""What Exact is read with, and what for: made once for each run."""

from dataclasses import dataclass

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.exact.reader import Reader
from exact_slack.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a customer's divisions. What went wrong is told in `summary`."""

    config: Config
    ledger: Ledger
    """What was read goes into it; in a dry run it is a copy."""
    reader: Reader
    clock: Clock
    summary: Summary

    @classmethod
    def of(cls, customer: Customer, summary: Summary, ledger: Ledger | None = None) -> "Reading":
        """For a customer; with a ledger, what is read and learnt goes into that one."""
        config, clock = customer.config, customer.clock
        if ledger is None:
            return cls(config, customer.ledger, customer.reader, clock, summary)
        return cls(config, ledger, customer.reader_on(ledger), clock, summary)
