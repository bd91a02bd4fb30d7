"""Why a document needs a look: the exceptions that a rule may ask for, in the order in which a
message names them. How each is found stands in `routing/exceptions.py`, its words in
`rendering/words/labels.py` as `exception_NAME`."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from exact_slack.documents.kinds import ENTRIES, SETTLED_BY, STATEMENTS, STATUS_WORDS, TERMS, Kind

_PURCHASES = frozenset(SETTLED_BY[Kind.PAYMENT])
_INVOICES = frozenset(kind for kinds in SETTLED_BY.values() for kind in kinds)

_WITHOUT_LINES = {Kind.COST_TRANSACTION, Kind.BANK_ACCOUNT}
_ENTRIES = frozenset({Kind.PURCHASE_ENTRY, Kind.SALES_ENTRY}) | ENTRIES


class ExceptionKind(StrEnum):
    """Its value is its name in the config, in `--json` and in the ledger."""

    NO_COST_CENTER = "no_cost_center"
    DUPLICATE_REFERENCE = "duplicate_reference"
    NEW_SUPPLIER = "new_supplier"
    UNUSUAL_AMOUNT = "unusual_amount"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    REJECTED = "rejected"
    DUPLICATE_INVOICE = "duplicate_invoice"
    BELOW_LIMIT = "below_limit"
    DORMANT_SUPPLIER = "dormant_supplier"
    AWAITING_APPROVAL = "awaiting_approval"
    BACKDATED = "backdated"
    PAYEE_CHANGED = "payee_changed"
    SHARED_PAYEE = "shared_payee"
    NO_ORDER = "no_order"
    OVER_ORDER = "over_order"
    NOT_RECEIVED = "not_received"
    OVER_CREDIT = "over_credit"


_E = ExceptionKind
BY_TIME: Final = (_E.DUE_SOON, _E.OVERDUE)
"""Those that a day brings, and no change of the document."""

ABOUT_MONEY: Final = frozenset({_E.DUPLICATE_INVOICE, _E.PAYEE_CHANGED, _E.SHARED_PAYEE})
"""Those that, of a payment on its way, make a message of its own."""

COMPARES_WITH: Final[dict[ExceptionKind, frozenset[Kind]]] = {
    _E.PAYEE_CHANGED: frozenset({Kind.PAYMENT, Kind.BANK_ACCOUNT}),
    _E.SHARED_PAYEE: frozenset({Kind.PAYMENT, Kind.BANK_ACCOUNT}),
    _E.DUPLICATE_INVOICE: frozenset({Kind.PURCHASE_ENTRY}),
    _E.OVER_CREDIT: frozenset({Kind.RECEIPT}),
}
"""The kinds that are read for an exception, whether a route takes them or not."""


class Question(StrEnum):
    """What Exact is asked about the documents of an exception, beside them."""

    ORDER_LINES = "order lines"
    RECEIPTS = "goods receipts"
    CREDIT_LINES = "credit lines"
    VAT_NUMBERS = "VAT numbers"
    CLOSED_PERIODS = "closed periods"


ASKS: Final[dict[ExceptionKind, frozenset[Question]]] = {
    _E.DUPLICATE_INVOICE: frozenset({Question.VAT_NUMBERS}),
    _E.BACKDATED: frozenset({Question.CLOSED_PERIODS}),
    _E.OVER_ORDER: frozenset({Question.ORDER_LINES}),
    _E.NOT_RECEIVED: frozenset({Question.ORDER_LINES, Question.RECEIPTS}),
    _E.OVER_CREDIT: frozenset({Question.CREDIT_LINES}),
}
"""What an exception needs to know beside the documents that are read."""

_PAYEES = frozenset({Kind.PAYMENT, Kind.BANK_ACCOUNT})
LEARNS_FROM: Final[dict[ExceptionKind, frozenset[Kind]]] = {
    _E.DUPLICATE_REFERENCE: _PURCHASES,
    _E.NEW_SUPPLIER: _PURCHASES,
    _E.UNUSUAL_AMOUNT: _PURCHASES,
    _E.DUPLICATE_INVOICE: _PURCHASES | {Kind.PAYMENT},
    _E.DORMANT_SUPPLIER: _PURCHASES,
    _E.PAYEE_CHANGED: _PAYEES,
    _E.SHARED_PAYEE: _PAYEES,
    _E.NO_ORDER: frozenset({Kind.PURCHASE_INVOICE}),
    _E.OVER_ORDER: frozenset({Kind.PURCHASE_INVOICE}),
    _E.OVER_CREDIT: frozenset({Kind.RECEIPT}),
}
"""The kinds whose past an exception is compared with."""

WAITS_FOR_PAST: Final = frozenset(
    {_E.NEW_SUPPLIER, _E.UNUSUAL_AMOUNT, _E.DORMANT_SUPPLIER, _E.NO_ORDER}
)
"""Those that a part of the past can prove wrong: until all of it is known they do not fire. The
others say what is there already; payee_changed only what a supplier's own card says."""

