"""Whose the state folder is, and on what system the command runs."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from exact_slack.config.file.owner import refuse_other_user
from exact_slack.errors import ConfigError
from exact_slack.ledger.ledger import FILE, Ledger
from tests.e2e.rig import Rig

NOBODY = 65534
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


def _everything(folder: Path) -> dict[str, tuple[int, float]]:
    paths = [folder, *folder.rglob("*")]
    return {str(p): (p.lstat().st_uid, p.lstat().st_mtime) for p in paths}


@pytest.mark.sampled(2)
@root
@pytest.mark.parametrize("words", ["poll", "status", "replay --held", "auth status", "backup x"])
def test_root_is_refused_where_the_state_is_another_user_s(rig: Rig, words: str) -> None:
    rig.poll()
    for path in (rig.state, *rig.state.rglob("*")):
        os.chown(path, NOBODY, -1)
    before = _everything(rig.state)
    done = rig.run(*words.split())
    assert done.code == 78
    assert "belongs to the user nobody, and this command runs as root" in done.err
    assert "sudo -u nobody exact-slack" in done.err
    assert done.err.count("\n") == 1
    assert _everything(rig.state) == before


@root
@pytest.mark.parametrize(
    ("who", "folder", "ledger", "refused"),
    [
        (0, 0, 0, False),
        (0, NOBODY, None, True),  # the folder is made, and the first command is root's
        (0, 0, NOBODY, True),
        (0, NOBODY, 0, False),  # a volume: its folder is the host's
        (NOBODY, NOBODY, NOBODY, False),
        (NOBODY, 0, NOBODY, False),
        (NOBODY, 0, 0, True),
        (NOBODY, 0, None, False),  # a volume that its group may write
        (NOBODY, 1234, 1234, True),
    ],
)
def test_who_may_use_a_state(
    tmp_path: Path, who: int, folder: int, ledger: int | None, refused: bool
) -> None:
    state = tmp_path / "state"
    Ledger(state).db.close()
    if ledger is None:
        (state / FILE).unlink()
    else:
        os.chown(state / FILE, ledger, -1)
    os.chown(state, folder, -1)
    state.chmod(0o777 if folder == 0 else 0o700)  # a volume lets its group in
    for path in (tmp_path, *list(tmp_path.parents)[:3]):
        path.chmod(path.stat().st_mode | 0o111)
    told = _as(who, state)
    assert ("belongs to the user" in told) == refused, told
    assert refused or told == "fine"


def _as(uid: int, state: Path) -> str:
    """What a process of that user is told."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        told = "died"
        try:
            os.setuid(uid)
            refuse_other_user(state, FILE)
            told = "fine"
        except ConfigError as error:
            told = str(error)
        finally:
            os.write(writing, told.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return told


def test_a_user_without_a_name_is_named_by_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ledger(tmp_path / "state").db.close()
    monkeypatch.setattr(os, "geteuid", lambda: 987_654)
    with pytest.raises(ConfigError, match=r"with the number 987654.*chown -R 987654 "):
        refuse_other_user(tmp_path / "state", FILE)


@pytest.mark.parametrize("words", [["--version"], ["poll"], ["config", "check"], []])
def test_a_system_without_its_locks_gets_one_sentence(words: list[str]) -> None:
    """As Python is on Windows: no fcntl, no pwd, no SIGPIPE."""
    program = f"""
        import importlib.abc, signal, sys

        class Windows(importlib.abc.MetaPathFinder):
            def find_spec(self, name, path=None, target=None):
                if name in ("fcntl", "pwd", "grp", "resource", "termios"):
                    raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

        sys.meta_path.insert(0, Windows())
        for name in ("fcntl", "pwd", "grp", "resource", "termios"):
            sys.modules.pop(name, None)
        del signal.SIGPIPE
        sys.argv = ["exact-slack", *{words!r}]
        from exact_slack.cli import main
        main()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("exact-slack runs on Linux and macOS, not on this system.")
    assert done.stderr.count("\n") == 1
