"""Lines of purchase orders, and what each invoice bills of them."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from exact_slack.documents.compared.order import OrderLine, bills
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.ledger.compared.purchases import BEFORE_ALL
from exact_slack.ledger.schema import trouble
from exact_slack.ledger.schema.database import Database

_NUMBERS = ("ordered", "factor", "invoiced", "received", "price")


class Orders:
    """The tables `order_lines` and `order_bills`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note_bills(self, document: Document, place: int) -> None:
        """What a purchase invoice bills. It keeps the place that it had."""
        division, invoice = document.ref.division, document.ref.guid
        old = self._db.row(
            "SELECT place FROM order_bills INDEXED BY order_bills_invoice"
            " WHERE division=? AND invoice=? LIMIT 1",
            division,
            invoice,
        )
        self.forget_bills(division, invoice)
        for line, billed in bills(document).items():
            self._db.run(
                "INSERT INTO order_bills VALUES (?,?,?,?,?)",
                division,
                line,
                invoice,
                old["place"] if old else place,
                str(billed.quantity),
            )

    def note_past(self, document: Document) -> None:
        """An invoice that Exact had before all that the ledger has seen."""
        if document.kind is Kind.PURCHASE_INVOICE:
            self.note_bills(document, document.modified - BEFORE_ALL)

    def forget_bills(self, division: int, invoice: str) -> None:
        """It is gone from Exact."""
        self._db.run("DELETE FROM order_bills WHERE division=? AND invoice=?", division, invoice)

    def billed_before(self, division: int, line: str, invoice: str) -> Decimal:
        """What invoices before this one bill of an order line; all others where it is not
        known."""
        rows = self._db.rows(
            "SELECT quantity FROM order_bills WHERE division=? AND line=? AND invoice<>?"
            " AND place<coalesce((SELECT place FROM order_bills WHERE division=? AND invoice=?"
            " LIMIT 1), 1 << 62)",
            division,
            line,
            invoice,
            division,
            invoice,
        )
        return sum((Decimal(row["quantity"]) for row in rows), Decimal(0))

    def set_lines(self, division: int, lines: Iterable[OrderLine]) -> None:
        """As Exact says now."""
        for line in lines:
            values = {name: getattr(line, name) for name in (*_NUMBERS, "currency")}
            data = json.dumps({k: str(v) for k, v in values.items() if v is not None})
            self._db.run(
                "INSERT OR REPLACE INTO order_lines VALUES (?,?,?,?)",
                division,
                line.key,
                line.number,
                data,
            )

    def add_received(self, division: int, received: dict[str, Decimal]) -> None:
        """What goods receipts say, in the unit that a line is bought in, where that is more."""
        lines = self.lines(division, received)
        more = []
        for key, line in lines.items():
            quantity = received[key] * line.factor
            if line.received is None or quantity > line.received:
                more.append(replace(line, received=quantity))
        self.set_lines(division, more)

    def lines(self, division: int, keys: Iterable[str]) -> dict[str, OrderLine]:
        """Those that are known."""
        lines: dict[str, OrderLine] = {}
        for key in keys:
            row = self._db.row(
                "SELECT * FROM order_lines WHERE division=? AND key=?", division, key
            )
            if row:
                lines[key] = _line(row)
        return lines


def _line(row: sqlite3.Row) -> OrderLine:
    with trouble.record("order line", row["key"]):
        values = json.loads(row["data"])
        numbers = {name: Decimal(values[name]) for name in _NUMBERS if name in values}
        return OrderLine(row["key"], row["number"], currency=values.get("currency", ""), **numbers)
