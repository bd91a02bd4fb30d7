"""What is wrong on the way to a host, as types. None is an OSError: no library on the way wraps
them, and an error of the disk is not taken for one of them."""

from enum import Enum
from typing import Final

PAGE = "docs/how-to/proxies.md"
PROXY_LOGIN: Final = 407
"""The status by which a proxy, never the service behind it, asks for a login (RFC 9110)."""


class Obstacle(Enum):
    """Why there is no connection, with what to do about it."""

    REFUSED = ("it refuses connections", "")
    UNKNOWN_HOST = ("its name cannot be resolved", "Check this machine's name service.")
    NO_ROUTE = ("there is no way to it", "Check this machine's network.")
    SILENT = ("it does not answer", "")
    PROXY = (
        "the proxy does not let us through",
        f"Check HTTPS_PROXY and NO_PROXY; see {PAGE}.",
    )
    CERTIFICATE = (
        "its certificate cannot be verified",
        f"Where the authority is your own, name its file in SSL_CERT_FILE; see {PAGE}.",
    )
    TLS = ("no TLS connection comes about", f"A proxy may stand between; see {PAGE}.")

    def __init__(self, sentence: str, cure: str) -> None:
        self.told = sentence
        self.cure = cure


class NoConnection(Exception):
    """There was no connection, so nothing was sent. It is the host's, the proxy's or the
    certificate's trouble, and not that of one request."""

    def __init__(self, obstacle: Obstacle, host: str, detail: str = "") -> None:
        super().__init__(f"{host}: {obstacle.told}" + (f" ({detail})" if detail else ""))
        self.obstacle = obstacle
        self.host = host


class TooMuch(Exception):
    """An answer of more bytes than are read."""


class Unpackable(Exception):
    """An answer that is packed in a way that cannot be undone."""
