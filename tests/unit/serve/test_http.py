"""Requests to `serve`: whatever a signed event of Slack holds, it is answered and changes nothing
that it does not name."""

import hashlib
import hmac
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from exact_slack.clock import Clock
from exact_slack.config.load import load
from exact_slack.ledger.ledger import SLACK_SAYS_DEAD, Ledger, renamed_fact
from exact_slack.serve.http import Intake, Writer
from tests.e2e.serving import SECRET as HOOK
from tests.e2e.serving import SIGNING, slack_signature
from tests.unit.slack.test_answers import BODIES, EVENT, VALUES, places, with_value

CONFIG = """\
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

    def wake() -> None:
        """Nobody is there."""

    return Intake(
        load(path),
        _Now(ledger),
        fetch=wake,
        send=wake,
        look=wake,
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
