"""What the payment terms of an invoice say: how much is open, of how much."""

from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import ON_THEIR_WAY, Kind, Stage
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Owed:
    """In the company's currency, with the sign of the invoice; None if no term is known."""

    left: Decimal | None = None
    whole: Decimal | None = None
    settled: bool = False
    stage: Stage = Stage.NONE
    """How far the payment of what is open has come."""
    on_their_way: tuple[Document, ...] = ()
    """The terms that are chosen to be paid, and not paid yet."""


def owed(ledger: Ledger, invoice: Stored, same: list[Stored] | None = None) -> Owed:
    """What is owed on an invoice. `same`: all documents that its message stands for, if known."""
    terms = [t.document for t in ledger.together.terms_of(invoice, same) if not t.deleted]
    if not terms:
        return Owed()
    opened = [_size(t) for t in terms if not (t.settlement and t.settlement.paid)]
    # a term that was paid before anybody looked is no row of ours, but Exact tells the whole
    whole = max(sum(map(_size, terms), Decimal(0)), *map(_of_transaction, terms))
    sign = -1 if _is_credit(invoice.document) else 1
    left = sign * sum(opened, Decimal(0))
    chosen = tuple(t for t in terms if t.status_word in ON_THEIR_WAY and t.kind is Kind.PAYMENT)
    return Owed(left, sign * whole, not opened, _stage(terms), chosen)


def _stage(terms: list[Document]) -> Stage:
    """The furthest of those that are not paid; receipts are not ours to select."""
    words = {
        term.status_word
        for term in terms
        if term.kind is Kind.PAYMENT and not (term.settlement and term.settlement.paid)
    }
    if "processed" in words:
        return Stage.SENT
    return Stage.SELECTED if "selected" in words else Stage.NONE


def _size(term: Document) -> Decimal:
    return abs(term.amount_dc or term.amount or Decimal(0))


def _of_transaction(term: Document) -> Decimal:
    """The whole of what a payment term is a part of."""
    settlement = term.settlement
    return abs((settlement and settlement.invoice_amount_dc) or Decimal(0))


def _is_credit(invoice: Document) -> bool:
    amount = invoice.total_dc if invoice.total_dc is not None else invoice.total
    return invoice.credit or (amount is not None and amount < 0)
