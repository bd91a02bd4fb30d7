"""A full disk and a read-only state folder: no post without its record, one plain sentence."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.hands import Hands
from tests.e2e.monitor import monitor
from tests.e2e.rig import Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of twelve megabytes; skipped where this user may not mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=700", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("this user may not mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def _fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def _files(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.glob("ledger.*") if "shm" not in one.name}


def test_a_full_disk_posts_nothing_without_its_record(rig: Rig, small_disk: Path) -> None:
    rig.state_dir = small_disk
    rig.write_config()
    rig.log_in()
    rig.poll()
    rig.entry(2)
    _fill(small_disk)
    done = rig.run("poll")
    assert done.code == 1
    assert "disk is full" in done.err
    assert "Traceback" not in done.err
    assert not rig.messages()
    (small_disk / "filler").unlink()
    assert rig.poll()["posted"] == 1
    assert len(rig.messages()) == 1


def test_a_disk_that_fills_up_in_the_middle_of_sending(
    rig: Rig, small_disk: Path, hands: Hands
) -> None:
    heard: list[str] = []
    with monitor(heard) as url:
        rig.state_dir = small_disk
        rig.extra = f"monitoring: {{ping_url: {url}}}\n"
        rig.write_config()
        rig.log_in()
        rig.poll()
        for number in range(60):
            rig.entry(number)
        _fill(small_disk)
        with (small_disk / "filler").open("r+b") as file:
            file.truncate(file.seek(0, 2) - 700_000)
        done = rig.run("poll")
    told = len(rig.messages())
    assert 0 < told < 60
    assert done.code == 1, done.err
    assert "disk is full" in done.err
    assert " free." in done.err
    assert heard[-1] == "/abc/fail"
    for _ in range(2):
        assert rig.run("poll").code == 1
    before = _files(small_disk)
    shown = rig.run("status", "--json")
    assert shown.code == 1
    assert shown.json["backlog"] >= 60 - told - 1
    assert shown.json["auth"]["exact"] is True
    assert "could not be stored" in str(shown.json["auth"]["warnings"])
    seen = rig.run("status")
    assert seen.code == 1
    assert "auth exact" not in seen.out
    assert "could not be stored" in " ".join(seen.out.split())
    assert _files(small_disk) == before
    (small_disk / "filler").unlink()
    hands.sleep(120)
    assert rig.run("poll").code == 0
    assert len({head.text for head in rig.heads()}) == len(rig.heads()) == 60


def test_a_disk_that_is_full_when_the_token_must_be_renewed(rig: Rig, small_disk: Path) -> None:
    rig.state_dir = small_disk
    rig.write_config()
    rig.log_in()
    rig.poll()
    tokens = small_disk / "exact-tokens.json"
    tokens.write_text(tokens.read_text().replace('"expires_at": ', '"expires_at": -'))
    rig.exact.oauth.expire_access()
    _fill(small_disk)
    assert rig.run("poll").code == 1
    (small_disk / "filler").unlink()
    assert rig.poll()["posted"] == 0


def test_a_state_that_is_no_folder(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for state in (Path("/dev/null"), tmp_path / "file", tmp_path / "file" / "state"):
        rig.state_dir = state
        rig.write_config()
        done = rig.run("-v", "poll")  # cron hears of one mistake once
        assert done.code == 78
        assert "keeps a folder of its own there" in done.err


def test_a_login_that_cannot_be_read_is_not_called_missing(rig: Rig) -> None:
    (rig.state / "exact-tokens.json").unlink()
    (rig.state / "exact-tokens.json").mkdir()
    rig.run("auth", "slack", stdin="xoxb-sandbox\n")
    found = rig.run("status", "--json")
    assert found.code == 1
    assert found.json["auth"]["exact"] is None
    assert "cannot be read" in found.json["auth"]["exact_problem"]
    shown = " ".join(rig.run("status").out.split())
    assert "Logged in at Exact not known: " in shown
    assert "it is a folder; put a plain file there" in shown


def test_status_reports_what_stands_in_the_place_of_a_file_that_runs_open(rig: Rig) -> None:
    rig.poll()
    for name in (f"exact-{rig.divisions[0]}.lock", "ledger.last"):
        (rig.state / name).unlink()
        (rig.state / name).mkdir()
        found = rig.run("status", "--json")
        assert found.code == 1
        (told,) = found.json["problems"]
        assert name in told
        (rig.state / name).rmdir()
    assert rig.run("status").code == 0


def test_a_read_only_file_system(rig: Rig, small_disk: Path) -> None:
    rig.state_dir = small_disk
    rig.write_config()
    rig.log_in()
    rig.poll()
    rig.entry(2)
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    done = rig.run("poll")
    assert done.code == 1, done.err
    assert "The file system is read-only" in done.err
    assert not rig.messages()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert rig.poll()["posted"] == 1


def test_a_damaged_ledger_says_what_to_do(rig: Rig) -> None:
    rig.poll()
    for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
        (rig.state / name).unlink(missing_ok=True)
    (rig.state / "ledger.sqlite").write_bytes(b"not a database" * 1000)
    done = rig.run("poll")
    assert done.code == 1
    assert "backup" in done.err
