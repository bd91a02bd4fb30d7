"""slack_sdk's client over our own transport: its methods and its answers, our limits.

slack_sdk reads answers of any size for any time, follows redirects with the token, and retries
lost posts. Only `api_call`, through which all its methods go, is replaced."""

import http.client
import json as jsons
from http import HTTPStatus
from typing import Any, BinaryIO, Final
from urllib.parse import urlencode, urlsplit

import urllib3
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.util import Timeout

from exact_slack.network import transport
from exact_slack.network.errors import TooMuch, Unpackable
from exact_slack.network.limits import SLACK_CALL

SILENCE: Final = 30.0
"""Seconds without a byte after which a call has no answer."""
LONGEST: Final = SLACK_CALL
"""Seconds for a call altogether."""
LONGEST_FILE: Final = 300.0
"""Seconds for a file altogether."""
_UNREADABLE: Final = {"ok": False, "error": "an answer that cannot be read"}


class SlackWeb(WebClient):
    """One request a call, whatever comes."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        super().__init__(token=token, base_url=base_url, retry_handlers=[])
        address = urlsplit(base_url)
        self._pool = transport.pool_for(address.scheme, address.hostname or "", address.port)

    def close(self) -> None:
        """Close the connection that is kept."""
        self._pool.clear()

    def api_call(
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        files: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        auth: dict[str, Any] | None = None,
    ) -> SlackResponse:
        """Send once. Raises SlackApiError for an answer that is not ok, NoConnection where nothing
        was sent, and what http.client raises (OSError, HTTPException) where nobody knows."""
        url = self.base_url + api_method
        sent = {
            "User-Agent": self.headers["User-Agent"],
            "Accept-Encoding": "gzip",
        }
        if auth is not None:
            pair = f"{auth['client_id']}:{auth['client_secret']}"
            sent.update(urllib3.make_headers(basic_auth=pair))
        elif self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if json is not None:
            sent["Content-Type"] = "application/json;charset=utf-8"
            body = jsons.dumps(json)
        else:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(_form({**(params or {}), **(data or {})}))
        good = False
        try:
            answer = self._answered(url, body.encode(), sent)
            good = answer.status_code == HTTPStatus.OK and bool(answer.get("ok"))
        finally:
            if not good:  # more may come, and what comes late must not answer the next call
                self.close()
        if not good:
            raise SlackApiError("not ok", answer)  # type: ignore[no-untyped-call]  # the SDK's own
        return answer

    def _answered(self, url: str, body: bytes, headers: dict[str, str]) -> SlackResponse:
        status, got, content = _post(self._pool, url, body, headers, LONGEST)
        return SlackResponse(
            client=self,
            http_verb="POST",
            api_url=url,
            req_args={},
            data=_parsed(content),
            headers=got,
            status_code=status,
        )


def post_file(address: str, content: BinaryIO, size: int) -> int:
    """Send the bytes of a file to where Slack wants them; the status of the answer."""
    parts = urlsplit(address)
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
    content.seek(0)
    with transport.pool_for(parts.scheme, parts.hostname or "", parts.port) as pool:
        return _post(pool, address, content, headers, LONGEST_FILE)[0]


def post_json(address: str, values: dict[str, Any]) -> int:
    """Send an object to an address that Slack gave; the status of the answer."""
    parts = urlsplit(address)
    pool = transport.pool_for(parts.scheme, parts.hostname or "")
    headers = {"Content-Type": "application/json;charset=utf-8"}
    return _post(pool, address, jsons.dumps(values).encode(), headers, LONGEST)[0]


def _post(
    pool: urllib3.PoolManager,
    url: str,
    body: bytes | BinaryIO,
    headers: dict[str, str],
    seconds: float,
) -> tuple[int, dict[str, str], bytes]:
    try:
        with transport.within(seconds):
            raw = pool.urlopen(
                "POST",
                url,
                body=body,
                headers=headers,
                timeout=Timeout(connect=transport.CONNECT, read=SILENCE),
                redirect=False,
                preload_content=False,
            )
            try:
                return raw.status, dict(raw.headers.items()), transport.read(raw)
            finally:
                raw.close()
    except ReadTimeoutError as error:
        raise TimeoutError("no answer in time") from error
    except (TooMuch, Unpackable) as error:
        raise http.client.HTTPException("an answer that cannot be read") from error
    except HTTPError as error:
        raise _plain(error) from error


def _plain(error: HTTPError) -> Exception:
    """What happened on the wire, without the wrappings of the libraries around it."""
    inner: BaseException = error
    while True:
        within = next((a for a in inner.args if isinstance(a, Exception)), None) or inner.__cause__
        if within is None or not isinstance(inner, HTTPError):
            break
        inner = within
    if isinstance(inner, OSError | http.client.HTTPException):
        return inner
    return http.client.HTTPException(type(error).__name__)


def _form(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: int(value) if isinstance(value, bool) else value
        for name, value in values.items()
        if value is not None
    }


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        data = jsons.loads(content.decode("utf-8-sig"), strict=False)
    except (ValueError, RecursionError):
        return _UNREADABLE
    return data if isinstance(data, dict) else _UNREADABLE
