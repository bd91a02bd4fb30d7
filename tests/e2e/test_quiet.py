"""Quiet hours and silences: what is held waits, says until when, and goes out by itself."""

from pathlib import Path

import pytest

from tests.e2e.clocked import clocked
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = pytest.mark.sampled(2)

QUIET = """\
  - name: feed
    when: {kind: purchase_entry}
    channel: "#feed"
    quiet: {from: "19:00", to: "07:00", days: [sat, sun]}
"""
SILENCED = """\
  - name: feed
    when: {kind: purchase_entry}
    channel: "#feed"
    silences: [{match: {account: "Van Dijk"}, until: 2026-11-25, reason: migration}]
"""
LOUD = """\
  - name: feed
    when: {kind: purchase_entry}
    channel: "#feed"
    quiet: {}
"""


def test_quiet_hours_hold_heads_edits_and_replies_and_let_go_by_themselves(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 18:00", QUIET) as rig:
        row = rig.entry(1)
        assert rig.go("2026-11-24 18:59").posted == 1
        rig.entry(2)
        rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW"})
        held = rig.go("2026-11-24 19:00")
        assert (held.posted, held.updated, held.pending, held.waiting) == (0, 0, 0, 3)
        assert held.exit_code() == 0
        found = rig.status()
        assert (found["ok"], found["backlog"], found["waiting"]) == (True, 0, 3)
        assert found["waits"] == [
            {"until": "2026-11-25T07:00:00+01:00", "reason": "quiet hours", "count": 3}
        ]
        assert rig.go("2026-11-25 06:59").posted == 0
        done = rig.go("2026-11-25 07:00")
        assert (done.posted, done.updated, done.waiting) == (2, 1, 0)
        assert len(rig.heads()) == 2
        assert sum("NEW" in head.text for head in rig.heads()) == 1


def test_a_clock_that_is_set_back_and_a_weekend(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-27 12:00", QUIET) as rig:
        rig.entry(1)
        assert rig.go("2026-11-28 12:00").waiting == 1
        assert rig.status()["waits"][0]["until"].startswith("2026-11-30T07:00")
        assert rig.go("2026-11-27 12:01").posted == 1


def test_quiet_hours_that_begin_while_a_run_delivers(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 18:00", QUIET) as rig:
        for number in range(4):
            rig.entry(number)
        done = rig.go("2026-11-24 18:59:57")
        assert done.posted in (2, 3)
        assert done.waiting == 4 - done.posted
        assert done.exit_code() == 0
        assert rig.go("2026-11-25 07:00").posted == done.waiting


def test_a_route_may_be_louder_than_the_rest(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 18:00", LOUD, 'quiet: {from: "19:00", to: "7:00"}\n') as rig:
        rig.entry(1)
        assert rig.go("2026-11-24 20:00").posted == 1


def test_a_silence_holds_what_it_matches_and_ends_by_itself(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", SILENCED) as rig:
        rig.entry(1)
        rig.entry(2, SupplierName="Other")
        done = rig.go()
        assert (done.posted, done.waiting, done.exit_code()) == (1, 1, 0)
        assert rig.status()["waits"][0]["reason"] == "silenced: migration"
        assert rig.go("2026-11-25 23:59").posted == 0
        assert rig.go("2026-11-26 00:00").posted == 1


def test_a_silence_taken_out_of_the_config_lets_go_at_once(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", SILENCED) as rig:
        rig.entry(1)
        assert rig.go().waiting == 1
        rig.routes = LOUD
        rig.write_config()
        assert rig.go().posted == 1


def test_status_and_config_check_tell(rig: Rig) -> None:
    rig.extra = "silences: [{match: {kind: '*'}, until: 2999-12-31, reason: audit}]\n"
    rig.write_config()
    rig.poll()
    rig.entry(1)
    assert rig.poll()["waiting"] == 1
    shown = rig.run("status")
    assert shown.code == 0
    assert "1 until 3000-01-01 00:00 (silenced: audit)" in shown.out
    rig.extra = rig.extra.replace("2999-12-31", "2020-12-31")
    rig.write_config()
    checked = rig.run("config", "check")
    assert checked.code == 0
    assert "silences[0].until: the silence ended with 2020-12-31 (audit)" in checked.err
