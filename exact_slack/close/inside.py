"""The lines inside a row: all of them, also where a list of rows brought only the first along."""

from collections.abc import Callable, Iterable
from typing import Final

from exact_slack.exact.catalogue import Endpoint
from exact_slack.exact.values import Unreadable
from exact_slack.exact.wire.odata import Row, collection, guid

_PAGE: Final = 60
"""A list of that many may have been cut off."""


def lines_of(
    row: Row,
    endpoint: Endpoint,
    fields: Iterable[str],
    more: Callable[[str, dict[str, str]], list[Row]],
) -> list[Row]:
    """Those that came along; by a query of their own where they did not, or not all."""
    assert endpoint.lines is not None
    rows, following = collection(row.get(endpoint.lines))
    if rows is not None and not following and len(rows) != _PAGE:
        return rows
    key = guid(row.get(endpoint.key))
    if not key:
        raise Unreadable(endpoint.key)
    condition = f"{endpoint.line_link} eq guid'{key}'"
    return more(endpoint.lines_path, {"$filter": condition, "$select": ",".join(fields)})
