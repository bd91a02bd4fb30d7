"""Long tables: the biggest rows stand open, the others in a `container` that readers open.

How old clients show a container is not known, so what it holds is summed up outside of it, and
where a workspace does not take the block (`HeadContext.folds`) the table is cut."""

from collections.abc import Sequence
from typing import Final

from exact_slack.rendering import blocks as b
from exact_slack.rendering.words.locale import Words

CONTAINER: Final = "container"
LONG = 12
"""A table with more rows than this is long."""
OPEN = 10
"""Rows of a long table that stand open."""
_ENDING = 40
"""Room for the line that counts what is left out."""


def folded(lines: Sequence[str], words: Words, room: int, *, strike: bool = False) -> list[b.Block]:
    """The lines that a table leaves out, as many of them as have room, closed at first; none where
    nothing has room."""
    title = words.label("folded", n=len(lines))
    room -= len(title) + _ENDING
    kept: list[str] = []
    for line in lines:
        room -= b.size([b.leaf(line)]) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:
        return []
    left = len(lines) - len(kept)
    ending = [words.label("more_documents", n=left)] if left else []
    leaves = [b.leaf(line, strike=strike) for line in kept] + [b.leaf(line) for line in ending]
    return [b.container(title, [b.rich(b.one_a_line(leaves))])]
