"""A config that cannot be read as YAML: the place is shown, its values are not."""

from pathlib import Path

import pytest

from exact_slack.config.file.source import read
from exact_slack.errors import ConfigError


@pytest.mark.parametrize(
    "line",
    [
        "token: !hunter2-in-a-tag x",
        "token: *hunter2-in-an-alias",
        "token: !!int hunter2",
        "token: !!timestamp 2026-13-45-hunter2",
        "token: !!float hunter2",
        "token: !!binary 'hunter2'",
        "token: 'hunter2",
        'token: "hunter2 \\q"',
        "token: %hunter2",
        "token: a: hunter2",
        "token: {hunter2: ]",
        "token: |hunter2",
        "token: hunter2\x07",
        "token: !!python/object:hunter2 {}",
        "token: &hunter2 &hunter2 x",
    ],
)
def test_yaml_mistakes_show_no_value(tmp_path: Path, line: str) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(f"slack:\n  {line}\n")
    try:
        read(path)
    except ConfigError as error:
        assert "hunter2" not in str(error)
        assert str(path) in str(error)
