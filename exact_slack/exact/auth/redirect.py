"""The address to which Exact sends the browser after a login: caught or pasted."""

import html
import os
import queue
import select
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from exact_slack.errors import PersonNeeded

_LOOPBACK = {"127.0.0.1": ["127.0.0.1"], "::1": ["::1"], "localhost": ["127.0.0.1", "::1"]}
_PAGE = "<!doctype html><title>exact-slack</title><p>{}</p><p>You can close this window.</p>"
_STEP = 0.1


def on_loopback(redirect_uri: str) -> bool:
    """Whether this machine can catch the redirect itself."""
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and parts.port is not None


class Lines:
    """Lines from a descriptor, without waiting: a thread that waits in `readline` could not be
    ended. None stands for a closed one."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self.ended = descriptor is None

    def next(self, seconds: float) -> str | None:
        """The next line; None where none came in time, or where the end is reached."""
        while b"\n" not in self._rest and not self.ended:
            assert self._descriptor is not None
            if not select.select([self._descriptor], [], [], seconds)[0]:
                return None
            more = os.read(self._descriptor, 65536)
            self._rest += more
            self.ended = not more
        if self.ended and not self._rest:
            time.sleep(seconds)
            return None
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode("utf-8", "replace")


class Redirect:
    """Waits for the address after the login: caught where it leads to this machine, or pasted.
    The listener runs from the start, before anybody is told the address of the login."""

    def __init__(self, redirect_uri: str, state: str, lines: Lines) -> None:
        self._found: queue.Queue[str] = queue.Queue()
        self._lines = lines
        self._servers: list[ThreadingHTTPServer] = []
        if on_loopback(redirect_uri):
            self._servers = _listeners(redirect_uri, state, self._found)

    def __enter__(self) -> "Redirect":
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def wait(self, seconds: float) -> str:
        """The address, "" where nothing can come any more; PersonNeeded after `seconds`."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            line = self._lines.next(_STEP)
            if line is not None and line.strip():
                return line
            if self._servers:
                try:
                    return self._found.get_nowait()
                except queue.Empty:
                    continue
            if line is not None or self._lines.ended:
                return ""
        raise PersonNeeded(
            f"No login within {seconds / 60:.0f} minutes.", "Run exact-slack auth exact again."
        )


def _ours(query: str, state: str) -> bool:
    """Whether a request ends this login: a browser asks for more than that (icons, old tabs)."""
    values = parse_qs(query)
    if "code" in values:
        return values.get("state") == [state]
    return "error" in values and values.get("state", [state]) == [state]


def _listeners(
    redirect_uri: str, state: str, answers: "queue.Queue[str]"
) -> list[ThreadingHTTPServer]:
    parts = urlsplit(redirect_uri)

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:  # the name http.server wants
            asked = urlsplit(self.path)
            if asked.path.rstrip("/") != parts.path.rstrip("/"):
                self.send_error(404)
                return
            ours = _ours(asked.query, state)
            sentence = "Back in the terminal you see whether it worked."
            if not ours:
                sentence = "This is not the login that the terminal waits for."
            self.send_response(200 if ours else 400)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(_PAGE.format(html.escape(sentence)).encode())
            if ours:
                answers.put(f"{parts.scheme}://{parts.netloc}{self.path}")

        def log_message(self, format: str, *args: object) -> None:
            """The path holds the code: it is not logged."""

    assert parts.port is not None
    servers: list[ThreadingHTTPServer] = []
    problem = ""
    for host in _LOOPBACK[str(parts.hostname)]:
        try:
            servers.append(_server(host, parts.port, Handler))
        except OSError as error:  # one of two families may be missing on this machine
            problem = error.strerror or str(error)
    if not servers:
        raise PersonNeeded(
            f"Port {parts.port} of the redirect address is taken ({problem}).",
            "Free it, or use a redirect address elsewhere.",
        )
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(_STEP,), daemon=True).start()
    return servers


def _server(host: str, port: int, handler: Any) -> ThreadingHTTPServer:
    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True  # a browser also opens connections over which it asks for nothing

        def handle_error(self, request: object, client_address: object) -> None:
            """A browser that goes away is no news."""

    return Server((host, port), handler)
