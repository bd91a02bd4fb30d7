"""Answering a checked query: which rows, in which order, on which page.

Pages, `__next` and `$top` behave as recorded: 60 rows (1000 for sync), a full
URL with a `$skiptoken` made of the sort values and the key, and `$top` as a cap
on the total that shrinks from page to page.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import islice
from typing import Any
from urllib.parse import quote

from exact_slack.sandbox.exact.shapes import (
    INTEGERS,
    Endpoint,
    Row,
    is_collection,
    literal,
    shape,
)
from exact_slack.sandbox.odata.literals import Literal, ODataError
from exact_slack.sandbox.odata.odata import Order, Query

# The order in which WCF Data Services writes a next link.
LINK_ORDER = ("$filter", "$expand", "$orderby", "$inlinecount", "$select", "$top")


@dataclass(frozen=True)
class Page:
    """The rows of one answer."""

    rows: list[Row]
    total: int
    """How many rows the filter lets through, for $inlinecount and $count; else 0."""
    last: Row | None
    """The row the next page begins after; None on the last page."""
    top: int | None
    """What is left of $top for the next page."""


def find(endpoint: Endpoint, query: Query, rows: Sequence[Row], *, count: bool = False) -> Page:
    """Select and cut the rows that a query asks for, out of rows that stand `in_order`."""
    test = query.where

    def fits(row: Row) -> bool:
        return test is None or test(row) is True

    limit = endpoint.page_size if query.top is None else min(query.top, endpoint.page_size)
    fitting = (row for row in islice(rows, _start(endpoint, query, rows), None) if fits(row))
    page = list(islice(fitting, limit))
    left = None if query.top is None else query.top - len(page)
    more = (left is None or left > 0) and next(fitting, None) is not None
    total = sum(map(fits, rows)) if count else 0
    return Page(page, total, page[-1] if more and page else None, left)


def _start(endpoint: Endpoint, query: Query, rows: Sequence[Row]) -> int:
    """The place of the first row behind the one that a `$skiptoken` names."""
    if query.after is None:
        return 0
    order = sort_order(endpoint, query)
    key = cmp_to_key(_comparison(order))
    return bisect_right(rows, key(_mark(endpoint, order, query.after)), key=key)


def sort_order(endpoint: Endpoint, query: Query) -> tuple[Order, ...]:
    """$orderby, made total by the key."""
    names = {part.field for part in query.order}
    return query.order if endpoint.key in names else (*query.order, Order(endpoint.key))


def in_order(rows: Iterable[Row], order: Sequence[Order]) -> list[Row]:
    """Sort stably by the last field first; nulls come first, as on SQL Server."""
    rows = list(rows)
    for part in reversed(order):
        rows = sorted(rows, key=_ranker(part.field), reverse=part.descending)
    return rows


def _ranker(name: str) -> Callable[[Row], tuple[bool, Any]]:
    return lambda row: _rank(row.get(name))


def _rank(value: Any) -> tuple[bool, Any]:
    return (value is not None, 0 if value is None else value)


def _comparison(order: Sequence[Order]) -> Callable[[Row, Row], int]:
    def compare(left: Row, right: Row) -> int:
        for part in order:
            result = _compare_values(left.get(part.field), right.get(part.field))
            if result:
                return -result if part.descending else result
        return 0

    return compare


def _compare_values(left: Any, right: Any) -> int:
    return int(_rank(left) > _rank(right)) - int(_rank(left) < _rank(right))


def _mark(endpoint: Endpoint, order: Sequence[Order], after: Sequence[Literal]) -> Row:
    if len(after) != len(order):
        raise ODataError("The $skiptoken does not match the $orderby.")
    mark: dict[str, Any] = {}
    for part, given in zip(order, after, strict=True):
        edm = endpoint.fields[part.field]
        numbers = edm in INTEGERS | {"Double"} and given.edm in INTEGERS | {"Double"}
        if not numbers and given.edm not in (edm, "null"):
            raise ODataError("The $skiptoken does not match the $orderby.")
        mark[part.field] = given.value
    return mark


def next_link(address: str, endpoint: Endpoint, query: Query, page: Page) -> str | None:
    """The address of the next page, escaped the way Exact's is."""
    if page.last is None:
        return None
    options = dict(query.raw)
    if page.top is not None:
        options["$top"] = str(page.top)
    parts = [f"{name}={_escape(options[name])}" for name in LINK_ORDER if name in options]
    token = ",".join(
        literal(page.last.get(part.field), endpoint.fields[part.field])
        for part in sort_order(endpoint, query)
    )
    return f"{address}?{'&'.join([*parts, f'$skiptoken={token}'])}"


def _escape(value: str) -> str:
    return quote(value, safe="',()/*")


def selected(endpoint: Endpoint, query: Query) -> list[str]:
    """The fields an answer shows, in the order of the catalogue."""
    if query.select is None:
        return list(endpoint.fields)
    return [name for name in endpoint.fields if name in query.select]


def render(
    root: str,
    endpoint: Endpoint,
    query: Query,
    row: Row,
    lines_of: Callable[[Row], tuple[Endpoint, list[Row]]],
) -> dict[str, Any]:
    """One row as JSON, with its lines where $expand asks for them."""
    result = shape(root, endpoint, row, selected(endpoint, query))
    for name in query.expand:
        if name not in result:
            continue  # OData 2: what $select leaves out is not expanded
        line_endpoint, lines = lines_of(row)
        fields = list(query.select_lines or line_endpoint.fields)
        result[name] = {"results": [shape(root, line_endpoint, line, fields) for line in lines]}
    return result


def has_collection(endpoint: Endpoint, name: str) -> bool:
    """Tell whether `name` may follow a row's address, as in `…(guid'…')/SalesInvoiceLines`."""
    return (
        endpoint.lines is not None and name == endpoint.lines.name and is_collection(endpoint, name)
    )
