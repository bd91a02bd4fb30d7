"""A close as the ledger keeps it."""

from functools import cache

from pydantic import TypeAdapter

from exact_slack.documents.closing import Closing, Posting


@cache
def _closing() -> TypeAdapter[Closing]:
    return TypeAdapter(Closing)


@cache
def _journal() -> TypeAdapter[tuple[Posting, ...]]:
    return TypeAdapter(tuple[Posting, ...])


def to_json(closing: Closing) -> str:
    """All of it, amounts with all their digits."""
    return _closing().dump_json(closing).decode()


def from_json(text: str) -> Closing:
    """As it was. ValueError where no version writes such a text."""
    return _closing().validate_json(text)


def journal_to_json(rows: tuple[Posting, ...]) -> str:
    """The invoice journal."""
    return _journal().dump_json(rows).decode()


def journal_from_json(text: str) -> tuple[Posting, ...]:
    """As it was."""
    return _journal().validate_json(text) if text else ()
