"""How often any document was saved."""

from exact_slack.ledger.schema.database import Database


class Saves:
    """The table `saves`: whoever is about to ask Exact remembers the count, and so sees whether
    another process has stored something since, whatever the clocks say."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def count(self) -> int:
        """Those so far."""
        row = self._db.row("SELECT n FROM saves")
        return int(row["n"]) if row else 0

    def one_more(self) -> int:
        """The count with this one, in the transaction that saves."""
        self._db.run("UPDATE saves SET n=n+1")
        return self.count()
