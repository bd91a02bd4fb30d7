"""Programs that print a secret: waited for no longer, and read no further, than is good."""

import subprocess
import sys

import pytest

from exact_slack.errors import ConfigError
from exact_slack.secrets.programs import output_of
from exact_slack.secrets.source import Secret


def test_a_program_that_leaves_a_child_with_its_output_is_not_waited_for() -> None:
    code, output = output_of(["sh", "-c", "sleep 60 & echo hunter2"])
    assert (code, output) == (0, b"hunter2\n")


def test_a_program_that_hangs_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exact_slack.secrets.programs.LIMIT", 0.3)
    with pytest.raises(TimeoutError):
        output_of(["sh", "-c", "sleep 61.25 | cat"])
    found = subprocess.run(["pgrep", "-f", "sleep 61.25"], capture_output=True, check=False)
    assert found.stdout == b""


def test_a_program_that_writes_much_is_read_whole() -> None:
    _, output = output_of([sys.executable, "-c", "print('x' * 1_000_000)"])
    assert len(output) == 1_000_001


@pytest.mark.parametrize("words", [["yes"], ["cat", "/dev/zero"]])
def test_a_program_that_never_stops_writing_is_ended(words: list[str]) -> None:
    with pytest.raises(OSError, match="prints more than"):
        output_of(words)
    with pytest.raises(ConfigError, match="prints more than"):
        Secret("command", tuple(words)).fetch("slack.token")
