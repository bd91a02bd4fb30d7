"""A host on this machine that does what a test tells it to, over a real socket."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, threading.Event], None]


@dataclass
class Host:
    """Where it listens, and what was sent to it."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    """Those that came about, TLS and all, and on which something was asked."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def host(
    behaviour: Behaviour, tls: ssl.SSLContext | None = None, *, keeps: bool = False
) -> Iterator[Host]:
    """One request of each connection is read, then treated as told; `keeps`: and one after the
    other, as long as the connection lives."""
    made, end = Host(), threading.Event()

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            whole = tls.wrap_socket(connection, server_side=True) if tls else connection
            with whole:
                request = _request(whole)
                made.connections += bool(request)
                while request:
                    made.requests.append(request)
                    behaviour(whole, end)
                    if not keeps or whole.fileno() < 0:
                        return
                    whole.settimeout(10.0)  # a test that fails may leave it open
                    request = _request(whole)

    def listen() -> None:
        while not end.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=serve, args=(connection,), daemon=True)
            thread.start()
            threads.append(thread)

    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        made.port = listening.getsockname()[1]
        main = threading.Thread(target=_until(end, listen), daemon=True)
        main.start()
        try:
            yield made
        finally:
            end.set()
            for thread in (main, *threads):
                thread.join()


def _request(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as lines:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = lines.readline()
            if not line:
                return b""
            head += line
        length = re.search(rb"(?i)content-length: (\d+)", head)
        return head + lines.read(int(length[1]) if length else 0)


def _until(end: threading.Event, listen: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        while not end.is_set():
            listen()

    return run


def answer(status: str, body: bytes = b"", **headers: str) -> Behaviour:
    """A whole answer."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(body)}", "", ""])

    def behave(connection: socket.socket, end: threading.Event) -> None:
        connection.sendall(head.encode() + body)

    return behave


def drip(before: bytes, byte: bytes) -> Behaviour:
    """`before` at once, then a byte now and then, for ever."""

    def behave(connection: socket.socket, end: threading.Event) -> None:
        connection.sendall(before)
        while not end.wait(0.01):
            connection.sendall(byte)

    return behave


def flood(before: bytes) -> Behaviour:
    """`before`, then as much as the other side takes."""

    def behave(connection: socket.socket, end: threading.Event) -> None:
        connection.sendall(before)
        while not end.is_set():
            connection.sendall(bytes(65536))

    return behave


def silence(connection: socket.socket, end: threading.Event) -> None:
    """Takes everything and never answers."""
    end.wait()


def free_port() -> int:
    """One that refuses connections."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
