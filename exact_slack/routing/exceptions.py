"""The exceptions that a rule may ask for, found in a document and in what the ledger knows."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Protocol

from exact_slack.documents.document import Document, Line
from exact_slack.documents.exceptions import FIRES, ExceptionKind

DUE_SOON = timedelta(days=7)
_USUAL = 5
"""So many earlier documents make a history to compare with."""


class History(Protocol):
    """What the ledger knows of earlier documents."""

    def same_reference(self, document: Document) -> str | None:
        """The number of another purchase of this supplier, in this division, with this reference;
        None where there is none."""

    def is_known(self, document: Document) -> bool:
        """Whether there are earlier purchases of this supplier in this division."""

    def earlier_amounts(self, document: Document) -> list[Decimal]:
        """Absolute amounts of this supplier's earlier documents of the same kind."""

    def cost_centers(self, document: Document) -> tuple[int, int]:
        """Of the latest earlier documents of its kind in this division: how many bear a cost
        center, and how many these documents are."""

    def is_open(self) -> bool | None:
        """Whether a payment term of it is open; None where no term is known."""


def usual(amounts: list[Decimal]) -> Decimal | None:
    """The median of a supplier's earlier amounts; None where they are too few to compare with."""
    ordered = sorted(amounts)
    return ordered[len(ordered) // 2] if len(ordered) >= _USUAL else None


def _no_cost_center(document: Document, history: History, today: date) -> bool:
    """Where this company usually does without, it says nothing that one has none."""
    bearing = [line for line in document.lines if _can_bear(line)]
    if not bearing or any(line.cost_center for line in document.lines):
        return False
    bear, known = history.cost_centers(document)
    return known < _USUAL or 2 * bear > known


def _can_bear(line: Line) -> bool:
    """A line that is text, or free of charge, brings no costs."""
    amount = line.amount if line.amount_dc is None else line.amount_dc
    return amount is None or amount != 0


def _duplicate_reference(document: Document, history: History, today: date) -> bool:
    known = document.account.id and document.reference.strip()
    return bool(known) and history.same_reference(document) is not None


def _new_supplier(document: Document, history: History, today: date) -> bool:
    return bool(document.account.id) and not history.is_known(document)


def _unusual_amount(document: Document, history: History, today: date) -> bool:
    if not document.account.id:
        return False
    amount, middle = document.comparable_amount, usual(history.earlier_amounts(document))
    return amount is not None and middle is not None and amount > 3 * middle


def _is_open(document: Document, history: History) -> bool:
    if document.settlement is not None:
        return not document.settlement.paid
    return not document.is_term and history.is_open() is not False


def _due_soon(document: Document, history: History, today: date) -> bool:
    due = document.due_date
    near = due is not None and today <= due <= today + DUE_SOON
    return near and _is_open(document, history)


def _overdue(document: Document, history: History, today: date) -> bool:
    due = document.due_date
    return due is not None and due < today and _is_open(document, history)


def _rejected(document: Document, history: History, today: date) -> bool:
    return document.status_word == "rejected"


_E = ExceptionKind
_FOUND_BY: Final[dict[ExceptionKind, Callable[[Document, History, date], bool]]] = {
    _E.NO_COST_CENTER: _no_cost_center,
    _E.DUPLICATE_REFERENCE: _duplicate_reference,
    _E.NEW_SUPPLIER: _new_supplier,
    _E.UNUSUAL_AMOUNT: _unusual_amount,
    _E.DUE_SOON: _due_soon,
    _E.OVERDUE: _overdue,
    _E.REJECTED: _rejected,
}


_COMPARED: Final[dict[ExceptionKind, Callable[[Document, History], object]]] = {
    _E.DUPLICATE_REFERENCE: lambda document, history: history.same_reference(document),
    _E.UNUSUAL_AMOUNT: lambda document, history: usual(history.earlier_amounts(document)),
    _E.DUE_SOON: lambda document, history: document.due_date,
    _E.OVERDUE: lambda document, history: document.due_date,
}


def compared(exception: ExceptionKind, document: Document, history: History) -> str:
    """What one that fires was compared with: the number of the other document, what is usual, the
    due date; "" where there is nothing beside the document itself."""
    found = _COMPARED[exception](document, history) if exception in _COMPARED else None
    return "" if found is None else str(found)


def find(document: Document, history: History, today: date) -> tuple[ExceptionKind, ...]:
    """The exceptions that fire for this document."""
    return tuple(
        exception
        for exception, kinds in FIRES.items()
        if document.kind in kinds and _FOUND_BY[exception](document, history, today)
    )
