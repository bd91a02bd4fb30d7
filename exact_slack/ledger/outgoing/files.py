"""Files on their way into threads: which heads want them, and how far each upload is."""

from dataclasses import dataclass
from enum import StrEnum

from exact_slack.ledger.outgoing.delivery import Delivery, delivery_of
from exact_slack.ledger.outgoing.states import UNFINISHED, UNSURE, State
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.words import in_sql

_FURTHEST = 3 * 86400.0
"""Seconds: no search is put off for longer. One that seems to be: the local clock was set back."""
_ALIVE = in_sql((*UNFINISHED, State.POSTED))
_DUE = (
    "FROM searches s JOIN deliveries d ON d.id=s.head"
    " WHERE s.due_at IS NOT NULL AND (s.due_at<=? OR s.due_at>?)"
    f" AND d.state IN {_ALIVE} AND d.hold_until<=?"
)
_BROUGHT = in_sql((*UNSURE, State.POSTED))


class Shared(StrEnum):
    """What the last step of an upload answered."""

    UNKNOWN = ""
    DONE = "done"
    GONE = "gone"
    """The upload is not, or no longer, there to be shared."""


@dataclass(frozen=True, slots=True)
class Search:
    """A head whose document's files are to be looked up now; `tries` were made in vain."""

    head: Delivery
    tries: int
    due_at: float


@dataclass(frozen=True, slots=True)
class FileRow:
    """What one delivery brings. `source`: Exact's id of the attachment, "" for the list of a
    digest. `upload`: Slack's id of the uploaded file, "" before. `problem`: a word of
    `rendering.files`, "" where the file itself is sent; `detail` belongs to it."""

    source: str
    name: str
    url: str
    upload: str
    tries: int
    problem: str
    detail: str
    shared: Shared
    unseen: int
    """So often Slack took the file and never showed it."""


class Files:
    """The tables `searches` and `files`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def want(self, head_id: int, now: float) -> None:
        """The head's document is new or has changed: look for its files."""
        self._db.run(
            "INSERT INTO searches VALUES (?,?,0) ON CONFLICT (head) DO UPDATE SET"
            " due_at=excluded.due_at, tries=0",
            head_id,
            now,
        )

    def any_due(self, now: float) -> bool:
        """Whether there is any such search, be its head damaged or not."""
        sql = f"SELECT 1 {_DUE} LIMIT 1"
        return self._db.row(sql, now, now + _FURTHEST, now) is not None

    def due(self, now: float, most: int) -> list[Search]:
        """Searches to make now, but for heads that wait for a person, or on purpose."""
        rows = self._db.rows(
            f"SELECT d.*, s.tries, s.due_at {_DUE} ORDER BY s.due_at, s.head LIMIT ?",
            now,
            now + _FURTHEST,
            now,
            most,
        )
        return self._db.each(
            rows, lambda row: Search(delivery_of(row), row["tries"], row["due_at"])
        )

    def searched(self, search: Search, again_at: float | None, tries: int) -> bool:
        """Looked up; look again at `again_at`, or not before the document changes. False where it
        is no longer to be made: another process did, the document changed, or the head has a
        new one in its place."""
        changed = self._db.rows(
            "UPDATE searches SET due_at=?, tries=? WHERE head=? AND due_at=? AND tries=?"
            " RETURNING head",
            again_at,
            tries,
            search.head.id,
            search.due_at,
            search.tries,
        )
        return bool(changed)

    def under(self, head_id: int) -> set[str]:
        """The sources of the files that are under a head, or on their way there."""
        rows = self._db.rows(
            "SELECT f.source FROM files f JOIN deliveries d ON d.id=f.delivery"
            " WHERE d.head=? AND d.state<>'superseded'",
            head_id,
        )
        return {row["source"] for row in rows}

    def add(self, delivery_id: int, source: str, name: str, url: str) -> None:
        """What a new delivery brings."""
        self._db.run(
            "INSERT INTO files (delivery, source, name, url) VALUES (?,?,?,?)",
            delivery_id,
            source,
            name,
            url,
        )

    def of(self, delivery_id: int) -> FileRow:
        """What a delivery brings."""
        row = self._db.row("SELECT * FROM files WHERE delivery=?", delivery_id)
        assert row is not None
        return FileRow(
            source=row["source"],
            name=row["name"],
            url=row["url"],
            upload=row["upload"],
            tries=row["tries"],
            problem=row["problem"],
            detail=row["detail"],
            shared=Shared(row["shared"]),
            unseen=row["unseen"],
        )

    def others_in(self, delivery_id: int, source: str, channel_id: str) -> list[Delivery]:
        """The deliveries that have brought the same file into a channel, or may have, the latest
        first."""
        rows = self._db.rows(
            "SELECT d.* FROM files f JOIN deliveries d ON d.id=f.delivery"  # noqa: S608 - as above
            f" WHERE f.source=? AND f.source<>'' AND f.problem='' AND d.state IN {_BROUGHT}"
            " AND d.channel_id=? AND d.id<>? ORDER BY d.id DESC",
            source,
            channel_id,
            delivery_id,
        )
        return self._db.each(rows, delivery_of)

    def nothing_shown(self, delivery_id: int) -> bool:
        """Whether surely nobody can have seen anything of it."""
        row = self.of(delivery_id)
        return not row.upload and not row.problem

    def uploaded(self, delivery_id: int, upload: str) -> None:
        """Slack has the bytes under this id; nobody sees them yet. "": begin anew."""
        with self._db.transaction():
            self._db.run(
                "UPDATE files SET upload=?, shared='' WHERE delivery=?", upload, delivery_id
            )

    def answered(self, delivery_id: int, shared: Shared) -> None:
        """The last step had an answer: whether the file is seen is another matter."""
        with self._db.transaction():
            self._db.run("UPDATE files SET shared=? WHERE delivery=?", shared.value, delivery_id)

    def not_seen(self, delivery_id: int) -> None:
        """It was looked up and is not there. An upload that was shared, or is gone, is used up."""
        self._db.run(
            "UPDATE files SET upload='', shared='', unseen=unseen+1"
            " WHERE delivery=? AND shared<>''",
            delivery_id,
        )

    def failed(self, delivery_id: int) -> int:
        """One more try in vain; returns how many there were."""
        with self._db.transaction():
            self._db.run("UPDATE files SET tries=tries+1 WHERE delivery=?", delivery_id)
        return self.of(delivery_id).tries

    def give_up(self, delivery_id: int, problem: str, detail: str = "") -> None:
        """A line in the thread will say why the file is not there."""
        with self._db.transaction():
            self._db.run(
                "UPDATE files SET problem=?, detail=?, upload='', shared='' WHERE delivery=?",
                problem,
                detail,
                delivery_id,
            )
