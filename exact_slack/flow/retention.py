"""What is forgotten when. Keys, fingerprints and the messages' ts stay, so that nothing is posted
again and a late change still finds its head; what a document said, and who was told, goes."""

from exact_slack.flow.wiring import Customer

_DAY = 86400.0
_FACT = "forgotten at"


def run(customer: Customer) -> None:
    """Once a day, after a poll."""
    ledger, now = customer.ledger, customer.clock.now()
    last = float(ledger.fact(_FACT) or 0.0)
    if abs(now - last) < _DAY:
        return
    kept = customer.config.retention
    ledger.forget(now - kept.documents_days * _DAY, now - kept.runs_days * _DAY)
    ledger.set_fact(_FACT, str(now))
