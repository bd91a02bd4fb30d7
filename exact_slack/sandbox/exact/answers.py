"""Error bodies, and the Atom XML that comes when a client does not ask for JSON."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

from exact_slack.sandbox.exact.rules import Times
from exact_slack.sandbox.exact.shapes import EPOCH
from exact_slack.sandbox.http import Response

ATOM = "http://www.w3.org/2005/Atom"
DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"


_TIME = re.compile(rb'"/Date\((-?\d+)\)/"')
_SERVER_TIME = re.compile(rb'("ServerTime":"[^"]*)"')
_ESCAPED_CONTROL = re.compile(rb"((?<!\\)(?:\\\\)*)\\(?:([tnr])|u00([01][0-9a-f]))")
_CONTROLS = {b"t": b"\t", b"n": b"\n", b"r": b"\r"}


class ApiError(Exception):
    """A refusal: status, text, and the value of the `Reason` header where Exact sends one."""

    def __init__(self, status: int, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason


def error_response(error: ApiError) -> Response:
    """The documented error body (picqer/exact-php-client #500)."""
    body = {"error": {"code": "", "message": {"lang": "", "value": str(error)}}}
    answer = Response.json(body, error.status)
    if error.reason:
        answer.headers["Reason"] = error.reason
    return answer


def as_atom(answer: Response) -> Response:
    """The same answer as XML: what a client gets that forgot `Accept: application/json`."""
    if not answer.headers.get("Content-Type", "").startswith("application/json"):
        return answer
    content = json.loads(answer.body)
    if "error" in content:
        text = _error_xml(content["error"]["message"]["value"])
    else:
        text = _feed_xml(content["d"])
    headers = {**answer.headers, "Content-Type": "application/atom+xml; charset=utf-8"}
    return Response(answer.status, headers, text.encode(), answer.reason)


def _error_xml(text: str) -> str:
    return f'<error xmlns="{DATA}/metadata"><code/><message>{escape(text)}</message></error>'


def _feed_xml(content: Any) -> str:
    rows = content.get("results", [content]) if isinstance(content, dict) else content
    entries = "".join(f"<entry><content>{_properties(row)}</content></entry>" for row in rows)
    return f'<feed xmlns="{ATOM}" xmlns:d="{DATA}">{entries}</feed>'


def _properties(row: dict[str, Any]) -> str:
    plain = {name: value for name, value in row.items() if not isinstance(value, dict)}
    return "".join(
        f"<d:{name}>{'' if value is None else escape(str(value))}</d:{name}>"
        for name, value in plain.items()
    )


def as_written(answer: Response, times: Times, *, raw_controls: bool) -> Response:
    """The same answer with times and control characters as another server writes them."""
    body = answer.body
    if times != "wire":
        zone = b"Z" if times == "iso_z" else b""
        body = _TIME.sub(lambda match: _iso(int(match[1])) + zone + b'"', body)
        body = _SERVER_TIME.sub(rb"\1" + zone + b'"', body)
    if raw_controls:
        body = _ESCAPED_CONTROL.sub(_raw, body)
    answer.body = body
    return answer


def _iso(milliseconds: int) -> bytes:
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    return b'"' + moment.isoformat(timespec="milliseconds").encode()


def _raw(match: re.Match[bytes]) -> bytes:
    letter, code = match[2], match[3]
    return bytes(match[1]) + (_CONTROLS[letter] if letter else bytes([int(code, 16)]))
