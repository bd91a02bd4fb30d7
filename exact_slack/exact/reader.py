"""How changed documents are read: filtered and sorted by `Modified`, lines in the same call.

Not every endpoint and edition of Exact takes every query option, and the documentation does not
say which. So a refused query is asked again in a simpler way, three attempts at most, and what was
was found out is remembered, because Exact counts refusals."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

from exact_slack.account_number import Marks
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.exact import capabilities
from exact_slack.exact.catalogue import ENDPOINTS, Endpoint
from exact_slack.exact.compared.facts import Facts
from exact_slack.exact.compared.marks import no_marks
from exact_slack.exact.errors import PAGE_TEXT, ExactRefused, NoNextPage
from exact_slack.exact.times import literal
from exact_slack.exact.values import milliseconds
from exact_slack.exact.wire.client import ExactClient
from exact_slack.exact.wire.odata import Answer, Row, collection, guid

if TYPE_CHECKING:
    from exact_slack.documents.document import Document
    from exact_slack.exact.compared.past import PastReader

ATTEMPTS: Final = 3
PAGE_SIZE: Final = 60
"""Rows on a page of Exact's; exactly that many expanded lines may be a cut-off list."""

Query = tuple[str, dict[str, str]]
Ask = Callable[[int, str, dict[str, str]], Answer]
_log = logging.getLogger("exact_slack.exact")


class Capabilities(Protocol):
    """What an endpoint of a division is known to refuse: the words of `capabilities`."""

    def get(self, division: int, path: str) -> set[str]:
        """The words that are known so far."""

    def add(self, division: int, path: str, word: str) -> None:
        """Remember one more."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that is no document: its key, "" where it has none that is a GUID, its `Modified`, and
    what is wrong with it."""

    key: str
    modified: ServerMs | None
    sentence: str


