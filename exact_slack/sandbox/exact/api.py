"""The sandbox's Exact Online: the REST API over the store, and the server around it."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import unquote

from exact_slack.sandbox.exact import files
from exact_slack.sandbox.exact.answers import ApiError, as_atom, as_written, error_response
from exact_slack.sandbox.exact.derived.composed import composed, is_composed
from exact_slack.sandbox.exact.derived.sync import start_point
from exact_slack.sandbox.exact.limits import Limits
from exact_slack.sandbox.exact.oauth import AUTH_PATH, TOKEN_PATH, ExactOAuth
from exact_slack.sandbox.exact.query import (
    find,
    has_collection,
    in_order,
    next_link,
    render,
    selected,
    sort_order,
)
from exact_slack.sandbox.exact.rules import FILTER_TEXT, SELECT_TEXT, Rules, scope_name
from exact_slack.sandbox.exact.shapes import Endpoint, Row, catalogue, parse_key, shape
from exact_slack.sandbox.exact.store import ExactStore
from exact_slack.sandbox.exact.webhooks import SUBSCRIPTIONS, WebhookError, Webhooks
from exact_slack.sandbox.faults import Faults
from exact_slack.sandbox.http import LoopbackServer, Request, Response
from exact_slack.sandbox.odata import odata
from exact_slack.sandbox.odata.literals import ODataError
from exact_slack.sandbox.running import Running

API: Final = "/api/v1/"
URL_LIMIT: Final = 6000
BARE_LIMIT: Final = 60
SYNC_TIMESTAMP: Final = "read/sync/Sync/SyncTimestamp"

_SKIPTOKEN = re.compile(r"&?\$skiptoken=[^&]*")
_ADDRESS = re.compile(r"(?P<name>[A-Za-z_/]+)(?:\((?P<key>[^)]*)\))?(?:/(?P<tail>\$?\w+))?")


@dataclass(frozen=True)
class _Call:
    """One request to the API, taken apart."""

    request: Request
    division: int
    endpoint: Endpoint
    key: str | None
    tail: str | None

    @property
    def root(self) -> str:
        """The address that an endpoint's name is appended to."""
        division = "" if self.endpoint.name == "current/Me" else f"/{self.division}"
        return f"{self.request.base_url}/api/v1{division}"


