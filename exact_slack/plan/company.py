"""Which company a message speaks of, where the config has several divisions."""

from exact_slack.config.model import Config
from exact_slack.ledger.ledger import Ledger


def company_of(config: Config, ledger: Ledger, division: int) -> str:
    """Its short name, else Exact's own; "" where there is one division, or no ledger knows it."""
    if len(config.exact.divisions) < 2:
        return ""
    record = ledger.cursors.division(division)
    return config.company(division, record.name if record else "")
