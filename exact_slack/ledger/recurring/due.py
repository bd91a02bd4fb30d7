"""What was told of due dates: each of them once in a channel."""

from datetime import date, timedelta

from exact_slack.ledger.schema.database import Database

_DAY = timedelta(days=1)
_JUDGED = "due_judged"
"""The fact that says up to which day all due dates were looked at."""


class DueTold:
    """The table `due_told`. A subject is a document with what is joined to it, and the payment
    terms of an invoice: all of them fall due together."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def judged_until(self) -> date | None:
        """Up to which day all due dates were looked at; None where nobody knows."""
        row = self._db.row("SELECT value FROM facts WHERE name=?", _JUDGED)
        try:
            return date.fromisoformat(str(row["value"])) if row else None
        except ValueError:
            return None

    def is_judged(self, today: date) -> bool:
        """Whether that was done today. A day further ahead is that of a clock set back since."""
        until = self.judged_until()
        return until is not None and today <= until <= today + _DAY

    def judged(self, day: date) -> None:
        """They were looked at up to this day."""
        self._db.run("INSERT OR REPLACE INTO facts VALUES (?,?)", _JUDGED, day.isoformat())

    def is_told(self, subject: int, exception: str, due: date, channel: str) -> bool:
        """Whether the channel was told, or will be by what is planned."""
        sql = "SELECT 1 FROM due_told WHERE subject=? AND exception=? AND due=? AND channel=?"
        return self._db.row(sql, subject, exception, due.isoformat(), channel) is not None

    def is_known(self, subject: int) -> bool:
        """Whether any channel was told of any due date of it."""
        return self._db.row("SELECT 1 FROM due_told WHERE subject=? LIMIT 1", subject) is not None

    def mark(self, subject: int, exception: str, due: date, channel: str) -> None:
        """It is told with what is planned in this transaction."""
        self._db.run(
            "INSERT OR IGNORE INTO due_told VALUES (?,?,?,?)",
            subject,
            exception,
            due.isoformat(),
            channel,
        )
