"""What is kept of documents for exceptions, and only since one of them needed it."""

from typing import ClassVar

from exact_slack.ledger.schema.database import Database


class Kept:
    """A table that is filled from the first exception that needs it on; a fact says so."""

    _fact: ClassVar[str]

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known = False

    def are_kept(self) -> bool:
        """Whether an exception ever needed them; once they are, they are for good."""
        if self._known:
            return True
        kept = self._db.row("SELECT 1 FROM facts WHERE name=?", self._fact) is not None
        self._known = kept and not self._begun
        return kept

    _begun = False
    """In this process: its transaction may still fail."""

    def _keep_from_now_on(self) -> None:
        self._db.run("INSERT OR REPLACE INTO facts VALUES (?, '1')", self._fact)
        self._begun = True
