"""A line of a purchase order, as invoices are compared with it."""

from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.document import Document


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Quantities are in the units of the item."""

    key: str
    number: str
    """Of its order."""
    ordered: Decimal | None = None
    factor: Decimal = Decimal(1)
    """Units of the item in the unit that it is bought in."""
    invoiced: Decimal | None = None
    """By Exact's count, which may or may not have the invoice at hand in it."""
    received: Decimal | None = None
    price: Decimal | None = None
    """After discount, of one unit that it is bought in."""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Billed:
    """What an invoice bills of an order line, all its lines together."""

    quantity: Decimal
    price: Decimal | None
    """The highest, of one unit that it is bought in."""
    by_item: bool = True
    """Whether the quantity is in the units of the item, rather than in those that it is bought
    in."""


def bills(document: Document) -> dict[str, Billed]:
    """What a purchase invoice bills of each order line, by its key."""
    billed: dict[str, Billed] = {}
    for line in document.lines:
        by_item = line.item_quantity is not None
        quantity = line.item_quantity if by_item else line.quantity
        if not line.order_line or quantity is None:
            continue
        price = line.net_price if line.net_price is not None else line.unit_price
        before = billed.get(line.order_line, Billed(Decimal(0), None))
        prices = [p for p in (before.price, price) if p is not None]
        quantity = -abs(quantity) if document.credit else quantity
        total = before.quantity + quantity
        billed[line.order_line] = Billed(total, max(prices, default=None), by_item)
    return billed
