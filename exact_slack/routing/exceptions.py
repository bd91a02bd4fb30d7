"""The exceptions that a rule may ask for, found in a document and in what the ledger knows."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import SETTLED_BY, Kind

DUE_SOON = timedelta(days=7)
_USUAL = 5
"""So many earlier documents of a supplier make a history to compare with."""


class History(Protocol):
    """What the ledger knows of earlier documents."""

    def same_reference(self, document: Document) -> str | None:
        """The number of another purchase of this supplier, in this division, with this reference;
        None where there is none."""

    def is_known(self, document: Document) -> bool:
        """Whether there are earlier purchases of this supplier in this division."""

    def earlier_amounts(self, document: Document) -> list[Decimal]:
        """Absolute amounts of this supplier's earlier documents of the same kind."""

    def is_open(self, document: Document) -> bool | None:
        """Whether a payment term of it is open; None where no term is known."""


def _no_cost_center(document: Document) -> bool:
    return bool(document.lines) and not any(line.cost_center for line in document.lines)


def _unusual(document: Document, amounts: list[Decimal]) -> bool:
    amount, middle = document.comparable_amount, usual(amounts)
    return amount is not None and middle is not None and amount > 3 * middle


def usual(amounts: list[Decimal]) -> Decimal | None:
    """The median of a supplier's earlier amounts; None where they are too few to compare with."""
    ordered = sorted(amounts)
    return ordered[len(ordered) // 2] if len(ordered) >= _USUAL else None


def _is_open(document: Document, history: History) -> bool:
    if document.settlement is not None:
        return not document.settlement.paid
    invoices = (kind for kinds in SETTLED_BY.values() for kind in kinds)
    return document.kind in invoices and history.is_open(document) is not False


def _by_due_date(document: Document, history: History, today: date) -> Iterable[str]:
    due = document.due_date
    if due is None or due > today + DUE_SOON or not _is_open(document, history):
        return
    yield "overdue" if due < today else "due_soon"


def find(document: Document, history: History, today: date) -> tuple[str, ...]:
    """The names of the exceptions that fire for this document."""
    names: list[str] = []
    if _no_cost_center(document):
        names.append("no_cost_center")
    if document.kind in SETTLED_BY[Kind.PAYMENT] and document.account.id:
        if document.reference.strip() and history.same_reference(document) is not None:
            names.append("duplicate_reference")
        if not history.is_known(document):
            names.append("new_supplier")
        if _unusual(document, history.earlier_amounts(document)):
            names.append("unusual_amount")
    names += _by_due_date(document, history, today)
    if document.status_word == "rejected":
        names.append("rejected")
    return tuple(names)
