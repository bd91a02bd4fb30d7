"""What goes over the sandbox's wire: requests as they came, and answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs


class Headers:
    """Header values by name, whatever the name's case."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._values = {name.lower(): value for name, value in pairs.items()}

    def get(self, name: str, default: str = "") -> str:
        """Return the header's value or the default."""
        return self._values.get(name.lower(), default)

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._values


@dataclass(frozen=True)
class Request:
    """One request as it came; path and query are not decoded."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes = b""

    @property
    def base_url(self) -> str:
        """The address the client used, without a path."""
        return f"http://{self.headers.get('Host')}"

    @property
    def target(self) -> str:
        """Path and query as they came."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def args(self) -> dict[str, str]:
        """The query's values, decoded; the last one wins."""
        return _last_values(self.query)

    def form(self) -> dict[str, str]:
        """The values of a form-encoded body; the last one wins."""
        return _last_values(self.body.decode("utf-8"))

    def json(self) -> Any:
        """The body as JSON; raises ValueError when it is none."""
        return json.loads(self.body.decode("utf-8"))


def _last_values(encoded: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(encoded, keep_blank_values=True).items()}


@dataclass
class Response:
    """One answer; Content-Length is added when it is sent."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    reason: str = ""
    """The reason phrase, where it differs from the usual one."""

    @classmethod
    def json(
        cls, obj: object, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        """An answer with a JSON body."""
        body = json.dumps(obj, ensure_ascii=False, separators=(",", ":")).encode()
        return cls._typed(status, "application/json; charset=utf-8", body, headers)

    @classmethod
    def html(
        cls, text: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        """An answer with an HTML page."""
        return cls._typed(status, "text/html; charset=utf-8", text.encode(), headers)

    @classmethod
    def text(
        cls, text: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        """An answer in plain text."""
        return cls._typed(status, "text/plain; charset=utf-8", text.encode(), headers)

    @classmethod
    def data(
        cls, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """An answer with bytes of the given type."""
        return cls._typed(200, content_type, body, headers)

    @classmethod
    def redirect(cls, location: str) -> Response:
        """A 302 to another address."""
        return cls(302, {"Location": location})

    @classmethod
    def _typed(
        cls, status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None
    ) -> Response:
        return cls(status, {"Content-Type": content_type, **(headers or {})}, body)

    def phrase(self) -> str:
        """The reason phrase."""
        try:
            return self.reason or HTTPStatus(self.status).phrase
        except ValueError:
            return "Status"
