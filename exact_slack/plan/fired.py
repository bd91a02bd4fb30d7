"""Which exceptions fire of a document, and which of those that a message told no longer hold."""

from collections.abc import Collection
from datetime import date

from exact_slack.config.model import Config
from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import BY_TIME, Evidence, ExceptionKind
from exact_slack.documents.kinds import Kind
from exact_slack.ledger.compared.history import Earlier
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.plan.kept import compared_kinds, keep
from exact_slack.routing.exceptions import Given, find


def fired_now(
    config: Config, ledger: Ledger, stored: Stored, names: Collection[str]
) -> dict[str, Evidence]:
    """Of these exceptions those that fire as things stand, but for those that time brings, each
    with what it was compared with."""
    history = Earlier(ledger.db, stored, renamed=True)
    return find(Given(stored.document, history, config.exceptions, date.min), names)


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
    """The exceptions that fire when a document is read, of those that a route asks for: each is a
    look at what came before."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger
        self._of_kind: dict[Kind, frozenset[str]] = {}
        self._compares = bool(compared_kinds(config))

    def of(self, stored: Stored, today: date, *, renamed: bool = False) -> tuple[str, ...]:
        """Their names. `renamed`: its reference is newer than all that came before."""
        wanted = self.wanted(stored.document.kind)
        if not wanted:
            return ()
        history = Earlier(self._ledger.db, stored, renamed=renamed)
        self._keep_past()
        given = Given(stored.document, history, self._config.exceptions, today)
        return tuple(find(given, wanted))

    def wanted(self, kind: Kind) -> frozenset[str]:
        """The exceptions that a route needs to know of a kind."""
        wanted = self._of_kind.get(kind)
        if wanted is None:
            wanted = self._of_kind[kind] = self._config.exceptions_of(kind)
        return wanted

    def _keep_past(self) -> None:
        """What exceptions compare with is kept from the first time on that one needs it."""
        if self._compares:
            keep(self._config, self._ledger)
        self._compares = False
