"""Ways into Exact Online and Slack that go wrong, and other customers' logins."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from exact_slack.app.customer import EXACT_TOKENS
from exact_slack.sandbox.faults import Kind
from tests.e2e import forked
from tests.e2e.logins import (
    configure,
    keyring,
    login,
    without_slack_token,
)
from tests.e2e.rig import TOKEN, Rig
from tests.e2e.test_disk import _fill, small_disk
from tests.e2e.test_login import land

pytestmark = pytest.mark.sampled(3)

__all__ = ["small_disk"]


def test_another_customers_state_folder_is_not_touched(rig: Rig) -> None:
    rig.poll()
    store = rig.state / EXACT_TOKENS
    before = store.read_text()
    other = rig.folder / "other.yaml"
    other.write_text(rig.config.read_text())
    for words in (["exact", "--no-browser"], ["slack"], ["logout"], ["status"]):
        line = ["-c", str(other), "auth", *words]
        code, out, err = forked.run(line, f"{TOKEN}\n", os.environ, timeout=60)
        assert code == 78, words
        assert "belongs to" in err
        assert "http" not in out  # nobody was asked for anything
    assert store.read_text() == before
    assert not (rig.state / "slack-token").exists()


def test_a_login_that_fails_leaves_the_earlier_one_where_it_was(rig: Rig) -> None:
    keyring(rig)
    done = login(rig, lambda address: land(address).replace("%21", "%22"))
    assert done.returncode == 3
    assert rig.run("poll").code == 0
    without_slack_token(rig)
    assert rig.run("auth", "slack", stdin=f"{TOKEN}\n").code == 0
    assert "slack-token" in (rig.folder / "keyring.json").read_text()
    assert rig.run("poll").code == 0  # the login at Exact is still in its file


def test_without_space_for_the_tokens_the_code_is_not_used_up(rig: Rig, small_disk: Path) -> None:
    rig.state_dir = small_disk
    rig.write_config()
    rig.log_in()
    rig.poll()

    def fill_first(address: str) -> str:
        landed = land(address)
        _fill(small_disk)
        return landed

    done = login(rig, fill_first)
    assert done.returncode == 75
    kinds = [call.grant_type for call in rig.exact.oauth.token_calls]
    assert "authorization_code" not in kinds
    (small_disk / "filler").unlink()
    assert rig.run("poll").code == 0  # the earlier login lives


def test_another_redirect_address_has_its_own_sentence(rig: Rig) -> None:
    def changed(address: str) -> str:
        landed = land(address)
        rig.exact.oauth.redirect_uri = "https://finance.example.com/other"
        return landed

    done = login(rig, changed)
    assert done.returncode == 3
    assert "exact.redirect_uri is not the redirect address" in done.stderr


def test_a_lost_answer_to_the_code_asks_for_the_login_again(rig: Rig) -> None:
    rig.exact.faults.add("oauth2/token", "close")
    done = login(rig)
    assert done.returncode == 3
    assert "Log in once more" in done.stderr


def test_too_many_logins_ask_for_the_login_again_later(rig: Rig) -> None:
    rig.exact.oauth.daily_limit = 0
    done = login(rig)
    assert done.returncode == 3
    assert "status 429" in done.stderr
    assert "Log in again later" in done.stderr


def _loopback(rig: Rig, host: str = "127.0.0.1") -> str:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as free:
        try:
            free.bind((host, 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        port = free.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    rig.exact.oauth.redirect_uri = f"http://{shown}:{port}/callback"
    rig.write_config()
    return f"http://{shown}:{port}"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_what_else_a_browser_asks_for_does_not_end_the_login(rig: Rig, host: str) -> None:
    root = _loopback(rig, host)

    def follow(address: str) -> str:
        for stray in ("/favicon.ico", "/callback", "/callback?x=1", "/callback?code=a&state=b"):
            for _ in range(3):
                assert requests.get(root + stray, timeout=10).status_code in (400, 404)
        with socket.create_connection((host, int(root.rpartition(":")[2]))):  # asks for nothing
            assert "close this window" in requests.get(land(address), timeout=10).text
        return ""

    done = login(rig, follow)
    assert done.returncode == 0, done.stderr
    assert "Logged in as" in done.stdout


def test_where_a_listener_waits_the_address_may_be_pasted_too(rig: Rig) -> None:
    _loopback(rig)
    done = login(rig, lines="\n")
    assert done.returncode == 0, done.stderr
    assert "Then paste the address" in done.stdout


def test_a_caught_login_ends_the_command_while_the_terminal_stays_open(rig: Rig) -> None:
    _loopback(rig)
    command = [sys.executable, "-m", "exact_slack", "-c", str(rig.config), "auth", "exact"]
    with subprocess.Popen(
        [*command, "--no-browser"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        address = next(line.strip() for line in running.stdout if "http" in line)
        requests.get(land(address), timeout=10)
        assert running.wait(timeout=60) == 0  # nothing was written to its input, nor was it closed
        assert running.stderr.read() == ""


def test_the_address_is_printed_even_where_a_browser_opens(rig: Rig) -> None:
    programs = rig.folder / "bin"
    programs.mkdir()
    opened = rig.folder / "opened"
    browser = programs / "xdg-open"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o700)
    rig.environment |= {"DISPLAY": ":9", "PATH": f"{programs}:{os.environ['PATH']}"}
    done = rig.run("auth", "exact", stdin="")
    assert "/api/oauth2/auth?" in done.out
    assert done.code == 3
    ends = time.monotonic() + 20
    while not opened.exists() and time.monotonic() < ends:
        time.sleep(0.02)
    assert opened.exists()


@pytest.mark.parametrize("words", [["auth", "slack"], ["auth", "exact"], ["auth", "slack", "-h"]])
def test_a_closed_stdin_is_no_traceback(rig: Rig, words: list[str]) -> None:
    line = 'exec "$@" <&-'
    command = [sys.executable, "-m", "exact_slack", "-c", str(rig.config), *words]
    done = subprocess.run(
        ["sh", "-c", line, "sh", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == (0 if "-h" in words else 3), done.stderr
    assert "Traceback" not in done.stderr


# -- Slack ---------------------------------------------------------------------------------------


def _slack_says(rig: Rig, path: str, body: object, **more: Any) -> None:
    text = json.dumps(body)
    rig.slack.faults.add(path, "status", 1, "before", status=200, body=text, **more)


def test_an_answer_of_slack_that_is_not_ok_stores_nothing(rig: Rig) -> None:
    without_slack_token(rig)
    _slack_says(rig, "auth.test", {"ok": "yes", "team": "T", "user": "U"})
    done = rig.run("auth", "slack", stdin=f"{TOKEN}\n")
    assert done.code == 75
    assert not (rig.state / "slack-token").exists()


def test_scopes_that_slack_does_not_tell_are_unknown(rig: Rig) -> None:
    without_slack_token(rig)
    answer = {"ok": True, "team": "T", "user": "U", "bot_id": "B1"}
    _slack_says(rig, "auth.test", answer)
    done = rig.run("auth", "slack", stdin=f"{TOKEN}\n")
    assert done.code == 0
    assert "Scopes: unknown" in done.out
    assert "Missing scope" not in done.out
    _slack_says(rig, "auth.test", answer)
    found = rig.run("auth", "status", "--json").json
    assert found["scopes"] is None
    assert found["missing_scopes"] == {}


@pytest.mark.parametrize("token", ["xoxb-caf\u00e9-hidden", "xoxb-two hidden"])
def test_a_token_with_odd_characters_gets_a_sentence(rig: Rig, token: str) -> None:
    without_slack_token(rig)
    done = rig.run("auth", "slack", stdin=f"{token}\n")
    assert done.code == 3
    assert "characters that no token has" in done.err
    assert "hidden" not in done.err


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("xoxp-hidden", "a user's token"),
        ("xapp-1-hidden", "an app-level token"),
        ("xoxe.xoxb-1-hidden", "tokens of this Slack app rotate"),
        ("\ufeffxoxb-hidden", "a byte-order mark"),
    ],
)
def test_another_kind_of_token_is_refused_by_its_name(rig: Rig, token: str, said: str) -> None:
    without_slack_token(rig)
    done = rig.run("auth", "slack", stdin=f"{token}\n")
    assert done.code == 3
    assert said in done.err
    assert "hidden" not in done.err
    assert not (rig.state / "slack-token").exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"user": "anna"}, "not a bot's"),
        ({"bot_id": None}, "not a bot's"),
        ({"bot_id": "B1", "expires_in": 43200}, "tokens of this Slack app rotate"),
    ],
)
def test_what_slack_says_of_a_token_decides(rig: Rig, said: dict[str, object], told: str) -> None:
    answer = {"ok": True, "team": "T", "user": "U", **said}
    _slack_says(rig, "auth.test", answer)
    done = rig.run("config", "check", "--online")
    assert (done.code, told in done.err + done.out) == (3, True)
    _slack_says(rig, "auth.test", answer)
    assert told in rig.run("auth", "status").out
    without_slack_token(rig)
    _slack_says(rig, "auth.test", answer)
    done = rig.run("auth", "slack", stdin=f"{TOKEN}\n")
    assert (done.code, told in done.err) == (3, True)
    assert not (rig.state / "slack-token").exists()


@pytest.mark.parametrize("more", [{"expires_in": 43200}, {"refresh_token": "xoxe-1-hidden"}])
def test_an_install_whose_tokens_rotate_is_refused_at_once(
    rig: Rig, more: dict[str, object]
) -> None:
    answer = {"ok": True, "access_token": "xoxb-hidden", "token_type": "bot", **more}
    _slack_says(rig, "oauth.v2.access", answer)
    code, err = _install(rig)
    assert code == 3
    assert "tokens of this Slack app rotate" in err
    assert "auth slack --manifest" in err
    assert "hidden" not in err
    assert not (rig.state / "slack-token").exists()


def _install(rig: Rig) -> tuple[int, str]:
    redirect = "https://finance.example.com/slack"
    more = f"slack:\n  client_id: '1.2'\n  client_secret: sss\n  redirect_uri: {redirect}\n"
    without_slack_token(rig)
    configure(rig, "slack:\n", more)
    code = rig.slack.store.new_oauth_code("1.2", "sss", redirect)
    command = [sys.executable, "-m", "exact_slack", "-c", str(rig.config), "auth", "slack"]
    with subprocess.Popen(
        [*command, "--install"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as install:
        assert install.stdout is not None
        address = next(line.strip() for line in install.stdout if "http" in line)
        state = dict(parse_qsl(urlsplit(address).query))["state"]
        _, err = install.communicate(f"{redirect}?code={code}&state={state}\n", timeout=30)
    return install.returncode, err


@pytest.mark.parametrize("kind", ["close", "status"])
def test_an_install_whose_answer_is_lost_is_temporary(rig: Rig, kind: Kind) -> None:
    rig.slack.faults.add("oauth.v2.access", kind, status=503)
    code, err = _install(rig)
    assert code == 75
    assert "Start again" in err


def test_an_install_without_a_token_in_the_answer_gets_a_sentence(rig: Rig) -> None:
    _slack_says(rig, "oauth.v2.access", {"ok": True, "app_id": "A1"})
    code, err = _install(rig)
    assert code == 75
    assert "an answer without a token" in err


def test_logout_with_a_token_that_cannot_be_read_removes_the_rest(rig: Rig) -> None:
    configure(rig, f"token: {TOKEN}", "token: {env: NOT_SET_ANYWHERE}")
    done = rig.run("auth", "logout", "--revoke")
    assert done.code == 1
    assert "was not revoked" in done.err
    assert not (rig.state / EXACT_TOKENS).exists()
