"""`serve` over Socket Mode: no address, no listening port; what is missed the next poll reads."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from exact_slack.sandbox.slack.socket.sockets import End
from exact_slack.sandbox.slack.store.model import Message
from exact_slack.sandbox.slack.store.workspace import APP_TOKEN
from tests.e2e.rig import Rig
from tests.e2e.serving import Serve, until

pytestmark = pytest.mark.sampled(3)

ROUTES = """\
  - name: odd
    when: {kind: purchase_entry}
    channel: "#feed"
    triage: true
"""


@pytest.fixture
def serve(rig: Rig) -> Iterator[Serve]:
    rig.routes = ROUTES
    rig.write_config()
    text = rig.config.read_text()
    rig.config.write_text(text.replace("slack:\n", f"slack:\n  app_token: {APP_TOKEN}\n"))
    rig.slack.sockets.switch_on()
    made = Serve(rig)
    try:
        rig.poll()
        rig.entry(1)
        rig.poll()
        polled = len(rig.slack.server.requests)
        made.start()
        until(lambda: rig.slack.sockets.connections == 1)
        until(lambda: "conversations.history" in str(rig.slack.server.requests[polled:]))
        time.sleep(0.3)  # what is read after the greeting is read
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.process.kill()
            made.process.wait()


def _head(serve: Serve) -> Message:
    (head,) = serve.rig.heads()
    return head


def _said(serve: Serve) -> list[str]:
    told = ("Taken by", "Done by", "Settled")
    return [line for line in _head(serve).text.splitlines() if line.startswith(told)]


def _buttons(serve: Serve) -> list[str]:
    rows = [block for block in _head(serve).blocks or () if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row["elements"]]


def _click(serve: Serve, what: str, who: str) -> bool:
    head = _head(serve)
    return serve.rig.slack.interactions.click(head.channel, head.ts, f"triage:{what}", who)


def test_reactions_and_clicks_show_at_once_and_no_port_is_opened(serve: Serve) -> None:
    slack = serve.rig.slack
    anna, bram = slack.store.add_user("anna"), slack.store.add_user("bram")
    assert _listening(serve) == []
    slack.store.react("feed", _head(serve).ts, "eyes", anna)
    until(lambda: _said(serve) == ["Taken by: anna"])
    slack.store.unreact("feed", _head(serve).ts, "eyes", anna)
    until(lambda: _said(serve) == [])
    assert _click(serve, "take", anna)
    until(lambda: _said(serve) == ["Taken by: anna"])
    assert _buttons(serve) == ["triage:give_back", "triage:done"]
    assert _click(serve, "done", bram)
    until(lambda: _said(serve) == ["Done by: bram"])
    assert _click(serve, "reopen", anna)
    until(lambda: _said(serve) == [])
    assert serve.stop() == 0
    assert slack.server.errors == []


def _react(serve: Serve, who: str) -> None:
    serve.rig.slack.store.react("feed", _head(serve).ts, "eyes", who)


def test_a_connection_that_is_refused_is_told_of_at_once_and_the_polls_read_on(
    serve: Serve,
) -> None:
    slack = serve.rig.slack
    anna = slack.store.add_user("anna")
    slack.store.app_token = "xapp-another"
    slack.sockets.drop("fin")
    until(lambda: "Slack does not open one (invalid_auth)" in serve.log.read_text())
    assert serve.rig.run("status", "--json").json["socket"]["connected"] is False
    _react(serve, anna)
    serve.rig.poll()
    assert _said(serve) == ["Taken by: anna"]
    slack.store.app_token = APP_TOKEN
    until(lambda: slack.sockets.connections == 1, 30)
    until(lambda: "well again" in serve.log.read_text())
    slack.store.unreact("feed", _head(serve).ts, "eyes", anna)
    until(lambda: _said(serve) == [])
    assert serve.log.read_text().count("invalid_auth") == 2  # when it began, and when it ended
    assert serve.stop() == 0


@pytest.mark.long
@pytest.mark.sampled(2)
@pytest.mark.parametrize("how", ["fin", "reset", "close", "refresh", "handshake"])
def test_a_connection_that_ends_comes_back_and_what_was_missed_is_read(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    slack, sockets = serve.rig.slack, serve.rig.slack.sockets
    anna = slack.store.add_user("anna")
    if how == "handshake":
        url = sockets.ticket().replace("ticket=", "ticket=none")
        monkeypatch.setattr(sockets, "ticket", lambda: url)
    if how == "refresh":
        sockets.refresh(seconds=0.2)
    else:
        sockets.drop("fin" if how == "handshake" else cast("End", how))
    _react(serve, anna)
    if how == "handshake":
        tried = len(_asked(serve))
        time.sleep(4)
        assert 1 <= len(_asked(serve)) - tried <= 4  # with a rest that grows
        assert (sockets.connections, _said(serve)) == (0, [])
        monkeypatch.undo()
    until(lambda: _said(serve) == ["Taken by: anna"], 30)
    assert (sockets.connections, sockets.opened) == (1, 2)
    assert serve.stop() == 0


def _asked(serve: Serve) -> list[str]:
    paths = [request.path for request in serve.rig.slack.server.requests]
    return [path for path in paths if path.endswith("apps.connections.open")]


@pytest.mark.long
def test_a_connection_that_falls_silent_is_made_anew(serve: Serve) -> None:
    slack = serve.rig.slack
    slack.sockets.is_silent = True
    _react(serve, slack.store.add_user("anna"))
    until(lambda: _said(serve) == ["Taken by: anna"], 45)
    assert slack.sockets.opened == 2
    slack.sockets.is_silent = False
    assert serve.stop() == 0


def _listening(serve: Serve) -> list[str]:
    """Sockets of the process that listen."""
    assert serve.process is not None
    inodes = set()
    for fd in Path(f"/proc/{serve.process.pid}/fd").iterdir():
        target = str(fd.readlink())
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/{serve.process.pid}/net/{name}").read_text().splitlines()[1:]
    ]
    return [f[1] for f in lines if f[9] in inodes and f[3] == "0A"]
