"""Finding all documents that fit: by what happened to them and when, where it went, what they are.
The first ones come soon, however many there are."""

import json
from collections.abc import Iterable, Iterator
from math import inf, nextafter

from exact_slack.documents.kinds import TERMS, Kind
from exact_slack.ledger.documents.asking import (
    DIVISIONS,
    FIRST,
    Question,
    any_of,
    marks,
    pages,
    parts,
)
from exact_slack.ledger.outgoing.states import SETTLED, State
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.words import in_sql

_STRETCH = 2000
"""Rows of the log, or new documents, in one stretch of time."""
_LONGEST_CALL = 86400.0
"""Seconds: an attempt is told as of when it began, and is logged when it is over."""
_TERMS = in_sql(sorted(TERMS))


class Filtering:
    """The tables `documents`, `deliveries` and `log`, by their indexes."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def page(self, after: int, most: int) -> list[int]:
        """The next documents in the order in which they were first seen."""
        rows = self._db.rows("SELECT id FROM documents WHERE id>? ORDER BY id LIMIT ?", after, most)
        return [row["id"] for row in rows]

    def first(self) -> float:
        """When the first document was first seen, seconds since 1970; 0 where there is none."""
        row = self._db.row("SELECT min(first_seen) AS at FROM documents")
        return float(row["at"]) if row and row["at"] is not None else 0.0

    def happened(self, since: float, until: float, logged_since: float) -> Iterator[set[int]]:
        """Documents to which something may have happened between two moments: all to which it
        did, few others; in the order of time. What was before `logged_since` is not in the log."""
        for begin, end in self._stretches(since, until + _LONGEST_CALL):
            yield self._happened(begin, end, until, logged_since)
        asked = _told_by("SELECT id FROM unsettled_deliveries WHERE state='sending'")
        if since < logged_since:
            asked += _told_by(
                "SELECT delivery AS id FROM log WHERE what='moved'"
                " AND instr(body, '\"posted_at\":') AND delivery IS NOT NULL"
            )
        yield any_of(self._db, asked)

    def _happened(self, begin: float, end: float, until: float, logged_since: float) -> set[int]:
        """In a stretch of time; but for the log only up to `until`."""
        logged, other = (begin, end), (begin, min(end, until))
        asked: list[Question] = [
            ("SELECT id FROM documents WHERE first_seen BETWEEN ? AND ?", other),
            (
                "SELECT DISTINCT document AS id FROM log WHERE at BETWEEN ? AND ?"
                " AND document IS NOT NULL",
                logged,
            ),
            (
                "SELECT d.document AS id FROM item_steps s CROSS JOIN items i ON i.id=s.item"
                " CROSS JOIN deliveries d ON d.id=i.head WHERE s.at BETWEEN ? AND ?",
                other,
            ),
            *_told_by(
                "SELECT DISTINCT delivery AS id FROM log WHERE at BETWEEN ? AND ?"
                " AND document IS NULL AND delivery IS NOT NULL",
                *logged,
            ),
        ]
        if begin < logged_since:
            asked += _told_by(
                "SELECT id FROM deliveries WHERE state='posted' AND done_at BETWEEN ? AND ?",
                *(begin, min(end, until, logged_since)),
            )
        return any_of(self._db, asked)

    def _stretches(self, begin: float, end: float) -> Iterator[tuple[float, float]]:
        """A time in parts, in each of which not too much happened."""
        while True:
            row = self._db.row(
                "SELECT (SELECT at FROM log WHERE at>? ORDER BY at LIMIT 1 OFFSET ?) AS logged,"
                " (SELECT first_seen FROM documents WHERE first_seen>?"
                " ORDER BY first_seen LIMIT 1 OFFSET ?) AS seen",
                *(begin, _STRETCH, begin, _STRETCH),
            )
            last = min((at for at in row or () if at is not None), default=end)
            if last >= end:
                yield begin, end
                return
            yield begin, last
            begin = nextafter(last, inf)

    def in_states(self, states: Iterable[State]) -> set[int]:
        """Documents of which a message is in one of these states now."""
        asked: list[Question] = []
        for state in states:
            table = "deliveries" if state in SETTLED else "unsettled_deliveries"
            asked += _told_by(f"SELECT id FROM {table} WHERE state='{state}'")  # noqa: S608
        return any_of(self._db, asked)

    def with_exceptions(self) -> set[int]:
        """Documents on which an exception ever fired."""
        return any_of(
            self._db, [("SELECT DISTINCT document AS id FROM log WHERE what='exception'", ())]
        )

    def of(self, kinds: Iterable[str], divisions: Iterable[int]) -> Iterator[set[int]]:
        """Documents of these kinds and divisions, of every one where none is named, in the order
        in which they were first seen."""
        own, some = tuple(divisions), tuple(kinds) or tuple(Kind)
        within = marks(own) if own else "SELECT code FROM known"
        question = (
            f"{DIVISIONS} SELECT id FROM documents WHERE division IN ({within})"  # noqa: S608
            f" AND kind IN ({marks(some)}) AND +id>? ORDER BY +id LIMIT ?"
        )
        yield from (
            set(page)
            for page in pages(
                lambda after, most: [
                    row["id"] for row in self._db.rows(question, *own, *some, after, most)
                ],
                0,
            )
        )

    def in_channels(self, channels: Iterable[str]) -> Iterator[set[int]]:
        """Documents of which anything went to one of these channels, or is to, the first ones soon:
        those whose deliveries name it are found by index. For those that were only routed there,
        or whose channel had another name then, the log is read, last."""
        names = [name for channel in channels for name in (channel, f"#{channel}")]
        for name in names:
            after = 0
            while page := self._in_channel(name, after):
                yield set(page)
                after = page[-1]
            of_none = "SELECT id FROM deliveries WHERE channel=? AND document IS NULL"
            yield any_of(self._db, _told_by(of_none, name))
        says = " OR ".join("instr(body, ?)" for _ in names)
        said = tuple(json.dumps(name, ensure_ascii=False) for name in names)
        of_none = "document IS NULL AND delivery IS NOT NULL"
        yield any_of(
            self._db,
            [
                (f"SELECT DISTINCT document AS id FROM log WHERE {says}", said),  # noqa: S608
                *_told_by(
                    f"SELECT DISTINCT delivery AS id FROM log WHERE {of_none} AND ({says})",  # noqa: S608
                    *said,
                ),
            ],
        )

    def _in_channel(self, name: str, after: int) -> list[int]:
        rows = self._db.rows(
            "SELECT DISTINCT document AS id FROM deliveries WHERE channel=? AND document>?"
            " ORDER BY document LIMIT ?",
            *(name, after, FIRST),
        )
        return [row["id"] for row in rows]

    def relatives(self, numbers: Iterable[int]) -> set[int]:
        """These documents, and those that share a message with one of them."""
        joined = set(numbers)
        asked = [
            (
                "WITH subjects AS MATERIALIZED (SELECT DISTINCT coalesce(subject, id) AS id"  # noqa: S608
                f" FROM documents WHERE id IN ({marks(some)})) SELECT id FROM subjects UNION ALL"
                " SELECT d.id FROM subjects s CROSS JOIN documents d ON d.subject=s.id",
                some,
            )
            for some in parts(sorted(joined))
        ]
        return joined | any_of(self._db, asked)

    def terms(self, numbers: Iterable[int]) -> list[int]:
        """Those of these documents that are payment terms."""
        asked = [
            (
                f"SELECT id FROM documents WHERE id IN ({marks(some)}) AND +kind IN {_TERMS}",  # noqa: S608
                some,
            )
            for some in parts(sorted(numbers))
        ]
        return sorted(any_of(self._db, asked))


def _told_by(deliveries: str, *values: object) -> list[Question]:
    """The documents that deliveries are about: their own, that of the message above them, and
    those in a digest or a list."""
    some = f"WITH some AS MATERIALIZED ({deliveries})"
    return [
        (f"{some} {rest}", values)
        for rest in (
            "SELECT d.document AS id FROM some CROSS JOIN deliveries d ON d.id=some.id",
            "SELECT h.document AS id FROM some CROSS JOIN deliveries d ON d.id=some.id"
            " CROSS JOIN deliveries h ON h.id=d.head",
            "SELECT l.document AS id FROM some CROSS JOIN log l"
            " ON l.delivery=some.id AND l.what='listed'",
        )
    ]
