"""What the ledger knew when a document arrived: exceptions are found in what came before it."""

import sqlite3
from datetime import date
from decimal import Decimal

from exact_slack.account_number import AccountNumber
from exact_slack.documents.compared.order import OrderLine
from exact_slack.documents.compared.payee import Payee
from exact_slack.documents.compared.period import SeenPeriod
from exact_slack.documents.compared.purchase import Purchase
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import SETTLED_BY, Kind
from exact_slack.documents.ref import Ref
from exact_slack.ledger.compared.orders import Orders
from exact_slack.ledger.compared.past import Past
from exact_slack.ledger.compared.payees import Payees
from exact_slack.ledger.compared.periods import Periods
from exact_slack.ledger.compared.purchases import REJECTED, Purchases
from exact_slack.ledger.compared.receivables import Receivables
from exact_slack.ledger.compared.suppliers import Suppliers
from exact_slack.ledger.documents.documents import Documents
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.documents.together import Together
from exact_slack.ledger.schema.database import Database

_PURCHASES = SETTLED_BY[Kind.PAYMENT]
_USUAL = 50
"""So many earlier amounts show what is usual."""
_OTHERS = (
    " FROM documents WHERE division=? AND account=? AND kind IN (?,?)"
    " AND COALESCE(subject, id)<>? AND id<?"
)
_AMOUNT = (
    "CASE WHEN data<>''"
    " THEN COALESCE(json_extract(data, '$.amount_dc'), json_extract(data, '$.amount')) END"
)


