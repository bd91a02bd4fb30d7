"""What a refused query teaches: the words that are remembered for an endpoint of a division.

Texts as seen by open clients: "does not have a property named …", "Filtering on these fields is
not supported: …" (picqer/exact-php-client #500)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from exact_slack.exact.catalogue import Endpoint
from exact_slack.exact.errors import ExactRefused

NO_EXPAND: Final = "no_expand"
NO_FILTER: Final = "no_modified_filter"
DROP: Final = "drop:"
"""Before the name of a field; a field of a line has the lines' name and a slash before it."""

_PROPERTY: Final = re.compile(r"property (?:named )?['\"‘“]?([A-Za-z_]\w*)", re.IGNORECASE)
_TYPE: Final = re.compile(r"type ['\"‘“]?([\w.]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A word, and whether Exact's text leaves no doubt; else it counts once it has helped."""

    word: str
    sure: bool


def from_refusal(
    refused: ExactRefused, endpoint: Endpoint, words: set[str], guesses: tuple[str, ...]
) -> Suspect | None:
    """What to leave out next; None where nothing helps. `guesses` may be left out, in order."""
    if refused.status != HTTPStatus.BAD_REQUEST:
        return None
    unknown = _unknown_field(refused.text, endpoint, words)
    if unknown:
        return Suspect(unknown, sure=True)
    text = refused.text.lower()
    useless = {NO_EXPAND} if endpoint.lines is None else set()
    if "mandatory" in text:  # "This endpoint has mandatory filtering applied"
        useless.add(NO_FILTER)
    left = [word for word in guesses if word not in words and word not in useless]
    for word, said in ((NO_EXPAND, "expand"), (NO_FILTER, "filter")):
        if said in text and word in left:
            return Suspect(word, sure=False)
    return Suspect(left[0], sure=False) if left else None


def kept(fields: Iterable[str], words: set[str], lines: str = "") -> list[str]:
    """The fields without those that were dropped."""
    prefix = f"{DROP}{lines}/" if lines else DROP
    return [name for name in fields if prefix + name not in words]


def _unknown_field(text: str, endpoint: Endpoint, words: set[str]) -> str:
    field = _PROPERTY.search(text)
    if not field or "property" not in text.lower():
        return ""
    name = field[1]
    if endpoint.lines and name == endpoint.lines and NO_EXPAND not in words:
        return NO_EXPAND
    of_type = _TYPE.search(text)
    about_line = bool(of_type and of_type[1].lower().endswith(("line", "lines")))
    header, line = f"{DROP}{name}", f"{DROP}{endpoint.lines}/{name}"
    in_header = name in endpoint.fields and name not in (endpoint.key, "Modified")
    in_line = name in endpoint.line_fields and name not in ("ID", endpoint.line_link)
    if in_line and line not in words and (about_line or not in_header or header in words):
        return line
    return header if in_header and header not in words else ""
