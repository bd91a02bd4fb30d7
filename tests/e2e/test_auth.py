"""Logging in once and never again: every way in, every store, every race."""

import json
import os
import socket
import subprocess
import sys
import time
from unittest import mock
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from click.testing import CliRunner

from exact_slack.app.customer import EXACT_TOKENS
from exact_slack.cli import cli
from exact_slack.exact.auth.redirect import Redirect
from exact_slack.secrets.vault import cron_environment
from tests.e2e import forked
from tests.e2e.logins import keyring, login, without_slack_token
from tests.e2e.rig import DIVISION, Rig
from tests.e2e.test_login import land

pytestmark = pytest.mark.sampled(3)

# -- ways in -------------------------------------------------------------------------------------


def test_a_wrong_address_may_be_pasted_again(rig: Rig) -> None:
    done = login(rig, lines="https://finance.example.com/?code=a&state=wrong\n")
    assert done.returncode == 0
    assert "another login" in done.stderr


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("https://x.example/?error=access_denied&state=s", "access_denied"),
        ("https://x.example/", 'no "code'),
        ("", "Nothing was pasted"),
    ],
)
def test_what_is_no_login_gets_its_own_sentence(rig: Rig, pasted: str, told: str) -> None:
    done = login(rig, lambda _: pasted)
    assert done.returncode == 3
    assert told in done.stderr


def test_an_archived_division_is_said_to_be(rig: Rig) -> None:
    rig.exact.store.add_division(234567, "Old works", Status=1)
    done = login(rig)
    (line,) = [line for line in done.stdout.splitlines() if "Old works" in line]
    assert "archived" in line
    (used,) = [line for line in done.stdout.splitlines() if f" {DIVISION} " in line]
    assert "archived" not in used


def test_it_waits_as_long_as_it_says(rig: Rig) -> None:
    with mock.patch.object(Redirect, "wait", return_value="") as waits:
        done = CliRunner().invoke(cli, ["-c", str(rig.config), "auth", "exact", "--no-browser"])
    assert f"within {waits.call_args.args[0] / 60:.0f} minutes" in done.output


def test_a_used_code_is_refused_with_a_sentence(rig: Rig) -> None:
    def use_first(address: str) -> str:
        landed = land(address)
        code = dict(parse_qsl(urlsplit(landed).query))["code"]
        oauth = rig.exact.oauth
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": oauth.client_id,
            "client_secret": oauth.client_secret,
            "redirect_uri": oauth.redirect_uri,
        }
        assert requests.post(f"{rig.exact.url}/api/oauth2/token", data=form, timeout=9).ok
        return landed

    done = login(rig, use_first)
    assert done.returncode == 3
    assert "it was used before" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_redirect_to_this_machine_is_caught(rig: Rig) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    rig.exact.oauth.redirect_uri = f"http://127.0.0.1:{port}/callback"
    rig.write_config()

    def follow(address: str) -> str:
        page = requests.get(land(address), timeout=10)
        assert "close this window" in page.text
        return ""

    done = login(rig, follow)
    assert done.returncode == 0, done.stderr
    assert "Logged in as" in done.stdout


def test_missing_divisions_are_named_after_the_login(rig: Rig) -> None:
    rig.divisions = (123456, 999)
    rig.write_config()
    done = login(rig)
    assert done.returncode == 1
    assert "999" in done.stderr


def test_another_region_is_noticed(rig: Rig) -> None:
    store = rig.state / EXACT_TOKENS
    tokens = json.loads(store.read_text())
    store.write_text(json.dumps({**tokens, "host": "https://start.exactonline.be"}))
    done = rig.run("poll")
    assert done.code == 3
    assert "start.exactonline.be" in done.err
    assert rig.exact.calls.total() == 0


# -- the chain -----------------------------------------------------------------------------------


def test_twenty_processes_make_one_refresh(rig: Rig) -> None:
    store = rig.state / EXACT_TOKENS
    store.write_text(store.read_text().replace('"expires_at": ', '"expires_at": -'))
    rig.exact.oauth.expire_access()
    calls = len(rig.exact.oauth.token_calls)
    words = ["-c", str(rig.config), "webhooks", "list"]
    started = [forked.Running(words, os.environ) for _ in range(20)]
    assert {process.wait(60) for process in started} == {0}
    assert len(rig.exact.oauth.token_calls) - calls == 1


