"""Requests to `serve` from anybody: odd events, odd notifications, odd ways to connect."""

import json
import os
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.e2e.rig import Rig
from tests.e2e.serving import Serve, serving

pytestmark = pytest.mark.sampled(3)

KEY = "44444444-4444-4444-4444-44444444444"


@pytest.fixture
def serve(rig: Rig) -> Iterator[Serve]:
    with serving(rig) as made:
        rig.poll()
        yield made


def test_revoked_tokens_of_people_are_not_the_bots(rig: Rig, serve: Serve) -> None:
    serve.start()
    assert serve.event("tokens_revoked", tokens={"oauth": ["U1"], "bot": []}).status_code == 200
    assert serve.event("tokens_revoked", 2, tokens={"oauth": ["U1"]}).status_code == 200
    assert rig.run("status", "--json").json["ok"] is True
    assert serve.event("tokens_revoked", 3, tokens={"oauth": [], "bot": ["U2"]}).status_code == 200
    assert rig.run("status", "--json").json["ok"] is False


def test_the_same_event_again_changes_nothing(rig: Rig, serve: Serve) -> None:
    rig.entry(1)
    rig.poll()
    serve.start()
    channel = rig.slack.store.channel("feed").id
    serve.event("channel_archive", channel=channel)
    serve.event("channel_unarchive", channel=channel)
    assert serve.event("channel_archive", channel=channel).status_code == 200
    assert rig.run("status", "--json").json["parked_channels"] == {}


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"url_verification","challenge":"\\ud800"}',
        b'{"type":"url_verification","challenge":7}',
        b'{"type":"event_callback","event_id":"\\ud800","event":{"type":"app_uninstalled"}}',
        b'{"type":"event_callback","event_id":"E","event":{"type":"channel_archive",'
        b'"channel":"\\ud800"}}',
        b'{"type":"event_callback","event_id":[1],"event":{"type":["x"],"channel":{"id":{}}}}',
        b'{"type":"event_callback","event":null}',
        b"[" * 50_000,
        b"\xff\xfe",
        b"",
    ],
)
def test_odd_events_with_a_right_signature(rig: Rig, serve: Serve, body: bytes) -> None:
    serve.start()
    assert serve.slack("/slack/events", body).status_code == 200
    assert serve.slack("/slack/interactions", body).status_code == 200
    assert "Traceback" not in serve.log.read_text()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "NaN", "1e400", "[1]", '"x"', "{}"])
def test_odd_divisions_with_a_right_signature(rig: Rig, serve: Serve, number: str) -> None:
    serve.start()
    assert serve.notify(f"{KEY}1", Division=json.loads(number)).status_code == 200
    assert "Traceback" not in serve.log.read_text()


def test_methods(rig: Rig, serve: Serve) -> None:
    serve.start()
    health, hook = f"{serve.url}/healthz", f"{serve.url}/exact/webhook"
    with requests.Session() as session:
        for _ in range(3):
            assert session.head(hook, timeout=5).status_code == 405
            assert session.head(health, timeout=5).status_code == 200
            assert session.get(health, timeout=5).json()["ok"] is True
        for method in ("POST", "PUT", "DELETE"):
            assert session.request(method, health, timeout=5).status_code == 405
    assert requests.post(hook, data=b"x" * 128 * 1024, timeout=5).status_code == 401


@pytest.mark.parametrize("place", ["127.0.0.1:99999", "no-such-host.invalid:80", "127.0.0.1:1"])
def test_places_that_cannot_be_listened_on(rig: Rig, serve: Serve, place: str) -> None:
    if place.endswith(":1") and os.geteuid() == 0:
        pytest.skip("root may listen there")
    done = rig.run("serve", "--listen", place)
    assert done.code in (1, 78)
    assert place.rpartition(":")[0] in done.err
    assert "Traceback" not in done.err


@pytest.mark.long
def test_a_request_that_comes_in_drops_ends_with_its_connection(rig: Rig, serve: Serve) -> None:
    serve.start()
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", urlsplit(serve.url).port or 0), 5) as drops:
        drops.sendall(b"POST /exact/webhook HTTP/1.1\r\nContent-Length: 90\r\n\r\n")
        with pytest.raises(OSError):
            for _ in range(90):
                drops.sendall(b"x")
                time.sleep(0.5)
    assert time.monotonic() - started < 40
    assert serve.exact(b"").status_code == 200
