"""The parts of the ledger. Each is loaded and made when it is first asked for: a run that starts
every minute and finds nothing to do asks for eight of them."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from exact_slack.ledger.schema.database import Database

if TYPE_CHECKING:
    from exact_slack.ledger.activity import Activity
    from exact_slack.ledger.channels import Channels
    from exact_slack.ledger.compared.orders import Orders
    from exact_slack.ledger.compared.past import Past
    from exact_slack.ledger.compared.payees import Payees
    from exact_slack.ledger.compared.periods import Periods
    from exact_slack.ledger.compared.purchases import Purchases
    from exact_slack.ledger.compared.receivables import Receivables
    from exact_slack.ledger.compared.suppliers import Suppliers
    from exact_slack.ledger.counters import Counters
    from exact_slack.ledger.documents.documents import Documents
    from exact_slack.ledger.documents.filtering import Filtering
    from exact_slack.ledger.documents.finding import Finding
    from exact_slack.ledger.documents.payment_runs import PaymentRuns
    from exact_slack.ledger.documents.together import Together
    from exact_slack.ledger.earlier import Earlier
    from exact_slack.ledger.exact_people import ExactPeople
    from exact_slack.ledger.incoming.breakers import Breakers
    from exact_slack.ledger.incoming.cursors import Cursors
    from exact_slack.ledger.incoming.inbox import Inbox
    from exact_slack.ledger.incoming.rhythm import Rhythm
    from exact_slack.ledger.incoming.saves import Saves
    from exact_slack.ledger.incoming.unreadable import Unread
    from exact_slack.ledger.log import Log
    from exact_slack.ledger.outgoing.backlog import Backlog
    from exact_slack.ledger.outgoing.deliveries import Deliveries
    from exact_slack.ledger.outgoing.files import Files
    from exact_slack.ledger.outgoing.keys import Keys
    from exact_slack.ledger.outgoing.outbox import Outbox
    from exact_slack.ledger.recurring.closes import Closes
    from exact_slack.ledger.recurring.digests import Digests
    from exact_slack.ledger.recurring.due import DueTold
    from exact_slack.ledger.recurring.reports import Reports
    from exact_slack.ledger.triage.items import Items
    from exact_slack.ledger.triage.people import People
    from exact_slack.ledger.troubles import Troubles


class _Part:
    """Stands in a class for an attribute, until that is asked for."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._name = ""
        self._class = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._class = name, owner.__annotations__[name]

    def __get__(self, parts: "Parts", owner: type) -> Any:
        module = import_module(f"exact_slack.ledger.{self._module}")
        made = getattr(module, self._class)(parts.db)
        setattr(parts, self._name, made)
        return made


def _part(module: str) -> Any:
    """The class that the attribute is annotated with, out of this module of the ledger."""
    return _Part(module)


class Parts:
    """All of them, over one database; each is one of its tables, or what is asked of several."""

    db: Database

    log: "Log" = _part("log")
    finding: "Finding" = _part("documents.finding")
    filtering: "Filtering" = _part("documents.filtering")
    documents: "Documents" = _part("documents.documents")
    together: "Together" = _part("documents.together")
    purchases: "Purchases" = _part("compared.purchases")
    payees: "Payees" = _part("compared.payees")
    exact_people: "ExactPeople" = _part("exact_people")
    payment_runs: "PaymentRuns" = _part("documents.payment_runs")
    past: "Past" = _part("compared.past")
    orders: "Orders" = _part("compared.orders")
    receivables: "Receivables" = _part("compared.receivables")
    periods: "Periods" = _part("compared.periods")
    suppliers: "Suppliers" = _part("compared.suppliers")
    deliveries: "Deliveries" = _part("outgoing.deliveries")
    backlog: "Backlog" = _part("outgoing.backlog")
    outbox: "Outbox" = _part("outgoing.outbox")
    channels: "Channels" = _part("channels")
    activity: "Activity" = _part("activity")
    counters: "Counters" = _part("counters")
    rhythm: "Rhythm" = _part("incoming.rhythm")
    files: "Files" = _part("outgoing.files")
    digests: "Digests" = _part("recurring.digests")
    reports: "Reports" = _part("recurring.reports")
    closes: "Closes" = _part("recurring.closes")
    due: "DueTold" = _part("recurring.due")
    items: "Items" = _part("triage.items")
    people: "People" = _part("triage.people")
    inbox: "Inbox" = _part("incoming.inbox")
    cursors: "Cursors" = _part("incoming.cursors")
    breakers: "Breakers" = _part("incoming.breakers")
    unreadable: "Unread" = _part("incoming.unreadable")
    saves: "Saves" = _part("incoming.saves")
    troubles: "Troubles" = _part("troubles")
    earlier: "Earlier" = _part("earlier")
    keys: "Keys" = _part("outgoing.keys")
