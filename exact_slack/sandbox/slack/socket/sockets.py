"""The connections of an app in Socket Mode, and what is told over them.

Sources: docs.slack.dev, using Socket Mode (hello, envelopes, acknowledgements, disconnect, ten
connections, three seconds), apps.connections.open. Where observers disagree whether events are
told again, `retries` says it; clicks never are.
"""

from __future__ import annotations

import itertools
import json
import queue
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BufferedIOBase
from typing import Any, Final, Literal

from exact_slack.sandbox.http import RESET, Request, Response
from exact_slack.sandbox.slack.socket.frames import CLOSE, PING, PONG, TEXT, Frames, Over, accept
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Happening

LINK: Final = "/link/"
MOST: Final = 10
"""Connections an app may have."""
SECONDS: Final = 3.0
"""Within which an envelope is acknowledged."""
LIVES: Final = 18_060
"""Seconds that a connection lives, about."""
End = Literal["close", "fin", "reset"]


@dataclass
class Told:
    """One envelope that was sent, and whether it was acknowledged."""

    envelope: dict[str, Any]
    acknowledged: bool = False
    seconds: float = 0.0
    """How long that took."""


@dataclass
class _Link:
    """One connection."""

    frames: Frames
    sock: socket.socket
    acks: dict[str, threading.Event] = field(default_factory=dict)

    def end(self, how: End) -> None:
        try:
            if how == "close":
                self.frames.send(CLOSE, struct.pack("!H", 1000))
            if how == "reset":
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET.pack(1, 0))
            self.sock.shutdown(socket.SHUT_RD if how == "reset" else socket.SHUT_RDWR)
        except (OSError, Over):
            return


class SlackSockets:
    """Socket Mode of one app. Off until `switch_on`; then no event goes over HTTP any more."""

    def __init__(self, store: SlackStore, address: Callable[[], str]) -> None:
        """`address`: where this server is, as ws://127.0.0.1:8080."""
        self.store = store
        self.told: list[Told] = []
        self.retries: tuple[float, ...] = ()
        """Pauses before an event that was not acknowledged is told again; nobody knows whether
        Slack does."""
        self.repeat = 1
        """How often each envelope is told."""
        self.is_silent = False
        """Neither pings are answered nor is anything told: a connection that is half open."""
        self.opened = 0
        """Connections so far."""
        self._address = address
        self._tickets: set[str] = set()
        self._links: list[_Link] = []
        self._turn = itertools.count()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    @property
    def connections(self) -> int:
        """How many there are now."""
        return len(self._links)

    def switch_on(self) -> None:
        """The app's setting: events and clicks go over its connections from now on."""
        self.store.socket_mode = True
        if self._thread is None:
            self.store.listeners.append(self._listen)
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End every connection."""
        if self._thread is not None:
            self.store.listeners.remove(self._listen)
            self._events.put(None)
            self._thread.join(timeout=10)
            self._thread = None
        self.drop("fin")

    # -- how it comes about --------------------------------------------------------------------

    def ticket(self) -> str:
        """An address that takes one connection."""
        ticket = f"t{next(self._numbers):06d}"
        self._tickets.add(ticket)
        return f"{self._address()}{LINK}?ticket={ticket}&app_id={self.store.app_id}"

    def upgrade(
        self, request: Request, sock: socket.socket, stream: BufferedIOBase
    ) -> Response | None:
        """Take over a connection until it ends; an answer where it is refused."""
        ticket = request.args().get("ticket", "")
        if not (self.store.socket_mode and ticket in self._tickets):
            return Response.text("no such ticket", 404)
        self._tickets.discard(ticket)  # it works once
        sock.settimeout(None)
        sock.sendall(accept(request.headers.get("Sec-WebSocket-Key")))
        link = _Link(Frames(sock, stream), sock)
        with self._lock:
            self._links.append(link)
            self.opened += 1
            count = len(self._links)
        try:
            self._greet(link, count)
            self._hear(link)
        except Over:
            pass
        finally:
            with self._lock:
                self._links.remove(link)
        return None

    def _greet(self, link: _Link, count: int) -> None:
        if count > MOST:
            self._say(link, {"type": "disconnect", "reason": "too_many_websockets"})
            raise Over
        self._say(
            link,
            {
                "type": "hello",
                "num_connections": count,
                "connection_info": {"app_id": self.store.app_id},
                "debug_info": {
                    "host": "applink-1",
                    "build_number": 1,
                    "approximate_connection_time": LIVES,
                },
            },
        )

    def _hear(self, link: _Link) -> None:
        while True:
            frame = link.frames.read()
            if frame.opcode == CLOSE:
                raise Over
            if frame.opcode == PING and not self.is_silent:
                link.frames.send(PONG, frame.data)
            if frame.opcode == TEXT:
                self._acknowledged(link, frame.data)

    @staticmethod
    def _acknowledged(link: _Link, data: bytes) -> None:
        try:
            said = json.loads(data)
        except ValueError:
            return
        event = link.acks.get(str(said.get("envelope_id"))) if isinstance(said, dict) else None
        if event is not None:
            event.set()

    # -- what is told --------------------------------------------------------------------------

    def tell(self, kind: str, payload: dict[str, Any], attempt: int = 0) -> Told | None:
        """Send an envelope over one of the connections and wait for its acknowledgement; None
        where there is no connection: it is lost."""
        envelope = {
            "envelope_id": f"e-{next(self._numbers):06d}",
            "type": kind,
            "accepts_response_payload": False,
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        return self.send(envelope)

    def send(self, envelope: dict[str, Any]) -> Told | None:
        """The same with an envelope as it is."""
        with self._lock:
            links = list(self._links)
        if not links or self.is_silent:
            return None
        link = links[next(self._turn) % len(links)]
        frame, done = Told(envelope), threading.Event()
        link.acks[str(envelope.get("envelope_id"))] = done
        self.told.append(frame)
        begun = time.monotonic()
        try:
            for _ in range(self.repeat):
                self._say(link, envelope)
        except Over:
            return frame
        frame.acknowledged = done.wait(SECONDS)
        frame.seconds = time.monotonic() - begun
        return frame

    def say(self, text: str) -> None:
        """Any text, over every connection: nobody has to acknowledge it."""
        for link in list(self._links):
            link.frames.send(TEXT, text.encode())

    @staticmethod
    def _say(link: _Link, values: dict[str, Any]) -> None:
        link.frames.send(TEXT, json.dumps(values).encode())

    def refresh(self, reason: str = "refresh_requested", seconds: float = 1.0) -> None:
        """Ask every connection to be renewed, then close it."""
        links = list(self._links)
        for link in links:
            self._say(link, {"type": "disconnect", "reason": reason, "debug_info": {}})
        time.sleep(seconds)
        for link in links:
            link.end("fin")

    def drop(self, how: End) -> None:
        """End every connection without a word."""
        for link in list(self._links):
            link.end(how)

    def drain(self, timeout: float = 10.0) -> bool:
        """Wait until every event was told; False if time ran out."""
        ends = time.monotonic() + timeout
        while self._events.unfinished_tasks and time.monotonic() < ends:
            time.sleep(0.005)
        return not self._events.unfinished_tasks

    def _listen(self, happening: Happening) -> None:
        self._events.put(self.store.event_body(happening.kind, **happening.values))

    def _work(self) -> None:
        while True:
            body = self._events.get()
            try:
                if body is None:
                    return
                for attempt, pause in enumerate((0.0, *self.retries)):
                    time.sleep(pause)
                    arrived = self.tell("events_api", body, attempt)
                    if arrived is not None and arrived.acknowledged:
                        break
            finally:
                self._events.task_done()
