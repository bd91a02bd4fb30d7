"""Subscriptions, their validation, and signed deliveries."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.exact.webhooks import envelope, sign
from exact_slack.sandbox.http import LoopbackServer, Request, Response
from tests.sandbox.conftest import DIVISION, ENTRIES, Client

SUBSCRIPTIONS = "webhooks/WebhookSubscriptions"


class Receiver:
    """A callback address that remembers what came."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.status = 200

    def __call__(self, request: Request) -> Response:
        self.bodies.append(request.body)
        return Response.text("", self.status)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def callback(receiver: Receiver) -> Iterator[LoopbackServer]:
    with LoopbackServer(receiver) as server:
        yield server


def subscribe(client: Client, url: str, topic: str = "PurchaseEntries") -> requests.Response:
    body = {"CallbackURL": f"{url}/exact/webhook", "Topic": topic}
    return client.session.post(client.url(SUBSCRIPTIONS), json=body, timeout=5)


def message(answer: requests.Response) -> str:
    return str(answer.json()["error"]["message"]["value"])


def test_subscribe_list_and_delete(
    client: Client, callback: LoopbackServer, receiver: Receiver
) -> None:
    created = subscribe(client, callback.url)
    assert created.status_code == 201
    assert receiver.bodies == [b""]
    assert callback.requests[0].method == "POST"
    row = created.json()["d"]
    assert row["CallbackURL"] == f"{callback.url}/exact/webhook"
    listed = client.rows(f"{SUBSCRIPTIONS}?$select=ID,Topic")
    assert [(r["ID"], r["Topic"]) for r in listed] == [(row["ID"], "PurchaseEntries")]
    address = client.url(f"{SUBSCRIPTIONS}(guid'{row['ID']}')")
    assert client.session.put(address, json={}, timeout=5).status_code == 405
    assert client.session.delete(address, timeout=5).status_code == 204
    assert client.rows(SUBSCRIPTIONS) == []
    assert client.session.delete(address, timeout=5).status_code == 404


def test_refused_subscriptions(
    client: Client, callback: LoopbackServer, receiver: Receiver
) -> None:
    receiver.status = 503
    refused = subscribe(client, callback.url)
    assert refused.status_code == 500
    assert message(refused) == "Invalid: Post to callback URL endpoint returns 503"
    receiver.status = 200
    assert subscribe(client, callback.url).status_code == 201
    assert message(subscribe(client, callback.url)) == "Data already exists"
    assert subscribe(client, callback.url, "PurchaseInvoices").status_code == 500
    assert subscribe(client, "https://elsewhere.example", "Accounts").status_code == 500
    address = client.url(SUBSCRIPTIONS)
    assert client.session.post(address, data=b"{", timeout=5).status_code == 400


def test_deliveries_are_signed_byte_for_byte(
    exact: ExactSandbox, client: Client, callback: LoopbackServer, receiver: Receiver
) -> None:
    subscribe(client, callback.url)
    key = exact.store.upsert(DIVISION, ENTRIES, {})["EntryID"]
    assert exact.webhooks.drain()
    match = re.fullmatch(rb'\{"Content":(.*),"HashCode":"([0-9A-F]{64})"\}', receiver.bodies[1])
    assert match is not None
    secret = exact.webhooks.secret.encode()
    expected = hmac.new(secret, match[1], hashlib.sha256).hexdigest().upper()
    assert match[2].decode() == expected
    content = json.loads(match[1])
    assert list(content) == [
        "Topic",
        "ClientId",
        "Division",
        "Action",
        "Key",
        "ExactOnlineEndpoint",
        "EventCreatedOn",
    ]
    assert (content["Action"], content["Key"], content["Division"]) == ("Create", key, DIVISION)
    assert content["ExactOnlineEndpoint"] == client.url(f"{ENTRIES}(guid'{key}')")


