"""Where a secret of the config comes from: names that cannot be, files that are none."""

import os
from pathlib import Path
from typing import Any

import pytest

from exact_slack.errors import ConfigError
from exact_slack.secrets.source import Secret


@pytest.mark.parametrize(
    "value", [{"file": "/a\0b"}, {"command": ["a\0b"]}, {"command": ["cat", "a\0b"]}]
)
def test_a_name_with_a_nul_is_a_sentence(value: Any) -> None:
    with pytest.raises(ConfigError):
        Secret.parse(value).fetch("slack.token")


def test_a_named_pipe_is_no_secret_to_wait_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(ConfigError, match="a named pipe"):
        Secret.parse({"file": str(tmp_path / "pipe")}).fetch("slack.token")
