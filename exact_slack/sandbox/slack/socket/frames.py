"""WebSocket as a server speaks it (RFC 6455): the handshake's answer, and frames on a socket."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import threading
from dataclasses import dataclass
from io import BufferedIOBase

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
MOST = 1_000_000


class Over(Exception):
    """The other side is gone, or says what nobody may say."""


def accept(key: str) -> bytes:
    """The answer to a handshake with this key."""
    digest = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()  # noqa: S324
    return (
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {digest}\r\n\r\n"
    ).encode()


@dataclass(frozen=True)
class Frame:
    """One message, or a control frame."""

    opcode: int
    data: bytes


class Frames:
    """Frames on a connected socket; writing is thread-safe."""

    def __init__(self, sock: socket.socket, stream: BufferedIOBase) -> None:
        self._sock = sock
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, opcode: int, data: bytes) -> None:
        """Write one frame, unmasked as a server does; Over where nobody is there."""
        length = len(data)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, length)
        elif length < 65_536:
            head = struct.pack("!BBH", 0x80 | opcode, 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 127, length)
        try:
            with self._lock:
                self._sock.sendall(head + data)
        except OSError:
            raise Over from None

    def read(self) -> Frame:
        """The next frame, its parts put together; Over at the end. A client's are masked."""
        opcode, data = 0, b""
        while True:
            first, second = self._exactly(2)
            if not second & 0x80:
                raise Over
            length = second & 0x7F
            if length == 126:
                (length,) = struct.unpack("!H", self._exactly(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self._exactly(8))
            if length > MOST:
                raise Over
            mask = self._exactly(4)
            data += bytes(b ^ mask[i % 4] for i, b in enumerate(self._exactly(length)))
            opcode = first & 0x0F or opcode
            if first & 0x80:
                return Frame(opcode, data)

    def _exactly(self, count: int) -> bytes:
        try:
            data = self._stream.read(count)
        except (OSError, ValueError):
            raise Over from None
        if len(data) < count:
            raise Over
        return data
