"""Which exceptions of a message hold, and which no longer do."""

from collections.abc import Collection
from datetime import date

from exact_slack.config.model import Config
from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import BY_TIME, Evidence, ExceptionKind
from exact_slack.ledger.compared.history import Earlier
from exact_slack.ledger.documents import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.routing.exceptions import Given, find


def fired_now(config: Config, ledger: Ledger, stored: Stored) -> dict[str, Evidence]:
    """The exceptions that fire as things stand, but for those that time brings, each with what it
    was compared with."""
    history = Earlier(ledger.db, stored, renamed=True)
    return find(Given(stored.document, history, config.exceptions, date.min))


def resolved(
    exceptions: tuple[str, ...], document: Document, fired: Collection[str], *, paid: bool
) -> tuple[str, ...]:
    """Of the exceptions that a message told, those that no longer hold; `fired`: what holds now,
    but for time. Time makes nothing well, nor do other documents: what was due is settled when it
    is paid, and a cost center is missing until a line bears one."""
    if not exceptions:
        return ()
    bare = not any(line.cost_center for line in document.lines)
    lacks = (ExceptionKind.NO_COST_CENTER,) if bare else ()
    still = (*fired, *(() if paid else BY_TIME), *lacks)
    return tuple(name for name in exceptions if name not in still)
