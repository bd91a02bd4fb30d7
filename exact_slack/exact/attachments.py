"""Downloading a file of Exact's: streamed to the disk, bounded, and looked at before it is used.

`DocumentAttachments.Url` needs `&Download=1` and the Bearer token; without either, and sometimes
with both, a page to log in, or one that says that the data cannot be found, comes with status 200
(picqer/exact-php-client #246, #465)."""

from typing import BinaryIO, Final
from urllib.parse import parse_qs, urlsplit

import requests

from exact_slack.errors import ExactSlackError
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.lookups import ATTACHMENTS
from exact_slack.exact.wire import session
from exact_slack.exact.wire.client import ExactClient

_PAGES: Final = (".htm", ".html", ".xhtml", ".mht")
_MARKS: Final = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG",),
    ".jpg": (b"\xff\xd8",),
    ".jpeg": (b"\xff\xd8",),
}
"""How files of these names begin (a PDF somewhere in its first kilobyte)."""


class TooLarge(ExactSlackError):
    """The file has more bytes than are wanted."""


class NotTheFile(ExactSlackError):
    """Something else came in its place: a page, or nothing."""


def download(client: ExactClient, division: int, url: str, take: "Take") -> int:
    """Write the file at Exact's address where `take` says; returns how many bytes it has.

    TooLarge and NotTheFile say what the file is; the errors of the client what the way to it is."""
    _same_division(division, url)
    client.download(division, ATTACHMENTS, _as_download(url), take)
    return take.size


def _as_download(url: str) -> str:
    """The address with `Download=1`, otherwise as Exact gave it."""
    if "Download=1" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}Download=1"


def _same_division(division: int, url: str) -> None:
    try:
        named = parse_qs(urlsplit(url).query).get("_Division_", [str(division)])
    except ValueError:  # no address at all: the client refuses it, and says so
        return
    if named != [str(division)]:
        raise ExactRefused(
            f"Exact named a file of another division than {division}; it was not fetched.",
            status=0,
            endpoint=ATTACHMENTS,
            division=division,
        )


class Take:
    """Reads one answer into the file; called again from the beginning after a hiccup."""

    def __init__(self, name: str, into: BinaryIO, most: int) -> None:
        self._name = name.lower()
        self._into = into
        self._most = most
        self.size = 0

    def __call__(self, reply: requests.Response) -> None:
        """Read one answer; called again from the beginning after a hiccup."""
        self._into.seek(0)
        self._into.truncate()
        self.size = 0
        self._declared(reply)
        first = b""
        for chunk in session.pieces(reply):
            first = first or chunk
            self.size += len(chunk)
            if self.size > self._most:
                raise TooLarge(f"It has more than {self._most} bytes.")
            self._into.write(chunk)
        self._judge(reply, first)

    def _declared(self, reply: requests.Response) -> None:
        length = reply.headers.get("Content-Length", "")
        packed = reply.headers.get("Content-Encoding", "identity") != "identity"
        if length.isdigit() and int(length) > self._most and not packed:
            raise TooLarge(f"It has {length} bytes.")

    def _judge(self, reply: requests.Response, first: bytes) -> None:
        if not self.size:
            raise NotTheFile("Exact sent an empty file.")
        kind = reply.headers.get("Content-Type", "").lower()
        start = first[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        page = "html" in kind or start.startswith((b"<!doctype html", b"<html"))
        given = reply.headers.get("Content-Disposition", "").lower().startswith("attachment")
        if page and not (given and self._name.endswith(_PAGES)):
            raise NotTheFile("Exact sent a page instead of the file.")
        ending = "." + self._name.rpartition(".")[2]
        marks = _MARKS.get(ending)
        if marks is None:
            return
        where = first[:1024] if ending == ".pdf" else first[:8]
        if not any(mark in where for mark in marks):
            raise NotTheFile(f"What Exact sent is no {ending[1:].upper()}.")
