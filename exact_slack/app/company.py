"""Which company a message speaks of, where the config has several divisions."""

from exact_slack.config.model import Config
from exact_slack.ledger.ledger import Ledger


def company_of(config: Config, ledger: Ledger | None, division: int) -> str:
    """Its short name, else Exact's own; "" where there is one division, or no ledger knows it;
    a sample is looked at without a ledger."""
    if len(config.exact.divisions) < 2:
        return ""
    record = ledger.cursors.division(division) if ledger else None
    return config.company(division, record.name if record else "")
