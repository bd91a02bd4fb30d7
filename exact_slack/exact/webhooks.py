"""Exact's webhooks: the signature, what a notification says, and the subscriptions.

The rule of the signature: upper-case hex HMAC-SHA256, keyed with the app's webhook secret, over the
raw bytes between `{"Content":` and `,"HashCode":` (picqer/exact-php-client, Webhook/
Authenticatable.php; confirmed on a live delivery in hookdeck/webhook-skills PR #152). Writing the
content anew before hashing breaks it (picqer/exact-php-client #279)."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeGuard

from exact_slack.documents.kinds import Kind
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.exact.values import text
from exact_slack.exact.wire.odata import guid
from exact_slack.exact.wire.paging import follow_all

if TYPE_CHECKING:
    from exact_slack.exact.wire.client import ExactClient

_LONGEST_TIME: Final = 64
"""Characters of a time that is kept; Exact's have some thirty."""
SUBSCRIPTIONS = "webhooks/WebhookSubscriptions"
_START, _MIDDLE, _END = b'{"Content":', b',"HashCode":"', b'"}'
TOPICS: dict[str, Kind] = {e.topic: kind for kind, e in ENDPOINTS.items() if e.topic}
"""Topic to kind. Payments, receipts and purchase invoices have none: they stay with the poll."""


@dataclass(frozen=True, slots=True)
class Notification:
    """Something happened to a document; `kind` is None for topics that are not ours."""

    kind: Kind | None
    division: int
    key: str
    action: str
    at: str = ""
    """`EventCreatedOn`, as Exact writes it; "" where it is missing."""
    mark: str = ""
    """A digest of the whole content: the same again has the same one."""

    @property
    def deletes(self) -> bool:
        """Whether the document is gone, by Exact's word."""
        return self.action == "Delete"


def signed_content(body: bytes, secret: bytes) -> bytes | None:
    """The content of a delivery with the right signature; None otherwise. Nothing is parsed."""
    body = body.rstrip(b"\r\n\t ")
    cut = body.rfind(_MIDDLE)
    if not body.startswith(_START) or cut < 0 or not body.endswith(_END):
        return None
    content, signature = body[len(_START) : cut], body[cut + len(_MIDDLE) : -len(_END)]
    right = hmac.new(secret, content, hashlib.sha256).hexdigest().upper().encode()
    return content if hmac.compare_digest(signature, right) else None


def _is_time(at: object) -> TypeGuard[str]:
    return isinstance(at, str) and at.isascii() and len(at) <= _LONGEST_TIME


def read(content: bytes) -> Notification | None:
    """What a signed content says; None where it is no notification about a document."""
    try:
        values = json.loads(content, strict=False)
        division = int(values["Division"])
        key = guid(values["Key"])
        topic, action = str(values["Topic"]), str(values.get("Action", "Update"))
        at = values.get("EventCreatedOn")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    if not key or not 0 < division < 2**31:
        return None
    mark = hashlib.sha256(content).hexdigest()
    return Notification(TOPICS.get(topic), division, key, action, at if _is_time(at) else "", mark)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription, as Exact lists it. `client_id` is the app's, "" where Exact does not
    say."""

    id: str
    topic: str
    callback: str
    client_id: str = ""


class Subscriptions:
    """The subscriptions of the app, division by division. One a division and topic; a change is
    a deletion and a creation (exactonline-api-dotnet-client PR #63)."""

    def __init__(self, client: "ExactClient") -> None:
        self._client = client

    def list(self, division: int) -> list[Subscription]:
        """All there are in a division."""
        params = {"$select": "ID,Topic,CallbackURL,ClientID"}
        first = self._client.get(division, SUBSCRIPTIONS, params)
        return [
            Subscription(
                guid(row.get("ID")),
                text(row, "Topic"),
                text(row, "CallbackURL"),
                guid(row.get("ClientID")),
            )
            for answer in follow_all(self._client, division, first)
            for row in answer.rows
            if guid(row.get("ID"))
        ]

    def create(self, division: int, topic: str, callback: str) -> None:
        """Subscribe. About a second later Exact sends an empty POST that must be answered."""
        self._client.post(division, SUBSCRIPTIONS, {"CallbackURL": callback, "Topic": topic})

    def delete(self, division: int, subscription: Subscription) -> None:
        """Unsubscribe."""
        self._client.delete(division, f"{SUBSCRIPTIONS}(guid'{subscription.id}')")
