"""Clicks on buttons, and what an app answers to the one who clicked.

Sources: docs.slack.dev, block_actions and handling user interaction: an acknowledgement within
three seconds, a `response_url` that takes five answers in thirty minutes, the ephemeral default.
What Slack says when a `response_url` is used up is not documented.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import requests

from exact_slack.sandbox.http import Request, Response
from exact_slack.sandbox.slack.events import SECONDS, signature
from exact_slack.sandbox.slack.socket.sockets import SlackSockets
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Message
from exact_slack.sandbox.slack.wire import message_json, threads_of

ANSWERS: Final = "/actions/"
USES, MINUTES = 5, 30


class NoSuchButton(Exception):
    """The message has no button of this `action_id`."""


@dataclass(frozen=True)
class Ephemeral:
    """What one person alone sees, in one channel."""

    channel: str
    user: str
    text: str


@dataclass
class _Address:
    """A `response_url`."""

    channel: str
    user: str
    made_at: float
    uses: int = 0


class SlackInteractions:
    """Lets people click. `url`: the app's request address; over Socket Mode none is needed."""

    def __init__(
        self,
        store: SlackStore,
        sockets: SlackSockets,
        secret: Callable[[], str],
        address: Callable[[], str],
    ) -> None:
        self.store = store
        self.sockets = sockets
        self.url = ""
        self.ephemerals: list[Ephemeral] = []
        self.clicks: list[dict[str, Any]] = []
        """The payloads, in their order."""
        self.unheard: dict[tuple[str, str], str] = {}
        """Messages, by channel and ts, whose latest click nobody acknowledged, and who clicked:
        Slack shows a warning to them."""
        self._secret = secret
        self._address = address
        self._numbers = itertools.count(1)
        self._addresses: dict[str, _Address] = {}

    def click(self, channel: str, ts: str, action_id: str, user: str) -> bool:
        """Somebody clicks a button; whether the app acknowledged it. If not, Slack shows them a
        warning, and nothing is told again."""
        payload = self.payload(channel, ts, action_id, user)
        is_heard = self.send(payload)
        place = (payload["container"]["channel_id"], ts)
        self.unheard.pop(place, None)
        if not is_heard:
            self.unheard[place] = user
        self.store.touch()
        return is_heard

    def told(self, user: str, channel: str) -> list[str]:
        """What one person alone sees in a channel."""
        return [e.text for e in self.ephemerals if (e.channel, e.user) == (channel, user)]

    def payload(self, channel: str, ts: str, action_id: str, user: str) -> dict[str, Any]:
        """What Slack tells of a click; NoSuchButton."""
        message = self.store.message(channel, ts)
        button = _button(message, action_id)
        if message is None or message.deleted or button is None:
            raise NoSuchButton(action_id)
        place = self.store.channel(message.channel)
        who = self.store.user(user)
        name = who.name if who else user
        number = next(self._numbers)
        key = f"{self.store.team_id}/{number}/xyz"
        self._addresses[key] = _Address(place.id, user, time.monotonic())
        threads = threads_of(self.store.messages(place.id))
        action = {k: button[k] for k in ("type", "action_id", "text", "value") if k in button}
        return {
            "type": "block_actions",
            "user": {"id": user, "username": name, "name": name, "team_id": self.store.team_id},
            "api_app_id": self.store.app_id,
            "token": "legacy",
            "team": {"id": self.store.team_id, "domain": "hollander-groothandel"},
            "enterprise": None,
            "is_enterprise_install": False,
            "container": {
                "type": "message",
                "message_ts": ts,
                "channel_id": place.id,
                "is_ephemeral": False,
            },
            "channel": {
                "id": place.id,
                "name": "privategroup" if place.is_private else place.name,
            },
            "message": message_json(self.store, message, threads.get(ts, []), "types"),
            "state": {"values": {}},
            "trigger_id": f"{number}.2.abc",
            "response_url": f"{self._address()}{ANSWERS}{key}",
            "actions": [
                {
                    **action,
                    "block_id": button["block_id"],
                    "action_ts": f"{time.time():.0f}.{number:06d}",
                }
            ],
        }

    def send(self, payload: dict[str, Any]) -> bool:
        """Tell of a click, as the app wants to hear it; whether it was acknowledged."""
        self.clicks.append(payload)
        if self.store.socket_mode:
            arrived = self.sockets.tell("interactive", payload)
            return arrived is not None and arrived.acknowledged
        return bool(self.url) and self._post(payload)

    def _post(self, payload: dict[str, Any]) -> bool:
        raw = urlencode({"payload": json.dumps(payload)}).encode()
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self._secret(), stamp, raw),
        }
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(self.url, data=raw, headers=headers, timeout=SECONDS)
        except requests.RequestException:
            return False
        return answer.status_code == 200

    def answer(self, request: Request) -> Response:
        """What an app says at a `response_url`."""
        place = self._addresses.get(request.path.removeprefix(ANSWERS))
        if request.method != "POST" or place is None:
            return Response.json({"ok": False, "error": "invalid_url"}, 404)
        late = time.monotonic() - place.made_at > MINUTES * 60
        if late or place.uses >= USES:
            return Response.json({"ok": False, "error": "used_url"}, 404)
        try:
            said = request.json()
        except ValueError:
            return Response.json({"ok": False, "error": "invalid_payload"}, 400)
        text = said.get("text") if isinstance(said, dict) else None
        if not isinstance(text, str) or not text or said.get("replace_original"):
            return Response.json({"ok": False, "error": "no_text"}, 400)
        place.uses += 1
        if said.get("response_type", "ephemeral") == "ephemeral":
            self.ephemerals.append(Ephemeral(place.channel, place.user, text))
            self.store.touch()
        return Response.text("ok")


def _button(message: Message | None, action_id: str) -> dict[str, Any] | None:
    for number, block in enumerate((message.blocks if message else None) or ()):
        for element in block["elements"] if block["type"] == "actions" else ():
            if element.get("action_id") == action_id:
                return {**element, "block_id": block.get("block_id", f"b{number}")}
    return None
