"""Webhook subscriptions and their signed deliveries.

The rules follow Exact's webhook article, picqer/exact-php-client
(`Webhook/Authenticatable.php`) and hookdeck/webhook-skills PR #152, which
confirmed them on live deliveries.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from exact_slack.sandbox.exact.shapes import Row, catalogue
from exact_slack.sandbox.exact.store import Event, ExactStore
from exact_slack.sandbox.running import Sending

SUBSCRIPTIONS: Final = "webhooks/WebhookSubscriptions"
SECRET: Final = "sandbox-webhook-secret"
TOPICS: Final = frozenset(topic for entry in catalogue().values() for topic in entry.topics)
TIMEOUT: Final = 10.0
QUEUE_SIZE: Final = 10_000


class WebhookError(Exception):
    """A subscription Exact refuses; answered with status 500 and this text."""


@dataclass(frozen=True)
class Delivery:
    """One attempt to hand over a notification; status 0 = no answer."""

    event: Event
    url: str
    attempt: int
    status: int


def sign(content: bytes, secret: str) -> str:
    """Upper-case hex HMAC-SHA256 over the raw bytes of the content."""
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest().upper()


def envelope(content: dict[str, Any], secret: str) -> bytes:
    """The body of a notification: the content, byte for byte as it was signed, and its hash."""
    raw = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return b'{"Content":' + raw + b',"HashCode":"' + sign(raw, secret).encode() + b'"}'


class Webhooks:
    """Keeps subscriptions in the store and delivers its events from one thread."""

    def __init__(self, store: ExactStore, client_id: str, secret: str = SECRET) -> None:
        self.store = store
        self.client_id = client_id
        self.secret = secret
        self.base_url: Callable[[], str] = lambda: ""
        """Where the API answers; set by the sandbox once it knows its port."""
        self.retries = 3
        """Exact tries ten times, with growing pauses; the sandbox less and sooner."""
        self.pause = 0.05
        self.lose = 0
        """So many of the next notifications never leave."""
        self.repeat = 1
        """How often each notification is sent."""
        self.zone = ""
        """What stands behind the time of an event, such as Z; no sample is known."""
        self.deliveries: list[Delivery] = []
        self._sending = Sending(self._notify, QUEUE_SIZE)

    def start(self) -> None:
        """Begin to deliver what happens in the store."""
        self.store.listeners.append(self._listen)
        self._sending.start()

    def stop(self) -> None:
        """Stop delivering; what is still queued is dropped."""
        if self._sending.is_on:
            self.store.listeners.remove(self._listen)
            self._sending.stop()

    def drain(self, timeout: float = 5.0) -> bool:
        """Wait until every queued notification was tried; False if time ran out."""
        return self._sending.drain(timeout)

    def subscribe(self, division: int, given: dict[str, Any]) -> Row:
        """Create a subscription after the empty validation call; raises WebhookError."""
        topic, url = given.get("Topic"), given.get("CallbackURL")
        if topic not in TOPICS:
            raise WebhookError("Invalid: Topic")  # text not documented
        if not isinstance(url, str) or urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
            raise WebhookError("Invalid: CallbackURL")  # the sandbox stays on loopback
        if any(row["Topic"] == topic for row in self.store.rows(division, SUBSCRIPTIONS)):
            raise WebhookError("Data already exists")
        status = self._post(url, b"")
        if not 200 <= status < 300:
            raise WebhookError(f"Invalid: Post to callback URL endpoint returns {status}")
        row = {"CallbackURL": url, "Topic": topic, "ClientID": self.client_id}
        return self.store.upsert(division, SUBSCRIPTIONS, row)

    def _listen(self, event: Event) -> None:
        if self.store.rows(event.division, SUBSCRIPTIONS):
            self._sending.put(event)  # too many: as good as lost, which clients must bear anyway

    def _notify(self, event: Event) -> None:
        for row in self.store.rows(event.division, SUBSCRIPTIONS):
            if row["Topic"] != event.topic:
                continue
            if self.lose > 0:
                self.lose -= 1
                continue
            body = envelope(self._content(event), self.secret)
            for _ in range(self.repeat):
                self._deliver(event, row["CallbackURL"], body)

    def _content(self, event: Event) -> dict[str, Any]:
        address = f"{self.base_url()}/api/v1/{event.division}/{event.endpoint}"
        return {
            "Topic": event.topic,
            "ClientId": self.client_id,
            "Division": event.division,
            "Action": event.action,
            "Key": event.key,
            "ExactOnlineEndpoint": f"{address}(guid'{event.key}')",
            "EventCreatedOn": self.store.now().isoformat(timespec="milliseconds") + self.zone,
        }

    def _deliver(self, event: Event, url: str, body: bytes) -> None:
        for attempt in range(1, self.retries + 2):
            status = self._post(url, body)
            self.deliveries.append(Delivery(event, url, attempt, status))
            if 200 <= status < 300 or self._sending.pause(self.pause * 2**attempt):
                return

    @staticmethod
    def _post(url: str, body: bytes) -> int:
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(
                    url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
                )
        except requests.RequestException:
            return 0
        return answer.status_code
