"""The OData that Exact Online speaks: addresses, filters over keys, and the shapes of answers."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlsplit

from exact_slack.foreign import said

Row = dict[str, Any]

URL_LIMIT: Final = 6000
"""Characters of an encoded address (Exact's "REST API restrictions" article)."""
_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PORTS: Final = {"https": 443, "http": 80}


_COUNT_DIGITS: Final = 15
_PLAIN_DIGITS: Final = 60
"""Whole numbers that are longer stay Decimal: Python writes no int of any length."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of one answer and the address of the next page, if there is one."""

    rows: list[Row]
    next: str | None = None
    count: int | None = None
    """How many rows there are on all pages, where that was asked for ($inlinecount)."""
    at: int | None = None
    """When Exact gave it, ms since 1970 in UTC, by the `Date` of the answer."""


class WrongShape(ValueError):
    """An answer that is no page, or no entity, of Exact's. It says nothing: least of all that
    there is nothing."""


def guid(value: object) -> str:
    """A key in its one spelling (lower case, no braces); "" where the value is no GUID."""
    if not isinstance(value, str):
        return ""
    text = value.strip().strip("{}").lower()
    return text if _GUID.fullmatch(text) else ""


def build_url(root: str, division: int | None, path: str, params: Mapping[str, str]) -> str:
    """The encoded address of a query; without a division the path stands alone."""
    base = f"{root}/api/v1/{path}" if division is None else f"{root}/api/v1/{division}/{path}"
    query = "&".join(f"{name}={quote(value, safe=',/()')}" for name, value in params.items())
    return f"{base}?{query}" if query else base


def any_of(field: str, ids: Iterable[str]) -> str:
    """A filter that takes the rows whose field is one of the keys."""
    return " or ".join(f"{field} eq guid'{id_}'" for id_ in ids)


def same_origin(root: str, url: str) -> bool:
    """Whether an address that came from outside is on our own host. A token is sent only there."""
    if "\\" in url or not sendable(url):
        return False
    try:
        ours, theirs = _origin(root), _origin(url)
    except ValueError:
        return False
    return ours == theirs


def sendable(url: str) -> bool:
    """Whether an address can be written into a request at all: no white space, no control
    characters, no half characters."""
    return url.isprintable() and not any(c.isspace() for c in url)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    if "@" in parts.netloc or not parts.hostname:
        raise ValueError("no plain host")
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def parse(body: bytes) -> Any:
    """JSON with every fractional number as Decimal; ValueError where it is no JSON. A raw tab or
    another control character in a text is read: no document is worth less for it."""
    text = body.decode("utf-8-sig", "replace")
    return json.loads(
        text,
        strict=False,
        parse_float=_number,
        parse_int=_whole,
        parse_constant=lambda _: None,
    )


def _whole(text: str) -> int | Decimal | str:
    return int(text) if len(text) <= _PLAIN_DIGITS else _number(text)


def _number(text: str) -> Decimal | str:
    """The number, or what stands there, where it is larger than any Decimal."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


def page(payload: Any) -> Answer:
    """A page of a collection: `{"d": […]}` or `{"d": {"results": […]}}`. Only a list is one:
    whatever else came would otherwise be taken for "there is nothing"."""
    data = _data(payload)
    rows, following = collection(data)
    if rows is None:
        raise WrongShape("an answer that is no list")
    return Answer(rows, following, _count(data))


def _count(data: Any) -> int | None:
    """`__count`, which is a text on the wire."""
    count = str(data.get("__count", "")) if isinstance(data, dict) else ""
    return int(count) if count.isdecimal() and len(count) <= _COUNT_DIGITS else None


def entity(payload: Any) -> Answer:
    """One entity, `{"d": {…}}`; or a page of such, which is how `current/Me` comes."""
    data = _data(payload)
    if isinstance(data, dict) and "results" not in data:
        return Answer([data])
    return page(payload)


def _data(payload: Any) -> Any:
    if not isinstance(payload, dict) or "d" not in payload:
        raise WrongShape('an answer without "d"')
    return payload["d"]


def collection(data: Any) -> tuple[list[Row] | None, str | None]:
    """The rows of a collection and its next page; rows are None where it is not given inline."""
    following = None
    if isinstance(data, dict):
        following = data.get("__next")
        data = data.get("results")
    if not isinstance(data, list):
        return None, None
    rows = [row if isinstance(row, dict) else {} for row in data]
    return rows, following if isinstance(following, str) and following else None


def error_text(body: bytes) -> str:
    """What Exact says in an error answer, as one line; "" where it says nothing readable."""
    try:
        error = parse(body)["error"]
        message = error["message"] if isinstance(error, dict) else error
        text = message["value"] if isinstance(message, dict) else message
        return said(str(text or ""), 400)
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def is_html(content_type: str, body: bytes) -> bool:
    """Whether the answer is a page for people (or XML) and not data."""
    return "html" in content_type.lower() or body.lstrip()[:1] == b"<"
