"""A run that is at work for long, hangs, or was stopped: the later ones say so."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.schema.lock import Owner, RunLock
from tests.e2e.hands import Hands
from tests.e2e.rig import Rig
from tests.unit.loopback import answer, host


@contextmanager
def _stopped_run(rig: Rig, hands: Hands) -> Iterator[int]:
    """A process that took the lock and was stopped."""
    child = os.fork()
    if child == 0:
        RunLock(rig.state).take(hands.now())
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    os.waitpid(child, os.WUNTRACED)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.mark.parametrize("command", [("poll",), ("replay", "--held")])
def test_what_lasts_is_told(rig: Rig, hands: Hands, command: tuple[str, ...]) -> None:
    rig.poll()
    began = hands.now()
    with _stopped_run(rig, hands) as process:
        hands.sleep(29 * 60)
        done = rig.run(*command, "--json")
        assert (done.code, done.json, done.err) == (0, {"skipped": True}, "")
        assert rig.run("status", "--quiet").code == 0
        hands.sleep(2 * 60)
        done = rig.run(*command, "--json")
        assert done.code == 75
        assert done.json["skipped"] is True
        assert done.json["held_since"].startswith("20")
        assert f"kill -9 {process}" in done.err
        assert done.err.count("\n") == 1
        stands = rig.run("status", "--json")
        assert stands.code == 1
        assert stands.json["held_since"] == done.json["held_since"]
        assert any(str(process) in problem for problem in stands.json["problems"])
    assert hands.now() > began
    rig.poll()
    assert rig.run("status", "--quiet").code == 0


def test_a_sender_that_was_stopped_is_told(rig: Rig, hands: Hands) -> None:
    """`serve` has no lock; what it was about to send stays its own as long as it lives."""
    rig.entry(1)
    rig.poll("--since", "1d", "--max-posts", "0")
    child = os.fork()
    if child == 0:
        ledger = Ledger(rig.state)
        ledger.outbox.claim(Owner(rig.state).name, hands.now())
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    os.waitpid(child, os.WUNTRACED)
    try:
        assert rig.poll()["pending"] == 1
        assert rig.run("status", "--quiet").code == 0
        hands.sleep(11 * 60)
        done = rig.run("-v", "poll")
        assert done.code == 75
        assert f"kill -9 {child}" in done.err
        stands = rig.run("status", "--json")
        assert stands.code == 1
        assert any(str(child) in problem for problem in stands.json["problems"])
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert rig.poll()["posted"] == 1
    assert len(rig.messages()) == 1


def test_the_monitor_and_the_channel_hear_of_it(rig: Rig, hands: Hands) -> None:
    rig.slack.store.add_channel("ops")
    with host(answer("200 OK")) as monitor:
        rig.extra = f'alerts: "#ops"\nmonitoring: {{ping_url: "{monitor.url}/id"}}\n'
        rig.write_config()
        rig.poll()
        monitor.requests.clear()
        with _stopped_run(rig, hands):
            rig.run("poll")
            assert monitor.requests == []
            hands.sleep(31 * 60)
            for _ in range(3):
                assert rig.run("poll").code == 75
            asked = [sent.split()[1] for sent in monitor.requests]
            assert asked == [b"/id/fail"]
            assert ["has held the lock" in m.text for m in rig.messages("ops")] == [True]
        rig.poll()
        assert "well again" in rig.messages("ops")[-1].text
