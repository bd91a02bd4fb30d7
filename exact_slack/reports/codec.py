"""A report as the ledger keeps it."""

from functools import cache

from pydantic import TypeAdapter

from exact_slack.documents.standing import Report


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def to_json(report: Report) -> str:
    """All of it, amounts with all their digits."""
    return _adapter().dump_json(report).decode()


def from_json(text: str) -> Report:
    """As it was. ValueError where no version writes such a text."""
    return _adapter().validate_json(text)