class Unusable(ValueError):
    """One document was asked for, and what came is none."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(broken.sentence)
        self.broken = broken


@dataclass(frozen=True, slots=True)
class Page:
    """Some documents, in the order in which they were changed."""

    documents: "tuple[Document, ...]"
    newest: ServerMs | None
    """The latest `Modified` on the page: how far the cursor may move once it is stored."""
    broken: tuple[Broken, ...] = ()
    last: bool = False
    at: int | None = None
    """When Exact gave it, ms since 1970 in UTC; None where it did not say."""
    by_key: bool = False
    """Picked out by their keys: they say nothing about how far was read."""


class Reader(Facts):
    """Reads documents; the other questions are in `Facts` and `Lookups`."""

    def __init__(
        self,
        client: ExactClient,
        capabilities: Capabilities,
        currencies: dict[int, str],
        marks: Marks = no_marks,
        attempts: int = ATTEMPTS,
    ) -> None:
        super().__init__(client)
        self._attempts = attempts
        self._capabilities = capabilities
        self._marks = marks
        self.currencies = currencies
        """Each division's own; whoever checks the divisions adds to them."""

    def refusals_of(self, division: int, path: str) -> set[str]:
        """The words of `capabilities` that are known of an endpoint."""
        return self._capabilities.get(division, path)

    def changed(
        self, division: int, kind: Kind, after_ms: ServerMs, until_ms: ServerMs | None = None
    ) -> Iterator[Page]:
        """The documents with after_ms < Modified <= until_ms, oldest first; always one last page.

        Whoever has stored a page may move the cursor to its `newest`."""
        endpoint = ENDPOINTS[kind]

        def build(words: set[str]) -> Query:
            return endpoint.path, _list_params(endpoint, words, after_ms, until_ms)

        def between(row: Row) -> bool:
            ms = milliseconds(row, "Modified")
            return ms is None or (ms > after_ms and (until_ms is None or ms <= until_ms))

        guesses = (capabilities.NO_EXPAND, capabilities.NO_FILTER)
        first, words = self._adapt(division, endpoint, build, guesses)
        answers = self._pages(division, first)
        if capabilities.NO_FILTER in words:
            answers = iter(_back_to(answers, after_ms))
        for answer in answers:
            rows = answer.rows
            if capabilities.NO_FILTER in words:
                rows = list(filter(between, rows))
            page = self._page(division, endpoint, rows)
            yield replace(page, last=answer.next is None, at=answer.at)

    def one(self, ref: Ref) -> "Document | None":
        """One document by its key; None where Exact does not have it (any more), Unusable where
        what it has is no document."""
        endpoint = ENDPOINTS[ref.kind]
        path = f"{endpoint.path}(guid'{guid(ref.guid)}')"
        if not guid(ref.guid):
            return None

        def build(words: set[str]) -> Query:
            return path, _select(endpoint, words)

        try:
            answer, _ = self._adapt(
                ref.division, endpoint, build, (capabilities.NO_EXPAND,), self._client.entity
            )
        except ExactRefused as refused:
            if refused.status == HTTPStatus.NOT_FOUND and refused.text != PAGE_TEXT:
                return None
            raise
        page = self._page(ref.division, endpoint, answer.rows[:1])
        for broken in page.broken:
            raise Unusable(broken)
        return page.documents[0] if page.documents else None

    def many(self, division: int, kind: Kind, keys: Iterable[str]) -> Page:
        """Documents by their keys, in as few calls as possible; what Exact does not have (any
        more) is absent."""
        endpoint = ENDPOINTS[kind]
        words = self._capabilities.get(division, endpoint.path)
        params = _select(endpoint, words)
        rows = list(self._batched(division, endpoint.path, endpoint.key, params, keys))
        return replace(self._page(division, endpoint, rows), last=True, by_key=True)

    def past(self, division: int, kind: Kind) -> "PastReader":
        """What reads a kind's past, by what its endpoint is known to refuse."""
        from exact_slack.exact.compared.past import PastReader

        words = self._capabilities.get(division, ENDPOINTS[kind].path)
        return PastReader(self._client, set(words), self._currency(division), self._marks)

    def existing(self, division: int, kind: Kind, keys: Iterable[str]) -> set[str]:
        """Those of the keys that Exact still has, in as few calls as possible."""
        endpoint = ENDPOINTS[kind]
        rows = self._batched(division, endpoint.path, endpoint.key, endpoint.key, keys)
        return {guid(row.get(endpoint.key)) for row in rows}

    def _document(self, division: int, endpoint: Endpoint, row: Row) -> "Document":
        from exact_slack.exact.mapping import to_document

        return to_document(endpoint, division, row, self._currency(division), self._marks)

    def _currency(self, division: int) -> str:
        return self.currencies.get(division, "")

    def _page(self, division: int, endpoint: Endpoint, rows: list[Row]) -> Page:
        """The documents in rows of which no one spoils another."""
        if endpoint.never:
            field, value = endpoint.never
            rows = [row for row in rows if row.get(field) != value]
        cut_off = self._give_lines(division, endpoint, rows)
        documents: list[Document] = []
        broken: list[Broken] = []
        for index, row in enumerate(rows):
            try:
                if index in cut_off:
                    raise ValueError(_named(endpoint, row, "whose lines cannot be read"))
                documents.append(self._document(division, endpoint, row))
            except ValueError as error:
                broken.append(_broken(endpoint, division, row, str(error)))
            except Exception as error:  # noqa: BLE001 - one row that nobody foresaw never stops the others
                _log.debug("a row cannot be read", exc_info=True)
                what = _named(endpoint, row, f"that cannot be read ({type(error).__name__})")
                broken.append(_broken(endpoint, division, row, what))
        times = [ms for row in rows if (ms := milliseconds(row, "Modified")) is not None]
        return Page(tuple(documents), max(times, default=None), tuple(broken))

    def _adapt(
        self,
        division: int,
        endpoint: Endpoint,
        build: Callable[[set[str]], Query],
        guesses: tuple[str, ...],
        ask: Ask | None = None,
    ) -> tuple[Answer, set[str]]:
        """Ask, and where Exact answers 400, ask again without what it does not take."""
        words = set(self._capabilities.get(division, endpoint.path))
        guessed: list[str] = []
        first: ExactRefused | None = None
        refusal: ExactRefused | None = None
        for _ in range(self._attempts):
            try:
                answer = (ask or self._client.get)(division, *build(words))
            except ExactRefused as refused:
                refusal = refused
                suspect = capabilities.from_refusal(refused, endpoint, words, guesses)
                if suspect is None:
                    break
                words.add(suspect.word)
                if suspect.sure:
                    self._capabilities.add(division, endpoint.path, suspect.word)
                else:
                    guessed.append(suspect.word)
                    first = first or refused
                continue
            for word in guessed:
                self._capabilities.add(division, endpoint.path, word)
            return answer, words
        assert refusal is not None
        raise first if first is not None and refusal.status == HTTPStatus.BAD_REQUEST else refusal

    def _give_lines(self, division: int, endpoint: Endpoint, rows: list[Row]) -> set[int]:
        """Put all lines into the rows: the rest of a long list, or all where none came along.
        Returns the rows (by their place) of which that cannot be done."""
        cut_off: set[int] = set()
        if endpoint.lines is None:
            return cut_off
        lacking: dict[str, int] = {}
        for index, row in enumerate(rows):
            inline, following = collection(row.get(endpoint.lines))
            key = guid(row.get(endpoint.key))
            if inline is not None and following:
                try:
                    rest = self._pages(division, self._client.follow(division, following))
                    row[endpoint.lines] = inline + [line for page in rest for line in page.rows]
                except NoNextPage:
                    cut_off.add(index)
            elif key and (inline is None or len(inline) == PAGE_SIZE):
                lacking[key] = index
        if lacking:
            try:
                wanting = {key: rows[index] for key, index in lacking.items()}
                self._fetch_lines(division, endpoint, wanting)
            except NoNextPage:
                cut_off |= set(lacking.values())
        return cut_off

    def _fetch_lines(self, division: int, endpoint: Endpoint, lacking: dict[str, Row]) -> None:
        from exact_slack.exact.mapping import line_rows

        assert endpoint.lines is not None
        dropped = self._capabilities.get(division, endpoint.path)
        select = ",".join(capabilities.kept(endpoint.line_fields, dropped, endpoint.lines))
        lines: dict[str, list[Row]] = {key: [] for key in lacking}
        link = endpoint.line_link
        for line in self._batched(division, endpoint.lines_path, link, select, lacking):
            lines.get(guid(line.get(link)), []).append(line)
        for key, row in lacking.items():
            if lines[key] or line_rows(row.get(endpoint.lines)) is None:
                row[endpoint.lines] = lines[key]


