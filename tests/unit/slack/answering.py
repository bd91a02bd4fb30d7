"""A Slack on loopback that answers exactly what a test wants, byte by byte."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

Answering = Callable[[str, dict[str, str]], Any]
"""From a method and its arguments to what is answered: bytes as they are, else as JSON."""


class Answers:
    """What the next calls get, and the calls that came."""

    def __init__(self) -> None:
        self.answer: Answering = lambda method, arguments: {"ok": True}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.url = ""

    def always(self, answer: Any) -> None:
        self.answer = lambda method, arguments: answer


@contextmanager
def answering() -> Iterator[Answers]:
    """The server, until the end of the block."""
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            method = self.path.removeprefix("/api/")
            given = {name: values[0] for name, values in parse_qs(body).items()}
            answers.calls.append((method, given))
            answer = answers.answer(method, given)
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(answers.status)
            for name, value in {"Content-Type": "application/json", **answers.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answers.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield answers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