class Earlier:
    """The documents that were there before a stored one; an entry and the invoice that it was made
    from are one. `renamed`: its reference is newer than all of them."""

    def __init__(self, db: Database, stored: Stored, *, renamed: bool = False) -> None:
        self._db = db
        self._stored = stored
        self._renamed = renamed
        self._purchase: Purchase | None = None
        self._open: tuple[bool | None] | None = None

    def _where(self, document: Document) -> tuple[object, ...]:
        stored = self._stored
        entry, invoice = _PURCHASES
        kinds = (entry.value, invoice.value)
        return (document.ref.division, document.account.id, *kinds, stored.subject_id, stored.id)

    def with_reference(self, document: Document) -> tuple[Purchase, list[Purchase]] | None:
        """The purchase, and those of its supplier, in this division, with the same reference
        (upper and lower case and blanks are the same) that came before it, the latest last."""
        purchases, own = Purchases(self._db), self._own(document)
        if own is None:
            return self._with_reference(document)
        supplier, place = document.account.id, 1 << 62 if self._renamed else own.place
        found = purchases.with_reference(own.division, supplier, document.reference)
        return own, [purchase for purchase in found if purchase.place < place]

    def _with_reference(self, document: Document) -> tuple[Purchase, list[Purchase]] | None:
        """The same of documents, where no purchases are kept."""
        where = self._where(document)
        rows = self._db.rows(
            f"SELECT id, division, kind, key, number, reference, file, {_AMOUNT} AS amount,"
            f" CASE WHEN data<>'' THEN json_extract(data, '$.status_code') END AS status{_OTHERS}"
            " AND deleted_at IS NULL AND reference<>''"
            " AND replace(lower(reference), ' ', '')=replace(lower(?), ' ', '')"
            " ORDER BY id DESC LIMIT 50",
            *(where if not self._renamed else (*where[:-1], 1 << 62)),
            document.reference,
        )
        ref, stored = document.ref, self._stored
        own = Purchase(
            ref.kind, ref.guid, stored.id, document.number, document.reference,
            document.amount_dc or document.amount or Decimal(0), document.date,
        )  # fmt: skip
        return own, self._db.each(reversed(rows), _purchase)

    def _own(self, document: Document) -> Purchase | None:
        if self._purchase is None:
            self._purchase = Purchases(self._db).of(document.ref.division, document.ref.guid)
        return self._purchase

    def is_known(self, document: Document) -> bool:
        """Whether an earlier purchase of this account is there, in this division."""
        row = self._db.row(f"SELECT 1{_OTHERS} LIMIT 1", *self._where(document))
        if row is not None:
            return True
        own = self._own(document)
        return own is not None and not Purchases(self._db).is_first(own, document.account.id)

    def earlier_amounts(self, document: Document) -> list[Decimal]:
        """Absolute amounts of this account's latest 50 earlier purchases of the same kind, but for
        those that were deleted or are no longer known."""
        own = self._own(document)
        if own is not None:
            return Purchases(self._db).amounts(own, document.account.id, _USUAL)
        rows = self._db.rows(
            f"SELECT {_AMOUNT} AS amount FROM documents"  # noqa: S608
            " WHERE id<? AND division=? AND account=? AND kind=?"
            " AND data<>'' AND deleted_at IS NULL ORDER BY id DESC LIMIT 50",
            self._stored.id,
            document.ref.division,
            document.account.id,
            document.kind.value,
        )
        return [abs(Decimal(row["amount"])) for row in rows if row["amount"] is not None]

    def cost_centers(self, document: Document) -> tuple[int, int]:
        """Of the latest 50 earlier documents of this kind, in this division, that have lines: how
        many bear a cost center, and how many these documents are. Those that were deleted or are
        no longer known do not count."""
        row = self._db.row(
            "SELECT count(*) AS known, total(bears) AS bear FROM (SELECT EXISTS (SELECT 1"
            " FROM json_each(data, '$.lines') WHERE json_extract(value, '$.cost_center')<>'')"
            " AS bears FROM documents WHERE division=? AND kind=? AND id<? AND deleted_at IS NULL"
            " AND CASE WHEN json_valid(data) THEN json_array_length(data, '$.lines')>0 END"
            " ORDER BY modified DESC LIMIT 50)",
            document.ref.division,
            document.kind.value,
            self._stored.id,
        )
        return (int(row["bear"]), int(row["known"])) if row else (0, 0)

    def alike(self, document: Document) -> tuple[Purchase, list[Purchase]] | None:
        """The purchase, and those of its supplier with its amount, or with that of a credit, which
        came before it; of a payment the purchase that it pays, and all others."""
        purchases = Purchases(self._db)
        division, settlement = document.ref.division, document.settlement
        own = purchases.of(division, settlement.entry_id) if settlement else self._own(document)
        if own is None:
            return None
        candidates = purchases.alike(own.division, document.account.id, own.amount)
        for division, supplier in Suppliers(self._db).elsewhere(own.division, document.account.id):
            candidates += purchases.alike(division, supplier, own.amount)
        every = self._renamed or document.is_term
        return own, [purchase for purchase in candidates if every or purchase.place < own.place]

    def paid_on(self, purchase: Purchase) -> date | None:
        """When a purchase was paid; None where it is not known to be."""
        documents = Documents(self._db)
        stored = documents.get(Ref(purchase.division, purchase.kind, purchase.key))
        terms = Together(self._db).terms_of(stored) if stored else []
        settled = [t.document.settlement for t in terms if not t.deleted]
        days = [s.paid_on for s in settled if s and s.paid and s.paid_on]
        past = Payees(self._db).paid_on(purchase.division, purchase.key)
        return max([*days, *([past] if past else [])], default=None)

    def latest_day(self, document: Document) -> date | None:
        """The day of the supplier's latest purchase before this one; None where none is known."""
        own = self._own(document)
        return Purchases(self._db).latest_day(own, document.account.id) if own else None

    def payees(self, document: Document) -> list[Payee]:
        """Where money to this supplier goes, as far as it is known."""
        ref = document.ref
        return Payees(self._db).of_supplier(ref.division, document.account.id, ref.guid)

    def sharing(self, document: Document, number: AccountNumber) -> list[Payee]:
        """Other suppliers with this account number."""
        payees, division = Payees(self._db), document.ref.division
        others = payees.of_others(division, document.account.id, number)
        return [o for o in others if payees.is_supplier(division, o.supplier)]

    def is_supplier(self, document: Document) -> bool:
        """Whether anything was ever bought from its account, or paid to it."""
        return Payees(self._db).is_supplier(document.ref.division, document.account.id)

    def learning(self) -> frozenset[str]:
        """The exceptions for which a part of Exact's past is not known yet."""
        return Past(self._db).learning()

    def company(self, division: int) -> str:
        """What Exact calls a division."""
        row = self._db.row("SELECT name FROM divisions WHERE code=?", division)
        return str(row["name"]) if row and row["name"] else str(division)

    def named_orders(self, document: Document) -> list[bool]:
        """Of the supplier's latest invoices before this one, whether each named an order."""
        own = self._own(document)
        return Purchases(self._db).named_orders(own, document.account.id) if own else []

    def order_lines(self, document: Document) -> dict[str, OrderLine]:
        """The lines of orders that an invoice bills, as far as they are known."""
        keys = {line.order_line for line in document.lines if line.order_line}
        return Orders(self._db).lines(document.ref.division, sorted(keys))

    def billed_before(self, document: Document, line: str) -> Decimal:
        """What earlier invoices bill of an order line."""
        return Orders(self._db).billed_before(document.ref.division, line, document.ref.guid)

    def owed_by(self, document: Document) -> Decimal:
        """The open receivables of the customer, with this invoice, whose own may come later."""
        receivables, division = Receivables(self._db), document.ref.division
        customer, amount = document.account.id, document.comparable_amount
        owed = receivables.of_customer(division, customer)
        same = Together(self._db).under_one_head(self._stored.subject_id)
        counted = any(
            receivables.has_entry(division, customer, stored.document.ref.guid) for stored in same
        )
        return owed if counted or self.is_open() is not None else owed + (amount or 0)

    def credit_line(self, document: Document) -> Decimal | None:
        """Up to what the customer may owe; None for no limit, or none that is known."""
        return Receivables(self._db).credit_line(document.ref.division, document.account.id)

    def closed_period(self, document: Document) -> SeenPeriod | None:
        """The period that it is dated in, where that was seen to be closed."""
        if document.date is None:
            return None
        period = Periods(self._db).holding(document.ref.division, document.date)
        return period if period and period.closed is not None else None

    def is_open(self) -> bool | None:
        """Whether a payment term of the document is open; None where no term is known."""
        if self._open is None:
            terms = Together(self._db).terms_of(self._stored)
            settlements = [t.document.settlement for t in terms if not t.deleted]
            still = any(not (s and s.paid) for s in settlements)
            self._open = (still if settlements else None,)
        return self._open[0]


def _purchase(row: sqlite3.Row) -> Purchase:
    return Purchase(
        Kind(row["kind"]),
        row["key"],
        row["id"],
        row["number"],
        row["reference"],
        Decimal(row["amount"] or 0),
        None,
        file=row["file"],
        division=row["division"],
        void=row["status"] == REJECTED,
    )
