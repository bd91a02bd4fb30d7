"""Following pages: one at a time, by the address that Exact gave, and never round in a circle."""

from collections.abc import Iterator
from typing import Final, Protocol

from exact_slack.exact.errors import NoNextPage
from exact_slack.exact.wire.odata import Answer

_EMPTY: Final = 20
"""So many pages in a row without a row are no list that comes to an end."""


class Follows(Protocol):
    """What fetches a next page."""

    def follow(self, division: int | None, url: str) -> Answer:
        """By the address that Exact gave."""


def follow_all(client: Follows, division: int, answer: Answer) -> Iterator[Answer]:
    """The first answer and those that follow, until Exact names no next page. A next page that was
    there before, by its address or by what is on it, is told and ends it."""
    addresses: set[str] = set()
    contents: set[int] = set()
    empty = 0
    while True:
        yield answer
        if not answer.next:
            return
        empty = 0 if answer.rows else empty + 1
        content = _content(answer)
        if answer.next in addresses or content in contents or empty > _EMPTY:
            raise NoNextPage(
                f"Exact's pages for division {division} go round in a circle.",
                "The next run tries again.",
            )
        addresses.add(answer.next)
        if content is not None:
            contents.add(content)
        answer = client.follow(division, answer.next)


def _content(answer: Answer) -> int | None:
    """A mark of what is on a page; None for an empty one, and for one that is nested too deep."""
    try:
        return hash(repr(answer.rows)) if answer.rows else None
    except RecursionError:
        return None