def _named(endpoint: Endpoint, row: Row, what: str) -> str:
    return " ".join(filter(None, (endpoint.kind.label.lower(), guid(row.get(endpoint.key)), what)))


def _broken(endpoint: Endpoint, division: int, row: Row, what: str) -> Broken:
    sentence = f"Exact sent {what} in division {division}."
    return Broken(guid(row.get(endpoint.key)), milliseconds(row, "Modified"), sentence)


def _select(endpoint: Endpoint, words: set[str]) -> dict[str, str]:
    names = capabilities.kept(endpoint.fields, words)
    if endpoint.lines is None or capabilities.NO_EXPAND in words:
        return {"$select": ",".join(names)}
    lines = capabilities.kept(endpoint.line_fields, words, endpoint.lines)
    names += [f"{endpoint.lines}/{name}" for name in lines]
    return {"$select": ",".join(names), "$expand": endpoint.lines}


def _list_params(
    endpoint: Endpoint, words: set[str], after_ms: ServerMs, until_ms: ServerMs | None
) -> dict[str, str]:
    if capabilities.NO_FILTER in words:
        return {"$orderby": "Modified desc", **_select(endpoint, words)}
    condition = f"Modified gt {literal(after_ms)}"
    if endpoint.never:
        condition += " and {} ne '{}'".format(*endpoint.never)
    if until_ms is not None:
        condition += f" and Modified le {literal(until_ms)}"
    return {"$filter": condition, "$orderby": "Modified", **_select(endpoint, words)}


def _back_to(answers: Iterable[Answer], after_ms: ServerMs) -> list[Answer]:
    """Pages that come newest first, down to the first that reaches the time; then turned round,
    so that a cursor that follows them never skips what was not stored yet."""
    taken: list[Answer] = []
    for answer in answers:
        taken.append(answer)
        times = (milliseconds(row, "Modified") for row in answer.rows)
        if any(ms is not None and ms <= after_ms for ms in times):
            break
    turned = [replace(page, rows=page.rows[::-1], next="earlier") for page in reversed(taken)]
    turned[-1] = replace(turned[-1], next=None)
    return turned
