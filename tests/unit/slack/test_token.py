"""Only a bot's token that lasts, in letters that a header can hold, gets through any door."""

import os
from pathlib import Path

import pytest

from exact_slack.app.customer import Customer
from exact_slack.config.load import load
from exact_slack.errors import ConfigError, ExactSlackError, SlackLoginNeeded
from exact_slack.secrets.source import Secret
from exact_slack.secrets.store import SLACK_TOKEN, write_private
from exact_slack.slack.answers import AuthTest
from exact_slack.slack.token import unfit, unfit_for

ODD = (
    "\ufeffxoxb-1",
    "xoxb-1\nxoxb-2",
    "xoxb-1 2",
    "xoxb-\u00e9",
    '"xoxb-1"',
    "'xoxb-1'",
    "xoxb-1`",
    "\u201cxoxb-1\u201d",
    "xoxb-\u200b1",
    "xoxb-\x001",
)
OTHERS = {
    "xoxp-1": "a user's token",
    "xapp-1-A": "an app-level token",
    "xwfp-1": "a workflow's token",
    "xoxc-1": "the token of a browser",
    "xoxs-1": "the token of a browser",
    "xoxe-1": "a refresh token",
    "xoxe.xoxb-1-x": "rotate",
    "xoxe.xoxp-1-x": "rotate",
}
CONFIG = """\
exact:
  region: nl
  divisions: [1]
  client_id: a
  client_secret: b
  redirect_uri: https://finance.example.com/
slack:
  {slack}
state: {state}
secrets: file
routes: [{{name: all, channel: "#feed"}}]
"""


def _fetched(folder: Path, source: str, value: str, monkeypatch: pytest.MonkeyPatch) -> str:
    path = folder / "secret"
    path.write_bytes(value.encode())
    path.chmod(0o600)
    written: object = value
    if source == "env":
        monkeypatch.setattr(os, "environ", {**os.environ, "THE_TOKEN": value})
        written = {"env": "THE_TOKEN"}
    elif source == "file":
        written = {"file": str(path)}
    elif source == "command":
        written = {"command": ["cat", str(path)]}
    elif source == "credential":
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
        written = {"credential": "secret"}
    return Secret.parse(written).fetch("slack.token")


@pytest.mark.parametrize("source", ["literal", "env", "file", "command", "credential"])
@pytest.mark.parametrize("value", ODD)
def test_a_secret_of_any_source_has_letters_that_a_header_takes(
    tmp_path: Path, source: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match="Store the secret alone") as caught:
        _fetched(tmp_path, source, value, monkeypatch)
    assert "xoxb" not in str(caught.value).replace(str(tmp_path), "")


@pytest.mark.parametrize("source", ["literal", "env", "file", "command", "credential"])
def test_space_around_a_secret_is_none_of_it(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _fetched(tmp_path, source, " xoxb-1\r\n", monkeypatch) == "xoxb-1"


def _customer(folder: Path, slack: str) -> Customer:
    path = folder / "acme.yaml"
    path.write_text(CONFIG.format(slack=slack, state=folder / "state"), encoding="utf-8")
    path.chmod(0o600)
    return Customer(load(path))


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("token", OTHERS)
def test_another_kind_of_token_is_refused_wherever_it_is(
    tmp_path: Path, token: str, stored: bool
) -> None:
    customer = _customer(tmp_path, "signing_secret: x" if stored else f"token: {token}")
    if stored:
        write_private(tmp_path / "state" / SLACK_TOKEN, token + "\n")
    with pytest.raises(SlackLoginNeeded, match=OTHERS[token]) as caught:
        customer.slack_token()
    assert "xoxb" in str(caught.value) or "auth slack --manifest" in str(caught.value)


@pytest.mark.parametrize("value", ODD[:8])
def test_a_stored_token_with_odd_letters_is_refused_with_a_sentence(
    tmp_path: Path, value: str
) -> None:
    customer = _customer(tmp_path, "signing_secret: x")
    write_private(tmp_path / "state" / SLACK_TOKEN, value)
    with pytest.raises(ExactSlackError, match="characters that no token has"):
        customer.slack_token()


def test_what_slack_says_of_a_token_decides() -> None:
    bot = AuthTest("T", "T0", "bot", "B0", "u", None, expires=False)
    assert unfit("anything-1") is None
    assert unfit_for(bot) is None
    person = AuthTest("T", "T0", "anna", "", "u", None, expires=False)
    assert "not a bot's" in str(unfit_for(person))
    rotating = AuthTest("T", "T0", "bot", "B0", "u", None, expires=True)
    assert "rotate" in str(unfit_for(rotating))
