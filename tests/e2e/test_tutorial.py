"""docs/tutorial.md as a newcomer follows it: its own commands, in its order, in an empty home."""

import os
import random
import re
import select
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.e2e.test_login import land
from tests.examples import WHOLE

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    """A fenced block: its sort and its lines."""

    sort: str
    lines: list[str]


def _blocks(text: str) -> list[Block]:
    return [Block(sort, body.splitlines()) for sort, body in _BLOCK.findall(text)]


_PORTS = range(20_000, 32_000, 2)
"""None that the system gives to a socket which asks for any: nobody takes it in between."""


def _port() -> int:
    """A free port with a free one above it."""
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as one, socket.socket() as two, suppress(OSError):
            one.bind(("127.0.0.1", port))
            two.bind(("127.0.0.1", port + 1))
            return port
    raise AssertionError("no free port")


class Terminal:
    """A shell that keeps its folder and its environment from one command to the next."""

    def __init__(self, home: Path, binaries: Path) -> None:
        self.kept = home / ".kept"
        self.root = home / "root"
        self.environment = {
            **{key: value for key, value in os.environ.items() if key.startswith("PIP_")},
            "PIP_COMPILE": "0",  # most of what is installed is never loaded
            "HOME": str(home),
            "PATH": f"{self.root}/usr/local/bin:{binaries}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }
        self.kept.write_text(f"cd {ROOT}\n", encoding="utf-8")

    def command(self, line: str) -> list[str]:
        after = f'code=$?; {{ export -p; echo "cd $PWD"; }} > {self.kept}; exit $code'
        return ["bash", "-c", f". {self.kept}\n{line}\n{after}"]

    def run(self, line: str, answers: str = "") -> str:
        done = subprocess.run(
            self.command(line),
            input=answers,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            env=self.environment,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}"
        return done.stdout

    def install(self, lines: list[str]) -> None:
        """But for the half minute in which pip looks for what is here already, unless all is to
        be played. tests/e2e/test_package.py installs what is shipped."""
        if WHOLE:
            for line in lines:
                self.run(line)
            return
        venv, pip, link = lines
        self.run(f"{venv} --without-pip")
        python = Path(pip.partition("/bin/pip ")[0]) / "bin" / "python"
        site = Path(self.run(f"{python} -c 'import site; print(*site.getsitepackages())'").strip())
        (site / "here.pth").write_text(f"{sysconfig.get_path('purelib')}\n{ROOT}\n")
        command = python.with_name("exact-slack")
        command.write_text(f"#!{python}\nfrom exact_slack.cli import main\n\nmain()\n")
        command.chmod(0o755)
        self.run(link)

    def log_in(self, line: str) -> str:
        """Open the address that is printed, press the button, paste where it leads."""
        with subprocess.Popen(
            self.command(line),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
        ) as login:
            assert login.stdout is not None
            address = next((line.strip() for line in login.stdout if "http" in line), "")
            assert address.startswith("http")
            out, _ = login.communicate(land(address) + "\n", timeout=60)
        assert login.returncode == 0, out
        return out


@pytest.fixture
def port() -> int:
    return _port()


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    binaries = tmp_path / "bin"
    binaries.mkdir()
    python = getattr(sys, "_base_executable", sys.executable)
    (binaries / "python3").symlink_to(python)
    return Terminal(tmp_path, binaries)


@pytest.fixture
def sandboxes() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for one in started:
        one.send_signal(signal.SIGTERM)
        one.communicate(timeout=20)


def _start(terminal: Terminal, block: Block) -> subprocess.Popen[str]:
    *before, last = block.lines
    running = subprocess.Popen(
        ["bash", "-c", "\n".join([*before, f"exec {last}"])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=terminal.environment,
    )
    assert running.stdout is not None
    assert any("Ctrl-C ends both" in line for line in running.stdout)
    return running


def _press(running: subprocess.Popen[str], times: int) -> None:
    """Enter, and wait for the sentence that says what happened."""
    assert running.stdin is not None and running.stdout is not None
    for _ in range(times):
        running.stdin.write("\n")
        running.stdin.flush()
        assert select.select([running.stdout], [], [], 20)[0]
        assert running.stdout.readline().strip()


def _fits(expected: str, out: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    return re.search(f"^{pattern}", out, re.MULTILINE) is not None


@pytest.mark.long
def test_the_tutorial_works_as_it_stands(
    terminal: Terminal, port: int, sandboxes: list[subprocess.Popen[str]]
) -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    text = text.replace("8765", str(port)).replace("8766", str(port + 1))
    text = text.replace("-m exact_slack.sandbox", f"-m exact_slack.sandbox --port {port}")
    for place in ("opt", "usr/local/bin"):  # root's, elsewhere
        (terminal.root / place).mkdir(parents=True, exist_ok=True)
        text = text.replace(f"/{place}", str(terminal.root / place))
    blocks = _blocks(text)
    out, spent, installing = "", 0.0, 0.0
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else Block("", [])
        answers = "\n".join([*following.lines, ""]) if following.sort == "answers" else ""
        began = time.monotonic()
        if "pip install" in "".join(block.lines):
            terminal.install(block.lines)
        elif block.sort == "sh":
            *before, last = block.lines
            for line in before:
                terminal.run(line)
            out = terminal.log_in(last) if "auth exact" in last else terminal.run(last, answers)
        elif block.sort == "terminal-2":
            sandboxes.append(_start(terminal, block))
        elif block.sort == "enter":
            _press(sandboxes[0], block.lines[0].count("⏎"))
        elif block.sort == "output":
            for line in block.lines:
                assert _fits(line, out), f"{line!r} is not in:\n{out}"
        else:
            assert block.sort == "answers", f"a block that nothing runs: {block}"
        took = time.monotonic() - began
        if "pip install" in "".join(block.lines):
            installing = took
        spent += took
    page = requests.get(f"http://127.0.0.1:{port}/", timeout=20)
    assert page.ok
    posted = re.search(r"(\d+) posted", terminal.run("exact-slack -c acme.yaml -v poll"))
    assert posted is not None  # once more: nothing is posted twice
    assert posted[1] == "0"
    print(f"installation {installing:.0f} s, all other commands {spent - installing:.0f} s")
