"""How the ledger is asked for documents where there may be a million of them."""

from collections.abc import Callable, Iterable, Iterator

from exact_slack.ledger.schema.database import Database

Question = tuple[str, tuple[object, ...]]
"""A statement with its values."""
_MANY = 500
"""Values in one statement."""
FIRST, _GROWS, _LARGEST = 200, 4, 51_200
"""Ids in the first page of an answer; each page is so many times as long as the one before."""
DIVISIONS = (
    "WITH RECURSIVE known(code) AS (SELECT min(division) FROM documents UNION ALL"
    " SELECT (SELECT min(division) FROM documents WHERE division>known.code) FROM known"
    " WHERE known.code IS NOT NULL)"
)
"""Every division of the ledger, a step in an index for each."""


def any_of(db: Database, asked: Iterable[Question]) -> set[int]:
    """What any of these questions finds: as one they would be slower by far."""
    return {
        row["id"] for sql, values in asked for row in db.rows(sql, *values) if row["id"] is not None
    }


def pages(ask: Callable[[int, int], list[int]], last: int) -> Iterator[list[int]]:
    """All that a question finds, a page at a time: the first one comes soon, and the questions are
    few. `ask`: for the next ids after one, and at most so many."""
    most = FIRST
    while page := ask(last, most):
        yield page
        if len(page) < most:
            return
        last, most = page[-1], min(most * _GROWS, _LARGEST)


def marks(values: tuple[object, ...]) -> str:
    """A question mark for each."""
    return ",".join("?" * len(values))


def parts(ids: list[int]) -> Iterator[tuple[object, ...]]:
    """As many at a time as one statement takes."""
    return (tuple(ids[at : at + _MANY]) for at in range(0, len(ids), _MANY))
