"""Every example in every command's --help, typed as it stands into a shell, on a sandbox."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from tests.e2e.rig import DIVISION, Rig
from tests.e2e.test_login import land
from tests.e2e.typed import typed
from tests.reference import pages

NOT_READY = "close"
"""It ends with 1 where a month cannot be closed, as this one on the rig below."""
SERVING = (" serve", "demo --serve")
"""What runs until it is ended."""


@dataclass(frozen=True)
class Example:
    """One command line of a help text. `code` is how it must end on the rig below."""

    page: str
    line: str
    code: int = 0


def _examples() -> Iterator[Example]:
    for page in pages():
        for paragraph in page.paragraphs:
            for line in paragraph.examples:
                code = 1 if NOT_READY in page.name.split() else 0
                yield Example(page.name, line.removeprefix("* * * * * "), code)


ROUTES = """\
  - name: feed
    when: {kind: purchase_entry}
    channel: "#feed"
"""
TESTS = """\
tests:
  - name: entries go to the feed
    document: {kind: purchase_entry}
    routes: feed
"""


@pytest.fixture
def shell(rig: Rig) -> Iterator[Rig]:
    """A home folder with acme.yaml in it, one document posted, and the command on PATH."""
    rig.routes = ROUTES
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    rig.extra = f"{TESTS}serve: {{public_url: 'http://{address}', listen: '{address}'}}\n"
    rig.write_config()
    text = rig.config.read_text(encoding="utf-8")
    rig.config.write_text(text.replace("slack:\n", "  webhook_secret: hook\nslack:\n", 1))
    binaries = rig.folder / "bin"
    binaries.mkdir()
    (rig.folder / "token.txt").write_text(rig.slack.store.token + "\n", encoding="utf-8")
    (rig.folder / ".local/share/bash-completion/completions").mkdir(parents=True)
    rig.exact.webhooks.secret = "hook"
    rig.poll()
    rig.entry(26700031)
    rig.exact.store.upsert(
        DIVISION,
        "financial/FinancialPeriods",
        {
            "FinYear": 2026,
            "FinPeriod": 10,
            "StartDate": date(2026, 10, 1),
            "EndDate": date(2026, 10, 31),
        },
    )
    rig.poll()
    rig.environment = {
        "HOME": str(rig.folder),
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "EXACT_SLACK_CONFIG": str(rig.config),
    }
    with typed(binaries):
        yield rig


def _command(rig: Rig, line: str) -> list[str]:
    """The line in bash; only places outside the home folder are moved into it."""
    return ["bash", "-o", "pipefail", "-c", line.replace("/var/backups", str(rig.folder))]


def _start(rig: Rig, line: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        _command(rig, line),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=rig.folder,
        env={**os.environ, **rig.environment},
        start_new_session=True,
    )


def _log_in(rig: Rig, line: str) -> tuple[int, str]:
    with _start(rig, line) as login:
        assert login.stdout is not None
        address = next((line.strip() for line in login.stdout if "http" in line), "")
        out, _ = login.communicate(land(address) + "\n", timeout=60)
    return login.returncode, out


@contextmanager
def _serving(rig: Rig, line: str = "exact-slack serve") -> Iterator[subprocess.Popen[str]]:
    """From when it says that it is there, until a service manager ends it."""
    with _start(rig, f"exec {line}") as running:
        assert running.stdout is not None
        said = (text for text in running.stdout if "http://" in text)
        assert next(said, ""), "it ended without a word"
        yield running
        os.killpg(running.pid, signal.SIGTERM)
        running.communicate(timeout=60)


def _serve(rig: Rig, line: str) -> tuple[int, str]:
    with _serving(rig, line) as running:
        pass
    return running.returncode, ""


def _run(rig: Rig, line: str) -> tuple[int, str]:
    with _start(rig, line) as running:
        out, _ = running.communicate("", timeout=240)
    return running.returncode, out


def _parameters() -> Iterator[Any]:
    for example in _examples():
        is_whole_demo = example.line == "exact-slack demo --once"  # of which .ci/run makes one
        marks = [pytest.mark.long, pytest.mark.whole] if is_whole_demo else []
        yield pytest.param(example, id=example.line, marks=marks)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("example", list(_parameters()))
def test_the_example_works(shell: Rig, example: Example) -> None:
    line = example.line
    if "config init acme.yaml" in line:
        (shell.folder / "acme.yaml").unlink()
    if "--restore" in line:
        _run(shell, line.replace("--restore ", ""))
    if "auth exact" in line:
        code, out = _log_in(shell, line)
    elif "webhooks subscribe" in line or " doctor" in line:  # both try the address
        with _serving(shell):
            _run(shell, "exact-slack webhooks subscribe")
            code, out = _run(shell, line)
    elif any(word in line for word in SERVING):
        if "demo" in line:
            line += " --port 0"
        code, out = _serve(shell, line)
    else:
        code, out = _run(shell, line)
    assert code == example.code, f"{line}\n{out}"
    assert "Traceback" not in out
    if "demo --once" in line:
        shown = ("@here", "Noticed: no cost center", "[file]", "Cost center: ", "Paid on", "digest")
        assert [word for word in shown if word not in out] == []
        assert len(out.splitlines()) < 250


def test_no_command_is_without_a_tried_example() -> None:
    with_examples = {example.page for example in _examples()}
    leaves = {page.name for page in pages() if not page.commands}
    assert leaves == with_examples
