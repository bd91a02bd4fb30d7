"""Connections that end: every call has a total time, every answer a size, nothing is sent twice
and no redirect is followed. `requests` (Exact) and `SlackWeb` stand on it.

A connection is kept for the next call, as a handshake costs more than a message. Whether a kept one
still lives is known only after a send, and what was sent may have arrived: so nobody repeats here
what died on one, and only one is used that cannot well be dead (`_Timely.is_connected`)."""

import http.client
import io
import os
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any, Final

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util import wait_for_read

from exact_slack.network.authorities import context
from exact_slack.network.errors import NoConnection, Obstacle, TooMuch, Unpackable
from exact_slack.network.proxies import proxy_for

MOST: Final = 64 * 1024 * 1024
"""Bytes of an answer that are read and unpacked: a page of sixty documents has far less."""
PIECE: Final = 64 * 1024
CONNECT: Final = 10.0
"""Seconds for a connection to come about."""
IDLE: Final = 5.0
"""Seconds without a call after which a connection is not used again: no load balancer on the way
closes one so soon, and none that does is met in the middle of a send."""
_ends: ContextVar[float | None] = ContextVar("ends", default=None)
"""When the present call must have ended, by the monotonic clock."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is sent and read in here ends in so many seconds, or with a TimeoutError: a limit on
    silence alone does not help against one byte now and then."""
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


def _hurry(sock: socket.socket, silence: float | None) -> None:
    """The next wait of this socket ends with the call."""
    ends = _ends.get()
    if ends is None:
        return
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("the call took too long")
    if silence is None or left < silence:
        sock.settimeout(left)


class _Timed(io.RawIOBase):
    """What comes from a socket, until the call must have ended."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock
        self._silence = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        _hurry(self._sock, self._silence)
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """Reads its headers and its body through `_Timed`. Only a 200 leaves a connection to be used
    again: after anything else (a 103, a page of a proxy) more may come, and what comes late would
    be taken for the answer to the next call."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock))

    def begin(self) -> None:
        super().begin()
        self.will_close = self.will_close or self.status != HTTPStatus.OK


class _Timely:
    """A connection that sends in time, and says precisely when it did not come about."""

    sock: Any
    timeout: Any
    host: str
    proxy: Any
    response_class = _Answer
    _used = (0, 0.0, 0.0)

    @property
    def is_connected(self) -> bool:
        """Whether it may be used again: nothing has come since the last answer, not even its end;
        it rested for a moment only, by two clocks, as one of them stands still while a machine
        sleeps; and it is this process's own, not one that was forked."""
        if self.sock is None or getattr(self.sock, "pending", int)():
            return False
        ours, *then = self._used
        rested = (abs(now - at) for now, at in zip(_clocks(), then, strict=True))
        if ours != os.getpid() or max(rested) > IDLE:
            return False
        return not wait_for_read(self.sock, timeout=0.0)

    def _use(self) -> None:
        self._used = (os.getpid(), *_clocks())

    def getresponse(self) -> Any:
        """The answer as far as its headers; the body follows."""
        answer = super().getresponse()  # type: ignore[misc]  # as in connect
        self._use()
        return answer

    def connect(self) -> None:
        """TCP, the proxy and TLS: whatever fails here, nothing was sent."""
        self._use()
        try:
            super().connect()  # type: ignore[misc]  # the class beside this one has it
        except (OSError, HTTPError, http.client.HTTPException, ValueError) as error:
            raise _no_connection(self, error) from error

    def send(self, data: Any) -> None:
        """Piece by piece, each in what is left of the time."""
        if self.sock is None:
            self.connect()
        pieces = (
            (data[at : at + PIECE] for at in range(0, len(data), PIECE))
            if isinstance(data, bytes)
            else (data,)
        )
        for piece in pieces:
            _hurry(self.sock, self.timeout)
            super().send(piece)  # type: ignore[misc]  # as in connect


def _clocks() -> tuple[float, float]:
    return time.monotonic(), time.time()


