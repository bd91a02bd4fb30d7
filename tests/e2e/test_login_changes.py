"""What changes around a login: the country, the divisions, thirty days, a disk that is full."""

import subprocess
import time
from pathlib import Path

from exact_slack.app.customer import EXACT_TOKENS
from tests.e2e.logins import configure, end_access, login, refreshes
from tests.e2e.rig import Rig
from tests.e2e.test_disk import small_disk

__all__ = ["small_disk"]


def test_another_region_is_noticed_behind_a_proxy_too(rig: Rig) -> None:
    assert login(rig).returncode == 0
    assert rig.run("poll").code == 0
    configure(rig, "region: nl", "region: be")
    asked = rig.exact.calls.total()
    done = rig.run("poll")
    assert done.code == 3
    assert "is for Exact Online nl" in done.err
    assert "exact.region be" in done.err
    assert rig.exact.calls.total() == asked
    configure(rig, "region: be", "region: nl")
    assert rig.run("poll").code == 0


def test_divisions_that_change_are_told_and_keep_their_own_cursors(rig: Rig) -> None:
    rig.poll()
    rig.entry(1, division=234567)  # before anybody asked for this division
    rig.divisions = (123456, 234567)
    rig.write_config()
    done = rig.run("poll")
    assert done.code == 0, done.err
    assert "234567" in done.err
    assert "is new in the config" in done.err
    assert not rig.messages()
    rig.entry(2, division=234567)
    rig.entry(3, division=123456)
    again = rig.run("poll")
    assert (again.code, again.err) == (0, "")
    assert len(rig.heads()) == 2
    rig.divisions = (123456,)
    rig.write_config()
    assert "234567" in rig.run("poll").err
    rig.entry(4, division=234567)
    assert rig.run("poll").err == ""
    assert len(rig.heads()) == 2
    rig.divisions = (123456, 234567)
    rig.write_config()
    assert rig.run("poll").code == 0
    assert len(rig.heads()) == 3  # it went on where it had stopped


def test_a_login_that_was_not_used_for_thirty_days_says_how_to_repair_it(rig: Rig) -> None:
    end_access(rig)
    rig.exact.oauth.clock = lambda: time.time() + 31 * 86400
    done = rig.run("poll")
    assert done.code == 3
    assert "The refresh token expired at" in done.err
    assert f"exact-slack -c {rig.config} auth exact" in done.err


def test_on_a_read_only_disk_exact_is_not_asked_for_tokens(rig: Rig, small_disk: Path) -> None:
    rig.state_dir = small_disk
    rig.write_config()
    rig.log_in()
    rig.poll()
    store = end_access(rig)
    before, calls = store.read_text(), refreshes(rig)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = rig.run("poll")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert done.code == 1
    assert (store.read_text(), refreshes(rig)) == (before, calls)
    assert rig.run("poll").code == 0
    assert (rig.state / EXACT_TOKENS).read_text() != before
