"""How `serve` stands with Slack over Socket Mode, as it last noted in the ledger."""

import json
from dataclasses import dataclass

from exact_slack.app.customer import Customer
from exact_slack.config.timing import iso
from exact_slack.ledger.ledger import SOCKET
from exact_slack.slack.fields import Fields

_BELIEVED = 180.0
"""Seconds for which its last sign of life is believed: it notes one a minute."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Whether there is a connection; when `serve` last said so, and why there is none.
    `connections`: how many of this app Slack counted at its greeting."""

    connected: bool
    at: str | None
    problem: str
    connections: int = 0


def hearing(customer: Customer) -> Hearing | None:
    """None where the config asks for no Socket Mode."""
    if customer.config.slack.app_token is None:
        return None
    noted = _noted(customer.ledger.fact(SOCKET))
    at = float(noted.text("at") or 0)
    if not at:
        return Hearing(connected=False, at=None, problem="serve has not run yet")
    recent = abs(customer.clock.now() - at) < _BELIEVED
    if noted.true("connected") and not recent:
        return Hearing(connected=False, at=iso(at), problem="serve gives no sign of life")
    connections = noted.number("connections")
    return Hearing(noted.true("connected"), iso(at), noted.text("problem"), connections)


def _noted(fact: str | None) -> Fields:
    try:
        return Fields(json.loads(fact or "{}"))
    except ValueError:
        return Fields(None)
