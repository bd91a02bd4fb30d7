"""One rule for all text conditions: globs, negation, lists."""

from collections.abc import Iterable
from fnmatch import fnmatchcase


def _hit(pattern: str, values: Iterable[str]) -> bool:
    folded = pattern.casefold()
    return any(fnmatchcase(value.casefold(), folded) for value in values)


def takes_kind(patterns: Iterable[str] | None, kind: str, *, by_name_only: bool) -> bool:
    """Whether a condition takes a kind; None takes every kind. `by_name_only`: it must be there
    with its full name."""
    if patterns is None:
        return not by_name_only
    listed = list(patterns)
    if by_name_only and kind not in (pattern.casefold() for pattern in listed):
        return False
    return matches(listed, kind)


def concerns(patterns: Iterable[str], name: str) -> bool:
    """Whether a condition must know of a name: it takes it, or bars it."""
    listed = list(patterns)
    return matches(listed, name) or any(_hit(p[1:], (name,)) for p in listed if p.startswith("!"))


def matches(patterns: Iterable[str], *values: str) -> bool:
    """Whether any value fits: any of the plain patterns, none of the `!x` ones; only `!x`
    means everything but x. Upper and lower case are the same."""
    listed = list(patterns)
    plain = [p for p in listed if not p.startswith("!")]
    barred = [p[1:] for p in listed if p.startswith("!")]
    if any(_hit(p, values) for p in barred):
        return False
    return not plain or any(_hit(p, values) for p in plain)
