"""`serve` killed at every point it passes, again and again, with a poll and a replay beside it;
and disks that are full or read-only."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from exact_slack.failpoints import SERVE_POINTS
from exact_slack.ledger.ledger import Ledger
from tests.e2e import forked
from tests.e2e.hands import Hands
from tests.e2e.logged import agree, in_slack, standing, told
from tests.e2e.rig import Rig
from tests.e2e.serving import Serve, serving, until
from tests.e2e.test_disk import _fill, small_disk

__all__ = ["small_disk"]
SENDING = ("after_claim", "after_call", "after_record")
RENEWING = ("before_refresh", "after_token_saved")


@pytest.fixture
def serve(rig: Rig) -> Iterator[Serve]:
    # many processes keep this machine busy: a message may be counted late (test_pace has it quiet)
    rig.slack.limits.post_gap = 0.75
    with serving(rig) as made:
        rig.poll()
        yield made


@pytest.mark.sampled(3)
@pytest.mark.long
@pytest.mark.parametrize("point", [*SERVE_POINTS, *SENDING, *RENEWING])
def test_killed_again_and_again_every_200_becomes_one_message(
    hands: Hands, rig: Rig, serve: Serve, point: str, record_property: Callable[[str, object], None]
) -> None:
    accepted, number, kills = set(), 0, 0
    for nth in (1, 2, 1):
        if point in RENEWING:
            rig.exact.oauth.expire_access()
            nth = 1
        serve.start(failpoint=f"{point}:{nth}")
        ends = time.monotonic() + 12
        while serve.process is not None and serve.process.poll() is None:
            assert time.monotonic() < ends, "it was not killed"
            number += 1
            try:
                if serve.notify(rig.entry(number)["EntryID"]).status_code == 200:
                    accepted.add(number)
            except requests.RequestException:
                break
            time.sleep(0.05 if number < 6 else 0.4)
        assert serve.process is not None
        assert serve.process.wait(10) == -signal.SIGKILL
        agree(told(rig))
        kills += 1
        record_property("killed_at", point)
    assert kills == 3
    hands.sleep(150)  # a minute until its sender has surely ended, another between two look-ups
    serve.start()
    until(lambda: _told(rig) >= accepted, 30)
    assert serve.stop() == 0
    rig.run("poll")
    assert _told(rig) == set(range(1, number + 1))  # the poll finds what got no 200
    assert set(_counts(rig).values()) == {1}
    documents = told(rig)
    assert standing(documents) == in_slack(rig)
    agree(documents)
    assert rig.slack.violations == 0


def _counts(rig: Rig) -> Counter[int]:
    return Counter(int(head.text.split()[2]) for head in rig.heads())


def _told(rig: Rig) -> set[int]:
    return set(_counts(rig))


@pytest.mark.long
def test_serve_poll_and_replay_at_once(rig: Rig, serve: Serve) -> None:
    serve.start()
    others = []
    for number in range(1, 11):
        row = rig.entry(number)
        assert serve.notify(row["EntryID"]).status_code == 200
        words = ["poll"] if number % 2 else ["replay", "--held"]
        others.append(forked.Running(["-c", str(rig.config), *words], os.environ))
    for other in others:
        other.wait(200)  # one that waits for what another sends, and looks it up, takes its time
    until(lambda: _told(rig) == set(range(1, 11)), 30)
    rig.poll()
    assert set(_counts(rig).values()) == {1}
    assert rig.slack.violations == 0


@pytest.mark.long
def test_sigterm_in_a_burst_leaves_everything_durable(rig: Rig, serve: Serve) -> None:
    serve.start()
    accepted = []
    for number in range(1, 9):
        assert serve.notify(rig.entry(number)["EntryID"]).status_code == 200
        accepted.append(number)
    assert serve.stop() == 0
    assert not list((rig.state / "senders").iterdir())
    ledger = Ledger(rig.state)
    assert not ledger.db.rows("SELECT 1 FROM deliveries WHERE state='sending'")
    ledger.close()
    serve.start()
    until(lambda: _told(rig) == set(accepted), 30)
    assert set(_counts(rig).values()) == {1}


def _on(rig: Rig, disk: Path) -> None:
    rig.state_dir = disk
    rig.config.write_text(rig.config.read_text().replace(str(rig.folder / "state"), str(disk)))
    rig.log_in()
    rig.poll()


def test_a_full_disk_is_a_503_and_heals(small_disk: Path, rig: Rig, serve: Serve) -> None:
    _on(rig, small_disk)
    serve.start()
    first = rig.entry(1)["EntryID"]
    _fill(small_disk)
    statuses = {serve.notify(first).status_code for _ in range(3)}
    filled = [serve.notify(f"55555555-5555-5555-5555-{n:012d}").status_code for n in range(300)]
    assert 503 in {*statuses, *filled}
    assert {*statuses, *filled} <= {200, 503}
    assert "Traceback" not in serve.log.read_text()
    assert "disk is full" in serve.log.read_text()
    (small_disk / "filler").unlink()
    until(lambda: serve.notify(first).status_code == 200)
    until(lambda: len(rig.messages()) == 1, 40)
    assert serve.stop() == 0


def test_a_read_only_disk_is_one_sentence(small_disk: Path, rig: Rig, serve: Serve) -> None:
    _on(rig, small_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = rig.run("serve", "--listen", "127.0.0.1:0")
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    assert "read-only" in done.err
