"""People of the workspace, as Slack told of them: how they are called, and which are apps."""

from dataclasses import dataclass

from exact_slack.ledger.schema.database import Database


@dataclass(frozen=True, slots=True)
class Person:
    """A user. `name` is the display name, the id where Slack does not say."""

    id: str
    name: str
    is_bot: bool
    is_gone: bool
    """Whether they left, or Slack does not know them."""
    asked_at: float
    """When Slack was asked, seconds since 1970."""


class People:
    """The table `people`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, user_id: str) -> Person | None:
        """Who that is, if Slack was asked."""
        row = self._db.row("SELECT * FROM people WHERE id=?", user_id)
        if row is None:
            return None
        return Person(
            row["id"],
            row["name"] or row["id"],
            is_bot=bool(row["is_bot"]),
            is_gone=bool(row["is_gone"]),
            asked_at=row["asked_at"],
        )

    def name(self, user_id: str) -> str:
        """How they are called: the display name, or the id."""
        person = self.get(user_id)
        return person.name if person else user_id

    def named(self, name: str) -> set[str]:
        """The ids of those who are called so; an id stands for itself."""
        rows = self._db.rows("SELECT id, name FROM people")
        wanted = name.casefold()
        return {name, *(row["id"] for row in rows if row["name"].casefold() == wanted)}

    def remember(
        self, user_id: str, name: str, now: float, *, is_bot: bool, is_gone: bool = False
    ) -> None:
        """What Slack says of somebody."""
        self._db.run(
            "INSERT OR REPLACE INTO people (id, name, is_bot, is_gone, asked_at)"
            " VALUES (?,?,?,?,?)",
            user_id,
            name,
            int(is_bot),
            int(is_gone),
            now,
        )
