"""One connection of Socket Mode: slack_sdk's own client, and around it what it lacks.

Read in the source of slack_sdk 3.48 and measured: it takes a refused handshake for a session, tries
again without a rest, notices an end late and with a busy core, keeps no order with ten threads,
goes past NO_PROXY, and speaks without TLS on any port but 443. Slack gives an address that works
once (apps.connections.open), greets with `hello`, asks to renew with `disconnect`, and wants each
envelope acknowledged within three seconds (docs.slack.dev, using Socket Mode)."""

import json
import logging
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web import SlackResponse

from exact_slack.network.authorities import context
from exact_slack.network.proxies import proxy_for
from exact_slack.slack.answers import Answer, ask, odd
from exact_slack.slack.fields import Fields
from exact_slack.slack.outcome import Outcome
from exact_slack.slack.web import SlackWeb

_BUFFER: Final = 64 * 1024
"""Bytes of one read: with fewer a big message is lost in the client's recursion."""
_PING: Final = 2.0
_GREETED: Final = 10.0
"""Seconds within which a connection is greeted, or none."""
_OPENED: Final = 20.0
"""Seconds for a connection to come about, or to be renewed."""
_UNANSWERED: Final = 4 * _PING
"""Seconds without an answer to its pings after which the client itself closes a connection; as it
looks at it now and then, that is 9 to 15 seconds after the last one."""
SILENT: Final = 30.0
"""Seconds without a sign of life after which a connection is none, whatever the client does."""
_SHORT: Final = 10.0
"""Seconds before which a connection that is to be renewed is given up: something is wrong."""
_GRACE: Final = 0.3
"""Seconds in which a farewell is read that came with the end."""
_GONE: Final = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)
_SMALL: Final = 8_192
"""Characters within which greetings and farewells are looked for."""

_quiet = logging.getLogger("exact_slack.slack.incoming.socket_mode.sdk")
_quiet.setLevel(logging.CRITICAL + 1)  # it prints payloads and addresses


class End(StrEnum):
    """Why a connection is over."""

    REFUSED = "Slack does not take the connection"
    UNGREETED = "Slack did not greet"
    CLOSED = "the connection was closed"
    SILENT = "the connection fell silent"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Something that Slack tells: `events_api`, `interactive` or another type."""

    id: str
    type: str
    payload: object


Take = Callable[[Envelope], bool]
"""Takes an envelope; whether it is to be acknowledged."""


class _NotNow(Exception):
    """The client is not to open another connection."""


class Door(SlackWeb):
    """apps.connections.open, with the app-level token in the header alone."""

    def __init__(self, base_url: str, token: str) -> None:
        super().__init__(base_url, token)
        self.ssl = context()
        self.opened_at = 0.0
        self.is_shut = False
        self.has_given_up = False
        """Whether the client was told to open no other connection."""

    def open(self) -> str | Outcome:
        """An address that takes one connection, or why there is none."""
        answer = ask(self.api_call, api_method="apps.connections.open")
        if not isinstance(answer, Answer):
            return answer
        self.opened_at = time.monotonic()
        url = answer.fields.text("url", 2_000)
        return url if _is_safe(url) else odd()

    def apps_connections_open(self, **_: Any) -> SlackResponse:
        """Asked by slack_sdk's client, when Slack wants the connection renewed."""
        early = self.is_shut or time.monotonic() - self.opened_at < _SHORT
        url = None if early else self.open()
        if not isinstance(url, str) or self.is_shut:
            self.has_given_up = True
            raise _NotNow
        return {"url": url}  # type: ignore[return-value]  # its client reads this alone


