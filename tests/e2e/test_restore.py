"""A ledger that was put back, or is gone: what stands in Slack is not posted again, and a person
hears of it."""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.hands import Hands
from tests.e2e.rig import ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]


def _remove_ledger(rig: Rig) -> None:
    for part in ("", "-wal", "-shm"):
        (rig.state / f"ledger.sqlite{part}").unlink(missing_ok=True)


def _by_command(rig: Rig) -> Path:
    copy = rig.folder / "backup.sqlite"
    assert rig.run("backup", str(copy)).code == 0
    return copy


def _by_sqlite(rig: Rig) -> Path:
    copy = rig.folder / "copy.sqlite"
    ledger = sqlite3.connect(rig.state / "ledger.sqlite")
    with closing(ledger) as db, closing(sqlite3.connect(copy)) as target:
        db.backup(target)
    return copy


def _restore_by_command(rig: Rig, copy: Path) -> None:
    done = rig.run("backup", "--restore", str(copy))
    assert done.code == 0, done.err
    assert "ledger-until-" in done.out


def _restore_by_hand(rig: Rig, copy: Path) -> None:
    _remove_ledger(rig)
    shutil.copy(copy, rig.state / "ledger.sqlite")


def _restore_with_the_folder(rig: Rig, copy: Path) -> None:
    """As a snapshot of the whole machine brings it back: nothing beside it tells of it."""
    _restore_by_hand(rig, copy)
    (rig.state / "ledger.last").unlink()


WAYS = [
    (_by_command, _restore_by_command),
    (_by_command, _restore_by_hand),
    (_by_sqlite, _restore_by_hand),
    (_by_sqlite, _restore_by_command),
]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("copied", "restored"), WAYS)
def test_what_was_posted_since_the_backup_is_not_posted_again(
    rig: Rig, copied: Callable[[Rig], Path], restored: Callable[[Rig, Path], None]
) -> None:
    rig.poll()
    known = rig.entry(1)
    rig.poll()
    copy = copied(rig)
    for number in range(2, 7):
        rig.entry(number)
    rig.poll()
    rig.exact.store.upsert(
        rig.divisions[0], ENTRIES, {"EntryID": known["EntryID"], "Description": "Crates"}
    )
    rig.poll()
    before = {(m.ts, m.text) for m in rig.messages()}
    assert len(before) == 7
    restored(rig, copy)
    rig.entry(7)
    done = rig.run("poll", "--json")
    assert done.code == 0, done.err
    assert "is a copy of" in done.err
    assert "6 messages stood in Slack already" in done.err
    after = rig.messages()
    assert before <= {(m.ts, m.text) for m in after}
    assert len(after) == 8
    assert rig.poll()["posted"] == 0


def test_a_snapshot_that_nobody_told_of(rig: Rig, hands: Hands) -> None:
    rig.poll()
    rig.entry(1)
    rig.poll()
    copy = _by_sqlite(rig)
    for number in range(2, 7):
        rig.entry(number)
    rig.poll()
    _restore_with_the_folder(rig, copy)
    hands.sleep(7200)
    rig.exact.oauth.expire_access()
    rig.entry(7)
    assert rig.run("poll").code == 0
    assert len(rig.heads()) == 7
    assert len(rig.replies()) == 0


def _missing(mark: Path) -> None:
    mark.unlink()


def _empty(mark: Path) -> None:
    mark.write_bytes(b"")


def _folder(mark: Path) -> None:
    mark.unlink()
    (mark / "kept").mkdir(parents=True)


def _pipe(mark: Path) -> None:
    mark.unlink()
    os.mkfifo(mark)


def _link(mark: Path) -> None:
    mark.unlink()
    mark.symlink_to("/dev/null")


def _of_no_time(mark: Path) -> None:
    mark.write_text(json.dumps({**json.loads(mark.read_text()), "at": float("inf")}))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("spoil", [_missing, _empty, _folder, _pipe, _link, _of_no_time])
