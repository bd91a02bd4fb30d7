"""Answers that are wrong, endless or far too long, as `Faults` plans them."""

from __future__ import annotations

import json
import threading
import zlib
from functools import cache
from io import BufferedIOBase
from typing import Final

from exact_slack.sandbox.faults import Fault
from exact_slack.sandbox.http_messages import Request, Response

_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
_CHUNK: Final = 64 * 1024
_ENDLESS: Final = 10**12


def replaced(request: Request, answer: Response, fault: Fault) -> Response:
    """Return what the client gets instead of the ordinary answer."""
    if fault.kind == "status":
        headers = {"Content-Type": "text/plain; charset=utf-8", **fault.headers}
        return Response(fault.status, headers, fault.body)
    if fault.kind == "answer":
        headers = {"Content-Type": "application/json; charset=utf-8", **fault.headers}
        return Response(fault.status, headers, fault.body)
    if fault.kind == "redirect":
        return Response(fault.status, {"Location": f"{fault.elsewhere}{request.target}"})
    if fault.kind == "change":
        return _changed(answer, fault)
    if fault.kind == "html200":
        return Response.html("<!DOCTYPE html><html><body>One moment, please.</body></html>")
    if fault.kind == "empty200":
        return Response(200, {"Content-Type": "application/json; charset=utf-8"}, b"")
    return answer


def _changed(answer: Response, fault: Fault) -> Response:
    """The ordinary answer after a test's own function went over it."""
    try:
        ordinary = json.loads(answer.body)
    except ValueError:
        return answer
    value = fault.change(ordinary) if fault.change else ordinary
    return Response.json(value, answer.status, answer.headers)


def drip(out: BufferedIOBase, fault: Fault, stopping: threading.Event) -> None:
    """Send the beginning of an answer, then a byte now and then, until the client or the server
    has had enough; or, where the fault says how many bytes, until they are through."""
    begun = _HEAD + b"X-Wait: "
    if fault.part == "body":
        begun = _HEAD + f"Content-Length: {fault.size or _ENDLESS}\r\n\r\n".encode()
    out.write(begun)
    sent = 0
    while not stopping.is_set() and (not fault.size or sent < fault.size):
        out.write(b" " if fault.part == "body" else b"w")
        out.flush()
        sent += 1
        stopping.wait(fault.seconds)


def pour(out: BufferedIOBase, fault: Fault, stopping: threading.Event) -> None:
    """Send a body of `size` bytes, packed or not."""
    if fault.packed:
        body = _packed(fault.size)
        out.write(_HEAD + b"Content-Encoding: gzip\r\n")
        out.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        out.flush()
        return
    out.write(_HEAD + f"Content-Length: {fault.size}\r\n\r\n".encode())
    left = fault.size
    while left > 0 and not stopping.is_set():
        out.write(b" " * min(left, _CHUNK))
        left -= _CHUNK
    out.flush()


@cache
def _packed(size: int) -> bytes:
    """So many blanks as gzip: a thousandth of them."""
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(b" " * min(_CHUNK, size - at)) for at in range(0, size, _CHUNK)]
    return b"".join([*parts, packer.flush()])