def test_too_early_keeps_the_old_token(rig: Rig) -> None:
    rig.poll()
    store = rig.state / EXACT_TOKENS
    store.write_text(store.read_text().replace('"expires_at": ', '"expires_at": -'))
    assert rig.poll()["posted"] == 0


def test_a_token_that_another_host_renewed_ends_with_the_command_that_repairs(rig: Rig) -> None:
    store = rig.state / EXACT_TOKENS
    before = store.read_text().replace('"expires_at": ', '"expires_at": -')
    store.write_text(before)
    rig.exact.oauth.expire_access()
    rig.poll()
    rig.exact.oauth.expire_access()
    store.write_text(before)
    done = rig.run("poll")
    assert done.code == 3
    assert f"exact-slack -c {rig.config} auth exact" in done.err


# -- stores --------------------------------------------------------------------------------------


def test_without_a_keyring_a_private_file_is_used_and_said(rig: Rig) -> None:
    done = login(rig)
    assert f"kept in {rig.state / EXACT_TOKENS}" in done.stdout
    assert "cron's environment can use it" in done.stdout
    assert (rig.state / EXACT_TOKENS).stat().st_mode & 0o077 == 0
    assert rig.state.stat().st_mode & 0o077 == 0


def test_a_keyring_that_cron_can_use_is_chosen(rig: Rig) -> None:
    kept = keyring(rig)
    (rig.state / EXACT_TOKENS).unlink()
    done = login(rig)
    assert done.returncode == 0, done.stderr
    assert "the keyring (a_keyring)" in done.stdout
    assert not (rig.state / EXACT_TOKENS).exists()
    assert EXACT_TOKENS in kept.read_text()
    assert rig.poll()["posted"] == 0
    rig.exact.oauth.expire_access()
    values = json.loads(kept.read_text())
    kept.write_text(json.dumps({k: v.replace('expires_at": ', 'expires_at": -')
                                for k, v in values.items()}))  # fmt: skip
    assert rig.poll()["posted"] == 0
    under_cron = {**cron_environment(), "HOME": rig.environment["HOME"]}
    command = [sys.executable, "-m", "exact_slack", "-c", str(rig.config), "poll"]
    assert subprocess.run(command, env=under_cron, check=False).returncode == 0


@pytest.mark.long
def test_a_keyring_that_hangs_is_not_waited_for(rig: Rig) -> None:
    keyring(rig, hang="time.sleep(600)")
    made = login(rig)
    assert made.returncode == 0
    assert f"kept in {rig.state / EXACT_TOKENS}" in made.stdout
    rig.extra = "secrets: keyring\n"
    rig.write_config()
    done = rig.run("poll", "--json")
    assert done.code == 75
    assert "did not answer" in done.out


@pytest.mark.parametrize("name", ["PlaintextKeyring"])
def test_plain_text_keyrings_are_not_chosen_by_accident(rig: Rig, name: str) -> None:
    keyring(rig, name=name)
    assert f"kept in {rig.state / EXACT_TOKENS}" in login(rig).stdout
    rig.extra = "secrets: keyring\n"
    rig.write_config()
    done = rig.run("poll")
    assert done.code == 78
    assert "plain text" in done.err


@pytest.mark.parametrize("backend", ["fail", "null"])
def test_keyrings_that_keep_nothing_are_refused(rig: Rig, backend: str) -> None:
    rig.environment["PYTHON_KEYRING_BACKEND"] = f"keyring.backends.{backend}.Keyring"
    rig.extra = "secrets: keyring\n"
    rig.write_config()
    done = rig.run("poll")
    assert done.code == 78
    assert "secrets: file" in done.err


def test_a_token_file_that_others_can_read_is_refused(rig: Rig) -> None:
    (rig.state / EXACT_TOKENS).chmod(0o640)
    done = rig.run("poll")
    assert done.code == 78
    assert "chmod 600" in done.err


# -- reports and Slack ---------------------------------------------------------------------------


def test_auth_status_tells_everything(rig: Rig) -> None:
    rig.slack.store.scopes = ("chat:write", "channels:read")
    done = rig.run("auth", "status", "--json")
    assert done.code == 0
    found = done.json
    assert found["places"]["exact login"] == str(rig.state / EXACT_TOKENS)
    assert found["cron"]["exact login"] == ""
    assert found["days_left"] == 30.0
    assert "channels:history" in found["missing_scopes"]
    assert "held for a person" in rig.run("auth", "status").out