def test_a_copy_beside_which_nothing_tells_what_ran_last(
    rig: Rig, spoil: Callable[[Path], None]
) -> None:
    """Within the hour."""
    rig.poll()
    rig.entry(1)
    rig.poll()
    copy = _by_sqlite(rig)
    entry = rig.entry(2)
    rig.poll()
    rig.exact.store.upsert(
        rig.divisions[0], ENTRIES, {"EntryID": entry["EntryID"], "Description": "Crates"}
    )
    rig.poll()
    before = {m.ts for m in rig.messages()}
    assert len(before) == 3
    _restore_by_hand(rig, copy)
    spoil(rig.state / "ledger.last")
    done = rig.run("poll")
    assert f"{rig.state / 'ledger.last'} is " in done.err
    assert before == {m.ts for m in rig.messages()}
    ended = rig.run("poll", "--json")
    assert ended.code == done.code == (1 if spoil is _folder else 0)
    assert ("ledger.last" in ended.out) is (spoil is _folder)


def test_a_first_run_is_no_copy(rig: Rig) -> None:
    for _ in range(2):
        done = rig.run("poll")
        assert done.code == 0
        assert done.err == ""


def test_a_changed_document_of_the_time_between_is_edited_not_posted(rig: Rig) -> None:
    rig.poll()
    copy = _by_command(rig)
    entry = rig.entry(1)
    rig.poll()
    _restore_by_hand(rig, copy)
    rig.exact.store.upsert(
        rig.divisions[0], ENTRIES, {"EntryID": entry["EntryID"], "Description": "Crates"}
    )
    rig.poll()
    (head,) = rig.heads()
    assert "Crates" in head.text + str(head.blocks)


def test_without_a_look_into_the_channel_a_person_decides(rig: Rig) -> None:
    rig.poll()
    rig.entry(1)
    rig.poll()
    copy = _by_command(rig)
    rig.entry(2)
    rig.poll()
    _restore_by_hand(rig, copy)
    scopes = rig.slack.store.scopes
    rig.slack.store.scopes = tuple(one for one in scopes if one != "channels:history")
    done = rig.run("poll")
    assert done.code == 1
    assert "some messages may stand there already" in done.err
    assert len(rig.heads()) == 2
    rig.slack.store.scopes = scopes
    rig.run("replay", "--held")
    assert len(rig.heads()) == 2


def test_a_ledger_that_is_gone(rig: Rig) -> None:
    rig.poll()
    entries = [rig.entry(number) for number in (1, 2, 3)]
    rig.poll()
    _remove_ledger(rig)
    done = rig.run("poll")
    assert done.code == 1
    assert "begins anew" in done.err
    assert "poll --since" in done.err
    rig.exact.store.upsert(
        rig.divisions[0], ENTRIES, {"EntryID": entries[0]["EntryID"], "Description": "Crates"}
    )
    rig.entry(4)
    assert rig.run("poll").code == 0
    assert len(rig.heads()) == 4
    assert "Crates" in next(str(h.blocks) for h in rig.heads() if "Crates" in str(h.blocks))
    assert rig.run("poll", "--since", "7d").code == 0
    assert len(rig.heads()) == 4


def _remove_all(rig: Rig) -> None:
    for path in rig.state.glob("ledger*"):
        path.unlink()


def _keep_the_login(rig: Rig) -> None:
    """That of a customer who has been at work for a month."""
    for path in rig.state.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "exact-tokens.json":
            path.unlink()
    login = rig.state / "exact-tokens.json"
    tokens = json.loads(login.read_text())
    login.write_text(json.dumps({**tokens, "chain_started_at": tokens["obtained_at"] - 30 * 86400}))


@pytest.mark.parametrize("remove", [_remove_all, _keep_the_login])
def test_a_ledger_of_which_only_traces_are_left(rig: Rig, remove: Callable[[Rig], None]) -> None:
    rig.poll()
    rig.entry(1)
    rig.poll()
    remove(rig)
    done = rig.run("poll")
    assert done.code == 1
    assert "This ledger begins anew" in done.err
    assert "may be missing" in done.err
    assert re.search(r"poll --since 20\d\d-\d\d-\d\dT00:00Z", done.err)  # whatever the zone
    rig.entry(2)
    assert rig.run("poll").code == 0
    assert len(rig.heads()) == 2
    assert rig.run("poll", "--since", "7d").code == 0
    assert len(rig.heads()) == 2
    assert rig.run("poll").err == ""


