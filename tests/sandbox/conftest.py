"""A running Exact Online sandbox, and a client that is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from exact_slack.sandbox.exact.api import ExactSandbox

DIVISION = 123456
ENTRIES = "purchaseentry/PurchaseEntries"


@dataclass
class Client:
    """Sends requests with a Bearer token and `Accept: application/json`."""

    sandbox: ExactSandbox
    session: requests.Session = field(default_factory=requests.Session)

    def log_in(self) -> None:
        access = self.sandbox.oauth.issue_chain().access
        self.session.headers.update(Authorization=f"Bearer {access}", Accept="application/json")

    def url(self, path: str, division: int = DIVISION) -> str:
        return f"{self.sandbox.url}/api/v1/{division}/{path}"

    def get(self, path: str, division: int = DIVISION) -> requests.Response:
        return self.session.get(self.url(path, division), timeout=10)

    def rows(self, path: str, division: int = DIVISION) -> list[dict[str, Any]]:
        """All rows, page by page."""
        result: list[dict[str, Any]] = []
        address: str | None = self.url(path, division)
        while address:
            answer = self.session.get(address, timeout=10)
            assert answer.status_code == 200, answer.text
            content = answer.json()["d"]
            rows = content if isinstance(content, list) else content["results"]
            result += rows
            address = None if isinstance(content, list) else content.get("__next")
        return result

    def refusal(self, path: str, status: int = 400) -> str:
        """The error text of a request that must fail."""
        answer = self.get(path)
        assert answer.status_code == status, answer.text
        return str(answer.json()["error"]["message"]["value"])


@pytest.fixture
def exact() -> Iterator[ExactSandbox]:
    """Exact Online without call limits."""
    with ExactSandbox(limits_on=False) as sandbox:
        yield sandbox
        assert sandbox.server.errors == []


@pytest.fixture
def client(exact: ExactSandbox) -> Iterator[Client]:
    """A logged-in client."""
    made = Client(exact)
    made.log_in()
    with made.session:
        yield made
