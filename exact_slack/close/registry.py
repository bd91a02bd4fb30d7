"""The lines there are: each file of `lines/` is one, and its name is the line's."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from exact_slack.close.books import Books
from exact_slack.close.words import Table
from exact_slack.config.closing import line_names
from exact_slack.documents.closing import Judged


@dataclass(frozen=True, slots=True)
class LineKind:
    """What a file of `lines/` says of its line, as `LINE`."""

    place: int
    """Where it stands among the others, and when it asks: what is cheap comes first."""
    words: Table
    """`title`, and a word for each sentence that it says."""
    judge: Callable[[Books], Iterator[Judged]]
    """One judgement; a line that people tick has one for each; none: the company has no such
    line."""
    paths: tuple[str, ...] = ()
    """What it asks Exact for."""


@cache
def kinds() -> dict[str, LineKind]:
    """Every line by its name, in their order."""
    kinds = {name: _kind(name) for name in line_names()}
    return dict(sorted(kinds.items(), key=lambda kind: kind[1].place))


def _kind(name: str) -> LineKind:
    module = importlib.import_module(f"exact_slack.close.lines.{name}")
    kind: LineKind = module.LINE
    return kind
