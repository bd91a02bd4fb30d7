"""New tokens for old: answers that are odd or lost, a login that is dead, and who says so."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exact_slack.app.customer import EXACT_TOKENS
from exact_slack.sandbox.faults import Kind
from tests.e2e.logins import (
    configure,
    end_access,
    login,
    refreshes,
)
from tests.e2e.rig import Rig
from tests.e2e.test_disk import small_disk

pytestmark = pytest.mark.sampled(3)

__all__ = ["small_disk"]
ODD = "stampNL001.odd\u20actoken-that-must-not-be-shown"


def _answer(rig: Rig, **values: object) -> None:
    """The next answer with tokens is this one."""
    good = {"access_token": "a-new-one", "refresh_token": "r-new-one", "expires_in": "600"}
    body = json.dumps({**good, **values})
    rig.exact.faults.add("oauth2/token", "status", status=200, body=body, when="before")


# -- the answer with the tokens ------------------------------------------------------------------


@pytest.mark.parametrize("more", [[], ["-vv"]])
def test_an_access_token_with_odd_characters_is_not_used_and_not_shown(
    rig: Rig, more: list[str]
) -> None:
    store = end_access(rig)
    _answer(rig, access_token=ODD)
    done = rig.run(*more, "poll", "--json")
    assert done.code == 75
    assert "characters that no token has" in done.out
    assert "Traceback" not in done.err
    assert "must-not-be-shown" not in done.err + done.out
    assert json.loads(store.read_text())["refresh"] == "r-new-one"  # the chain goes on


def test_a_refresh_token_with_odd_characters_is_a_lost_answer(rig: Rig) -> None:
    end_access(rig)
    _answer(rig, refresh_token="stampNL001.\ud800hidden")
    done = rig.run("-vv", "poll")
    assert done.code == 75
    assert "lost" in done.err
    assert "hidden" not in done.err


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "told", ["1e400", float("inf"), -7, "soon", 10**30, None, "9" * 5000, True]
)
def test_an_odd_lifetime_is_six_hundred_seconds_or_an_hour(rig: Rig, told: object) -> None:
    store = end_access(rig)
    _answer(rig, expires_in=told)
    assert rig.run("poll").code != 1  # Exact's sandbox does not know these tokens
    kept = json.loads(store.read_text())
    assert kept["refresh"] == "r-new-one"
    assert 0 < kept["expires_at"] - kept["obtained_at"] <= 3600


def test_killed_between_the_answer_and_the_disk_it_says_that_the_answer_is_lost(rig: Rig) -> None:
    end_access(rig)
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_refresh"}).code == -9
    done = rig.run("poll")
    assert done.code == 3
    assert "Exact's answer with the new tokens was lost" in done.err
    assert "the process ended before it was stored" in done.err
    assert f"exact-slack -c {rig.config} auth exact" in done.err
    assert login(rig).returncode == 0
    assert rig.run("poll").code == 0


@pytest.mark.parametrize(
    ("kind", "told"), [("status", "status 502"), ("close", "ConnectionError"), ("empty200", "no t")]
)
def test_an_answer_lost_on_the_wire_is_named_by_the_next_run(
    rig: Rig, kind: Kind, told: str
) -> None:
    end_access(rig)
    rig.exact.faults.add("oauth2/token", kind, status=502)
    first = rig.run("poll")
    assert first.code == 75, first.err
    done = rig.run("poll")
    assert done.code == 3
    assert "answer with the new tokens was lost" in done.err
    assert told in done.err


def test_an_answer_that_never_left_exact_loses_nothing(rig: Rig) -> None:
    end_access(rig)
    rig.exact.faults.add("oauth2/token", "status", status=502, when="before")
    assert rig.run("poll").code == 75
    assert rig.run("poll").code == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_waits_until_the_new_tokens_are_on_the_disk(rig: Rig, number: int) -> None:
    store = end_access(rig)
    before = json.loads(store.read_text())["refresh"]
    calls = refreshes(rig)
    rig.exact.faults.add("oauth2/token", "delay", seconds=1.0)
    command = [sys.executable, "-m", "exact_slack", "-c", str(rig.config), "poll"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as poll:
        ends = time.monotonic() + 30
        mark = rig.state / "exact-tokens.mark"
        while not mark.exists() and refreshes(rig) == calls and time.monotonic() < ends:
            time.sleep(0.02)
        poll.send_signal(number)
        poll.communicate(timeout=60)
    assert poll.returncode in (-number, 128 + number)
    assert json.loads(store.read_text())["refresh"] != before
    assert refreshes(rig) == calls + 1
    assert rig.run("poll").code == 0


# -- a dead login --------------------------------------------------------------------------------


def test_a_dead_login_is_asked_for_once(rig: Rig) -> None:
    end_access(rig)
    rig.exact.oauth.revoke()
    assert rig.run("poll").code == 3
    calls = refreshes(rig)
    again = rig.run("poll", "--json")
    assert (again.code, refreshes(rig)) == (3, calls)
    assert "invalid or empty chainId" in again.out
    assert login(rig).returncode == 0
    assert rig.run("poll").code == 0


def test_three_refusals_without_a_reason_ask_for_a_person(rig: Rig) -> None:
    end_access(rig)
    body = "<html><body>Forbidden</body></html>"
    rig.exact.faults.add("oauth2/token", "status", 9, "before", status=403, body=body)
    codes = [rig.run("poll").code for _ in range(3)]
    assert codes == [75, 75, 3]
    struck = len(rig.exact.faults.served)
    assert rig.run("poll").code == 3
    assert len(rig.exact.faults.served) == struck  # not asked again within the hour


def test_status_says_that_the_login_is_dead(rig: Rig) -> None:
    rig.poll()
    end_access(rig)
    rig.exact.oauth.revoke()
    found = rig.run("auth", "status", "--json")  # it asks Exact
    assert found.code == 3
    assert not found.json["ok"]
    assert not found.json["exact"]
    assert "chainId" in found.json["exact_problem"]
    told = rig.run("status", "--json")  # it asks nobody and knows
    assert told.code != 0
    assert told.json["auth"]["exact"] is False
    assert "chainId" in str(told.json["auth"]["warnings"])


def test_status_says_that_the_country_was_changed(rig: Rig) -> None:
    rig.poll()
    store = rig.state / EXACT_TOKENS
    tokens = json.loads(store.read_text())
    store.write_text(json.dumps({**tokens, "host": "https://start.exactonline.be"}))
    assert rig.run("auth", "status").code == 3
    told = rig.run("status", "--json")
    assert told.json["auth"]["exact"] is False
    assert "start.exactonline.be" in str(told.json["auth"]["warnings"])


def test_status_says_that_the_next_tokens_cannot_be_stored(rig: Rig) -> None:
    rig.poll()
    lock = rig.state / f"{EXACT_TOKENS}.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    asked = rig.run("auth", "status")
    assert asked.code != 0
    assert "keeps a plain file of its own there" in asked.out
    told = rig.run("status", "--json")
    assert told.code != 0
    assert "keeps a plain file of its own there" in str(told.json["auth"]["warnings"])


def test_auth_status_on_a_read_only_disk_is_not_well(rig: Rig, small_disk: Path) -> None:
    rig.state_dir = small_disk
    rig.write_config()
    rig.log_in()
    rig.poll()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = rig.run("auth", "status")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert done.code != 0
    assert "Traceback" not in done.err
    assert "written" in done.out + done.err


def test_a_state_folder_that_cron_does_not_find_is_told(rig: Rig) -> None:
    home = rig.folder / "home"
    (home / ".local").mkdir(parents=True)
    folder = rig.folder / "here"
    rig.environment["EXACT_SLACK_STATE_DIR"] = str(folder)
    configure(rig, f"state: {rig.state}\n", "")
    rig.state_dir = folder / "acme"
    rig.log_in()
    (home / ".local" / "state").write_text("in the way of a state folder")
    rig.environment["HOME"] = str(home)
    found = rig.run("auth", "status", "--json")
    assert found.code == 1
    assert not found.json["ok"]
    assert any(found.json["cron"].values())
