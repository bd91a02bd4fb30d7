"""What is kept of each purchase, so that later ones can be compared with it: in a table of their
own, found by supplier and amount. Nothing is kept before an exception needs it."""

import sqlite3
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from exact_slack.documents.compared.purchase import Purchase
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import SETTLED_BY, Kind
from exact_slack.ledger.compared.kept import Kept

KINDS = frozenset(SETTLED_BY[Kind.PAYMENT])
REJECTED = 5
BEFORE_ALL = 10**15
"""Later than any moment: what Exact had before the ledger has a place below 0."""
_LATEST = 10
"""So many earlier invoices show whether a supplier's name orders."""
_MOST_CENTS = Decimal(10) ** 16


class Purchases(Kept):
    """The table `purchases`."""

    _fact = "purchases kept"

    def keep(self, documents: Iterable[tuple[int, Document]]) -> None:
        """From now on they are kept; `documents`: those that the ledger has, with their row ids."""
        for place, document in documents:
            self.note(document, place)
        self._keep_from_now_on()

    def note_past(self, document: Document) -> None:
        """One that Exact had before all that the ledger has seen; what is known of it is newer."""
        since = document.created if document.created is not None else document.modified
        ref = document.ref
        row = self._db.row(
            "SELECT 1 FROM purchases WHERE division=? AND kind=? AND key=?",
            ref.division,
            ref.kind.value,
            ref.guid,
        )
        if row is None:
            self.note(document, since - BEFORE_ALL)

    def note_orders(self, document: Document) -> None:
        """Whether a known invoice names an order: an earlier version did not ask."""
        ref = document.ref
        self._db.run(
            "UPDATE purchases SET orders=? WHERE division=? AND kind=? AND key=?",
            int(names_order(document)),
            ref.division,
            ref.kind.value,
            ref.guid,
        )

    def forget_past(self, before: date) -> None:
        """What the past says of longer ago."""
        self._db.run("DELETE FROM purchases WHERE place<0 AND day<?", before.isoformat())

    def note(self, document: Document, place: int) -> None:
        """A purchase as it stands. It keeps the place that it had."""
        ref, cents = document.ref, _cents(document)
        if cents is None or not document.account.id:
            self.forget(ref.division, ref.kind, ref.guid)
            return
        self._db.run(
            "INSERT INTO purchases (division, kind, key, place, supplier, number, reference, file,"
            " cents, day, void, orders) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT (division, kind, key)"
            " DO UPDATE SET supplier=excluded.supplier, number=excluded.number,"
            " reference=excluded.reference, file=excluded.file, cents=excluded.cents,"
            " day=excluded.day, void=excluded.void, orders=excluded.orders",
            ref.division,
            ref.kind.value,
            ref.guid,
            place,
            document.account.id,
            document.number,
            document.reference,
            document.document_id,
            cents,
            document.date.isoformat() if document.date else None,
            int(document.status_code == REJECTED),
            int(names_order(document)) if ref.kind is Kind.PURCHASE_INVOICE else None,
        )

    def forget(self, division: int, kind: Kind, key: str) -> None:
        """It is gone from Exact."""
        self._db.run(
            "DELETE FROM purchases WHERE division=? AND kind=? AND key=?", division, kind.value, key
        )

    def forget_places(self, places: list[int]) -> None:
        """What the ledger forgets of documents, it forgets here."""
        for place in places:
            self._db.run("DELETE FROM purchases WHERE place=?", place)

    def of(self, division: int, key: str) -> Purchase | None:
        """The purchase with this key."""
        row = self._db.row(
            "SELECT * FROM purchases WHERE division=? AND kind IN (?,?) AND key=? LIMIT 1",
            division,
            *KINDS,
            key,
        )
        return _purchase(row) if row else None

    def alike(self, division: int, supplier: str, amount: Decimal) -> list[Purchase]:
        """All of a supplier with this amount, or with that of its credit."""
        cents = int(amount * 100)
        rows = self._db.rows(
            "SELECT * FROM purchases INDEXED BY purchases_amount"
            " WHERE division=? AND supplier=? AND cents IN (?, ?)",
            division,
            supplier,
            cents,
            -cents,
        )
        return self._db.each(rows, _purchase)

    def latest_day(self, purchase: Purchase, supplier: str) -> date | None:
        """The day of the supplier's latest purchase before this one, by day and place."""
        row = self._db.row(
            "SELECT day FROM purchases WHERE division=? AND supplier=? AND day<=?"
            " AND place<? AND key<>? ORDER BY day DESC LIMIT 1",
            purchase.division,
            supplier,
            (purchase.day or date.max).isoformat(),
            purchase.place,
            purchase.key,
        )
        return date.fromisoformat(row["day"]) if row and row["day"] else None

    def with_reference(self, division: int, supplier: str, reference: str) -> list[Purchase]:
        """Those of a supplier with this reference (upper and lower case and blanks are the same),
        the latest last."""
        rows = self._db.rows(
            "SELECT * FROM purchases INDEXED BY purchases_reference"
            " WHERE division=? AND supplier=?"
            " AND replace(lower(reference), ' ', '')=replace(lower(?), ' ', '')"
            " ORDER BY place DESC LIMIT 50",
            division,
            supplier,
            reference,
        )
        return self._db.each(reversed(rows), _purchase)

    def is_first(self, purchase: Purchase, supplier: str) -> bool:
        """Whether Exact had none of a supplier before this one, and before the ledger began."""
        row = self._db.row(
            "SELECT 1 FROM purchases INDEXED BY purchases_latest"  # noqa: S608
            " WHERE division=? AND supplier=? AND place<?"
            f"{_ANOTHER} LIMIT 1",
            purchase.division,
            supplier,
            min(purchase.place, 0),
            *_apart_from(purchase),
        )
        return row is None

    def amounts(self, purchase: Purchase, supplier: str, most: int) -> list[Decimal]:
        """Absolute amounts of the latest of its kind before it."""
        rows = self._db.rows(
            "SELECT cents FROM purchases INDEXED BY purchases_latest"
            " WHERE division=? AND supplier=? AND kind=? AND place<?"
            " ORDER BY place DESC LIMIT ?",
            purchase.division,
            supplier,
            purchase.kind.value,
            purchase.place,
            most,
        )
        return [abs(Decimal(row["cents"])) / 100 for row in rows]

    def named_orders(self, purchase: Purchase, supplier: str) -> list[bool]:
        """Of the supplier's latest invoices before this one, whether each named an order."""
        rows = self._db.rows(
            "SELECT orders FROM purchases WHERE division=? AND supplier=?"
            " AND kind='purchase_invoice' AND orders IS NOT NULL"
            " AND cents>0 AND place<? AND key<>? ORDER BY place DESC LIMIT ?",
            purchase.division,
            supplier,
            purchase.place,
            purchase.key,
            _LATEST,
        )
        return [bool(row["orders"]) for row in rows]


