"""Requests to `serve`: whatever a signed event of Slack holds, it is answered and changes nothing
that it does not name."""

import hashlib
import hmac
import io
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from exact_slack.clock import Clock
from exact_slack.config.load import load
from exact_slack.ledger.ledger import SLACK_SAYS_DEAD, Ledger, renamed_fact
from exact_slack.serve.heard import Heard, Wakes
from exact_slack.serve.http import Intake, connections
from exact_slack.serve.writer import Writer
from tests.e2e.serving import SECRET as HOOK
from tests.e2e.serving import SIGNING, slack_signature
from tests.unit.slack.test_answers import BODIES, EVENT, VALUES, places, with_value

CONFIG = """\
state: state
exact:
  region: nl
  divisions: [1]
  client_id: a
  client_secret: b
  redirect_uri: https://finance.example.com/
  webhook_secret: {hook}
slack: {{signing_secret: {secret}}}
routes: [{{name: all, channel: "#ap"}}]
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "state")
    made.channels.resolved("#ap", "C0AP", 1.0)
    yield made
    made.close()


class _Now(Writer):
    """Commits at once, in the caller's thread."""

    def commit(self, job: Any) -> bool:
        done = [False]
        self._commit([(job, Event(), done)])
        return done[0]


def _intake(folder: Path, ledger: Ledger) -> Intake:
    path = folder / "acme.yaml"
    path.write_text(CONFIG.format(secret=SIGNING, hook=HOOK), encoding="utf-8")
    path.chmod(0o600)

    def wake(*_: object) -> None:
        """Nobody is there."""

    config, writer = load(path), _Now(ledger)
    wakes = Wakes(send=wake, look=wake, read=wake, meet=wake, say=wake)
    return Intake(
        config,
        writer,
        fetch=wake,
        heard=Heard(config, writer, Clock(), wakes),
        clock=Clock(),
        healthy=lambda: True,
    )


def _told(intake: Intake, content: bytes) -> str:
    """The status after a notification of Exact with this content, rightly signed."""
    mark = hmac.new(HOOK.encode(), content, hashlib.sha256).hexdigest().upper().encode()
    body = b'{"Content":' + content + b',"HashCode":"' + mark + b'"}'
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/exact/webhook",
        "wsgi.input": io.BytesIO(body),
    }
    list(intake(environ, lambda status, headers: said.append(status)))
    return said[0]


def _status(intake: Intake, body: bytes) -> str:
    said: list[str] = []
    stamp = str(int(time.time()))
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/slack/events",
        "HTTP_X_SLACK_REQUEST_TIMESTAMP": stamp,
        "HTTP_X_SLACK_SIGNATURE": slack_signature(stamp, body),
        "wsgi.input": io.BytesIO(body),
    }
    list(intake(environ, lambda status, headers: said.append(status)))
    return said[0]


@pytest.mark.parametrize("kind", ["channel_rename", "channel_archive", "tokens_revoked"])
def test_any_value_in_any_field_of_an_event(tmp_path: Path, ledger: Ledger, kind: str) -> None:
    intake = _intake(tmp_path, ledger)
    right = with_value(EVENT, ("event", "type"), kind)
    for number, path in enumerate(places(right)):
        for index, value in enumerate(VALUES):
            body = {**right, "event_id": f"Ev{number}-{index}"}
            told = json.dumps(with_value(body, path, value)).encode()
            assert _status(intake, told) == "200 OK", (path, value)
        if path[:2] == ("event", "channel") and path[-1] != "name":
            assert ledger.channels.parked() == {}
            assert not ledger.fact(renamed_fact("#ap"))
        ledger.channels.unpark("#ap", 1.0)
        ledger.set_fact(renamed_fact("#ap"), "")
    if kind != "tokens_revoked":
        assert not ledger.fact(SLACK_SAYS_DEAD)


def test_any_body(tmp_path: Path, ledger: Ledger) -> None:
    intake = _intake(tmp_path, ledger)
    for body in BODIES:
        assert _status(intake, body[:100_000]) == "200 OK", body[:40]
    assert ledger.channels.parked() == {}


def test_any_value_in_any_field_of_a_notification(tmp_path: Path, ledger: Ledger) -> None:
    intake = _intake(tmp_path, ledger)
    right = {
        "Topic": "PurchaseEntries",
        "ClientId": "x",
        "Division": 123456,
        "Action": "Update",
        "Key": "11111111-1111-1111-1111-111111111111",
        "EventCreatedOn": "2026-11-24T09:00:00.000",
    }
    for name in right:
        for value in VALUES:
            content = json.dumps({**right, name: value}).encode()
            assert _told(intake, content) == "200 OK", (name, value)


LOCAL = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/metrics",
    "REMOTE_ADDR": "127.0.0.1",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "127.0.0.1:8080",
}


def _metrics(intake: Intake, **more: str) -> tuple[str, bytes, dict[str, str]]:
    said: list[Any] = []
    body = b"".join(intake({**LOCAL, **more}, lambda *what: said.extend(what)))
    return said[0], body, dict(said[1])


def test_metrics_are_answered_on_this_machine(tmp_path: Path, ledger: Ledger) -> None:
    intake = _intake(tmp_path, ledger)
    for more in (
        {},
        {"HTTP_HOST": "localhost:8080"},
        {"HTTP_HOST": "[::1]:8080", "REMOTE_ADDR": "::1"},
        {"REMOTE_ADDR": "::ffff:127.0.0.1"},
    ):
        status, body, headers = _metrics(intake, **more)
        assert status == "200 OK", more
        assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert body.endswith(b"\n")
        assert b'exact_slack_last_run_exit_code{customer="acme"} 0\n' in body
    assert _metrics(intake, REQUEST_METHOD="HEAD")[:2] == ("200 OK", b"")
    assert _metrics(intake, REQUEST_METHOD="POST")[0].startswith("405")


@pytest.mark.parametrize(
    "more",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"REMOTE_ADDR": "::ffff:10.0.0.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_VIA": "1.1 caddy"},
        {"HTTP_CF_CONNECTING_IP": "127.0.0.1"},
        {"HTTP_TRUE_CLIENT_IP": "127.0.0.1"},
        {"HTTP_HOST": "finance.example.com"},
        {"HTTP_HOST": ""},
        {"SERVER_PROTOCOL": "HTTP/1.0"},
    ],
    ids=str,
)
def test_metrics_are_there_for_nobody_else(
    tmp_path: Path, ledger: Ledger, more: dict[str, str]
) -> None:
    assert _metrics(_intake(tmp_path, ledger), **more)[0] == "404 Not Found"


@pytest.mark.parametrize(
    ("files", "most"),
    [(64, 24), (41, 1), (10, 1), (1024, 500), (resource.RLIM_INFINITY, 500)],
)
def test_there_are_fewer_connections_than_descriptors(
    monkeypatch: pytest.MonkeyPatch, files: int, most: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    assert connections() == most
