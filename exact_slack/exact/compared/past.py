"""Exact's past, read once: a page at a time, the newest first, and on from where it stopped.

Filtering on Modified is sure for the entries and not for cashflow, where only sorting is recorded;
so that is sorted alone, and ends where it goes too far back. A page's address stands for the place:
Exact's `$skiptoken` is a key."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from exact_slack.account_number import Marks
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import TERMS, Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.exact import capabilities
from exact_slack.exact.catalogue import ENDPOINTS, Endpoint
from exact_slack.exact.errors import ExactRefused, NoNextPage
from exact_slack.exact.mapping import line_rows, to_document
from exact_slack.exact.times import literal
from exact_slack.exact.values import milliseconds
from exact_slack.exact.wire.client import ExactClient
from exact_slack.exact.wire.odata import Answer, Row
from exact_slack.exact.wire.paging import follow_all

_OPEN: Final = "IsFullyPaid eq false"
"""Of receivables only those that are open matter (recorded: TimPelgrim/exactonline-mcp)."""
_LEFT_OUT: Final = frozenset(
    {"TypeDescription", "StatusDescription", "JournalDescription", "ModifierFullName"}
)


@dataclass(frozen=True, slots=True)
class PastPage:
    """Some documents of the past, and where the reading goes on: "" at its end."""

    documents: tuple[Document, ...]
    oldest: ServerMs | None
    next: str


class PastReader:
    """Reads one kind in one division."""

    def __init__(self, client: ExactClient, words: set[str], currency: str, marks: Marks) -> None:
        """`words`: what the endpoint is known to refuse."""
        self._client = client
        self._words = words
        self._currency = currency
        self._marks = marks

    def pages(
        self, division: int, kind: Kind, since: ServerMs, reached: ServerMs, following: str
    ) -> Iterator[PastPage]:
        """What was changed after `since`, back from where the reading stopped."""
        endpoint = ENDPOINTS[kind]
        first = self._first(division, endpoint, since, reached, following)
        for answer in follow_all(self._client, division, first):
            page = self._page(division, endpoint, answer, since)
            yield page
            if not page.next:
                return

    def _first(
        self, division: int, endpoint: Endpoint, since: ServerMs, reached: ServerMs, following: str
    ) -> Answer:
        if following:
            try:
                return self._client.follow(division, following)
            except NoNextPage:
                pass  # written by another config: from the top
            except ExactRefused as refused:
                if refused.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
                    raise
        params = self._params(endpoint, since, reached if following else None)
        return self._client.get(division, endpoint.path, params)

    def _params(
        self, endpoint: Endpoint, since: ServerMs, reached: ServerMs | None
    ) -> dict[str, str]:
        names = capabilities.kept(endpoint.fields, self._words)
        if endpoint.kind is not Kind.BANK_ACCOUNT:  # those become documents of the ledger
            names = [name for name in names if name not in _LEFT_OUT]
        params = {"$select": ",".join(names), "$orderby": "Modified desc"}
        if endpoint.kind is Kind.PURCHASE_INVOICE and capabilities.NO_EXPAND not in self._words:
            assert endpoint.lines is not None
            lines = capabilities.kept(endpoint.line_fields, self._words, endpoint.lines)
            wanted = {"ID", "PurchaseOrderLine", "Quantity", "QuantityInDefaultUnits"}
            params["$select"] += "".join(
                f",{endpoint.lines}/{name}" for name in lines if name in wanted
            )
            params["$expand"] = endpoint.lines
        if endpoint.kind is Kind.RECEIPT:
            params["$filter"] = _OPEN
        elif endpoint.kind is Kind.BANK_ACCOUNT and endpoint.never:
            params["$filter"] = "{} ne '{}'".format(*endpoint.never)
        elif endpoint.kind not in TERMS and capabilities.NO_FILTER not in self._words:
            params["$filter"] = f"Modified gt {literal(since)}"
            if reached is not None:
                params["$filter"] += f" and Modified le {literal(reached)}"
        return params

    def _page(self, division: int, endpoint: Endpoint, answer: Answer, since: ServerMs) -> PastPage:
        times = [ms for row in answer.rows if (ms := milliseconds(row, "Modified")) is not None]
        oldest = min(times, default=None)
        bounded = endpoint.kind not in (Kind.RECEIPT, Kind.BANK_ACCOUNT)
        over = bounded and oldest is not None and oldest <= since
        documents = []
        for row in answer.rows:
            document = self._document(division, endpoint, row)
            if document and not (bounded and document.modified <= since):
                documents.append(document)
        return PastPage(tuple(documents), oldest, "" if over else answer.next or "")

    def _document(self, division: int, endpoint: Endpoint, row: Row) -> Document | None:
        """The document in a row; None where it is none that can be compared with."""
        if endpoint.never and row.get(endpoint.never[0]) == endpoint.never[1]:
            return None
        if endpoint.lines is not None and line_rows(row.get(endpoint.lines)) is None:
            row = {**row, endpoint.lines: []}
        try:
            return to_document(endpoint, division, row, self._currency, self._marks)
        except ValueError:
            return None
