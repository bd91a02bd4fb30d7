"""OData's words: splitting a filter or token into literals, names and marks.

The error texts follow WCF Data Services, on which the API is built; Exact does
not document them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


class ODataError(Exception):
    """A query the API refuses with status 400; the text stands in the error body."""


@dataclass(frozen=True)
class Literal:
    """A constant: its value and the Edm type it is written in."""

    value: Any
    edm: str


@dataclass(frozen=True)
class Token:
    """One word of the text and where it stands."""

    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    r"""(?P<datetime>datetime'[^']*')
      | (?P<guid>guid'[^']*')
      | (?P<text>'(?:[^']|'')*')
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[LlMmDdFf]?(?![\w.]))
      | (?P<name>[A-Za-z_][\w/]*)
      | (?P<mark>[(),])""",
    re.VERBOSE,
)
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?)?")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def tokens(text: str) -> Iterator[Token]:
    """Split the text; raises ODataError at what is no word of OData."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise ODataError(f"Syntax error at position {at}.")
        yield Token(str(match.lastgroup), match.group(), at)
        at = match.end()


def constant(token: Token) -> Literal | None:
    """The literal a token stands for, or None if it is no literal."""
    text = token.text
    if token.kind == "datetime":
        return Literal(_datetime(text[9:-1], token.at), "DateTime")
    if token.kind == "guid":
        if not _GUID.fullmatch(text[5:-1]):
            raise ODataError(f"Unrecognized 'Edm.Guid' literal '{text}' at '{token.at}'.")
        return Literal(text[5:-1].lower(), "Guid")
    if token.kind == "text":
        return Literal(text[1:-1].replace("''", "'"), "String")
    if token.kind == "number":
        return _numeric(text)
    words: dict[str, Any] = {"true": True, "false": False, "null": None}
    if token.kind == "name" and text in words:
        return Literal(words[text], "null" if text == "null" else "Boolean")
    return None


def _numeric(text: str) -> Literal:
    if text[-1] in "Ll":
        return Literal(Decimal(text[:-1]), "Int64")
    whole = text.lstrip("-").isdigit()
    return Literal(Decimal(text.rstrip("MmDdFf")), "Int32" if whole else "Double")


def _datetime(text: str, at: int) -> datetime:
    match = _DATETIME.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        return datetime.fromisoformat(text[:26])
    except ValueError:
        raise ODataError(f"Unrecognized 'Edm.DateTime' literal '{text}' at '{at}'.") from None
