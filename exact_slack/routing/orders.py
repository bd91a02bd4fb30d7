"""Whether an invoice bills what its orders say: quantity, price, what was received."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from exact_slack.documents.compared.order import Billed, OrderLine
from exact_slack.documents.exceptions import Compared, Fact, Value

MOST = 3
"""So many lines are named."""
_CENT = Decimal("0.01")
Before = Callable[[str], Decimal]
"""What earlier invoices bill of an order line."""


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice, as its orders are compared with it."""

    billed: Mapping[str, Billed]
    orders: Mapping[str, OrderLine]
    before: Before
    currency: str
    processed: bool
    tolerance: Decimal
    """In percent."""

    def _lines(self) -> Iterator[tuple[OrderLine, Billed]]:
        for key, billed in self.billed.items():
            order = self.orders.get(key)
            if order is not None and billed.quantity > 0:
                factor = Decimal(1) if billed.by_item else order.factor
                yield order, replace(billed, quantity=billed.quantity * factor)

    def _within(self, more: Decimal, most: Decimal) -> bool:
        return more <= most + abs(most) * self.tolerance / 100

    def over(self) -> list[Fact]:
        """The lines that bill more than is left, or at a higher price."""
        facts: list[Fact] = []
        for order, billed in self._lines():
            left = self._left(order, billed)
            if left is not None and not self._within(billed.quantity, left):
                facts.append(_fact(Compared.ORDER_LEFT, order, "left", left, billed.quantity))
            if self._is_dear(order, billed):
                facts.append(_fact(Compared.ORDER_PRICE, order, "price", order.price, billed.price))
        return facts[:MOST]

    def _left(self, order: OrderLine, billed: Billed) -> Decimal | None:
        """Whether Exact's count has this invoice in it is known for none that is not processed:
        it has, if what it counts is what the others bill and this one."""
        if order.ordered is None:
            return None
        before = self.before(order.key)
        counted = order.invoiced if order.factor == 1 else None  # else its unit is not said
        if counted is not None:
            others = counted - billed.quantity
            if others != before:
                before = max(before, others if self.processed else counted)
        return max(order.ordered - before, Decimal(0))

    def _is_dear(self, order: OrderLine, billed: Billed) -> bool:
        if order.price is None or billed.price is None or order.price <= 0:
            return False
        if order.currency and self.currency and order.currency != self.currency:
            return False
        dearer = billed.price - order.price
        return dearer >= _CENT and not self._within(billed.price, order.price)

    def short(self) -> list[Fact]:
        """The lines that bill more than was received and not billed yet. In which unit Exact counts
        what was received is not said: where the two differ, the larger reading counts."""
        facts: list[Fact] = []
        for order, billed in self._lines():
            if order.received is None:
                continue
            received = order.received * max(order.factor, Decimal(1))
            left = max(received - self.before(order.key), Decimal(0))
            if not self._within(billed.quantity, left):
                facts.append(_fact(Compared.ORDER_RECEIVED, order, "left", left, billed.quantity))
        return facts[:MOST]


def _fact(
    what: Compared, order: OrderLine, name: str, most: Decimal | None, billed: Decimal | None
) -> Fact:
    values: dict[str, Value] = {"number": order.number}
    values |= {name: most or Decimal(0), "billed": billed or Decimal(0)}
    return Fact(what, values)
