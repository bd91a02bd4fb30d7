"""The exceptions that a rule may ask for, found in a document and in what the ledger knows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Protocol

from exact_slack.config.model import ExceptionsConfig
from exact_slack.documents.document import Document, Line
from exact_slack.documents.exceptions import FIRES, Compared, Evidence, ExceptionKind, Fact, Money


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


@dataclass(frozen=True, slots=True)
class Given:
    """What an exception is judged by."""

    document: Document
    history: History
    tuning: ExceptionsConfig
    today: date


Found = Evidence | None
"""What it was compared with, or that it does not fire."""
_FIRES: Found = ()


def _no_cost_center(given: Given) -> Found:
    """Where this company usually does without, it says nothing that one has none."""
    document = given.document
    bearing = [line for line in document.lines if _can_bear(line)]
    if not bearing or any(line.cost_center for line in document.lines):
        return None
    bear, known = given.history.cost_centers(document)
    return _FIRES if known < given.tuning.unusual_from or 2 * bear > known else None


def _can_bear(line: Line) -> bool:
    """A line that is text, or free of charge, brings no costs."""
    amount = line.amount if line.amount_dc is None else line.amount_dc
    return amount is None or amount != 0


def _duplicate_reference(given: Given) -> Found:
    document = given.document
    if not (document.account.id and document.reference.strip()):
        return None
    other = given.history.same_reference(document)
    return None if other is None else (Fact(Compared.OTHER, {"number": other}),)


def _new_supplier(given: Given) -> Found:
    document = given.document
    return _FIRES if document.account.id and not given.history.is_known(document) else None


def _unusual_amount(given: Given) -> Found:
    document, tuning = given.document, given.tuning
    amount = document.comparable_amount
    if not document.account.id or amount is None:
        return None
    earlier = sorted(given.history.earlier_amounts(document))
    if len(earlier) < tuning.unusual_from:
        return None
    median = earlier[len(earlier) // 2]
    if amount <= tuning.unusual_factor * median:
        return None
    return (Fact(Compared.USUAL, {"amount": Money(median)}),)


def _is_open(given: Given) -> bool:
    document = given.document
    if document.settlement is not None:
        return not document.settlement.paid
    return not document.is_term and given.history.is_open() is not False


def _due_soon(given: Given) -> Found:
    due, today = given.document.due_date, given.today
    soon = timedelta(days=given.tuning.due_soon_days)
    near = due is not None and today <= due <= today + soon
    return _FIRES if near and _is_open(given) else None


def _overdue(given: Given) -> Found:
    due = given.document.due_date
    return _FIRES if due is not None and due < given.today and _is_open(given) else None


def _rejected(given: Given) -> Found:
    return _FIRES if given.document.status_word == "rejected" else None


_E = ExceptionKind
_FOUND_BY: Final[dict[ExceptionKind, Callable[[Given], Found]]] = {
    _E.NO_COST_CENTER: _no_cost_center,
    _E.DUPLICATE_REFERENCE: _duplicate_reference,
    _E.NEW_SUPPLIER: _new_supplier,
    _E.UNUSUAL_AMOUNT: _unusual_amount,
    _E.DUE_SOON: _due_soon,
    _E.OVERDUE: _overdue,
    _E.REJECTED: _rejected,
}


def find(given: Given) -> dict[str, Evidence]:
    """The exceptions that fire for the document, each with what it was compared with."""
    kind = given.document.kind
    judged = ((name, _FOUND_BY[name](given)) for name, kinds in FIRES.items() if kind in kinds)
    return {name: evidence for name, evidence in judged if evidence is not None}
