"""What each customer owes, and up to what it may."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.ledger.compared.kept import Kept


class Receivables(Kept):
    """The tables `receivables` and `credit_lines`."""

    _fact = "receivables kept"

    def keep(self, documents: Iterable[Document]) -> None:
        """From now on they are kept; `documents`: those that the ledger has."""
        for document in documents:
            self.note(document)
        self._keep_from_now_on()

    def note(self, term: Document) -> None:
        """A term as it stands."""
        settlement, amount = term.settlement, term.amount_dc
        if settlement is None or settlement.paid or amount is None or not term.account.id:
            self.forget(term.ref.division, term.ref.kind, term.ref.guid)
            return
        self._db.run(
            "INSERT OR REPLACE INTO receivables VALUES (?,?,?,?,?)",
            term.ref.division,
            term.ref.guid,
            term.account.id,
            settlement.entry_id,
            int((amount * 100).to_integral_value()),
        )

    def forget(self, division: int, kind: Kind, key: str) -> None:
        """It is paid, or gone from Exact."""
        if kind is Kind.RECEIPT:
            self._db.run("DELETE FROM receivables WHERE division=? AND key=?", division, key)

    def of_customer(self, division: int, customer: str) -> Decimal:
        """What is open, less credit notes."""
        row = self._db.row(
            "SELECT sum(cents) AS cents FROM receivables INDEXED BY receivables_customer"
            " WHERE division=? AND customer=?",
            division,
            customer,
        )
        return Decimal(row["cents"] or 0) / 100 if row else Decimal(0)

    def has_entry(self, division: int, customer: str, entry: str) -> bool:
        """Whether a term of this sales entry is among them."""
        row = self._db.row(
            "SELECT 1 FROM receivables INDEXED BY receivables_customer"
            " WHERE division=? AND customer=? AND entry=?",
            division,
            customer,
            entry,
        )
        return row is not None

    def credit_line(self, division: int, customer: str) -> Decimal | None:
        """What it may owe at most; None for no limit, or none that is known."""
        row = self._db.row(
            "SELECT amount FROM credit_lines WHERE division=? AND customer=?", division, customer
        )
        return Decimal(row["amount"]) if row and row["amount"] else None

    def not_asked(self, division: int, customers: Iterable[str], day: date) -> list[str]:
        """Those whose credit line was not asked for on this day."""
        return [
            customer
            for customer in customers
            if self._db.row(
                "SELECT 1 FROM credit_lines WHERE division=? AND customer=? AND day=?",
                division,
                customer,
                day.isoformat(),
            )
            is None
        ]

    def set_credit_lines(self, division: int, lines: dict[str, Decimal | None], day: date) -> None:
        """As Exact says on this day."""
        for customer, amount in lines.items():
            self._db.run(
                "INSERT OR REPLACE INTO credit_lines VALUES (?,?,?,?)",
                division,
                customer,
                "" if amount is None else str(amount),
                day.isoformat(),
            )
