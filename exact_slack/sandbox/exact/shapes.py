"""What Exact Online's endpoints look like: names, Edm types, and rows as JSON.

The catalogue in `entities.json` holds field names and types as in
picqer/exact-php-client (models of 2025-12-10) and DannyvdSluijs'
ExactOnlineRestApiReference. The JSON shapes follow recorded answers
(NangoHQ/integration-templates, traffic of 2026-06-25).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote

Row = Mapping[str, Any]
"""One stored row: field name to Python value. Never changed in place."""

INTEGERS: Final = frozenset({"Byte", "Int16", "Int32", "Int64"})
NUMBERS: Final = INTEGERS | {"Double"}
PLAIN: Final = NUMBERS | {"Boolean", "DateTime", "Guid", "String", "Binary"}
EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - Exact's times are naive

LEFT_PADDED: Final = {"AccountCode", "CustomerCode", "SupplierCode", "ProjectAccountCode"}
"""Account codes are 18 characters, filled with spaces on the left (recorded)."""
RIGHT_PADDED: Final = {"Country": 3, "VATCode": 3, "Language": 3}
"""Filled with spaces on the right (recorded); the widths are not documented."""
ACCOUNT_CODE_WIDTH: Final = 18


@dataclass(frozen=True)
class Lines:
    """How a header endpoint hangs together with its lines."""

    name: str
    endpoint: str
    link: str


@dataclass(frozen=True)
class Endpoint:
    """One endpoint of the REST API."""

    name: str
    type_name: str
    key: str
    page_size: int
    scope: str
    topics: tuple[str, ...]
    filters: tuple[str, ...] | None
    """The only fields a $filter may use, where Exact prints such a list."""
    lines: Lines | None
    fields: Mapping[str, str]

    @property
    def key_type(self) -> str:
        """The Edm type of the key."""
        return self.fields[self.key]


@cache
def catalogue() -> Mapping[str, Endpoint]:
    """Load the endpoints the sandbox knows, by name such as `crm/Accounts`."""
    source = files("exact_slack.sandbox.exact").joinpath("entities.json").read_text("utf-8")
    return {name: _endpoint(name, entry) for name, entry in json.loads(source).items()}


def _endpoint(name: str, entry: dict[str, Any]) -> Endpoint:
    namespace = "Exact.Web.Api.Models."
    if name == "current/Me":
        namespace += "System."
    # Full type names are recorded for PurchaseEntry and Me only; the rest follow that pattern.
    filters = entry.get("filters")
    return Endpoint(
        name=name,
        type_name=namespace + entry["type"],
        key=entry["key"],
        page_size=entry["pageSize"],
        scope=entry.get("scope", ""),
        topics=tuple(entry.get("topics", ())),
        filters=None if filters is None else tuple(filters),
        lines=Lines(**entry["lines"]) if "lines" in entry else None,
        fields=entry["fields"],
    )


def stored(endpoint: Endpoint, field: str, value: Any) -> Any:
    """Bring a value given by a test or the sample company to the field's Python type."""
    edm = endpoint.fields[field]
    if value is None:
        return None
    if edm == "DateTime":
        return _stored_time(value)
    if edm == "Double":
        return Decimal(str(value))
    if edm in INTEGERS:
        return int(value)
    if edm == "Guid":
        return str(value).lower()
    if edm == "String":
        return _padded(endpoint, field, str(value))
    return value


def _stored_time(value: datetime | date) -> datetime:
    if isinstance(value, datetime):
        return sql_time(value)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001


def _padded(endpoint: Endpoint, field: str, value: str) -> str:
    if field in LEFT_PADDED or (field == "Code" and endpoint.name == "crm/Accounts"):
        return value.strip().rjust(ACCOUNT_CODE_WIDTH)
    if field in RIGHT_PADDED:
        return value.ljust(RIGHT_PADDED[field])
    return value


def sql_time(moment: datetime) -> datetime:
    """Round to SQL Server's 1/300 second: milliseconds end in 0, 3 or 7 (recorded)."""
    ticks = round(moment.microsecond * 300 / 1_000_000)
    milliseconds = round(ticks * 10 / 3)
    return moment.replace(microsecond=0) + timedelta(milliseconds=milliseconds)


def wire(value: Any, edm: str) -> Any:
    """Turn a stored value into what stands in the JSON."""
    if value is None or edm == "Binary":
        return None  # Attachment is null on GET (recorded)
    if edm == "DateTime":
        return wire_time(value)
    if edm == "Int64":
        return str(value)
    if edm == "Double":
        return float(value)
    return value


def wire_time(moment: datetime) -> str:
    """The server's wall clock, written as if it were UTC (recorded)."""
    return f"/Date({round((moment - EPOCH) / timedelta(milliseconds=1))})/"


def literal(value: Any, edm: str) -> str:
    """Write a value as an OData literal, percent-escaped as Exact's own links are."""
    if value is None:
        return "null"
    if edm == "DateTime":
        text = value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")
        return f"datetime'{text.replace(':', '%3A')}'"
    if edm == "Guid":
        return f"guid'{value}'"
    if edm == "Int64":
        return f"{value}L"
    if edm == "String":
        escaped = value.replace("'", "''")
        return quote(f"'{escaped}'", safe="'")
    if edm == "Boolean":
        return "true" if value else "false"
    return str(value)


def parse_key(endpoint: Endpoint, text: str) -> Any:
    """Read the key between the parentheses of an address; ValueError if it is malformed."""
    patterns = {"Guid": r"guid'([0-9a-fA-F-]{36})'", "Int64": r"(-?\d+)L?", "String": r"'(.*)'"}
    match = re.fullmatch(patterns.get(endpoint.key_type, r"(-?\d+)"), text)
    if match is None:
        raise ValueError(text)
    ticks = match.group(1)
    return int(ticks) if endpoint.key_type in INTEGERS else ticks.lower()


def row_uri(root: str, endpoint: Endpoint, row: Row) -> str:
    """The address of one row; `root` ends with the division."""
    return f"{root}/{endpoint.name}({literal(row[endpoint.key], endpoint.key_type)})"


def shape(root: str, endpoint: Endpoint, row: Row, fields: list[str]) -> dict[str, Any]:
    """Turn a row into JSON with the given fields; collections are deferred."""
    uri = row_uri(root, endpoint, row)
    result: dict[str, Any] = {"__metadata": {"uri": uri, "type": endpoint.type_name}}
    for name in fields:
        edm = endpoint.fields[name]
        if is_collection(endpoint, name):
            result[name] = {"__deferred": {"uri": f"{uri}/{name}"}}
        elif edm in PLAIN:
            result[name] = wire(row.get(name), edm)
        else:
            result[name] = None  # division classes: no recorded value
    return result


def is_collection(endpoint: Endpoint, field: str) -> bool:
    """Tell whether a field holds rows of its own instead of a value."""
    edm = endpoint.fields[field]
    return edm not in PLAIN and not edm.startswith("Exact.")