def _is_safe(url: str) -> bool:
    """Whether the client speaks TLS there; without it only on this machine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme == "wss":
        return bool(parts.hostname) and port in (None, 443)
    return parts.scheme == "ws" and parts.hostname in ("127.0.0.1", "localhost", "::1")


class Connection:
    """One connection, renewed by Slack's wish as long as all is well."""

    def __init__(
        self,
        door: Door,
        take: Take,
        *,
        greeted: Callable[[int], None],
        alive: Callable[[], None],
        ending: threading.Event,
    ) -> None:
        """`greeted` hears how many connections Slack counts, `alive` each sign of life."""
        self._door = door
        self._take = take
        self._greeted = greeted
        self._tell_alive = alive
        self._ending = ending
        self._alive_at = 0.0
        self._has_greeting = False
        self._renewing_at = 0.0
        self._pong: tuple[int, float | None] = (0, None)

    def run(self, url: str) -> End:
        """Connect, and hear until it is over."""
        client = SocketModeClient(
            app_token="",  # the door has it
            logger=_quiet,
            web_client=self._door,
            auto_reconnect_enabled=False,
            ping_interval=_PING,
            receive_buffer_size=_BUFFER,
            concurrency=1,
            on_message_listeners=[self._read],
        )
        client.proxy = _proxy(url)
        client.socket_mode_request_listeners.append(self._request)
        client.wss_uri = url
        connecting = threading.Thread(target=client.connect, daemon=True)
        connecting.start()
        try:
            connecting.join(_OPENED)
            return self._heard(client)
        finally:
            self._door.is_shut = True
            threading.Thread(target=_close, args=(client, connecting), daemon=True).start()

    def _heard(self, client: SocketModeClient) -> End:
        if not client.is_connected():
            return End.REFUSED
        self._alive_at = begun = time.monotonic()
        while not self._ending.is_set():
            gone = _is_gone(client)
            self._note_pong(client)
            now = time.monotonic()
            if gone and not self._is_renewing(client, now):
                return End.SILENT if now - self._alive_at > _UNANSWERED else End.CLOSED
            if now - self._alive_at > SILENT:
                return End.SILENT
            if not self._has_greeting and now - begun > _GREETED:
                return End.UNGREETED
        return End.STOPPED

    def _is_renewing(self, client: SocketModeClient, now: float) -> bool:
        """Whether the client is about to have another connection in the place of this one."""
        if self._ending.wait(_GRACE):
            return False
        if not _is_gone(client, 0.0):
            return True  # it has
        if self._door.has_given_up:
            return False
        return bool(self._renewing_at) and now - self._renewing_at < _OPENED

    def _note_pong(self, client: SocketModeClient) -> None:
        session = client.current_session
        pong = (id(session), session.last_ping_pong_time) if session else (0, None)
        if pong != self._pong and pong[1] is not None:
            self._lives()
        self._pong = pong

    def _lives(self) -> None:
        self._alive_at = time.monotonic()
        self._tell_alive()

    # -- what comes in ---------------------------------------------------------------------

    def _read(self, text: str) -> None:
        """Every message, in the client's reading thread."""
        self._lives()
        if len(text) > _SMALL:
            return
        try:
            values = Fields(json.loads(text))
        except (ValueError, RecursionError):
            return
        match values.text("type"):
            case "hello":
                self._has_greeting, self._renewing_at = True, 0.0
                self._greeted(values.number("num_connections"))
            case "disconnect":
                self._renewing_at = time.monotonic()

    def _request(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """One envelope after the other, in the client's only worker."""
        envelope = Envelope(str(request.envelope_id), str(request.type), request.payload)
        if not self._take(envelope):
            return  # not stored: Slack is not to believe that it was
        with suppress(Exception):  # Slack tells it again, or the next poll reads it
            client.send_socket_mode_response(SocketModeResponse(envelope_id=envelope.id))


def _proxy(url: str) -> str | None:
    """The proxy for the socket; its own look-up goes past NO_PROXY."""
    parts = urlsplit(url)
    if parts.scheme != "wss":
        return None
    proxy = proxy_for("https", parts.hostname or "")
    return proxy.url if proxy else None


def _is_gone(client: SocketModeClient, seconds: float = 0.5) -> bool:
    """Whether the other side has ended the present connection; waits so long for it."""
    session = client.current_session
    sock = session.sock if session else None
    if sock is None:
        return True
    try:
        watch = select.poll()
        watch.register(sock.fileno(), _GONE)
        return bool(watch.poll(seconds * 1000))
    except (OSError, ValueError):  # closed meanwhile
        return True


def _close(client: SocketModeClient, connecting: threading.Thread) -> None:
    """End the client's threads. One of them may just have opened another connection."""
    connecting.join()
    session = client.current_session
    sock = session.sock if session else None
    if sock is not None:
        with suppress(OSError, ValueError):
            sock.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads
    with suppress(Exception):
        client.close()
    with suppress(Exception):
        client.disconnect()
