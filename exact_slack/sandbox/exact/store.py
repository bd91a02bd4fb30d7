"""The documents of the sandbox's Exact Online: rows per division and endpoint.

The store plays SQL Server's part: it stamps `Created` and `Modified` with the
server's local wall clock, hands out row versions, keeps lines with their
header, and remembers deletions where Exact does.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from exact_slack.sandbox.exact.shapes import Endpoint, Row, catalogue, sql_time, stored

Action = Literal["Create", "Update", "Delete"]

GLOBAL: Final = 0
"""The division number under which rows without a division are kept (hrm/Divisions)."""
VERSION: Final = "_version"
"""The row version, under a name no field has; sync endpoints show it as Timestamp."""
FIRST_VERSION: Final = 5_000_000_000
"""Above 2^32, because the row version is an Int64."""

ENTITY_TYPES: Final[Mapping[str, int]] = {
    "crm/Accounts": 2,
    "documents/DocumentAttachments": 4,
    "documents/Documents": 6,
    "financial/GLAccounts": 7,
    "cashflow/Receivables": 10,
    "cashflow/Payments": 10,
    "salesinvoice/SalesInvoices": 13,
    "project/CostTransactions": 14,
    "purchaseorder/PurchaseOrders": 22,
}
"""sync/Deleted's EntityType (official page); sales and purchase entries have none."""
TRANSACTION_LINES: Final = 1
FINANCIAL: Final = frozenset(
    {
        "salesentry/SalesEntries",
        "purchaseentry/PurchaseEntries",
        "generaljournalentry/GeneralJournalEntries",
        "financialtransaction/BankEntries",
        "financialtransaction/CashEntries",
    }
)
"""Entries whose lines are transaction lines, which sync/Deleted does know."""

LINKS: Final[Mapping[str, str]] = {
    shape.lines.endpoint: shape.lines.link for shape in catalogue().values() if shape.lines
}
"""Lines endpoint to the field that holds the header's key."""


@dataclass(frozen=True)
class Event:
    """Something happened to a document; webhooks are made from it."""

    topic: str
    division: int
    action: Action
    key: str
    endpoint: str


Listener = Callable[[Event], None]


