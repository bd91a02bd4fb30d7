"""Documents as JSON text (for the ledger) and as a fingerprint (to see whether one changed)."""

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from exact_slack.documents.document import Document

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_INVISIBLE = {"modified", "created", "url"}
"""What may change without a reader of the message seeing it."""


@cache
def _adapter() -> "TypeAdapter[Document]":
    from pydantic import TypeAdapter

    return TypeAdapter(Document)


def to_json(document: Document) -> str:
    """The document as JSON text; `from_json` gives back an equal one."""
    return _adapter().dump_json(document, exclude_defaults=True, by_alias=True).decode()


def from_json(text: str) -> Document:
    """The document that `to_json` wrote; fields added since then get their defaults."""
    return _adapter().validate_json(text)


def fingerprint(document: Document) -> str:
    """A hash over everything that a message can show. Equal: nothing visible has changed."""
    visible = _adapter().dump_json(
        document, exclude=_INVISIBLE, exclude_defaults=True, by_alias=True
    )
    return hashlib.sha256(visible).hexdigest()[:32]
