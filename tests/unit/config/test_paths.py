"""The folders that the config names, or leaves out."""

import pwd
from pathlib import Path
from typing import Any

import pytest

from exact_slack.config.load import load
from exact_slack.errors import ConfigError


def test_an_unknown_home_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> Any:
        raise KeyError(uid)

    monkeypatch.delenv("HOME", raising=False)
    for name in ("XDG_STATE_HOME", "EXACT_SLACK_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    path = tmp_path / "acme.yaml"
    base = (
        "exact: {region: nl, divisions: [1], client_id: {env: A}, client_secret: {env: B},"
        " redirect_uri: 'https://x.example/'}\nroutes: [{name: all, channel: '#a'}]\n"
    )
    path.write_text(base)
    with pytest.raises(ConfigError, match="home folder is not known"):
        load(path).state_dir()
    path.write_text(base + "state: ~/somewhere\n")
    with pytest.raises(ConfigError, match="home folder is not known"):
        load(path).state_dir()