_ANOTHER = " AND key<>? AND NOT (kind<>? AND ((number<>'' AND number=?) OR (file<>'' AND file=?)))"
"""That it is not this one, nor the entry or the invoice beside it (`Purchase.is_same_as`)."""


def _apart_from(purchase: Purchase) -> tuple[str, ...]:
    return purchase.key, purchase.kind.value, purchase.number, purchase.file


def names_order(document: Document) -> bool:
    """Whether a line of an invoice names an order."""
    return any(line.order_line for line in document.lines)


def _cents(document: Document) -> int | None:
    """Its amount as the table has it, with the sign of a credit note."""
    amount = document.amount_dc if document.amount_dc is not None else document.amount
    if amount is None:
        return None
    if document.credit and amount > 0:
        amount = -amount
    try:
        cents = (amount * 100).to_integral_value()
    except InvalidOperation:
        return None
    return int(cents) if abs(cents) < _MOST_CENTS else None


def _purchase(row: sqlite3.Row) -> Purchase:
    return Purchase(
        kind=Kind(row["kind"]),
        key=row["key"],
        place=row["place"],
        number=row["number"],
        reference=row["reference"],
        amount=Decimal(row["cents"]) / 100,
        day=date.fromisoformat(row["day"]) if row["day"] else None,
        file=row["file"],
        division=row["division"],
        void=bool(row["void"]),
    )
