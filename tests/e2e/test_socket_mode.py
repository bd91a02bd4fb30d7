"""`serve` over Socket Mode: no address, no listening port; what is missed the next poll reads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.sandbox.slack.model import Message
from exact_slack.sandbox.slack.store import APP_TOKEN
from tests.e2e.rig import Rig
from tests.e2e.serving import Serve, until

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
        made.start()
        until(lambda: rig.slack.sockets.connections == 1)
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
