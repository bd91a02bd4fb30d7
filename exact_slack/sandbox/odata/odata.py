"""The part of OData that Exact Online speaks: parsing and checking query options.

What is refused is refused with status 400. The text for an unknown field is
the documented one; the other texts follow WCF Data Services, on which the API
is built, and are not documented by Exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote_plus

from exact_slack.sandbox.exact.shapes import PLAIN, Endpoint, catalogue
from exact_slack.sandbox.odata.filter import Test, check_field, parse_filter
from exact_slack.sandbox.odata.literals import Literal, ODataError, constant, tokens

OPTIONS: Final = frozenset(
    {
        "$filter",
        "$select",
        "$orderby",
        "$expand",
        "$top",
        "$skip",
        "$skiptoken",
        "$inlinecount",
        "$format",
    }
)


@dataclass(frozen=True)
class Order:
    """One part of $orderby."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """All options of one request, checked against the endpoint."""

    where: Test | None = None
    filtered: frozenset[str] = frozenset()
    """The fields that $filter mentions."""
    select: tuple[str, ...] | None = None
    select_lines: tuple[str, ...] | None = None
    """Fields of the lines that $select names as `Lines/Field`; None = all."""
    order: tuple[Order, ...] = ()
    expand: frozenset[str] = frozenset()
    top: int | None = None
    after: tuple[Literal, ...] | None = None
    count: bool = False
    raw: Mapping[str, str] = field(default_factory=dict)


def parse_query(endpoint: Endpoint, query: str) -> Query:
    """Parse the query string of a request for rows of an endpoint."""
    raw = _options(query)
    if raw.get("$skip", "0") != "0":
        raise ODataError("Query option $skip is not supported.")  # text not documented
    if raw.get("$format", "json") != "json":
        raise ODataError("Query option $format is not supported.")  # text not documented
    where, filtered = None, frozenset[str]()
    if "$filter" in raw:
        where, filtered = parse_filter(endpoint, raw["$filter"])
    expand = _expand(endpoint, raw.get("$expand"))
    select, select_lines = _select(endpoint, raw.get("$select"), expand)
    return Query(
        where=where,
        filtered=filtered,
        select=select,
        select_lines=select_lines,
        order=_order(endpoint, raw.get("$orderby")),
        expand=expand,
        top=_number("$top", raw.get("$top")),
        after=_after(raw.get("$skiptoken")),
        count=_inlinecount(raw.get("$inlinecount")),
        raw=raw,
    )


def _options(query: str) -> dict[str, str]:
    raw: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        name = unquote_plus(name)
        if name in raw:
            raise ODataError(f"Query option '{name}' was specified more than once.")
        if name.startswith("$") and name not in OPTIONS:
            raise ODataError(
                f"The query parameter '{name}' begins with a system-reserved '$' "
                "character but is not recognized."
            )
        raw[name] = unquote_plus(value)
    return raw


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in text.split(",")] if text else []


def _expand(endpoint: Endpoint, text: str | None) -> frozenset[str]:
    names = _names(text)
    for name in names:
        check_field(endpoint, name)
        if endpoint.lines is None or name != endpoint.lines.name:
            raise ODataError(f"The property '{name}' cannot be expanded.")
    return frozenset(names)


def _select(
    endpoint: Endpoint, text: str | None, expand: frozenset[str]
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    if text is None:
        return None, None
    own: list[str] = []
    nested: list[str] = []
    for name in _names(text):
        head, slash, tail = name.partition("/")
        if slash:
            nested.append(_nested(endpoint, head, tail, expand))
        elif name == "*":
            own += [n for n, edm in endpoint.fields.items() if edm in PLAIN and n not in own]
        else:
            check_field(endpoint, name)
        if head not in own and name != "*":
            own.append(head)
    return tuple(own), tuple(nested) or None


def _nested(endpoint: Endpoint, head: str, tail: str, expand: frozenset[str]) -> str:
    check_field(endpoint, head)
    if head not in expand or endpoint.lines is None:
        raise ODataError(
            "Only navigation properties specified in expand option can be "
            f"traversed in select option,found:'{head}'."
        )
    check_field(catalogue()[endpoint.lines.endpoint], tail)
    return tail


def _order(endpoint: Endpoint, text: str | None) -> tuple[Order, ...]:
    result = []
    for part in _names(text):
        words = part.split()
        if len(words) not in (1, 2) or (len(words) == 2 and words[1] not in ("asc", "desc")):
            raise ODataError(f"Syntax error in $orderby: '{part}'.")
        if check_field(endpoint, words[0]) not in PLAIN:
            raise ODataError(f"The property '{words[0]}' cannot be sorted on.")
        result.append(Order(words[0], words[-1] == "desc"))
    return tuple(result)


def _number(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdigit():
        raise ODataError(f"Incorrect format for {name} argument '{text}'.")
    return int(text)


def _inlinecount(text: str | None) -> bool:
    if text not in (None, "none", "allpages"):
        raise ODataError(f"Unknown $inlinecount option '{text}'.")
    return text == "allpages"


def _after(text: str | None) -> tuple[Literal, ...] | None:
    if text is None:
        return None
    words = list(tokens(text))
    values = [constant(word) for word in words[::2]]
    commas = words[1::2]
    if any(t.text != "," for t in commas) or len(values) != len(commas) + 1 or None in values:
        raise ODataError(f"Invalid $skiptoken: {text}")
    return tuple(value for value in values if value is not None)


def parse_literal(text: str, edm: str) -> Any:
    """Read one literal of the given type, as function parameters hold it."""
    words = list(tokens(text))
    literal = constant(words[0]) if len(words) == 1 else None
    if literal is None or literal.edm != edm:
        raise ODataError(f"A literal of type 'Edm.{edm}' expected: {text}")
    return literal.value
