"""The small questions to Exact: who am I, which divisions, what was deleted, who is this
account, where is that document."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from exact_slack.documents.moment import ServerMs
from exact_slack.errors import TemporaryError
from exact_slack.exact.catalogue import DELETED
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.times import plausible, server_time_ms
from exact_slack.exact.values import currency_code, integer, text
from exact_slack.exact.wire.client import ExactClient
from exact_slack.exact.wire.hosts import is_page
from exact_slack.exact.wire.odata import URL_LIMIT, Answer, Row, any_of, guid
from exact_slack.exact.wire.paging import follow_all

if TYPE_CHECKING:
    from exact_slack.documents.document import Account

BATCH: Final = 40
"""Keys asked for in one call, where the address is not full before."""


@dataclass(frozen=True, slots=True)
class Me:
    """The user who logged in, and Exact's own clock at that moment."""

    user_name: str
    current_division: int | None
    server_time_ms: ServerMs
    utc_offset: int | None
    """Seconds by which Exact's wall clock is ahead of UTC; None where it does not say."""


@dataclass(frozen=True, slots=True)
class DivisionInfo:
    """A division the user may use. Status: active, archived, inactive or blocked."""

    code: int
    name: str
    currency: str
    status: str


@dataclass(frozen=True, slots=True)
class UserName:
    """A user of Exact by id and full name, each "" where Exact does not say it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DeletedRow:
    """A deletion as Exact keeps it, for two months."""

    entity_type: int
    key: str
    timestamp: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a document of Exact. `size` as Exact says it, which may be wrong or missing."""

    id: str
    document: str
    name: str
    size: int | None
    url: str


ATTACHMENTS: Final = "documents/DocumentAttachments"
ACCOUNTS: Final = "crm/Accounts"
DOCUMENTS: Final = "documents/Documents"
_HRM_STATUS: Final = {0: "active", 1: "archived"}
_SYSTEM_STATUS: Final = {0: "inactive", 1: "active", 2: "archived"}


