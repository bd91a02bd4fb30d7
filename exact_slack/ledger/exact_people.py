"""Users of Exact that documents name: which full names several of them have."""

from collections.abc import Iterable

from exact_slack.documents.document import Document
from exact_slack.ledger.schema.database import Database

_KEPT = "exact people kept"


class ExactPeople:
    """The table `exact_people`. It is kept where the config names people of Exact."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, documents: Iterable[Document]) -> None:
        """Whom these documents name."""
        people = {
            id_: name
            for document in documents
            for id_, name in (
                (document.creator_id, document.creator),
                (document.account_manager_id, document.account_manager),
            )
            if id_ and name.strip()
        }
        with self._db.transaction():
            self._look_back()
            for id_, name in people.items():
                self._db.run(
                    "INSERT INTO exact_people (id, name, folded) VALUES (?,?,?)"
                    " ON CONFLICT (id) DO UPDATE SET name=excluded.name, folded=excluded.folded"
                    " WHERE name<>excluded.name",
                    id_,
                    name,
                    folded(name),
                )

    def is_shared(self, name: str) -> bool:
        """Whether several users have this full name."""
        row = self._db.row("SELECT count(*) AS n FROM exact_people WHERE folded=?", folded(name))
        return row is not None and row["n"] > 1

    def _look_back(self) -> None:
        """Once: those of the documents that are known already."""
        if self._db.row("SELECT 1 FROM facts WHERE name=?", _KEPT) is not None:
            return
        self._db.run("INSERT INTO facts VALUES (?, '1')", _KEPT)
        rows = self._db.rows(
            "SELECT DISTINCT json_extract(data, '$.creator_id') AS id,"
            " json_extract(data, '$.creator') AS name FROM documents"
            " WHERE CASE WHEN json_valid(data) THEN json_type(data, '$.creator_id')='text' END"
        )
        for row in rows:
            if row["name"]:
                self._db.run(
                    "INSERT OR IGNORE INTO exact_people (id, name, folded) VALUES (?,?,?)",
                    row["id"],
                    row["name"],
                    folded(row["name"]),
                )


def folded(name: str) -> str:
    """A name as it is compared: capitals and spaces do not count."""
    return " ".join(name.split()).casefold()