class ExactStore:
    """Every row of every division; safe to use from several threads."""

    def __init__(
        self,
        divisions: Iterable[int] = (),
        clock: Callable[[], datetime] | None = None,
        utc_offset: int = 3600,
        seconds: Callable[[], float] = time.time,
    ) -> None:
        self.divisions = list(divisions)
        self.utc_offset = utc_offset
        """Seconds the server's wall clock is ahead of UTC; `Me.ServerUtcOffset`."""
        self._seconds = seconds
        self.clock = clock or self._wall_clock
        self.listeners: list[Listener] = []
        self.lock = threading.RLock()
        self._tables: dict[tuple[int, str], dict[Any, Row]] = {}
        self._children: dict[tuple[int, str, Any], dict[Any, None]] = {}
        self._version = FIRST_VERSION
        self.changes = 0
        """Counts every row that was written or removed."""
        self.numbers: dict[tuple[int, str], int] = {}
        """The highest number that the books of a division gave out: none is given twice."""
        self._quiet = 0
        for division in self.divisions:
            self.add_division(division, f"Division {division}")

    def add_division(self, division: int, description: str, **fields: Any) -> None:
        """Make a division known, with its rows in hrm/Divisions and system/Divisions."""
        if division not in self.divisions:
            self.divisions.append(division)
        common = {"Code": division, "Description": description, "Currency": "EUR"}
        common |= {"BlockingStatus": 0}
        for endpoint, status in (("hrm/Divisions", 0), ("system/Divisions", 1)):
            described = catalogue()[endpoint].fields
            more = {name: value for name, value in fields.items() if name in described}
            self.upsert(GLOBAL, endpoint, {**common, "Status": status, **more})

    def _wall_clock(self) -> datetime:
        return datetime.fromtimestamp(self._seconds() + self.utc_offset, UTC).replace(tzinfo=None)

    def now(self) -> datetime:
        """The server's local time with SQL Server's precision."""
        return sql_time(self.clock())

    @property
    def version(self) -> int:
        """The highest row version handed out so far."""
        return self._version

    def rows(self, division: int, endpoint: str) -> list[Row]:
        """All rows of an endpoint, in no particular order."""
        with self.lock:
            return list(self._tables.get((division, endpoint), {}).values())

    def get(self, division: int, endpoint: str, key: Any) -> Row | None:
        """One row, or None."""
        with self.lock:
            return self._tables.get((division, endpoint), {}).get(_key(key))

    def lines(self, division: int, endpoint: str, key: Any) -> list[Row]:
        """The lines of one header, in their order."""
        shape = catalogue()[endpoint].lines
        if shape is None:
            return []
        with self.lock:
            keys = self._children.get((division, shape.endpoint, _key(key)), {})
            table = self._tables.get((division, shape.endpoint), {})
            lines = [table[line] for line in keys]
        return sorted(lines, key=lambda row: row.get("LineNumber") or 0)

    def upsert(
        self,
        division: int,
        endpoint: str,
        row: Mapping[str, Any],
        *,
        modified: datetime | None = None,
        created: datetime | None = None,
    ) -> dict[str, Any]:
        """Create a row or change the given fields of one; returns the row as stored.

        Lines given under the lines' name replace all lines of the header.
        `modified` plays a late commit: an older time under a new row version.
        """
        shape = catalogue()[endpoint]
        values = dict(row)
        lines = values.pop(shape.lines.name, None) if shape.lines else None
        with self.lock:
            before = self._tables.get((division, endpoint), {}).get(_key(values.get(shape.key)))
            stamp = self.now() if modified is None else sql_time(modified)
            saved = self._save(shape, division, values, stamp, created or stamp)
            if shape.lines is not None:
                self._save_lines(shape, division, saved[shape.key], lines, stamp)
        self._tell(shape, division, "Update" if before else "Create", saved[shape.key])
        return saved

    def touch(
        self, division: int, endpoint: str, key: Any, *, modified: datetime | None = None
    ) -> dict[str, Any]:
        """Move `Modified` without a visible change, as reprocessing does."""
        return self.upsert(division, endpoint, {catalogue()[endpoint].key: key}, modified=modified)

    def delete(self, division: int, endpoint: str, key: Any) -> None:
        """Remove a row with its lines; KeyError if there is none."""
        shape = catalogue()[endpoint]
        with self.lock:
            removed = self._tables[(division, endpoint)][_key(key)]
            self._drop(shape, division, removed)
            if endpoint in ENTITY_TYPES:
                self._remember_deletion(division, ENTITY_TYPES[endpoint], removed[shape.key])
            self._delete_lines(shape, division, key)
        self._tell(shape, division, "Delete", removed[shape.key])

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Change rows without telling the listeners: a lost webhook, a first filling."""
        with self.lock:
            self._quiet += 1
        try:
            yield
        finally:
            with self.lock:
                self._quiet -= 1

    def _save(
        self,
        shape: Endpoint,
        division: int,
        values: Mapping[str, Any],
        stamp: datetime,
        created: datetime,
    ) -> dict[str, Any]:
        table = self._tables.setdefault((division, shape.name), {})
        clean = {name: stored(shape, name, value) for name, value in values.items()}
        key = clean.get(shape.key)
        if key is None:
            key = clean[shape.key] = str(uuid.uuid4())
        saved = {**self._new_row(shape, division, created), **table.get(key, {}), **clean}
        if "Modified" in shape.fields:
            saved["Modified"] = stamp
        saved[VERSION] = self._next_version()
        table[key] = saved
        self.changes += 1
        link = LINKS.get(shape.name)
        if link is not None:
            self._children.setdefault((division, shape.name, saved[link]), {})[key] = None
        return dict(saved)

    @staticmethod
    def _new_row(shape: Endpoint, division: int, created: datetime) -> dict[str, Any]:
        row: dict[str, Any] = {}
        if "Division" in shape.fields:
            row["Division"] = division
        if "Created" in shape.fields:
            row["Created"] = sql_time(created)
        return row

    def _save_lines(
        self,
        shape: Endpoint,
        division: int,
        key: str,
        lines: Iterable[Mapping[str, Any]] | None,
        stamp: datetime,
    ) -> None:
        """Replace the lines, or stamp them anew: header and lines share one stream in sync."""
        assert shape.lines is not None
        line_shape = catalogue()[shape.lines.endpoint]
        present = self.lines(division, shape.name, key)
        if lines is None:
            table = self._tables.get((division, line_shape.name), {})
            for line in present:
                table[line[line_shape.key]] = {**line, VERSION: self._next_version()}
            self.changes += 1
            return
        wanted = _numbered(line_shape, shape.lines.link, key, lines, present)
        kept = {_key(values[line_shape.key]) for values in wanted}
        for line in present:
            if line[line_shape.key] not in kept:
                self._drop(line_shape, division, line)
        for values in wanted:
            self._save(line_shape, division, values, stamp, stamp)

    def _drop(self, shape: Endpoint, division: int, row: Row) -> None:
        del self._tables[(division, shape.name)][row[shape.key]]
        self.changes += 1
        link = LINKS.get(shape.name)
        if link is not None:
            self._children[(division, shape.name, row[link])].pop(row[shape.key], None)

    def _delete_lines(self, shape: Endpoint, division: int, key: Any) -> None:
        if shape.lines is None:
            return
        line_shape = catalogue()[shape.lines.endpoint]
        for line in self.lines(division, shape.name, key):
            self._drop(line_shape, division, line)
            if shape.name in FINANCIAL:
                # Whether a transaction line has the entry line's ID is not documented.
                self._remember_deletion(division, TRANSACTION_LINES, str(uuid.uuid4()))

    def _remember_deletion(self, division: int, entity_type: int, key: str) -> None:
        version = self._next_version()
        table = self._tables.setdefault((division, "sync/Deleted"), {})
        table[version] = {
            "Timestamp": version,
            "DeletedDate": self.now(),
            "Division": division,
            "EntityKey": key,
            "EntityType": entity_type,
            "ID": str(uuid.uuid4()),
        }

    def _next_version(self) -> int:
        self._version += 1
        return self._version

    def _tell(self, shape: Endpoint, division: int, action: Action, key: Any) -> None:
        if self._quiet or not shape.topics:
            return
        event = Event(shape.topics[0], division, action, str(key), shape.name)
        for listener in list(self.listeners):
            listener(event)


def _numbered(
    shape: Endpoint, link: str, header: str, lines: Iterable[Mapping[str, Any]], present: list[Row]
) -> list[dict[str, Any]]:
    """Give each line its header, a number, and the ID of the line it replaces."""
    ids = {line.get("LineNumber"): line[shape.key] for line in present}
    result = []
    for number, line in enumerate(lines, start=1):
        values = {link: header, "LineNumber": number, **line}
        if shape.key not in values:
            values[shape.key] = ids.get(values["LineNumber"]) or str(uuid.uuid4())
        result.append(values)
    return result


def _key(key: Any) -> Any:
    return key.lower() if isinstance(key, str) else key
