"""The files and folders that a command is given, or finds, or that the config names."""

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exact_slack.config.file.paths import expand
from exact_slack.config.load import load
from exact_slack.errors import ConfigError

BASE = (
    "exact: {region: nl, divisions: [1], client_id: {env: A}, client_secret: {env: B},"
    " redirect_uri: 'https://x.example/'}\nroutes: [{name: all, channel: '#a'}]\n"
)


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user whom the system does not know, without HOME."""

    def nobody(uid: int) -> Any:
        raise KeyError(uid)

    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "EXACT_SLACK_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)


@pytest.mark.usefixtures("homeless")
@pytest.mark.parametrize("state", ["", "state: ~/somewhere\n"])
def test_an_unknown_home_is_a_sentence(tmp_path: Path, state: str) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(BASE + state)
    with pytest.raises(ConfigError, match="home folder is not known"):
        load(path).state_dir()


@pytest.mark.usefixtures("homeless")
def test_without_a_home_a_config_is_looked_for_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="home folder is not known"):
        expand(())
    Path("config.yaml").write_text(BASE)
    assert expand(()) == [Path("config.yaml")]


ODD = os.fsdecode(b"n\xff\xfeme")


def _config(folder: Path, name: str = "acme.yaml", more: str = "") -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(BASE + more)
    return str(path)


@pytest.mark.parametrize(
    "given",
    [
        lambda at: _config(at, f"{ODD}.yaml"),
        lambda at: _config(at / ODD),
        lambda at: os.path.dirname(_config(at / ODD)),
        lambda at: os.path.dirname(_config(at, f"{ODD}.yaml")),
    ],
    ids=["file", "folder", "folder of configs", "one in a folder"],
)
def test_a_config_whose_path_is_no_text_is_a_sentence(
    given: Callable[[Path], str], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"\\xff.* not UTF-8 text") as raised:
        expand((given(tmp_path),))
    assert str(raised.value).isprintable()


def test_nor_is_one_in_a_folder_without_a_readable_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _config(tmp_path / ODD)
    monkeypatch.chdir(tmp_path / ODD)
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        expand(("acme.yaml",))


def test_nor_a_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXACT_SLACK_STATE_DIR", str(tmp_path / ODD))
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        load(Path(_config(tmp_path))).state_dir()
    (tmp_path / "linked.yaml").symlink_to(_config(tmp_path / ODD, more="state: beside\n"))
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        load(tmp_path / "linked.yaml").state_dir()