def _no_connection(connection: Any, error: Exception) -> NoConnection:
    host = getattr(connection, "_tunnel_host", None) or connection.host
    proxy = connection.proxy
    if isinstance(error, NewConnectionError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if isinstance(error, ssl.SSLCertVerificationError | urllib3.exceptions.SSLError):
        detail = getattr(error, "verify_message", "") or type(error).__name__
        return NoConnection(Obstacle.CERTIFICATE, host, detail)
    if isinstance(error, ssl.SSLError):
        return NoConnection(Obstacle.TLS, host, error.reason or type(error).__name__)
    if proxy is not None:
        return NoConnection(Obstacle.PROXY, f"{proxy.host}:{proxy.port}", _short(error))
    if isinstance(error, socket.gaierror | NameResolutionError):
        return NoConnection(Obstacle.UNKNOWN_HOST, host)
    if isinstance(error, TimeoutError | ConnectTimeoutError | ReadTimeoutError):
        return NoConnection(Obstacle.SILENT, host)
    if isinstance(error, ConnectionRefusedError):
        return NoConnection(Obstacle.REFUSED, host)
    if isinstance(error, ConnectionError):  # it hung up in the middle of the handshake
        return NoConnection(Obstacle.TLS, host, type(error).__name__)
    return NoConnection(Obstacle.NO_ROUTE, host, _short(error))


def _short(error: Exception) -> str:
    """In a word or a status: a proxy's own text may hold anything."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    status = next((word for word in str(error).split() if word.isdigit() and len(word) == 3), "")
    return f"status {status}" if status else type(error).__name__


class _Plain(_Timely, HTTPConnection):  # type: ignore[misc]  # attributes of its mixin
    pass


class _Tls(_Timely, HTTPSConnection):  # type: ignore[misc]  # as above
    def connect(self) -> None:
        self.ssl_context = context()
        super().connect()


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Tls


POOLS: Final = {"http": _PlainPool, "https": _TlsPool}


def pool_for(scheme: str, host: str, port: int | None = None) -> urllib3.PoolManager:
    """One connection to a host, kept, through the proxy where there is one. ConfigError where a
    proxy or an authority that the environment names cannot be used: before anything is sent."""
    if scheme == "https":
        context()
    proxy = proxy_for(scheme, host, port)
    manager = urllib3.PoolManager(1, retries=False) if proxy is None else _through(proxy)
    manager.pool_classes_by_scheme = POOLS
    return manager


def _through(address: urllib3.util.Url) -> urllib3.ProxyManager:
    headers = urllib3.make_headers(proxy_basic_auth=address.auth) if address.auth else None
    return urllib3.ProxyManager(
        address._replace(auth=None).url,
        1,
        proxy_headers=headers,
        proxy_ssl_context=context() if address.scheme == "https" else None,
        retries=False,
    )


# -- bodies ------------------------------------------------------------------------------------


def read(raw: urllib3.BaseHTTPResponse) -> bytes:
    """The whole body, unpacked, of MOST bytes at most; more is TooMuch, and was not kept."""
    length = raw.headers.get("Content-Length", "")
    if length.isdigit() and int(length[:20]) > MOST:
        raise TooMuch
    kept = bytearray()
    for piece in pieces(raw):
        if len(kept) + len(piece) > MOST:
            raise TooMuch
        kept += piece
    return bytes(kept)


def pieces(raw: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """The body, unpacked, in pieces of PIECE bytes at most, however little they were packed to."""
    packing = raw.headers.get("Content-Encoding", "").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise Unpackable(packing)
    unpacker = _Unpacker() if packing not in ("", "identity") else None
    while chunk := raw.read(PIECE, decode_content=False):
        if unpacker is None:
            yield chunk
        else:
            yield from unpacker.feed(chunk)
    if unpacker is not None and not unpacker.complete:
        raise Unpackable("it ends too early")


class _Unpacker:
    """gzip of several parts, or deflate with or without the head that zlib wants."""

    def __init__(self) -> None:
        self._new()
        self._begun = False

    def _new(self, bits: int = 32 + zlib.MAX_WBITS) -> None:
        self._zlib = zlib.decompressobj(bits)

    @property
    def complete(self) -> bool:
        return self._zlib.eof or not self._begun

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            if self._zlib.eof:
                if not data.strip(b"\0"):  # some pad what they send
                    return
                self._new()
            out = self._unpack(data)
            if out:
                yield out
            data = self._zlib.unconsumed_tail or self._zlib.unused_data
            if not data and len(out) < PIECE:  # else zlib may hold back more
                return

    def _unpack(self, data: bytes) -> bytes:
        first, self._begun = not self._begun, True
        try:
            return self._zlib.decompress(data, PIECE)
        except zlib.error:
            if not first:
                raise Unpackable("it is damaged") from None
        self._new(-zlib.MAX_WBITS)
        try:
            return self._zlib.decompress(data, PIECE)
        except zlib.error:
            raise Unpackable("it is damaged") from None
