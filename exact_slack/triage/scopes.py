"""Scopes of the Slack app that triage can do without: what is lost, and when to try again.

Every answer of Slack lists the token's scopes (docs.slack.dev, installing with OAuth); where one
does not, a call that is refused for want of a scope tells."""

from exact_slack.app.customer import Customer
from exact_slack.ledger.ledger import Ledger
from exact_slack.slack.install import TRIAGE
from exact_slack.slack.outcome import Outcome

REACTIONS, MARKS, USERS = TRIAGE
_LISTED = "slack scopes"
"""The fact that holds what the latest list of scopes said."""
_AGAIN = 3600.0
"""Seconds after which what was refused is tried again: somebody may have added the scope."""


def _fact(scope: str) -> str:
    return f"without {scope} since"


def note(customer: Customer, scope: str, answer: Outcome) -> bool:
    """Remember that a call was refused for want of the scope; whether it was."""
    if not answer.lacks_scope:
        return False
    customer.ledger.set_fact(_fact(scope), repr(customer.clock.now()))
    return True


def is_missing(customer: Customer, scope: str) -> bool:
    """Whether the scope is known to be missing, and it is too early to try again."""
    since, now = customer.ledger.moment(_fact(scope)), customer.clock.now()
    return bool(since) and 0 <= now - since < _AGAIN


def granted(customer: Customer, scope: str) -> None:
    """A call that needs it went well."""
    if customer.ledger.fact(_fact(scope)):
        customer.ledger.set_fact(_fact(scope), "")


def note_listed(ledger: Ledger, scopes: frozenset[str] | None) -> None:
    """Remember the scopes that an answer listed. A list that is new says more than what was refused
    before it."""
    listed = ",".join(sorted(scopes or ()))
    if not listed or ledger.fact(_LISTED) == listed:
        return
    with ledger.transaction():
        ledger.set_fact(_LISTED, listed)
        for scope in TRIAGE:
            if scope in (scopes or ()) and ledger.fact(_fact(scope)):
                ledger.set_fact(_fact(scope), "")


def lost(ledger: Ledger) -> dict[str, str]:
    """The scopes that are missing, and what each costs."""
    listed = (ledger.fact(_LISTED) or "").split(",")
    return {
        scope: cost
        for scope, cost in TRIAGE.items()
        if ledger.fact(_fact(scope)) or (any(listed) and scope not in listed)
    }