def test_a_ledger_of_which_only_messages_are_left(rig: Rig) -> None:
    rig.poll()
    rig.entry(1)
    rig.poll()
    shutil.rmtree(rig.state)
    rig.log_in()
    rig.poll()
    rig.entry(2)
    told = rig.run("poll")
    assert told.code == 0
    assert "messages of exact-slack from before this ledger began" in told.err
    assert re.search(r"poll --since 20\d\d-\d\d-\d\dT00:00Z", told.err)
    again = rig.run("poll", "--since", "7d")
    assert "1 message stood in Slack already" in again.err
    said = rig.run("poll")
    assert said.code == 0
    assert "it is not the first one here" in said.err
    assert rig.run("poll").err == ""
    assert len(rig.heads()) == 2


def test_a_message_that_stood_is_no_sign_of_a_copy_nor_of_a_lost_ledger(rig: Rig) -> None:
    """Of a ledger that never posted in the channel, and nobody said what it is."""
    rig.poll()
    rig.entry(1)
    rig.poll()
    shutil.rmtree(rig.state)
    rig.log_in()
    rig.poll()
    rig.poll("--since", "7d")
    said = rig.run("poll")
    assert said.code == 0
    for wrong in ("1970", "is gone", "is a copy of"):
        assert wrong not in said.err
    assert len(rig.heads()) == 1


@pytest.mark.parametrize("remove", [_remove_ledger, _remove_all])
def test_a_change_that_the_new_ledger_saw_is_told_under_the_old_head(
    rig: Rig, remove: Callable[[Rig], None]
) -> None:
    rig.poll()
    entry = rig.entry(1)
    rig.poll()
    remove(rig)
    _describe(rig, entry, "Crates")
    rig.run("poll")
    for number, word in enumerate(("Pallets", "Barrels"), start=1):
        _describe(rig, entry, word)
        assert rig.run("poll").code == 0
        (head,) = rig.heads()
        assert word in str(head.blocks)
        assert len(rig.replies()) == number
    assert "Crates" in str(rig.replies()[0].blocks)


def _describe(rig: Rig, entry: Any, text: str) -> None:
    change = {"EntryID": entry["EntryID"], "Description": text}
    rig.exact.store.upsert(rig.divisions[0], ENTRIES, change)


def test_a_config_that_was_renamed(rig: Rig, tmp_path: Path) -> None:
    rig.poll()
    entry = rig.entry(1)
    rig.poll()
    old = rig.state
    rig.config.unlink()
    rig.folder, rig.state_dir = tmp_path / "elsewhere", tmp_path / "other"
    rig.folder.mkdir()
    rig.write_config()
    rig.log_in()
    done = rig.run("poll")
    assert done.code == 1
    assert "begins anew" in done.err
    assert str(old) in done.err
    changed = {"EntryID": entry["EntryID"], "Description": "Crates"}
    rig.exact.store.upsert(rig.divisions[0], ENTRIES, changed)
    assert rig.run("poll").code == 0
    (head,) = rig.heads()
    assert "Crates" in str(head.blocks)


def test_a_ledger_in_use_is_not_replaced(rig: Rig) -> None:
    rig.poll()
    copy = _by_command(rig)
    db = sqlite3.connect(rig.state / "ledger.sqlite")
    db.execute("SELECT * FROM runs").fetchall()
    done = rig.run("backup", "--restore", str(copy))
    db.close()
    assert done.code == 75
    assert "in use" in done.err


def test_a_backup_is_found_through_a_link_and_the_ledger_is_not(rig: Rig) -> None:
    rig.poll()
    copy = _by_command(rig)
    link = rig.folder / "latest.sqlite"
    link.symlink_to(copy)
    assert rig.run("backup", "--restore", str(link)).code == 0
    _remove_ledger(rig)
    (rig.state / "ledger.sqlite").symlink_to(rig.folder / "not mounted")
    for words in (("status",), ("poll",), ("route", "explain", "26700001")):
        done = rig.run(*words)
        assert done.code == 78
        assert "symbolic link" in done.err


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000, None])
def test_only_a_ledger_is_restored(rig: Rig, content: bytes | None) -> None:
    rig.poll()
    before = (rig.state / "ledger.sqlite").read_bytes()
    copy = rig.folder / "copy"
    if content is not None:
        copy.write_bytes(content)
    done = rig.run("backup", "--restore", str(copy))
    assert done.code in (1, 2)
    assert "Traceback" not in done.err
    assert (rig.state / "ledger.sqlite").read_bytes() == before
