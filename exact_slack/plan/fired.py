"""Which exceptions fire of a document, and which of those that a message told no longer hold."""

from collections.abc import Collection
from datetime import date

from exact_slack.config.model import Config
from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import BY_TIME, Evidence, ExceptionKind
from exact_slack.ledger.compared.history import Earlier
from exact_slack.ledger.documents import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.plan.kept import compared_kinds, keep
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


class Fired:
    """The exceptions that fire when a document is read, where a route asks for any: each is a look
    at what came before."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger
        self.asked = any(r.when.exception is not None or r.group for r in config.routes)
        self._compares = bool(compared_kinds(config))

    def of(self, stored: Stored, today: date, *, renamed: bool = False) -> tuple[str, ...]:
        """Their names. `renamed`: its reference is newer than all that came before."""
        if not self.asked:
            return ()
        history = Earlier(self._ledger.db, stored, renamed=renamed)
        self.keep_past()
        return tuple(find(Given(stored.document, history, self._config.exceptions, today)))

    def keep_past(self) -> None:
        """What exceptions compare with is kept from the first time on that one needs it."""
        if self._compares:
            keep(self._config, self._ledger)
        self._compares = False
