"""The Events API over HTTP: what happens in the workspace, signed and sent to one address.

Sources: docs.slack.dev, using HTTP request URLs (url_verification, retries), verifying requests
from Slack (the signature), and the pages of the events.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import requests

from exact_slack.sandbox.running import Sending
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Happening

SIGNING_SECRET: Final = "sandbox-signing-secret"
SECONDS: Final = 3.0
"""An answer that takes longer counts as none."""
REASONS: Final = {0: "connection_failed", -1: "http_timeout"}


class NotVerified(Exception):
    """The address did not answer the challenge."""


@dataclass(frozen=True)
class Attempt:
    """One request; `status` is 0 without a connection and -1 where the answer took too long."""

    body: dict[str, Any]
    number: int
    """0, or which retry it was."""
    status: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Answer:
    status: int
    text: str = ""
    no_retry: bool = False


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v0=` and hex HMAC-SHA256 over the raw body with its time."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class SlackEvents:
    """Sends the workspace's events from one thread, once an address is verified."""

    def __init__(self, store: SlackStore, clock: Callable[[], float] = time.time) -> None:
        self.store = store
        self.clock = clock
        self.secret = SIGNING_SECRET
        self.seconds = SECONDS
        self.pauses: tuple[float, ...] = (0.0, 0.05, 0.1)
        """Before each retry; Slack's are nothing, a minute and five minutes."""
        self.repeat = 1
        """How often each event is sent although it was taken; delivery is best effort."""
        self.attempts: list[Attempt] = []
        self._url = ""
        self._numbers = itertools.count(1)
        self._sending = Sending(self._deliver)

    def subscribe(self, url: str) -> None:
        """Verify the address by a challenge and send events there from now on; NotVerified."""
        wanted = f"challenge-{next(self._numbers)}"
        body = {"token": "legacy", "challenge": wanted, "type": "url_verification"}
        answer = self._post(url, body, {})
        if answer.status != 200 or wanted not in _challenges(answer.text):
            raise NotVerified(f"{answer.status} {answer.text[:100]}")
        self._url = url
        if not self._sending.is_on:
            self.store.listeners.append(self._listen)
            self._sending.start()

    def stop(self) -> None:
        """Send no more."""
        if self._sending.is_on:
            self.store.listeners.remove(self._listen)
            self._sending.stop()

    def send(self, kind: str, **values: Any) -> dict[str, Any]:
        """Queue an event of any kind; returns the whole body."""
        body = self.store.event_body(kind, **values)
        for _ in range(self.repeat):
            self._sending.put(body)
        return body

    def drain(self, timeout: float = 10.0) -> bool:
        """Wait until every queued event was tried; False if time ran out."""
        return self._sending.drain(timeout)

    def _listen(self, happening: Happening) -> None:
        if not self.store.socket_mode:
            self.send(happening.kind, **happening.values)

    def _deliver(self, body: dict[str, Any]) -> None:
        """Try at once and three times more, unless the receiver wants no retry."""
        headers: dict[str, str] = {}
        for number in range(len(self.pauses) + 1):
            if number and self._sending.pause(self.pauses[number - 1]):
                return
            answer = self._post(self._url, body, headers)
            self.attempts.append(Attempt(body, number, answer.status, headers))
            if 200 <= answer.status < 300 or answer.no_retry:
                return
            headers = {
                "X-Slack-Retry-Num": str(number + 1),
                "X-Slack-Retry-Reason": REASONS.get(answer.status, "http_error"),
            }

    def _post(self, url: str, body: dict[str, Any], more: dict[str, str]) -> _Answer:
        raw = json.dumps(body, separators=(",", ":")).encode()
        stamp = str(int(self.clock()))
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self.secret, stamp, raw),
            **more,
        }
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(
                    url, data=raw, headers=headers, timeout=self.seconds, allow_redirects=False
                )
        except requests.Timeout:
            return _Answer(-1)
        except requests.RequestException:
            return _Answer(0)
        no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
        return _Answer(answer.status_code, answer.text, no_retry)


def _challenges(text: str) -> set[str]:
    """The challenge as it may come back: as text, as a form or as JSON."""
    challenges = {text, text.removeprefix("challenge=")}
    try:
        value = json.loads(text)
    except ValueError:
        return challenges
    return challenges | ({str(value.get("challenge"))} if isinstance(value, dict) else set())
