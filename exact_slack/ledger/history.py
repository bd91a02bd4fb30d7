"""What the ledger knew when a document arrived: exceptions are found in what came before it."""

from decimal import Decimal

from exact_slack.documents.codec import from_json
from exact_slack.documents.document import Document
from exact_slack.ledger.database import Database
from exact_slack.ledger.documents import Stored


class Earlier:
    """The documents that were there before a stored one."""

    def __init__(self, db: Database, stored: Stored) -> None:
        self._db = db
        self._id = stored.id

    def same_reference(self, document: Document) -> bool:
        """Whether an earlier document of this relation, in this division and of this kind, has
        the same reference."""
        row = self._db.row(
            "SELECT 1 FROM documents WHERE id<? AND division=? AND account=? AND reference=?"
            " AND kind=? AND deleted_at IS NULL LIMIT 1",
            self._id,
            document.ref.division,
            document.account.id,
            document.reference,
            document.kind.value,
        )
        return row is not None

    def earlier_amounts(self, document: Document) -> list[Decimal]:
        """Absolute amounts of this relation's latest 50 earlier documents of the same kind."""
        rows = self._db.rows(
            "SELECT data FROM documents WHERE id<? AND division=? AND account=? AND kind=?"
            " ORDER BY id DESC LIMIT 50",
            self._id,
            document.ref.division,
            document.account.id,
            document.kind.value,
        )
        amounts = (from_json(row["data"]).comparable_amount for row in rows)
        return [amount for amount in amounts if amount is not None]
