"""What exceptions compare a document with, as Exact says it now: order lines, receipts, VAT
numbers, credit lines, periods."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from exact_slack.exact.lookups import ACCOUNTS, Lookups
from exact_slack.exact.values import currency_code, date, integer, money, number, text
from exact_slack.exact.wire.odata import Row, guid

if TYPE_CHECKING:
    from exact_slack.documents.compared.order import OrderLine
    from exact_slack.documents.compared.period import Period

ORDER_LINES: Final = "purchaseorder/PurchaseOrderLines"
ORDERS: Final = "purchaseorder/PurchaseOrders"
RECEIPTS: Final = "purchaseorder/GoodsReceiptLines"
PERIODS: Final = "financial/FinancialPeriods"
JOURNAL_STATUS: Final = "read/financial/JournalStatusList"
_ORDER_LINE: Final = (
    "ID,PurchaseOrderID,Quantity,QuantityInPurchaseUnits,InvoicedQuantity,ReceivedQuantity,"
    "NetPrice,UnitPrice"
)
_CLOSED: Final = 1


class Facts(Lookups):
    """Questions about what a document is compared with."""

    def order_lines(self, division: int, ids: Iterable[str]) -> "list[OrderLine]":
        """Lines of purchase orders, with the number and the currency of each order."""
        rows = list(self._by_id(division, ORDER_LINES, _ORDER_LINE, ids))
        orders = self._orders(division, [guid(row.get("PurchaseOrderID")) for _, row in rows])
        lines: list[OrderLine] = []
        for id_, row in rows:
            order = orders.get(guid(row.get("PurchaseOrderID")), {})
            lines.append(_order_line(id_, row, order))
        return lines

    def _orders(self, division: int, ids: Iterable[str]) -> dict[str, Row]:
        select = "PurchaseOrderID,OrderNumber,Currency"
        rows = self._batched(division, ORDERS, "PurchaseOrderID", select, ids)
        return {guid(row.get("PurchaseOrderID")): row for row in rows}

    def received(self, division: int, ids: Iterable[str]) -> dict[str, Decimal]:
        """What goods receipts say was received of order lines, in the unit that it is bought in. A
        line that is split over places of storage repeats its ID."""
        select = "ID,Location,PurchaseOrderLineID,QuantityReceived"
        seen: set[tuple[str, str]] = set()
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for row in self._batched(division, RECEIPTS, "PurchaseOrderLineID", select, ids):
            place = guid(row.get("ID")), guid(row.get("Location"))
            if place in seen:
                continue
            seen.add(place)
            totals[guid(row.get("PurchaseOrderLineID"))] += money(row, "QuantityReceived") or 0
        return dict(totals)

    def vat_numbers(self, division: int, ids: Iterable[str]) -> dict[str, str]:
        """VAT numbers of accounts, "" for none."""
        rows = self._by_id(division, ACCOUNTS, "ID,VATNumber", ids)
        return {id_: text(row, "VATNumber") for id_, row in rows}

    def credit_lines(self, division: int, ids: Iterable[str]) -> dict[str, Decimal | None]:
        """Up to what each customer may owe; None for no limit."""
        rows = self._by_id(division, ACCOUNTS, "ID,CreditLineSales", ids)
        return {id_: money(row, "CreditLineSales") for id_, row in rows}

    def financial_periods(self, division: int, year: int) -> "list[Period]":
        """Exact's own periods of a year, of the one before and of the one after."""
        params = {
            "$filter": f"FinYear ge {year - 1} and FinYear le {year + 1}",
            "$select": "FinYear,FinPeriod,StartDate,EndDate",
        }
        periods = map(period_of, self._rows(division, PERIODS, params))
        return [period for period in periods if period is not None]

    def closed_periods(
        self, division: int, periods: "Iterable[Period]"
    ) -> tuple[set[tuple[int, int]], int | None]:
        """Those of the periods of which every journal is closed, one without rows is not; and when
        Exact said so, as far as it said that."""
        asked = [f"(Year eq {p.year} and Period eq {p.number})" for p in periods]
        params = {"$filter": " or ".join(asked), "$select": "Journal,Period,Status,Year"}
        states: dict[tuple[int, int], bool] = {}
        first = self._client.get(division, JOURNAL_STATUS, params)
        for row in (row for page in self._pages(division, first) for row in page.rows):
            place = integer(row, "Year") or 0, integer(row, "Period") or 0
            closed = integer(row, "Status") == _CLOSED
            states[place] = states.get(place, True) and closed
        return {place for place, closed in states.items() if closed}, first.at


def _order_line(id_: str, row: Row, order: Row) -> "OrderLine":
    from exact_slack.documents.compared.order import OrderLine

    ordered, bought = money(row, "Quantity"), money(row, "QuantityInPurchaseUnits")
    factor = ordered / bought if ordered and bought else Decimal(1)
    return OrderLine(
        key=id_,
        number=number(order, "OrderNumber"),
        ordered=ordered if ordered is not None else bought,
        factor=factor,
        invoiced=money(row, "InvoicedQuantity"),
        received=money(row, "ReceivedQuantity"),
        price=money(row, "NetPrice", "UnitPrice"),
        currency=currency_code(order),
    )


def period_of(row: Row) -> "Period | None":
    """The period in a row; None where it is none."""
    from exact_slack.documents.compared.period import Period

    year, number = integer(row, "FinYear"), integer(row, "FinPeriod")
    begin, end = date(row, "StartDate"), date(row, "EndDate")
    if year is None or number is None or begin is None or end is None or end < begin:
        return None
    return Period(year, number, begin, end)
