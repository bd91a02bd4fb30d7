"""Documents as JSON text (for the ledger) and as a fingerprint (to see whether one changed)."""

import hashlib
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_UNSEEN = (
    "modified", "created", "url", "modifier", "year", "period", "creator_id", "account_manager",
    "account_manager_id",
)  # fmt: skip
_INVISIBLE: dict[str, Any] = {
    **dict.fromkeys(_UNSEEN, True),
    "lines": {"__all__": {"vat_rate", "item_quantity", "net_price"}},
}
"""What may change without a reader of the message seeing it."""


@cache
def _adapter() -> "TypeAdapter[Document]":
    from pydantic import TypeAdapter

    return TypeAdapter(Document)


def to_json(document: Document) -> str:
    """The document as JSON text; `from_json` gives back an equal one."""
    return _adapter().dump_json(document, exclude_defaults=True, by_alias=True).decode()


def from_json(text: str) -> Document:
    """The document that `to_json` wrote; fields added since then get their defaults."""
    return _adapter().validate_json(text)


def fingerprint(document: Document) -> str:
    """A hash over everything that a message can show. Equal: nothing visible has changed."""
    same = _unsigned(document) if document.is_term else document
    visible = _adapter().dump_json(same, exclude=_INVISIBLE, exclude_defaults=True, by_alias=True)
    return hashlib.sha256(visible).hexdigest()[:32]


def _unsigned(term: Document) -> Document:
    """A payment term as it was known before the terms of credit notes were negative: what an
    older ledger holds has not changed by that."""
    settlement = term.settlement
    invoice = settlement.invoice_amount_dc if settlement else None
    return replace(
        term,
        amount=_absolute(term.amount),
        amount_dc=_absolute(term.amount_dc),
        credit=term.credit and term.kind is Kind.RECEIPT,
        settlement=settlement and replace(settlement, invoice_amount_dc=_absolute(invoice)),
    )


def _absolute(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else abs(amount)
