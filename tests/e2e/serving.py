"""`serve` in a process of its own, and what calls it: Exact and Slack."""

import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from exact_slack.sandbox.slack.events import SlackEvents
from tests.e2e import forked
from tests.e2e.rig import DIVISION, Rig

SECRET, SIGNING = "webhook-secret", "signing-secret"


class Serve:
    """The command in a process of its own."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.process: forked.Running | None = None
        self.url = ""

    def start(self, failpoint: str = "") -> "Serve":
        self.log.write_text("")
        words = ("-c", str(self.rig.config), "serve", "--listen", self.listen)
        env = {**os.environ, **self.rig.environment, "EXACT_SLACK_FAILPOINT": failpoint}
        self.process = forked.Running(words, env, err=self.log)
        until(lambda: "Listening" in self.log.read_text())
        said = self.log.read_text()
        self.url = said.split("Listening on ")[1].split()[0] if "Listening on " in said else ""
        return self

    @property
    def log(self) -> Path:
        return self.rig.folder / "serve.log"

    listen = "127.0.0.1:0"

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(60)

    def exact(self, body: bytes) -> requests.Response:
        return requests.post(f"{self.url}/exact/webhook", data=body, timeout=15)

    def notify(self, key: str, action: str = "Create", **more: object) -> requests.Response:
        return self.exact(notification(key, action, **more))

    def slack(
        self, path: str, body: bytes, *, at: float | None = None, secret: str = SIGNING
    ) -> requests.Response:
        stamp = str(int(at if at is not None else time.time()))
        mark = slack_signature(stamp, body, secret)
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": mark}
        return requests.post(f"{self.url}{path}", data=body, headers=headers, timeout=15)

    def hears_slack(self) -> SlackEvents:
        """What happens in the sandbox's workspace is told to this process from now on."""
        events = self.rig.slack.events
        events.secret = SIGNING
        events.subscribe(f"{self.url}/slack/events")
        return events

    def event(self, kind: str, number: int = 1, **event: Any) -> requests.Response:
        values = {"type": "event_callback", "event_id": f"Ev{kind}{number}"}
        body = json.dumps({**values, "event": {"type": kind, **event}}).encode()
        return self.slack("/slack/events", body)


def slack_signature(stamp: str, body: bytes, secret: str = SIGNING) -> str:
    """What Slack puts into the header of a request."""
    base = b"v0:" + stamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def notification(key: str, action: str = "Create", **more: object) -> bytes:
    """A signed delivery, as Exact sends it."""
    values = {"Topic": "PurchaseEntries", "ClientId": "x", "Division": DIVISION, "Action": action}
    content = json.dumps({**values, "Key": key, **more}, separators=(",", ":")).encode()
    mark = hmac.new(SECRET.encode(), content, hashlib.sha256).hexdigest().upper()
    return b'{"Content":' + content + b',"HashCode":"' + mark.encode() + b'"}'


def until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def serving(rig: Rig) -> Iterator[Serve]:
    """The rig with both secrets in its config; whatever was started is gone at the end."""
    text = rig.config.read_text()
    text = text.replace("slack:\n", f"  webhook_secret: {SECRET}\nslack:\n")
    text = text.replace(
        "  base_url: " + rig.slack.base_url,
        f"  signing_secret: {SIGNING}\n  base_url: {rig.slack.base_url}",
    )
    rig.config.write_text(text + "serve: {public_url: http://127.0.0.1:1}\n")
    made = Serve(rig)
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.process.kill()
            made.process.wait()
