"""Which exceptions of a message no longer hold."""

from datetime import date

from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import BY_TIME, ExceptionKind
from exact_slack.ledger.history import Earlier
from exact_slack.routing.exceptions import find


def resolved(
    exceptions: tuple[str, ...], document: Document, history: Earlier, *, paid: bool
) -> tuple[str, ...]:
    """Of the exceptions that a message told, those that no longer hold. Time makes nothing well,
    nor do other documents: what was due is settled when it is paid, and a cost center is missing
    until a line bears one."""
    if not exceptions:
        return ()
    bare = not any(line.cost_center for line in document.lines)
    lacks = (ExceptionKind.NO_COST_CENTER,) if bare else ()
    still = (*find(document, history, date.min), *(() if paid else BY_TIME), *lacks)
    return tuple(name for name in exceptions if name not in still)
