"""The exceptions that a rule may ask for, found in a document and in what the ledger knows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Protocol

from exact_slack.config.model import ExceptionsConfig
from exact_slack.documents.account_number import AccountNumber
from exact_slack.documents.document import Document, Line
from exact_slack.documents.exceptions import (
    FIRES,
    Compared,
    Evidence,
    ExceptionKind,
    Fact,
    Money,
    Value,
)
from exact_slack.documents.kinds import ON_THEIR_WAY
from exact_slack.documents.moment import day_of
from exact_slack.documents.payee import Payee
from exact_slack.documents.purchase import Purchase
from exact_slack.routing.duplicates import duplicate_of
from exact_slack.routing.payees import Changed, changed, shared_with


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

    def alike(self, document: Document) -> tuple[Purchase, list[Purchase]] | None:
        """The purchase, and those of its supplier with its amount, or with that of a credit, which
        came before it; of a payment the purchase that it pays, and all others."""

    def paid_on(self, purchase: Purchase) -> date | None:
        """When a purchase was paid; None where it is not known to be."""

    def latest_day(self, document: Document) -> date | None:
        """The day of the supplier's latest purchase before this one; None where none is known."""

    def payees(self, document: Document) -> list[Payee]:
        """Where money to this supplier goes, as far as it is known."""

    def sharing(self, document: Document, number: AccountNumber) -> list[Payee]:
        """Other suppliers with this account number."""

    def is_supplier(self, document: Document) -> bool:
        """Whether anything was ever bought from its account, or paid to it."""

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


def _duplicate_invoice(given: Given) -> Found:
    """Of a payment: where the invoice that it pays stands there twice, and it is on its way."""
    document = given.document
    if document.is_term and document.status_word not in ON_THEIR_WAY:
        return None
    alike = given.history.alike(document)
    other = duplicate_of(*alike) if alike else None
    if other is None:
        return None
    twin: dict[str, Value] = {"number": other.number, **({"day": other.day} if other.day else {})}
    paid = given.history.paid_on(other)
    facts = [Fact(Compared.TWIN if other.day else Compared.OTHER, twin)]
    facts += [Fact(Compared.TWIN_PAID, {"number": other.number, "day": paid})] if paid else []
    return tuple(facts)


_JUST_BELOW = Decimal("0.95")


def _below_limit(given: Given) -> Found:
    amount = given.document.comparable_amount
    if amount is None:
        return None
    limits = (x for x in sorted(given.tuning.below_limits) if _JUST_BELOW * x <= amount < x)
    limit = next(limits, None)
    return None if limit is None else (Fact(Compared.LIMIT, {"amount": Money(limit)}),)


def _dormant_supplier(given: Given) -> Found:
    document = given.document
    if document.date is None or not document.account.id:
        return None
    last = given.history.latest_day(document)
    if last is None or (document.date - last).days < given.tuning.dormant_days:
        return None
    return (Fact(Compared.LAST_ONE, {"day": last}),)


_AWAITS = 0
"""Exact's ApprovalStatus of a purchase order."""


def _awaiting_approval(given: Given) -> Found:
    document = given.document
    over = document.status_word in {"complete", "canceled"}
    return _FIRES if document.approval_code == _AWAITS and not over else None


def _backdated(given: Given) -> Found:
    document = given.document
    if document.date is None:
        return None
    entered = day_of(document.created)
    if entered is None or (entered - document.date).days <= given.tuning.backdated_days:
        return None
    return (Fact(Compared.DATED, {"day": document.date, "entered": entered}),)


_GOES = ON_THEIR_WAY | {"matched"}


def _payee_changed(given: Given) -> Found:
    """Of a payment: where it does not go to where this supplier was paid before. Of a bank account:
    where its number is new."""
    document, days = given.document, given.tuning.payee_days
    if document.bank is not None:
        number, day = document.bank.account_number, day_of(document.modified)
        if not given.history.is_supplier(document):
            return None
    elif document.settlement is not None and document.status_word in _GOES:
        settlement = document.settlement
        number = settlement.payee
        day = day_of(settlement.selected) or settlement.paid_on or day_of(document.modified)
    else:
        return None
    found = changed(document.ref.guid, number, day, given.history.payees(document), days)
    if found is None:
        return None
    own = found.card is not None and found.card.key == document.ref.guid
    return None if document.bank and not own else _evidence(found, number)


def _evidence(found: Changed, number: AccountNumber) -> Evidence:
    last, card = found.last_paid, found.card
    told = [Fact(Compared.PAYEE, {"account": number.shown})]
    if last and last.day:
        values: dict[str, Value] = {"account": number.shown, "other": last.number.shown}
        told = [Fact(Compared.LAST_PAID, {**values, "day": last.day})]
    elif card and card.was:
        told.append(Fact(Compared.CARD_WAS, {"was": card.was}))
    if card and card.changed and card.changed_by:
        by: dict[str, Value] = {"day": card.changed, "name": card.changed_by}
        told.append(Fact(Compared.CARD_CHANGED_BY, by))
    elif card and card.changed:
        told.append(Fact(Compared.CARD_CHANGED, {"day": card.changed}))
    return tuple(told)


def _shared_payee(given: Given) -> Found:
    document, history = given.document, given.history
    if document.bank is not None:
        number = document.bank.account_number
        if not history.is_supplier(document):
            return None
    elif document.settlement is not None and document.status_word in _GOES:
        number = document.settlement.payee
    else:
        return None
    other = shared_with(document.account.label, history.sharing(document, number))
    if other is None:
        return None
    return (Fact(Compared.SHARED, {"account": number.shown, "name": other.name}),)


_E = ExceptionKind
_FOUND_BY: Final[dict[ExceptionKind, Callable[[Given], Found]]] = {
    _E.NO_COST_CENTER: _no_cost_center,
    _E.DUPLICATE_REFERENCE: _duplicate_reference,
    _E.NEW_SUPPLIER: _new_supplier,
    _E.UNUSUAL_AMOUNT: _unusual_amount,
    _E.DUE_SOON: _due_soon,
    _E.OVERDUE: _overdue,
    _E.REJECTED: _rejected,
    _E.DUPLICATE_INVOICE: _duplicate_invoice,
    _E.BELOW_LIMIT: _below_limit,
    _E.DORMANT_SUPPLIER: _dormant_supplier,
    _E.AWAITING_APPROVAL: _awaiting_approval,
    _E.BACKDATED: _backdated,
    _E.PAYEE_CHANGED: _payee_changed,
    _E.SHARED_PAYEE: _shared_payee,
}


def find(given: Given) -> dict[str, Evidence]:
    """The exceptions that fire for the document, each with what it was compared with."""
    kind = given.document.kind
    judged = ((name, _FOUND_BY[name](given)) for name, kinds in FIRES.items() if kind in kinds)
    return {name: evidence for name, evidence in judged if evidence is not None}
