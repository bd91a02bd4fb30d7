"""Logging in as a user does, and keeping secrets secret."""

import html
import re
import subprocess
import sys

import requests

from exact_slack.app.customer import EXACT_TOKENS
from tests.e2e.rig import Rig


def land(address: str) -> str:
    page = requests.get(address, timeout=10)
    found = re.search(r'href="([^"]+)"', page.text)
    assert found is not None
    return html.unescape(found[1])


def test_login_by_pasting_the_address(rig: Rig) -> None:
    (rig.state / EXACT_TOKENS).unlink()
    assert rig.run("poll").code == 3
    command = [sys.executable, "-m", "exact_slack", "-c", str(rig.config)]
    with subprocess.Popen(
        [*command, "auth", "exact", "--no-browser"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as login:
        assert login.stdout is not None
        address = next(line.strip() for line in login.stdout if "http" in line)
        out, _ = login.communicate(land(address) + "\n", timeout=60)
    assert login.returncode == 0
    assert "Logged in as" in out
    assert rig.poll()["posted"] == 0


def test_a_wrong_state_is_refused(rig: Rig) -> None:
    done = rig.run("auth", "exact", "--no-browser", stdin="https://x.example/?code=a&state=b\n")
    assert done.code == 3
    assert "another login" in done.err


def test_no_secret_in_any_output(rig: Rig) -> None:
    text = ""
    rig.entry(1)
    for words in (
        ["poll", "--since", "1d", "--json"],
        ["status"],
        ["status", "--json"],
        ["config", "show"],
        ["config", "check"],
        ["auth", "status", "--json"],
    ):
        done = rig.run("-vv", *words)
        text += done.out + done.err
    stored = (rig.state / EXACT_TOKENS).read_text()
    tokens = re.findall(r'"(?:access|refresh)": "([^"]+)"', stored)
    assert len(tokens) == 2
    for secret in (*tokens, rig.exact.oauth.client_secret, "xoxb-sandbox"):
        assert secret not in text


def test_several_customers_and_a_broken_file(rig: Rig) -> None:
    (rig.folder / "broken.yaml").write_text("exact: 7\n")
    done = rig.run("-c", str(rig.folder / "broken.yaml"), "poll", "--json")
    assert done.code == 78
    assert done.json["acme.yaml"]["posted"] == 0
    assert "broken.yaml:1" in done.json["broken.yaml"]["error"]


def test_config_check_and_auth_status_have_exit_codes(rig: Rig) -> None:
    assert rig.run("config", "check").code == 0
    assert rig.run("auth", "status").code == 0
    rig.extra = "locale: nl_XX\n"
    rig.write_config()
    assert rig.run("config", "check").code == 78
    rig.extra = ""
    rig.write_config()
    (rig.state / EXACT_TOKENS).unlink()
    assert rig.run("auth", "status").code == 3


def test_two_customers_never_share_a_state_folder(rig: Rig) -> None:
    rig.poll()
    other = rig.folder / "other.yaml"
    other.write_text(rig.config.read_text())
    done = rig.run("-c", str(other), "poll", "--json")
    assert done.code == 78
    assert "belongs to" in done.err
