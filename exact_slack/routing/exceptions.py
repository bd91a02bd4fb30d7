"""The exceptions that a rule may ask for, found in a document and in what the ledger knows."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import Final, Protocol

from exact_slack.account_number import AccountNumber
from exact_slack.config.model import ExceptionsConfig
from exact_slack.config.values import seconds
from exact_slack.documents.compared.order import OrderLine, bills
from exact_slack.documents.compared.payee import Payee
from exact_slack.documents.compared.period import SeenPeriod
from exact_slack.documents.compared.purchase import Purchase
from exact_slack.documents.document import Document, Line
from exact_slack.documents.exceptions import (
    FIRES,
    WAITS_FOR_PAST,
    Compared,
    Evidence,
    ExceptionKind,
    Fact,
    Money,
    Value,
)
from exact_slack.documents.kinds import ON_THEIR_WAY, Kind
from exact_slack.documents.moment import day_of
from exact_slack.routing.duplicates import duplicate_of, second_of
from exact_slack.routing.orders import Bill
from exact_slack.routing.payees import Changed, changed, moved, shared_with


class History(Protocol):
    """What the ledger knows of earlier documents."""

    def with_reference(self, document: Document) -> tuple[Purchase, list[Purchase]] | None:
        """The purchase, and those of its supplier in this division with its reference that came
        before it, the latest last."""

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

    def learning(self) -> frozenset[str]:
        """The exceptions for which a part of Exact's past is not known yet."""

    def company(self, division: int) -> str:
        """What a division is called."""

    def named_orders(self, document: Document) -> list[bool]:
        """Of the supplier's latest invoices before this one, whether each named an order."""

    def order_lines(self, document: Document) -> dict[str, OrderLine]:
        """The lines of orders that an invoice bills, as far as they are known."""

    def billed_before(self, document: Document, line: str) -> Decimal:
        """What earlier invoices bill of an order line."""

    def owed_by(self, document: Document) -> Decimal:
        """The open receivables of the customer, with this invoice."""

    def credit_line(self, document: Document) -> Decimal | None:
        """Up to what the customer may owe; None for no limit, or none that is known."""

    def closed_period(self, document: Document) -> SeenPeriod | None:
        """The period that it is dated in, where that was seen to be closed."""

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
    bear, total = given.history.cost_centers(document)
    if total < given.tuning.unusual_from:  # no habit yet: what mostly bears one is taken to
        return None if document.kind is Kind.JOURNAL_ENTRY else _FIRES
    return _FIRES if 2 * bear > total else None


def _can_bear(line: Line) -> bool:
    """A line that is text, or free of charge, brings no costs."""
    amount = line.amount if line.amount_dc is None else line.amount_dc
    return amount is None or amount != 0


def _duplicate_reference(given: Given) -> Found:
    document = given.document
    if not (document.account.id and document.reference.strip()):
        return None
    alike = given.history.with_reference(document)
    other = second_of(*alike) if alike else None
    return None if other is None else (Fact(Compared.OTHER, {"number": other.number}),)


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


_NOT_OWED: Final = frozenset({"draft", "rejected"})
"""Statuses of what is not in the books: nobody is late with it."""


def _is_owed(given: Given) -> bool:
    return given.document.status_word not in _NOT_OWED and _is_open(given)


def _due_soon(given: Given) -> Found:
    due, today = given.document.due_date, given.today
    soon = timedelta(days=given.tuning.due_soon_days)
    near = due is not None and today <= due <= today + soon
    return _FIRES if near and _is_owed(given) else None


def _overdue(given: Given) -> Found:
    due = given.document.due_date
    return _FIRES if due is not None and due < given.today and _is_owed(given) else None


def _rejected(given: Given) -> Found:
    return _FIRES if given.document.status_word == "rejected" else None


def _duplicate_invoice(given: Given) -> Found:
    """Of a payment: where the invoice that it pays stands there twice, and it is on its way."""
    document = given.document
    if document.is_term and document.status_word not in ON_THEIR_WAY:
        return None
    alike = given.history.alike(document)
    other = _twin(given, *alike) if alike else None
    if other is None:
        return None
    twin: dict[str, Value] = {"number": other.number, **({"day": other.day} if other.day else {})}
    elsewhere = other.division != document.ref.division
    if elsewhere:
        twin["company"] = given.history.company(other.division)
    what = Compared.TWIN if other.day else Compared.OTHER
    facts = [Fact(Compared.TWIN_IN if elsewhere and other.day else what, twin)]
    paid = given.history.paid_on(other)
    if paid and document.is_term:
        facts.insert(0, Fact(Compared.PAID_ALREADY, {"number": other.number, "day": paid}))
    elif paid:
        facts.append(Fact(Compared.TWIN_PAID, {"number": other.number, "day": paid}))
    return tuple(facts)


