"""What the ledger keeps because an exception compares with it: from the first time on that one
does. What it has seen before counts, too."""

from exact_slack.config.model import Config
from exact_slack.documents.exceptions import LEARNS_FROM
from exact_slack.documents.kinds import Kind
from exact_slack.ledger.compared.payees import KINDS as PAYEES
from exact_slack.ledger.compared.purchases import KINDS as PURCHASES
from exact_slack.ledger.ledger import Ledger


def compared_kinds(config: Config) -> frozenset[Kind]:
    """The kinds that exceptions of the config are compared with."""
    asked = config.asked_exceptions()
    return frozenset(kind for name, kinds in LEARNS_FROM.items() if name in asked for kind in kinds)


def keep(config: Config, ledger: Ledger) -> None:
    """Begin to keep what was not kept yet, in the transaction of whoever calls."""
    kinds = compared_kinds(config)
    if kinds & PURCHASES and not ledger.purchases.are_kept():
        ledger.purchases.keep(ledger.documents.of_kinds(PURCHASES))
        for place, invoice in ledger.documents.of_kinds({Kind.PURCHASE_INVOICE}):
            ledger.orders.note_bills(invoice, place)
    if kinds & PAYEES and not ledger.payees.are_kept():
        ledger.payees.keep(document for _, document in ledger.documents.of_kinds(PAYEES))
    if Kind.RECEIPT in kinds and not ledger.receivables.are_kept():
        receipts = ledger.documents.of_kinds({Kind.RECEIPT})
        ledger.receivables.keep(document for _, document in receipts)