class Lookups:
    """Questions that are not about one kind of document."""

    def __init__(self, client: ExactClient) -> None:
        self._client = client
        self.ahead_ms: int | None = None
        """How far Exact's wall clock was ahead of the `Date` of its answers, when last asked."""

    def me(self) -> Me:
        """current/Me: no scope, no division, not counted by Exact."""
        select = "UserName,FullName,CurrentDivision,ServerTime,ServerUtcOffset"
        answer = self._client.entity(None, "current/Me", {"$select": select})
        row = answer.rows[0] if answer.rows else {}
        try:
            now = plausible(server_time_ms(text(row, "ServerTime")))
        except ValueError:
            raise TemporaryError(
                "Exact did not say its own time (current/Me).", "The next run tries again."
            ) from None
        self.ahead_ms = None if answer.at is None else now - answer.at
        return Me(
            user_name=text(row, "UserName", "FullName"),
            current_division=integer(row, "CurrentDivision"),
            server_time_ms=now,
            utc_offset=integer(row, "ServerUtcOffset"),
        )

    def divisions(self) -> dict[int, DivisionInfo]:
        """What the user may use: hrm/Divisions, which needs no scope but knows one licence only;
        system/Divisions where that is refused or lacks a division of the config."""
        configured = self._client.config.divisions
        current = self.me().current_division or configured[0]
        divisions, refused = self._divisions_by("hrm/Divisions", current, _HRM_STATUS)
        if refused or any(code not in divisions for code in configured):
            more, also_refused = self._divisions_by("system/Divisions", current, _SYSTEM_STATUS)
            divisions = {**more, **divisions}
            if refused and also_refused and configured[0] != current:
                divisions, refused = self._divisions_by("hrm/Divisions", configured[0], _HRM_STATUS)
        if refused and not divisions:
            raise refused
        return divisions

    def _divisions_by(
        self, path: str, division: int, words: dict[int, str]
    ) -> tuple[dict[int, DivisionInfo], ExactRefused | None]:
        params = {"$select": "Code,Description,Currency,Status,BlockingStatus"}
        divisions: dict[int, DivisionInfo] = {}
        try:
            for row in self._rows(division, path, params):
                code = integer(row, "Code")
                if code is None:
                    continue
                status = words.get(integer(row, "Status") or 0, "inactive")
                if integer(row, "BlockingStatus"):
                    status = "blocked"
                name, currency = text(row, "Description"), currency_code(row)
                divisions[code] = DivisionInfo(code, name, currency, status)
        except ExactRefused as refused:
            return divisions, refused
        return divisions, None

    def deleted(self, division: int, after_timestamp: int) -> tuple[list[DeletedRow], int]:
        """Deletions with a row version above the given one, and the highest version seen.
        Only `Timestamp` may be filtered here (exactonline-api-dotnet-sync-demo)."""
        params = {
            "$filter": f"Timestamp gt {max(after_timestamp, 1)}L",
            "$select": "Timestamp,EntityKey,EntityType",
        }
        rows: list[DeletedRow] = []
        newest = after_timestamp
        for row in self._rows(division, DELETED, params):
            timestamp, kind = integer(row, "Timestamp"), integer(row, "EntityType")
            key = guid(row.get("EntityKey"))
            if timestamp is None:
                continue
            newest = max(newest, timestamp)
            if kind is not None and key:
                rows.append(DeletedRow(kind, key, timestamp))
        return rows, newest

    def accounts(self, division: int, ids: Iterable[str]) -> dict[str, "Account"]:
        """Relations by id; an id that Exact does not know is absent."""
        from exact_slack.documents.document import Account

        rows = self._by_id(division, ACCOUNTS, "ID,Code,Name", ids)
        return {id_: Account(id_, text(row, "Code"), text(row, "Name")) for id_, row in rows}

    def account_managers(self, division: int, ids: Iterable[str]) -> dict[str, UserName]:
        """The account managers of relations, by the id of the relation."""
        rows = self._by_id(division, ACCOUNTS, "ID,AccountManager,AccountManagerFullName", ids)
        return {
            id_: UserName(guid(row.get("AccountManager")), text(row, "AccountManagerFullName"))
            for id_, row in rows
        }

    def document_links(self, division: int, ids: Iterable[str]) -> dict[str, str]:
        """The addresses under which Exact's documents open in a browser."""
        rows = self._by_id(division, DOCUMENTS, "ID,DocumentViewUrl", ids)
        links = {id_: text(row, "DocumentViewUrl") for id_, row in rows}
        return {id_: url for id_, url in links.items() if is_page(self._client.config, url)}

    def attachments(self, division: int, ids: Iterable[str]) -> list[Attachment]:
        """The files of Exact's documents, many documents in one call."""
        select = "ID,Document,FileName,FileSize,Url"
        rows = self._batched(division, ATTACHMENTS, "Document", select, ids)
        return [
            Attachment(
                guid(row.get("ID")),
                guid(row.get("Document")),
                text(row, "FileName"),
                integer(row, "FileSize"),
                text(row, "Url"),
            )
            for row in rows
            if guid(row.get("ID"))
        ]

    def _by_id(
        self, division: int, path: str, select: str, ids: Iterable[str]
    ) -> Iterator[tuple[str, Row]]:
        for row in self._batched(division, path, "ID", select, ids):
            id_ = guid(row.get("ID"))
            if id_:
                yield id_, row

    def _batched(
        self,
        division: int,
        path: str,
        field: str,
        asked: str | dict[str, str],
        ids: Iterable[str],
    ) -> Iterator[Row]:
        """The rows whose field is one of the keys, in as few calls as the address allows.
        `asked`: the fields to select, or all that is asked beside the filter."""
        beside = {"$select": asked} if isinstance(asked, str) else asked
        wanted = list(dict.fromkeys(filter(None, map(guid, ids))))
        while wanted:
            size = min(BATCH, len(wanted))
            params = {"$filter": any_of(field, wanted[:size]), **beside}
            while size > 1 and len(self._client.url(division, path, params)) >= URL_LIMIT:
                size -= 1
                params["$filter"] = any_of(field, wanted[:size])
            wanted = wanted[size:]
            yield from self._rows(division, path, params)

    def _rows(self, division: int, path: str, params: dict[str, str]) -> Iterator[Row]:
        for answer in self._pages(division, self._client.get(division, path, params)):
            yield from answer.rows

    def _pages(self, division: int, answer: Answer) -> Iterator[Answer]:
        """The first answer and those that follow."""
        return follow_all(self._client, division, answer)