SAYS_MORE_THAN: Final[dict[str, str]] = {_E.DUPLICATE_INVOICE: _E.DUPLICATE_REFERENCE}
"""One that is not shown beside another one."""

FIRES: Final[dict[ExceptionKind, frozenset[Kind]]] = {
    _E.NO_COST_CENTER: frozenset(Kind) - TERMS - STATEMENTS - _WITHOUT_LINES,
    _E.DUPLICATE_REFERENCE: _PURCHASES,
    _E.NEW_SUPPLIER: _PURCHASES,
    _E.UNUSUAL_AMOUNT: _PURCHASES,
    _E.DUE_SOON: _INVOICES | TERMS,
    _E.OVERDUE: _INVOICES | TERMS,
    _E.REJECTED: frozenset(k for k, words in STATUS_WORDS.items() if "rejected" in words.values()),
    _E.DUPLICATE_INVOICE: _PURCHASES | {Kind.PAYMENT},
    _E.BELOW_LIMIT: _PURCHASES,
    _E.DORMANT_SUPPLIER: _PURCHASES,
    _E.AWAITING_APPROVAL: frozenset({Kind.PURCHASE_ORDER}),
    _E.BACKDATED: _ENTRIES,
    _E.PAYEE_CHANGED: frozenset({Kind.PAYMENT, Kind.BANK_ACCOUNT}),
    _E.SHARED_PAYEE: frozenset({Kind.PAYMENT, Kind.BANK_ACCOUNT}),
    _E.NO_ORDER: frozenset({Kind.PURCHASE_INVOICE}),
    _E.OVER_ORDER: frozenset({Kind.PURCHASE_INVOICE}),
    _E.NOT_RECEIVED: frozenset({Kind.PURCHASE_INVOICE}),
    _E.OVER_CREDIT: frozenset(SETTLED_BY[Kind.RECEIPT]),
}
"""The kinds of documents that can show it."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the company's currency."""

    amount: Decimal


Value = str | int | Decimal | date | Money


class Compared(StrEnum):
    """What an exception was compared with; its words in `rendering/words/labels.py` as
    `compared_NAME`, with the values of the fact in braces."""

    OTHER = "other"
    TWIN = "twin"
    TWIN_PAID = "twin_paid"
    LIMIT = "limit"
    LAST_ONE = "last_one"
    DATED = "dated"
    PAYEE = "payee"
    LAST_PAID = "last_paid"
    CARD_WAS = "card_was"
    CARD_CHANGED = "card_changed"
    CARD_CHANGED_BY = "card_changed_by"
    SHARED = "shared"
    USUAL = "usual"
    TWIN_IN = "twin_in"
    PAID_ALREADY = "paid_already"
    CLOSED = "closed"
    NAMED_ORDERS = "named_orders"
    ORDER_LEFT = "order_left"
    ORDER_PRICE = "order_price"
    ORDER_RECEIVED = "order_received"
    CREDIT_LINE = "credit_line"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an exception was compared with."""

    what: Compared
    values: dict[str, Value] = field(default_factory=dict)


Evidence = tuple[Fact, ...]
"""What an exception was compared with; nothing where the document itself says it."""
