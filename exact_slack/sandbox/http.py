"""A small HTTP/1.1 server on loopback for the sandbox services.

A service is a function from `Request` to `Response`. The server keeps
connections alive, keeps a record of every request, and lets `Faults` lose,
damage or delay answers.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any, Self
from urllib.parse import unquote_plus

from exact_slack.sandbox.faults import Fault, Faults
from exact_slack.sandbox.http_messages import Headers, Request, Response
from exact_slack.sandbox.http_trouble import drip, pour, replaced
from exact_slack.sandbox.running import Running

__all__ = ["Headers", "LoopbackServer", "Record", "Request", "Response"]

LOOPBACK = "127.0.0.1"
LOG_SIZE = 200_000
RESET = struct.Struct("ii")
"""SO_LINGER as (1, 0): a socket that is closed sends a reset and no FIN."""
NO_ANSWER = 0
"""The status in the request log when the client got no answer."""


@dataclass(frozen=True)
class Record:
    """One served request in the log; `query` is decoded, `at` is monotonic seconds."""

    method: str
    path: str
    query: str
    status: int
    at: float
    fault: str | None = None


Handler = Callable[[Request], Response]
Upgrade = Callable[[Request, socket.socket, BufferedIOBase], Response | None]
"""Works on the connection until it ends and answers None; or refuses it."""


class LoopbackServer(Running):
    """Serves one handler on 127.0.0.1 from a background thread."""

    def __init__(self, handler: Handler, port: int = 0, faults: Faults | None = None) -> None:
        self.handler = handler
        self.faults = faults if faults is not None else Faults()
        self.errors: list[str] = []
        """Tracebacks of handlers that raised; a test asserts it is empty."""
        self.stopping = threading.Event()
        self.upgrade: Upgrade | None = None
        """Takes over a connection that asks for another protocol; without it none is."""
        self.clock: Callable[[], float] = time.time
        """For the `Date` of its answers."""
        self._log: deque[Record] = deque(maxlen=LOG_SIZE)
        self._log_lock = threading.Lock()
        self._http = _Http(self, port)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; known before `start`."""
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """The server's address, without a path."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def requests(self) -> list[Record]:
        """Every request served so far, oldest first; a copy."""
        with self._log_lock:
            return list(self._log)

    def clear_requests(self) -> None:
        """Empty the request log."""
        with self._log_lock:
            self._log.clear()

    def record(self, request: Request, status: int, fault: Fault | None) -> None:
        """Put one request into the log."""
        kind = fault.kind if fault else None
        query = unquote_plus(request.query)
        entry = Record(request.method, request.path, query, status, time.monotonic(), kind)
        with self._log_lock:
            self._log.append(entry)

    def start(self) -> Self:
        """Begin to serve; returns itself."""
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving, end open connections and release every socket."""
        self.stopping.set()
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.server_close()
        self._http.end_connections()


class _Http(ThreadingHTTPServer):
    """The socket side: remembers open connections so that `stop` can end them."""

    request_queue_size = 256
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: LoopbackServer, port: int) -> None:
        self.owner = owner
        self._open: dict[socket.socket, threading.Thread] = {}
        self._open_lock = threading.Lock()
        super().__init__((LOOPBACK, port), _Connection)

    def server_bind(self) -> None:
        """Bind without the reverse name look-up of the base class."""
        socket_server_bind(self)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open[request] = threading.current_thread()
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._open_lock:
                self._open.pop(request, None)

    def shutdown_request(self, request: Any) -> None:
        """End a connection; one marked for reset goes without a FIN."""
        linger = request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET.size)
        if linger == RESET.pack(1, 0):
            self.close_request(request)
            return
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are no news."""

    def end_connections(self) -> None:
        """Wake every handler thread that waits for a next request, and wait for it."""
        with self._open_lock:
            waiting = dict(self._open)
        for connection in waiting:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in waiting.values():
            thread.join(timeout=2)


def socket_server_bind(server: ThreadingHTTPServer) -> None:
    """Do what `HTTPServer.server_bind` does, minus `getfqdn`, which may ask DNS."""
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.socket.bind(server.server_address)
    server.server_address = server.socket.getsockname()
    server.server_name = LOOPBACK
    server.server_port = int(server.server_address[1])


class _Connection(BaseHTTPRequestHandler):
    """One client connection: reads requests, asks for faults, writes answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Http

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""

    def do_GET(self) -> None:
        self._serve()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def _serve(self) -> None:
        request = self._read()
        owner = self.server.owner
        fault = owner.faults.take(request)
        if fault is not None and fault.when == "before" and fault.kind != "delay":
            answer = Response.json({})
        else:
            if fault is not None and fault.kind == "delay" and fault.when == "before":
                owner.stopping.wait(fault.seconds)
            if owner.upgrade is not None and "Upgrade" in request.headers:
                self.close_connection = True
                owner.record(request, 101, fault)
                refused = owner.upgrade(request, self.connection, self.rfile)
                if refused is None:
                    return
                answer = refused
            else:
                answer = self._handle(request)
        self._answer(request, answer, fault)

    def _read(self) -> Request:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        headers = Headers(dict(self.headers.items()))
        return Request(self.command, path, query, headers, body)

    def _handle(self, request: Request) -> Response:
        try:
            return self.server.owner.handler(request)
        except Exception:  # noqa: BLE001 - a request never stops the server
            self.server.owner.errors.append(traceback.format_exc())
            return Response.text("the sandbox failed, see server.errors", 500)

    def _answer(self, request: Request, answer: Response, fault: Fault | None) -> None:
        owner = self.server.owner
        if fault is None:
            self._send(request, answer, None)
        elif fault.kind in ("close", "reset", "hang"):
            owner.record(request, NO_ANSWER, fault)
            self._vanish(fault)
        elif fault.kind == "truncate":
            self._send(request, answer, fault, share=0.5)
            self.close_connection = True
        elif fault.kind in ("drip", "pour"):
            self._flow(request, fault)
        else:
            if fault.kind == "delay" and fault.when == "after":
                owner.stopping.wait(fault.seconds)
            self._send(request, replaced(request, answer, fault), fault)

    def _vanish(self, fault: Fault) -> None:
        self.close_connection = True
        if fault.kind == "hang":
            self.server.owner.stopping.wait(min(fault.seconds, threading.TIMEOUT_MAX))
        if fault.kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET.pack(1, 0))

    def _flow(self, request: Request, fault: Fault) -> None:
        """An answer without an end, or far too long."""
        self.server.owner.record(request, 200, fault)
        self.close_connection = True
        send = drip if fault.kind == "drip" else pour
        send(self.wfile, fault, self.server.owner.stopping)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The time that an answer says it is."""
        return super().date_time_string(
            self.server.owner.clock() if timestamp is None else timestamp
        )

    def _send(
        self, request: Request, answer: Response, fault: Fault | None, share: float = 1.0
    ) -> None:
        self.server.owner.record(request, answer.status, fault)
        self.send_response(answer.status, answer.phrase())
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if request.method != "HEAD":
            self.wfile.write(answer.body[: int(len(answer.body) * share)])
        self.wfile.flush()