def test_a_secret_that_only_the_terminal_has_is_told(rig: Rig) -> None:
    text = rig.config.read_text()
    secret = rig.exact.oauth.client_secret
    rig.config.write_text(text.replace(f"client_secret: {secret}", "client_secret: {env: THE_CS}"))
    rig.environment["THE_CS"] = secret
    found = rig.run("auth", "status", "--json").json
    assert found["here"]["exact.client_secret"] == ""
    assert "THE_CS" in found["cron"]["exact.client_secret"]
    assert any("Cron cannot use exact.client_secret" in warning for warning in found["warnings"])


def test_status_warns_from_day_21(rig: Rig) -> None:
    store = rig.state / EXACT_TOKENS
    tokens = json.loads(store.read_text())
    tokens["obtained_at"] -= 22 * 86400
    store.write_text(json.dumps(tokens))
    assert "22 days ago" in str(rig.run("status", "--json").json["auth"]["warnings"])


def test_a_login_of_a_clock_that_was_ahead_lives_no_longer_than_exact_lets_it(rig: Rig) -> None:
    store = rig.state / EXACT_TOKENS
    tokens = json.loads(store.read_text())
    tokens["obtained_at"] += 400 * 86400
    store.write_text(json.dumps(tokens))
    assert rig.run("status", "--json").json["auth"]["exact_days_left"] == 30.0
    assert rig.run("auth", "status", "--json").json["days_left"] == 30.0


def test_the_slack_token_is_checked_and_stored_from_stdin(rig: Rig) -> None:
    without_slack_token(rig)
    assert rig.run("poll", "--since", "1d").code == 0  # nothing to post: no token is needed
    rig.entry(1)
    assert rig.run("poll").code == 3
    refused = rig.run("auth", "slack", stdin="xoxb-wrong\n")
    assert (refused.code, "refuses this token" in refused.err) == (3, True)
    assert rig.run("auth", "slack", stdin="xoxb-sandbox\n").code == 0
    assert (rig.state / "slack-token").stat().st_mode & 0o077 == 0
    assert rig.poll()["posted"] == 1


def test_the_manifest_asks_for_exactly_the_scopes_needed(rig: Rig) -> None:
    done = rig.run("auth", "slack", "--manifest")
    content = done.json
    assert "files:write" not in content["oauth_config"]["scopes"]["bot"]
    assert "https://api.slack.com/apps?new_app=1&manifest_json=%7B" in done.err
    rig.routes = rig.routes.rstrip() + "\n    attachments: true\n"
    rig.write_config()
    content = rig.run("auth", "slack", "--manifest").json
    assert "files:write" in content["oauth_config"]["scopes"]["bot"]


def test_logout_removes_and_revokes(rig: Rig) -> None:
    without_slack_token(rig)
    rig.run("auth", "slack", stdin="xoxb-sandbox\n")
    done = rig.run("auth", "logout", "--revoke")
    assert done.code == 0
    assert not (rig.state / EXACT_TOKENS).exists()
    assert not (rig.state / "slack-token").exists()
    assert rig.run("auth", "slack", stdin="xoxb-sandbox\n").code == 3
    assert rig.run("poll").code == 3


def test_expired_and_foreign_codes_have_their_own_sentences(rig: Rig) -> None:
    def later(address: str) -> str:
        landed = land(address)
        rig.exact.oauth.clock = lambda: time.time() + 200
        return landed

    assert "older than three minutes" in login(rig, later).stderr
    rig.exact.oauth.clock = time.time

    def foreign(address: str) -> str:
        return land(address).replace("stampNL", "stampFR")

    assert "Exact Online fr" in login(rig, foreign).stderr


def test_the_install_of_a_distributed_app(rig: Rig) -> None:
    text = rig.config.read_text().replace("  token: xoxb-sandbox\n", "")
    redirect = "https://finance.example.com/slack"
    more = f"slack:\n  client_id: '1.2'\n  client_secret: sss\n  redirect_uri: {redirect}\n"
    rig.config.write_text(text.replace("slack:\n", more))
    code = rig.slack.store.new_oauth_code("1.2", "sss", redirect)
    command = [sys.executable, "-m", "exact_slack", "-c", str(rig.config), "auth", "slack"]
    with subprocess.Popen(
        [*command, "--install"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as install:
        assert install.stdout is not None
        address = next(line.strip() for line in install.stdout if "http" in line)
        state = dict(parse_qsl(urlsplit(address).query))["state"]
        out, _ = install.communicate(f"{redirect}?code={code}&state={state}\n", timeout=30)
    assert install.returncode == 0
    assert "The token is kept in" in out
    assert (rig.state / "slack-token").exists()
