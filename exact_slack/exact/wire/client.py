"""One GET at a time against Exact Online's REST API.

A GET is safe, so it is sent once more after a hiccup (5xx, a page instead of data, a lost
connection), twice more after a full minute, and once more with a new token after a 401.
Everything else is told at once: Exact blocks an app that keeps asking what it refuses.

What is wrong with the host is no query's own: after the second such failure in a row nothing is
asked any more.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from exact_slack.clock import Clock
from exact_slack.config.sides import ExactConfig
from exact_slack.errors import LoginNeeded, TemporaryError
from exact_slack.exact.auth.tokens import TokenChain
from exact_slack.exact.errors import (
    LOGIN_CURE,
    PAGE_TEXT,
    ExactDown,
    ExactRefused,
    NoNextPage,
    Unanswered,
    place,
    refusal,
)
from exact_slack.exact.wire import odata, session
from exact_slack.exact.wire.budget import CallCounter, is_daily, used_up, wait_after
from exact_slack.exact.wire.hosts import api_root
from exact_slack.exact.wire.odata import Answer
from exact_slack.exact.wire.turns import Turn, Turns
from exact_slack.foreign import said
from exact_slack.network.errors import PROXY_LOGIN, NoConnection, Obstacle
from exact_slack.redact import note

__all__ = ["Answer", "ExactClient"]

LONGEST_FILE: Final = 180.0
"""Seconds for one file altogether."""
_STRIKES: Final = 2
_SUCCESS, _REDIRECTION, _ERROR, _SERVER_ERROR = 200, 300, 400, 500
"""The first status of each class."""
_LATER = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY)
BACK_OFF: Final = 2.0
"""Seconds before the one retry of a hiccup."""
_NEXT_RUN: Final = "The next run tries again."
_log = logging.getLogger("exact_slack.exact")


class _Bearer(AuthBase):
    """The token as a header, set here so that no .netrc of the machine can replace it."""

    def __init__(self, token: str) -> None:
        self._token = note(token)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass(frozen=True, slots=True)
class _Call:
    division: int | None
    path: str
    url: str
    method: str = "GET"
    payload: dict[str, str] | None = None
    take: Callable[[requests.Response], None] | None = None
    """Reads the body of a 200 that is a file and not data."""
    shape: Callable[[Any], Answer] = odata.page
    """What the answer must be."""

    @property
    def place(self) -> str:
        return place(self.path, self.division)


@dataclass(slots=True)
class _Left:
    """The repetitions that one call still has."""

    hiccups: int = 1
    minutes: int = 2
    tokens: int = 1


class _Hiccup(Exception):
    """Exact or the way to it failed for a moment; the text says how."""


class _Lost(_Hiccup):
    """The connection was lost before the whole answer had come."""


class _Silence(Exception):
    """No answer in time, or not all of it."""


class _Minute(Exception):
    """The minute is used up."""

    def __init__(self, wait: float) -> None:
        super().__init__()
        self.wait = wait


class _TokenRejected(Exception):
    """A 401: the access token is not accepted."""


class ExactClient:
    """The API of one login. With a folder for locks, all processes take turns per division."""

    def __init__(
        self,
        config: ExactConfig,
        chain: TokenChain,
        clock: Clock,
        counts: CallCounter,
        locks: Path | None = None,
    ) -> None:
        self.config = config
        self.counts = counts
        self._root = api_root(config)
        self._chain = chain
        self._clock = clock
        self._turns = Turns(locks)
        self._session = session.session()
        self._session.headers["Accept"] = "application/json"
        self._strikes = 0
        """Failures of the host in a row."""
        self._down: ExactDown | None = None

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def ask_again(self) -> None:
        """A new round: Exact may be back."""
        self._strikes, self._down = 0, None

    def url(self, division: int | None, path: str, params: dict[str, str]) -> str:
        """The encoded address of a query (Exact accepts up to 6000 characters)."""
        return odata.build_url(self._root, division, path, params)

    def adopt_limits(self, division: int) -> None:
        """Take over what the last caller of any process knew of the division's limits."""
        with self._turns.take(division) as turn:
            self.counts.adopt(division, turn.read())

    def get(self, division: int | None, path: str, params: dict[str, str]) -> Answer:
        """The first page of a query."""
        return self._fetch(_Call(division, path, self.url(division, path, params)))

    def entity(self, division: int | None, path: str, params: dict[str, str]) -> Answer:
        """One entity, as the only row."""
        endpoint = path.partition("(")[0]
        url = self.url(division, path, params)
        return self._fetch(_Call(division, endpoint, url, shape=odata.entity))

    def follow(self, division: int | None, url: str) -> Answer:
        """A next page, by the address that Exact gave, unchanged. The token goes only to the
        configured host and the division at hand."""
        inside = f"/api/v1/{division}/" if division is not None else "/api/v1/"
        rest = ""
        if odata.same_origin(self._root, url):
            before, _, rest = urlsplit(url).path.partition(inside)
            if before != urlsplit(self._root).path or ".." in rest:
                rest = ""
        if not rest:
            raise NoNextPage(
                f"Exact named a next page outside {self._root}{inside}; it was not followed.",
                "Check exact.base_url if a proxy stands between.",
            )
        return self._fetch(_Call(division, rest.partition("(")[0], url))

    def post(self, division: int, path: str, payload: dict[str, str]) -> Answer:
        """Create an entity. Sent once: what a lost answer leaves behind is the caller's to find."""
        return self._fetch(_Call(division, path, self.url(division, path, {}), "POST", payload))

    def delete(self, division: int, path: str) -> None:
        """Delete an entity by its path with key."""
        endpoint = path.partition("(")[0]
        self._fetch(_Call(division, endpoint, self.url(division, path, {}), "DELETE"))

    def download(
        self, division: int, path: str, url: str, take: Callable[[requests.Response], None]
    ) -> None:
        """A file by the address that Exact gave; `path` is what sentences call it. `take` reads
        the body bit by bit, from the beginning again after a hiccup. The token goes only to the
        configured host. Counted like any call: whether Exact counts it is not documented."""
        if not odata.same_origin(self._root, url):
            raise ExactRefused(
                f"Exact named a file outside {self._root}; it was not fetched.",
                "Check exact.base_url if a proxy stands between.",
                status=0,
                endpoint=path,
                division=division,
            )
        self._fetch(_Call(division, path, url, take=take))

    def _fetch(self, call: _Call) -> Answer:
        left = _Left() if call.method == "GET" else _Left(hiccups=0)
        while True:
            token = self._token()
            try:
                return self._once(call, token)
            except NoConnection as error:
                self._strike(
                    f"Exact cannot be reached: {error}.",
                    f"{error.obstacle.cure} {_NEXT_RUN}".strip(),
                )
                self._after_hiccup(call, left, str(error))
            except _Silence:
                self._strike("Exact takes requests and does not answer.", _NEXT_RUN)
                # not once more: it may be only this query, and there are others to read
                raise Unanswered(call.place, "", _NEXT_RUN) from None
            except _Lost as lost:
                if left.hiccups == 0:
                    self._strike("Exact takes requests and drops them.", _NEXT_RUN)
                    raise Unanswered(call.place, str(lost), _NEXT_RUN) from None
                self._after_hiccup(call, left, str(lost))
            except _Hiccup as hiccup:
                self._after_hiccup(call, left, str(hiccup))
            except _Minute as minute:
                self._after_full_minute(call, left, minute.wait)
            except _TokenRejected:
                self._after_rejection(call, left, token)

    def _token(self) -> str:
        if self._down is not None:
            raise self._down
        try:
            return self._chain.access_token()
        except TemporaryError as error:  # nothing can be asked without one
            self._down = ExactDown(error.sentence, error.cure)
            raise self._down from error

    def _strike(self, sentence: str, cure: str) -> None:
        self._strikes += 1
        if self._strikes >= _STRIKES:
            self._down = ExactDown(f"{sentence[:-1]}; it is not asked again in this run.", cure)
            raise self._down from None

    def _after_hiccup(self, call: _Call, left: _Left, sentence: str) -> None:
        if left.hiccups == 0:
            raise Unanswered(call.place, sentence, _NEXT_RUN) from None
        left.hiccups -= 1
        self._clock.sleep(BACK_OFF)

    def _after_full_minute(self, call: _Call, left: _Left, wait: float) -> None:
        if left.minutes == 0:
            raise TemporaryError(
                f"Exact's calls for this minute are used up for {call.place}.",
                _NEXT_RUN,
                cause="Exact's calls of the minute",
                subject=call.place,
            ) from None
        left.minutes -= 1
        self._clock.sleep(wait)
        self.counts.minute_is_over(call.division)

    def _after_rejection(self, call: _Call, left: _Left, token: str) -> None:
        if left.tokens == 0:
            raise LoginNeeded(
                f"Exact does not accept the login for {call.place} (status 401).", LOGIN_CURE
            ) from None
        left.tokens -= 1
        if self._chain.renew_after_401(token) == token:
            raise TemporaryError(
                f"Exact rejects a token for {call.place} that it also calls not expired.",
                f"{_NEXT_RUN} If it stays so: exact-slack auth exact",
                cause="a token that Exact rejects",
            ) from None

    def _once(self, call: _Call, token: str) -> Answer:
        started = time.monotonic()
        with self._turns.take(call.division) as turn:
            self._before(call, turn)
            try:
                with session.call(
                    self._session,
                    call.method,
                    call.url,
                    seconds=LONGEST_FILE if call.take else session.LONGEST,
                    json=call.payload,
                    auth=_Bearer(token),
                ) as reply:
                    self.counts.observe(call.division, reply.headers, self._clock)
                    self._after(call, turn)
                    self._note(call, reply.status_code, started)
                    taken = call.take is not None and reply.status_code == HTTPStatus.OK
                    if call.take is not None and taken:
                        call.take(reply)
                    body = b"" if taken else session.body(reply)
                    self._strikes = 0
            except (NoConnection, requests.RequestException) as error:
                self._note(call, type(error).__name__, started)
                if isinstance(error, requests.Timeout):
                    raise _Silence from None
                if isinstance(error, NoConnection):
                    raise
                raise _Lost(_network(error)) from None
        return Answer([]) if taken else self._judge(call, reply, body)

    def _before(self, call: _Call, turn: Turn) -> None:
        """What other processes used of the minute counts; a call that must fail is not made."""
        if call.division is not None:
            self.counts.adopt(call.division, turn.read())
        self.counts.before_call(call.division, self._clock)
        self.counts.count(call.division, self._clock.now())

    def _after(self, call: _Call, turn: Turn) -> None:
        if call.division is not None:
            turn.write(self.counts.export(call.division))

    def _note(self, call: _Call, status: int | str, started: float) -> None:
        took = (time.monotonic() - started) * 1000
        where = (call.method, call.division or "-", call.path)
        more = {"event": "exact call", "call": f"{call.method} {call.path}"}
        _log.info("%s %s %s -> %s in %.0f ms", *where, status, took, extra=more)

    def _judge(self, call: _Call, reply: requests.Response, body: bytes) -> Answer:
        status = reply.status_code
        page = odata.is_html(reply.headers.get("Content-Type", ""), body)
        if status == HTTPStatus.UNAUTHORIZED:
            raise _TokenRejected
        if status == PROXY_LOGIN:
            raise NoConnection(Obstacle.PROXY, urlsplit(call.url).netloc, f"status {status}")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise self._limited(call, reply)
        if call.method != "GET" and _SUCCESS <= status < _REDIRECTION:
            return Answer([])
        if status >= _SERVER_ERROR or status in _LATER or _REDIRECTION <= status < _ERROR:
            sentence = "" if page else odata.error_text(body)
            if sentence and call.method != "GET":  # Exact also says "no" to a write with 500
                raise refusal(status, call.path, call.division, _reason(reply), sentence)
            raise _Hiccup(f"status {status}" + (f", {sentence}" if sentence else ""))
        if status >= _ERROR:
            text = PAGE_TEXT if page else odata.error_text(body)
            raise refusal(status, call.path, call.division, _reason(reply), text)
        if page:
            raise _Hiccup(f"{PAGE_TEXT} (status {status})")
        return replace(_parse(call, body), at=_utc_ms(reply.headers.get("Date", "")))

    def _limited(self, call: _Call, reply: requests.Response) -> Exception:
        if call.division is not None and is_daily(reply.headers):
            self.counts.day_is_over(call.division, self._clock)
            return used_up(call.division)
        return _Minute(wait_after(reply.headers, self._clock))


def _parse(call: _Call, body: bytes) -> Answer:
    if not body.strip():
        raise _Hiccup("an empty answer")
    try:
        return call.shape(odata.parse(body))
    except odata.WrongShape as wrong:
        raise _Hiccup(str(wrong)) from None
    except (ValueError, RecursionError):
        raise _Hiccup("an answer that cannot be read") from None


def _utc_ms(date: str) -> int | None:
    """The time of an answer, as its `Date` says; None where it says none."""
    try:
        return int(parsedate_to_datetime(date).timestamp() * 1000)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _reason(reply: requests.Response) -> str:
    return said(reply.headers.get("Reason", ""))


def _network(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its TLS certificate could not be verified"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "an answer that cannot be read, or of more than 64 MB"
    return f"the connection failed ({type(error).__name__})"
