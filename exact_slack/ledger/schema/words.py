"""Words of an enum in a statement."""

from collections.abc import Iterable
from enum import StrEnum


def in_sql(words: Iterable[StrEnum]) -> str:
    """These words as a list."""
    return "(" + ", ".join(f"'{word.value}'" for word in words) + ")"
