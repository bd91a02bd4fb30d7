"""What nobody foresaw, at the end of a command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("words", [["poll"], ["-vv", "poll"]])
@pytest.mark.parametrize("kind", ["ValueError", "requests.exceptions.InvalidHeader"])
def test_what_nobody_foresaw_is_one_sentence(words: list[str], kind: str) -> None:
    code = (
        "import logging, requests, sys\n"
        "from exact_slack.redact import note\n"
        "from exact_slack.cli.frame.run import Settings, guarded, set_up_logging\n"
        "def command(**more):\n"
        f"    set_up_logging(Settings((), {2 if '-vv' in words else 0}, False))\n"
        "    note('hunter2-0123')\n"
        "    try:\n        1 / 0\n"
        "    except ZeroDivisionError:\n"
        "        logging.getLogger('exact_slack').exception('a worker')\n"
        f"    raise {kind}('the header is hunter2-0123')\n"
        "guarded(command)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"unexpected trouble ({kind.rpartition('.')[2]})" in done.stderr
    assert "-vv" in done.stderr
    assert ("Traceback" in done.stderr) == ("-vv" in words)
    assert "hunter2-0123" not in done.stderr


@pytest.mark.parametrize("before", [["backup"], ["log"], ["queue", "--channel"]])
def test_a_word_that_is_no_text_is_a_sentence(before: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "exact_slack", *before, os.fsdecode(b"a\xff")]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"exact-slack: a\\xff: this word of the command")


@pytest.mark.parametrize(
    ("words", "code"), [(["bogus"], 2), (["-c", "there/is/none.yaml", "config", "show"], 78)]
)
def test_what_cannot_be_told_keeps_its_exit_code(words: list[str], code: int) -> None:
    """A full disk under the log of cron makes no wrong usage of a person's trouble."""
    command = [sys.executable, "-m", "exact_slack", *words]
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(command, stdout=full, stderr=full, check=False)
    assert done.returncode == code
