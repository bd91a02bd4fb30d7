"""The exceptions that a rule may ask for, found in a document and in what the ledger knows."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind

_PURCHASES = (Kind.PURCHASE_ENTRY, Kind.PURCHASE_INVOICE)
_DUE_SOON = timedelta(days=7)
_USUAL = 5
"""So many earlier documents of a supplier make a history to compare with."""


class History(Protocol):
    """What the ledger knows of earlier documents."""

    def same_reference(self, document: Document) -> bool:
        """Another document of this supplier, in this division, with this reference."""

    def earlier_amounts(self, document: Document) -> list[Decimal]:
        """Absolute amounts of this supplier's earlier documents of the same kind."""


def _no_cost_center(document: Document) -> bool:
    return bool(document.lines) and not any(line.cost_center for line in document.lines)


def _unusual(document: Document, amounts: list[Decimal]) -> bool:
    amount = document.comparable_amount
    if amount is None or len(amounts) < _USUAL:
        return False
    ordered = sorted(amounts)
    return amount > 3 * ordered[len(ordered) // 2]


def _is_open(document: Document) -> bool:
    if document.settlement is not None:
        return not document.settlement.paid
    return document.kind in (*_PURCHASES, Kind.SALES_INVOICE, Kind.SALES_ENTRY)


def _by_due_date(document: Document, today: date) -> Iterable[str]:
    if document.due_date is None or not _is_open(document):
        return
    if document.due_date < today:
        yield "overdue"
    elif document.due_date <= today + _DUE_SOON:
        yield "due_soon"


def find(document: Document, history: History, today: date) -> tuple[str, ...]:
    """The names of the exceptions that fire for this document."""
    names: list[str] = []
    if _no_cost_center(document):
        names.append("no_cost_center")
    if document.kind in _PURCHASES and document.account.id:
        amounts = history.earlier_amounts(document)
        if document.reference and history.same_reference(document):
            names.append("duplicate_reference")
        if not amounts:
            names.append("new_supplier")
        if _unusual(document, amounts):
            names.append("unusual_amount")
    names += _by_due_date(document, today)
    if document.status_word == "rejected":
        names.append("rejected")
    return tuple(names)