@pytest.mark.parametrize(
    ("secret", "content", "hash_code"),
    [
        (  # picqer/exact-php-client tests/WebhookTest.php
            "webhook-secret",
            {
                "Topic": "Items",
                "ClientId": "00000000-0000-0000-0000-000000000000",
                "Division": 1234567890,
                "Action": "Update",
                "Key": "00000000-0000-0000-0000-000000000001",
            },
            "D5BF1635317477097D59883A52717B065C6CE5BCBEF792B5EBB4CD147350C8B2",
        ),
        (  # hookdeck/webhook-skills, exact-online-webhooks
            "test_exact_webhook_secret",
            {
                "Topic": "Accounts",
                "Action": "Update",
                "Key": "d4d4c8b6-1a2b-4c3d-9e8f-1234567890ab",
                "Division": 123456,
                "ClientId": "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d",
            },
            "4CFF95FDBFC9383C801EE46B65C2A4F2F4A249C8BE4D69A05327E70EC6B5E07C",
        ),
        (
            "webhook-secret",
            {
                "Topic": "Accounts",
                "ClientId": "00000000-0000-0000-0000-000000000000",
                "Division": 123456,
                "Action": "Update",
                "Key": "00000000-0000-0000-0000-000000000004",
                "Note": "café €",
            },
            "95CDD034A7FB25C5334BB840339AD86CEFB8705876D99C856585272966699749",
        ),
    ],
)
def test_known_signatures(secret: str, content: dict[str, Any], hash_code: str) -> None:
    body = envelope(content, secret)
    assert body.endswith(b',"HashCode":"' + hash_code.encode() + b'"}')
    raw = body[len(b'{"Content":') : body.index(b',"HashCode":')]
    assert sign(raw, secret) == hash_code


def test_only_the_topic_and_division_subscribed(
    exact: ExactSandbox, client: Client, callback: LoopbackServer, receiver: Receiver
) -> None:
    subscribe(client, callback.url)
    exact.store.upsert(234567, ENTRIES, {})
    exact.store.upsert(DIVISION, "salesentry/SalesEntries", {})
    key = exact.store.upsert(DIVISION, ENTRIES, {})["EntryID"]
    exact.store.delete(DIVISION, ENTRIES, key)
    assert exact.webhooks.drain()
    actions = [json.loads(body)["Content"]["Action"] for body in receiver.bodies[1:]]
    assert actions == ["Create", "Delete"]


def test_refused_deliveries_are_repeated(
    exact: ExactSandbox, client: Client, callback: LoopbackServer, receiver: Receiver
) -> None:
    subscribe(client, callback.url)
    exact.webhooks.pause = 0.001
    callback.faults.add("/exact", "status", times=2)
    exact.store.upsert(DIVISION, ENTRIES, {})
    assert exact.webhooks.drain()
    assert [d.status for d in exact.webhooks.deliveries] == [500, 500, 200]
    receiver.status = 500
    exact.store.upsert(DIVISION, ENTRIES, {})
    assert exact.webhooks.drain()
    assert len(exact.webhooks.deliveries) == 3 + 4


def test_lost_and_repeated_notifications(
    exact: ExactSandbox, client: Client, callback: LoopbackServer, receiver: Receiver
) -> None:
    subscribe(client, callback.url)
    exact.webhooks.lose = 1
    exact.webhooks.repeat = 2
    exact.store.upsert(DIVISION, ENTRIES, {})
    exact.store.upsert(DIVISION, ENTRIES, {})
    assert exact.webhooks.drain()
    assert len(receiver.bodies) == 1 + 2


def test_stop_with_an_unreachable_subscriber() -> None:
    exact = ExactSandbox(limits_on=False).start()
    client = Client(exact)
    client.log_in()
    with LoopbackServer(lambda _: Response()) as gone:
        assert subscribe(client, gone.url).status_code == 201
    for _ in range(50):
        exact.store.upsert(DIVISION, ENTRIES, {})
    began = time.monotonic()
    client.session.close()
    exact.stop()
    assert time.monotonic() - began < 3