def _twin(given: Given, own: Purchase, others: list[Purchase]) -> Purchase | None:
    """The one that is repeated: an earlier one; where a payment is at hand, also a later one that
    was paid already. What credits it counts, whenever it came."""
    earlier = [o for o in others if o.place < own.place or o.amount == -own.amount]
    other = duplicate_of(own, earlier if given.document.is_term else others)
    if other is None and given.document.is_term:
        other = duplicate_of(own, others)
        return other if other and given.history.paid_on(other) else None
    return other


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
    seen = given.history.closed_period(document)
    if seen and seen.closed and document.created and document.created > seen.closed:
        return (Fact(Compared.CLOSED, {"day": document.date, "period": seen.period.name}),)
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
    payees = given.history.payees(document)
    past = _back(given.tuning, day)
    payees = [p for p in payees if p.day is None or past is None or p.day >= past]
    change = changed(document.ref.guid, number, day, payees, days)
    if change is None and document.status_word == "selected":
        change = moved(number, day, payees, days)
    if change is None:
        return None
    by_card = change.card is not None and bool(change.card.was)
    if not by_card and ExceptionKind.PAYEE_CHANGED in given.history.learning():
        return None
    own = change.card is not None and change.card.key == document.ref.guid
    return None if document.bank and not own else _evidence(change)


def _back(tuning: ExceptionsConfig, day: date | None) -> date | None:
    """How far back what was paid counts; None for all that is known."""
    back = seconds(tuning.history)
    return day - timedelta(seconds=back) if day and back else None


def _evidence(change: Changed) -> Evidence:
    number, last, card = change.number, change.last_paid, change.card
    facts = [Fact(Compared.PAYEE, {"account": number.shown})]
    if last and last.day:
        values: dict[str, Value] = {"account": number.shown, "other": last.number.shown}
        facts = [Fact(Compared.LAST_PAID, {**values, "day": last.day})]
    elif card and card.was:
        facts.append(Fact(Compared.CARD_WAS, {"was": card.was}))
    if card and card.changed and card.changed_by:
        by: dict[str, Value] = {"day": card.changed, "name": card.changed_by}
        facts.append(Fact(Compared.CARD_CHANGED_BY, by))
    elif card and card.changed:
        facts.append(Fact(Compared.CARD_CHANGED, {"day": card.changed}))
    return tuple(facts)


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


def _no_order(given: Given) -> Found:
    """Most of the supplier's earlier invoices name orders, and this one doesn't."""
    document = given.document
    if document.credit or any(line.order_line for line in document.lines):
        return None
    earlier = given.history.named_orders(document)
    named = sum(earlier)
    if 2 * named <= len(earlier):
        return None
    return (Fact(Compared.NAMED_ORDERS, {"named": named, "of": len(earlier)}),)


def _bill(given: Given) -> Bill | None:
    document, history = given.document, given.history
    billed = {} if document.credit else bills(document)
    if not billed:
        return None
    return Bill(
        billed,
        history.order_lines(document),
        partial(history.billed_before, document),
        document.currency,
        document.status_word == "processed",
        given.tuning.order_tolerance,
    )


def _over_order(given: Given) -> Found:
    bill = _bill(given)
    return tuple(bill.over()) or None if bill else None


def _not_received(given: Given) -> Found:
    bill = _bill(given)
    return tuple(bill.short()) or None if bill else None


def _over_credit(given: Given) -> Found:
    """The customer owes more than it may, with an invoice that is not paid."""
    document = given.document
    if document.credit or not document.account.id or not _is_open(given):
        return None
    line = given.history.credit_line(document)
    if line is None:
        return None
    owed = given.history.owed_by(document)
    if owed <= line:
        return None
    return (Fact(Compared.CREDIT_LINE, {"open": Money(owed), "line": Money(line)}),)


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
    _E.NO_ORDER: _no_order,
    _E.OVER_ORDER: _over_order,
    _E.NOT_RECEIVED: _not_received,
    _E.OVER_CREDIT: _over_credit,
}


def find(given: Given, wanted: Collection[str] = _FOUND_BY) -> dict[str, Evidence]:
    """The exceptions that fire for the document, each with what it was compared with; of those that
    are wanted: most are a look at what came before, and nobody pays for one that he did not ask
    for."""
    asked = _asked(given.document.kind, frozenset(wanted))
    if not asked:
        return {}
    if WAITS_FOR_PAST.intersection(asked):
        learning = given.history.learning() & WAITS_FOR_PAST
        asked = [name for name in asked if name not in learning] if learning else asked
    judged = ((name, _FOUND_BY[name](given)) for name in asked)
    return {name: evidence for name, evidence in judged if evidence is not None}


@cache
def _asked(kind: Kind, wanted: frozenset[str]) -> Sequence[ExceptionKind]:
    return [name for name, kinds in FIRES.items() if kind in kinds and name in wanted]
