"""`goods`: what was received in the period or before, and is not billed: the amount to accrue,
without VAT. What was received after the period is taken off by its receipts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from exact_slack.close.books import Books, midnight
from exact_slack.close.inside import lines_of
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Item, Judged, Said, green, red, unknown, worst
from exact_slack.documents.kinds import Kind
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.exact.errors import DivisionDenied, ExactRefused, UserBlocked
from exact_slack.exact.values import money, number, text
from exact_slack.exact.wire.odata import Row, collection, guid
from exact_slack.foreign import visible

_ENDPOINT: Final = ENDPOINTS[Kind.PURCHASE_ORDER]
ORDERS: Final = "purchaseorder/PurchaseOrders"
RECEIPTS: Final = "purchaseorder/GoodsReceipts"
_PAGES: Final = 5
FIELDS: Final = (
    "ID", "AmountDC", "Description", "InvoicedQuantity", "NetPrice", "Quantity",
    "QuantityInPurchaseUnits", "ReceivedQuantity",
)  # fmt: skip
"""Of a line."""
LINES: Final = {
    "$expand": "PurchaseOrderLines",
    "$select": ",".join(
        ["PurchaseOrderID", "OrderNumber", "SupplierName"]
        + [f"PurchaseOrderLines/{name}" for name in FIELDS]
    ),
}
"""Orders with their lines."""
WORDS = table(
    """
title | Received, not billed | Ontvangen, niet gefactureerd | Erhalten, nicht berechnet | Reçu, non facturé | Recibido, no facturado
left | {n} order lines are received and not billed: to accrue. | {n} orderregels zijn ontvangen en niet gefactureerd: te reserveren. | {n} Bestellzeilen sind erhalten und nicht berechnet: abzugrenzen. | {n} lignes de commande sont reçues et non facturées : à provisionner. | {n} líneas de pedido están recibidas y sin facturar: por provisionar.
left_one | 1 order line is received and not billed: to accrue. | 1 orderregel is ontvangen en niet gefactureerd: te reserveren. | 1 Bestellzeile ist erhalten und nicht berechnet: abzugrenzen. | 1 ligne de commande est reçue et non facturée : à provisionner. | 1 línea de pedido está recibida y sin facturar: por provisionar.
as_of_now | As of now: when it was received cannot be read ({text}). | Stand nu: wanneer het is ontvangen is niet te lezen ({text}). | Stand jetzt: wann es einging, ist nicht lesbar ({text}). | À ce jour : la date de réception ne peut être lue ({text}). | A día de hoy: no se puede leer cuándo se recibió ({text}).
units | {n} order lines have different units and cannot be compared. | {n} orderregels hebben verschillende eenheden en zijn niet te vergelijken. | {n} Bestellzeilen haben verschiedene Einheiten und sind nicht vergleichbar. | {n} lignes de commande ont des unités différentes et ne peuvent être comparées. | {n} líneas de pedido tienen unidades distintas y no se pueden comparar.
done | All that was received is billed. | Alles wat ontvangen is, is gefactureerd. | Alles Erhaltene ist berechnet. | Tout ce qui est reçu est facturé. | Todo lo recibido está facturado.
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


@dataclass(frozen=True, slots=True)
class _Line:
    """An order line of which more was received than billed."""

    key: str
    name: str
    ordered: Decimal
    unbilled: Decimal
    amount: Decimal
    """Of the whole line, without VAT."""
    price: Decimal
    same_unit: bool

    def worth(self, quantity: Decimal) -> Decimal:
        """What so many of it come to."""
        each = self.amount / self.ordered if self.ordered else self.price
        return (each * quantity).quantize(Decimal("0.01"))


def judge(books: Books) -> Iterator[Judged]:
    """As of now, less what was received after the period."""
    lines = list(_unbilled(books))
    later, why = _received_later(books) if lines else ({}, [])
    items: list[Item] = []
    units = 0
    for line in lines:
        after = later.get(line.key, Decimal(0))
        left = line.unbilled - after
        if after and not line.same_unit:
            units += 1
        elif left > 0:
            items.append(Item(line.name, line.worth(left)))
    if units:
        why.append(Said("units", n=units))
    if items:
        amount = sum((item.amount or Decimal(0) for item in items), Decimal(0))
        said = Said("left", n=len(items))
        yield red(said, *why, count=len(items), amount=amount, items=worst(items))
    elif units:
        yield unknown(*why)
    else:
        yield green(Said("done"))


def _unbilled(books: Books) -> Iterator[_Line]:
    """Of every order that is partly received and not wholly billed."""
    params = {"$filter": "ReceiptStatus ne 10 and InvoiceStatus ne 30", **LINES}
    for order in books.rows(ORDERS, params, _PAGES):
        for row in lines_of(order, _ENDPOINT, FIELDS, books.rows):
            line = _line(order, row)
            if line.unbilled > 0:
                yield line


def _line(order: Row, row: Row) -> _Line:
    def amount(name: str) -> Decimal:
        return money(row, name) or Decimal(0)

    name = (number(order, "OrderNumber"), text(order, "SupplierName"), text(row, "Description"))
    units = amount("QuantityInPurchaseUnits")
    return _Line(
        guid(row.get("ID")),
        " · ".join(visible(part) for part in name if part),
        amount("Quantity"),
        amount("ReceivedQuantity") - amount("InvoicedQuantity"),
        amount("AmountDC"),
        amount("NetPrice"),
        units in (amount("Quantity"), Decimal(0)),
    )


def _received_later(books: Books) -> tuple[Mapping[str, Decimal], list[Said]]:
    """By order line what was received after the period; and a word where that cannot be read: then
    all of it counts."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    if books.today <= books.period.end:
        return sums, []
    after = books.period.end + timedelta(days=1)
    params = {
        "$filter": f"ReceiptDate ge {midnight(after)}",
        "$expand": "GoodsReceiptLines",
        "$select": "ID,GoodsReceiptLines/ID,GoodsReceiptLines/Location,"
        "GoodsReceiptLines/PurchaseOrderLineID,GoodsReceiptLines/QuantityReceived",
    }
    try:
        receipts = books.rows(RECEIPTS, params, _PAGES)
    except (DivisionDenied, UserBlocked):
        raise
    except ExactRefused as refused:
        return sums, [Said("as_of_now", text=refused.endpoint)]
    seen = set()
    for receipt in receipts:
        rows, _ = collection(receipt.get("GoodsReceiptLines"))
        for row in rows or ():
            # a line that is split over places in store has one id, and a row for each
            place = guid(row.get("ID")), guid(row.get("Location"))
            if place not in seen:
                seen.add(place)
                received = money(row, "QuantityReceived") or Decimal(0)
                sums[guid(row.get("PurchaseOrderLineID"))] += received
    return sums, []


LINE = LineKind(50, WORDS, judge, (ORDERS,))
