"""The machine around a command: its Python, its signals, and the names that lead to its files."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from exact_slack.config.file.paths import default_config
from tests.e2e.rig import Rig

OLD = 'import sqlite3\nsqlite3.sqlite_version_info, sqlite3.sqlite_version = (3, 34, 1), "3.34.1"\n'


def _ledger(rig: Rig) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in rig.state.glob("ledger*")}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("begun", [True, False])
def test_an_sqlite_that_is_too_old_never_sees_the_ledger(
    rig: Rig, tmp_path: Path, begun: bool
) -> None:
    """It would call a good one damaged, and a first run would make an empty file."""
    if begun:
        rig.poll()
    before = _ledger(rig)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "sitecustomize.py").write_text(OLD)
    rig.python, rig.environment["PYTHONPATH"] = True, str(tmp_path / "old")
    for words in (("poll",), ("status",), ("config", "check")):
        done = rig.run(*words)
        assert done.code == 78, done.err
        assert "SQLite 3.34.1; exact-slack needs 3.37 or later" in done.err
        assert "fine" not in done.out
        assert "move it away" not in done.err
    assert _ledger(rig) == before


@pytest.mark.whole
@pytest.mark.sampled(2)
@pytest.mark.usefixtures("hands")
@pytest.mark.parametrize("noted", ["the name", "where it led"])
def test_a_config_that_is_a_link_to_the_latest_release(
    rig: Rig, tmp_path: Path, noted: str
) -> None:
    """`noted`: by what name the ledger knows its customer, as earlier versions wrote it, too."""
    current, plain = tmp_path / "current.yaml", rig.config

    def release(number: int) -> None:
        folder = tmp_path / f"release-{number}"
        folder.mkdir()
        shutil.copy(plain, folder / "acme.yaml")
        current.unlink(missing_ok=True)
        current.symlink_to(folder / "acme.yaml")

    release(1)
    first = current if noted == "the name" else tmp_path / "release-1" / "acme.yaml"
    assert _run(first, rig, "poll").returncode == 0
    rig.entry(1)
    for number in (2, 3):
        release(number)
        done = _run(current, rig, "poll")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    assert len(rig.heads()) == 1
    other = tmp_path / "other.yaml"
    shutil.copy(plain, other)
    refused = _run(other, rig, "poll")
    assert refused.returncode == 78
    assert "belongs to" in refused.stderr


def _run(config: Path, rig: Rig, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "exact_slack", "-c", str(config), *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **rig.environment}
    )


WORKING = """
import sys, threading
from exact_slack import signals
signals.install()
print("at work", flush=True)
threading.Event().wait()
"""


def test_process_1_of_a_container_ends_at_sigterm() -> None:
    """The kernel gives process 1 no default action, so there is none to fall back on."""
    space = ["unshare", "--user", "--map-root-user", "--pid", "--fork"]
    if shutil.which("unshare") is None or subprocess.run([*space, "true"], check=False).returncode:
        pytest.skip("this user may not make a namespace")
    command = [*space, sys.executable, "-c", WORKING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as outer:
        assert outer.stdout is not None
        assert outer.stdout.readline() == "at work\n"
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text(encoding="ascii")
        first = int(children.split()[0])
        os.kill(first, signal.SIGTERM)
        try:
            assert outer.wait(30) == 128 + signal.SIGTERM
        finally:
            if outer.poll() is None:
                os.kill(first, signal.SIGKILL)


SEVERAL = """
import sys, threading
from pathlib import Path
from exact_slack import signals
from exact_slack.cli.frame.each import _side_by_side
signals.install()
begun, asked = threading.Barrier(3), threading.Event()
def work(path):
    if path.name == "renews":
        with signals.held():
            begun.wait()
            asked.wait()
            print("stored", flush=True)
    begun.wait()
    threading.Event().wait()
def ready():
    begun.wait()
    print("at work", flush=True)
    sys.stdin.readline()
    asked.set()
threading.Thread(target=ready, daemon=True).start()
_side_by_side(work, [Path("renews"), Path("waits")])
"""


def test_ctrl_c_ends_several_customers_at_the_end_of_the_step() -> None:
    """Threads do not hear of it; what must not be cut in two is waited for, and nothing else."""
    process = subprocess.Popen(
        [sys.executable, "-c", SEVERAL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "at work\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate("\n", timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert out == "stored\n"
    assert "interrupted" in err
    assert "Traceback" not in err


def test_a_place_that_may_not_be_entered_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with `sudo -u` from root's home folder."""
    (tmp_path / "exact-slack").mkdir()
    wanted = tmp_path / "exact-slack" / "config.yaml"
    wanted.write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    looked_at = Path.is_file

    def is_file(path: Path) -> bool:
        if path == Path("config.yaml"):
            raise PermissionError(13, "Permission denied", str(path))
        return looked_at(path)

    monkeypatch.setattr(Path, "is_file", is_file)
    assert default_config() == wanted


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("redirected", "code"),
    [
        (">&-", 0),
        ("2>&-", 0),
        ("<&- >&- 2>&-", 0),
        (">/dev/full", 1),
        (">/dev/full 2>/dev/full", 1),
    ],
)
def test_output_that_leads_nowhere(rig: Rig, redirected: str, code: int) -> None:
    """A closed one is as one to /dev/null; a full disk is told where it can be, and a person's."""
    rig.poll()
    rig.entry(1)
    poll = [sys.executable, "-m", "exact_slack", "-c", str(rig.config), "poll", "--json"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *poll],
        env={**os.environ, **rig.environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "a mistake in exact-slack" not in done.stderr
    assert len(rig.messages()) == 1
    if "2>" not in redirected and code:
        assert "the output cannot be written: No space" in done.stderr