class ExactApi:
    """Answers requests as Exact Online's REST API does."""

    def __init__(
        self, store: ExactStore, oauth: ExactOAuth, limits: Limits, webhooks: Webhooks, rules: Rules
    ) -> None:
        self.store = store
        self.oauth = oauth
        self.limits = limits
        self.webhooks = webhooks
        self.rules = rules
        self.calls: Counter[tuple[int, str]] = Counter()
        self._sorted: dict[tuple[int, str, tuple[odata.Order, ...]], tuple[int, list[Row]]] = {}
        self.current_division = store.divisions[0] if store.divisions else 0
        """What `Me` shows; follows the user's choice in the web pages, not the app's."""

    def __call__(self, request: Request) -> Response:
        """Route a request to login, files or the API."""
        if request.path in (AUTH_PATH, TOKEN_PATH):
            return self.oauth(request)
        if request.path.startswith("/docs/"):
            return files.serve(self.store, request, self._logged_in(request))
        if request.path.startswith(API):
            return self._api(request)
        return Response.html("<!DOCTYPE html><html><body>Not found</body></html>", 404)

    def _logged_in(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("Authorization").partition(" ")
        return scheme.lower() == "bearer" and self.oauth.is_valid(token)

    def _api(self, request: Request) -> Response:
        division, name, key, tail = _split(request.path)
        with self.limits.under_way(division):
            self.calls[division, name] += 1
            answer = self._limited(request, division, name, key, tail)
        if division:
            self.limits.note(division, name, answer.status)
            if answer.status != 429:
                answer.headers.update(self.limits.headers(division))
        return answer

    def _limited(
        self, request: Request, division: int, name: str, key: str | None, tail: str | None
    ) -> Response:
        if self.rules.latency:
            time.sleep(self.rules.latency)
        if not self._logged_in(request):
            return Response(401, reason="Authentication Required")
        refused = self.limits.take(division) if division else None
        if refused is not None:
            return refused
        try:
            call = self._checked(request, division, name, key, tail)
            answer = self._answer(call)
        except ApiError as error:
            answer = error_response(error)
        except ODataError as error:
            answer = error_response(ApiError(400, str(error)))
        if "json" not in request.headers.get("Accept").lower():
            return as_atom(answer)
        return as_written(answer, self.rules.times, raw_controls=self.rules.raw_controls)

    def _checked(
        self, request: Request, division: int, name: str, key: str | None, tail: str | None
    ) -> _Call:
        if self.limits.is_blocked():
            raise ApiError(403, "Forbidden")  # how Exact words the error limit is not documented
        if len(request.base_url + request.target) > URL_LIMIT:
            raise ApiError(400, "The URL is too long.")  # status and text not documented
        if (name == "current/Me") != (division == 0):
            raise _not_found(name)
        self._check_division(division, name)
        endpoint = catalogue().get(name)
        if endpoint is None or name in self.rules.missing_endpoints:
            raise _not_found(name)
        if name in self.rules.unlicensed:
            raise ApiError(403, "Forbidden")  # text not documented
        missing = {scope_name(group) for group in self.rules.missing_scopes}
        for group in filter(None, endpoint.scope.split(", ")):
            if (scope := scope_name(group)) in missing:
                text = f"Forbidden - Application Scope Violated. Cannot read '{scope}' scope."
                raise ApiError(403, text)
        return _Call(request, division, endpoint, key, tail)

    def _check_division(self, division: int, name: str) -> None:
        if name == "current/Me":
            return
        if division not in self.store.divisions:
            raise ApiError(403, "Forbidden", "NoDivisionAccess")
        reason = self.rules.blocked_divisions.get(division)
        if reason is not None:
            raise ApiError(403, "Forbidden", reason)

    def _answer(self, call: _Call) -> Response:
        method, name = call.request.method, call.endpoint.name
        if name == SUBSCRIPTIONS and method == "POST" and call.key is None:
            return self._subscribe(call)
        if name == SUBSCRIPTIONS and method == "DELETE" and call.key is not None:
            self.store.delete(call.division, name, self._one(call)["ID"])
            return Response(204)
        if method != "GET":
            raise ApiError(405, "Method Not Allowed")  # the sandbox's documents are read-only
        if name == SYNC_TIMESTAMP:
            return self._sync_timestamp(call)
        return self._list(call) if call.key is None else self._single(call)

    def _list(self, call: _Call) -> Response:
        query = odata.parse_query(call.endpoint, call.request.query)
        self._check_list(call, query)
        order = sort_order(call.endpoint, query)
        if is_composed(call.endpoint.name):
            rows = in_order(self._rows(call.division, call.endpoint), order)
        else:
            rows = self._ordered(call.division, call.endpoint, order)
        return self._page(call, call.endpoint, query, rows)

    def _ordered(
        self, division: int, endpoint: Endpoint, order: tuple[odata.Order, ...]
    ) -> list[Row]:
        """The rows of a table in an order, sorted anew only when something has changed."""
        with self.store.lock:
            changes = self.store.changes
            version, rows = self._sorted.get((division, endpoint.name, order), (-1, []))
            if version != changes:
                rows = in_order(self.store.rows(division, endpoint.name), order)
                self._sorted[division, endpoint.name, order] = changes, rows
        return rows

    def _check_list(self, call: _Call, query: odata.Query) -> None:
        endpoint, name = call.endpoint, call.endpoint.name
        bare = query.select is None and query.top != 1 and call.tail is None
        if bare and name in self.rules.select_required:
            raise ApiError(400, SELECT_TEXT)
        if name in self.rules.filter_required and query.where is None:
            raise ApiError(400, FILTER_TEXT)
        refused = set(self.rules.unfilterable.get(name, ())) & query.filtered
        if endpoint.filters is not None:
            # on Deleted the official sync demo also filters on EntityType
            allowed = {*endpoint.filters, *({"EntityType"} if name == "sync/Deleted" else ())}
            refused |= query.filtered - allowed
        if refused:
            names = ", ".join(sorted(refused))
            raise ApiError(400, f"Filtering on these fields is not supported: {names}")
        if query.expand and name in self.rules.refuse_expand:
            raise ApiError(400, "The $expand query option is not supported.")  # not documented

    def _page(
        self, call: _Call, endpoint: Endpoint, query: odata.Query, rows: list[Row]
    ) -> Response:
        page = find(endpoint, query, rows, count=query.count or call.tail == "$count")
        if call.tail == "$count":
            return Response.text(str(page.total))
        shown = [self._render(call, endpoint, query, row) for row in page.rows]
        address = call.request.base_url + call.request.path
        link = next_link(address, endpoint, query, page)
        if link is None and endpoint.name in self.rules.circles:
            link = f"{address}?{_SKIPTOKEN.sub('', call.request.query)}"
        small = query.top is not None and query.top <= BARE_LIMIT
        if small and not query.count and endpoint.name != "current/Me":
            return Response.json({"d": shown})
        body: dict[str, Any] = {"results": shown}
        if query.count:
            body["__count"] = str(page.total)
        if link is not None:
            body["__next"] = link
        return Response.json({"d": body})

    def _single(self, call: _Call) -> Response:
        row = self._one(call)
        if call.tail is None:
            query = odata.parse_query(call.endpoint, call.request.query)
            if query.expand and call.endpoint.name in self.rules.refuse_expand:
                raise ApiError(400, "The $expand query option is not supported.")
            return Response.json({"d": self._render(call, call.endpoint, query, row)})
        if not has_collection(call.endpoint, call.tail):
            raise ApiError(404, f"Resource not found for the segment '{call.tail}'.")
        lines_endpoint, lines = self._lines(call.division, call.endpoint, row)
        query = odata.parse_query(lines_endpoint, call.request.query)
        ordered = in_order(lines, sort_order(lines_endpoint, query))
        return self._page(call, lines_endpoint, query, ordered)

    def _one(self, call: _Call) -> Row:
        try:
            key = parse_key(call.endpoint, call.key or "")
        except ValueError:
            raise ApiError(400, f"Syntax error in the key '{call.key}'.") from None
        rows = self._rows(call.division, call.endpoint)
        if not is_composed(call.endpoint.name):
            stored = self.store.get(call.division, call.endpoint.name, key)
            rows = [] if stored is None else [stored]
        for row in rows:
            if row[call.endpoint.key] == key:
                return row
        raise ApiError(404, "Resource not found for the segment '" + call.endpoint.name + "'.")

    def _rows(self, division: int, endpoint: Endpoint) -> list[Row]:
        if is_composed(endpoint.name):
            return composed(self.store, division, endpoint, self.current_division, self.rules)
        return self.store.rows(division, endpoint.name)

    def _lines(self, division: int, endpoint: Endpoint, row: Row) -> tuple[Endpoint, list[Row]]:
        assert endpoint.lines is not None
        lines = self.store.lines(division, endpoint.name, row[endpoint.key])
        return catalogue()[endpoint.lines.endpoint], lines

    def _render(
        self, call: _Call, endpoint: Endpoint, query: odata.Query, row: Row
    ) -> dict[str, Any]:
        complete = files.with_urls(call.request.base_url, call.division, endpoint.name, row)

        def lines_of(header: Row) -> tuple[Endpoint, list[Row]]:
            lines_endpoint, lines = self._lines(call.division, endpoint, header)
            return lines_endpoint, lines[: self.rules.expanded_lines]

        return render(call.root, endpoint, query, complete, lines_of)

    def _subscribe(self, call: _Call) -> Response:
        try:
            given = call.request.json()
        except ValueError:
            raise ApiError(400, "The request body is no JSON.") from None
        try:
            row = self.webhooks.subscribe(call.division, given)
        except WebhookError as error:
            raise ApiError(500, str(error)) from None
        fields = selected(call.endpoint, odata.Query())
        return Response.json({"d": shape(call.root, call.endpoint, row, fields)}, 201)

    def _sync_timestamp(self, call: _Call) -> Response:
        args = call.request.args()
        since = odata.parse_literal(args.get("modified", ""), "DateTime")
        endpoint = odata.parse_literal(args.get("endPoint", ""), "String")
        point = start_point(self.store, call.division, endpoint, since)
        if point is None:
            raise ApiError(400, f"The endpoint '{endpoint}' is not supported.")  # not documented
        row = {"TimeStampAsBigInt": point}
        shown = shape(call.root, call.endpoint, row, ["TimeStampAsBigInt"])
        return Response.json({"d": {"results": [shown]}})  # this shape is not documented


def _split(path: str) -> tuple[int, str, str | None, str | None]:
    """Take a path apart: division (0 for `current`), endpoint, key, and what follows."""
    segment, _, rest = unquote(path[len(API) :]).partition("/")
    rest, _, count = rest.partition("/$count")
    match = _ADDRESS.fullmatch(rest)
    name, key, tail = match.group("name", "key", "tail") if match else (rest, None, None)
    if key is None and tail is not None:
        name, tail = rest, None
    division = int(segment) if segment.isdigit() else 0
    if division == 0:
        name = f"{segment}/{name}"
    return division, name, key, "$count" if path.endswith("/$count") and not count else tail


class ExactSandbox(Running):
    """A whole Exact Online on loopback: server, store, login, limits and webhooks."""

    def __init__(
        self,
        port: int = 0,
        divisions: Iterable[int] = (123456, 234567, 345678),
        strict: bool = True,
        *,
        store: ExactStore | None = None,
        oauth: ExactOAuth | None = None,
        clock: Callable[[], float] = time.time,
        faults: Faults | None = None,
        limits_on: bool = True,
    ) -> None:
        self.store = store or ExactStore(divisions, seconds=clock)
        self.oauth = oauth or ExactOAuth(clock=clock)
        self.limits = Limits(clock, limits_on)
        self.rules = Rules() if strict else Rules.lenient()
        self.webhooks = Webhooks(self.store, self.oauth.client_id)
        self.api = ExactApi(self.store, self.oauth, self.limits, self.webhooks, self.rules)
        self.server = LoopbackServer(self.api, port, faults)
        self.webhooks.base_url = lambda: self.server.url

    @property
    def url(self) -> str:
        """The address of the host; the API is under /api/v1."""
        return self.server.url

    @property
    def faults(self) -> Faults:
        """The faults of this server."""
        return self.server.faults

    @property
    def calls(self) -> Counter[tuple[int, str]]:
        """API calls by division (0 = none in the address) and endpoint."""
        return self.api.calls

    @property
    def parallel_violations(self) -> int:
        """How often requests of one division ran at the same time."""
        return self.limits.parallel_violations

    def start(self) -> Self:
        """Begin to serve; returns itself."""
        self.webhooks.start()
        self.server.start()
        return self

    def stop(self) -> None:
        """Stop serving and delivering."""
        self.server.stop()
        self.webhooks.stop()


def _not_found(name: str) -> ApiError:
    segment = name.rsplit("/", maxsplit=1)[-1]
    return ApiError(404, f"Resource not found for the segment '{segment}'.")
