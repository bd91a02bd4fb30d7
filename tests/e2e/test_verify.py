"""`status --verify`, `--heal`, and `replay` in all its forms."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from exact_slack.app.customer import Customer
from exact_slack.config.load import load
from exact_slack.config.timing import local
from exact_slack.documents.kinds import Kind
from exact_slack.documents.ref import Ref
from exact_slack.exact.reader import Page, Reader
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.runs.verify import verify
from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]


def _forget(rig: Rig, key: str) -> None:
    """Lose one document from the ledger, as a restored old backup would."""
    db = sqlite3.connect(rig.state / "ledger.sqlite")
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    for table in tables:
        for _, _, of, column, *_ in db.execute(f"PRAGMA foreign_key_list({table})").fetchall():
            if of == "documents":
                these = "SELECT id FROM documents WHERE key=?"
                db.execute(f"DELETE FROM {table} WHERE {column} IN ({these})", (key,))  # noqa: S608 - names of the schema
    db.execute("DELETE FROM documents WHERE key=?", (key,))
    db.commit()
    db.close()


def test_nothing_is_missing(rig: Rig) -> None:
    rig.poll()
    rig.entry(2)
    rig.poll()
    done = rig.run("status", "--verify", "1d", "--json")
    assert done.code == 0
    assert done.json["verify"]["gaps"] == 0
    assert done.json["verify"]["kinds"][0]["in_exact"] == 1


def test_gaps_are_found_and_healed(rig: Rig) -> None:
    rig.poll()
    lost, stale, gone = (rig.entry(n)["EntryID"] for n in (2, 3, 4))
    rig.poll()
    _forget(rig, lost)
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": stale, "YourRef": "NEW"})
    rig.exact.store.delete(DIVISION, ENTRIES, gone)
    done = rig.run("status", "--verify", "1d", "--json")
    assert done.code == 1
    found = done.json["verify"]["kinds"][0]
    assert [gap["key"] for gap in found["missing"]] == [lost]
    assert [gap["key"] for gap in found["stale"]] == [stale]
    assert [gap["key"] for gap in found["deleted"]] == [gone]
    assert "missing: 2" in rig.run("status", "--verify", "1d").out
    assert rig.run("status", "--verify", "1d", "--heal").code == 1
    rig.poll()
    assert rig.run("status", "--verify", "1d").code == 0
    assert any("Deleted" in message.text for message in rig.replies())


@pytest.mark.parametrize("gone", [False, True])
def test_what_serve_reads_meanwhile_is_not_overtaken(rig: Rig, gone: bool) -> None:
    """Exact was asked before: what came since is newer, and is neither told back nor struck out."""
    rig.poll()
    key = rig.entry(2, YourRef="OLD")["EntryID"]
    rig.poll()
    changed, customer = Reader.changed, Customer(load(rig.config))
    ref = Ref(DIVISION, Kind.PURCHASE_ENTRY, key)

    def meanwhile(reader: Reader, *values: Any) -> Iterator[Page]:
        for page in changed(reader, *values):
            stored = customer.ledger.documents.get(ref)
            assert stored
            with customer.ledger.transaction():
                customer.ledger.documents.save(replace(stored.document, reference="NEWER"), 0.0)
            yield replace(page, documents=()) if gone else page

    with (
        mock.patch.object(Reader, "changed", meanwhile),
        mock.patch.object(Reader, "existing", lambda *_: set()),
    ):
        verify(customer, "1d", heal=True)
    stored = customer.ledger.documents.get(ref)
    customer.close()
    assert stored
    assert (stored.document.reference, stored.deleted) == ("NEWER", False)


def test_what_was_there_before_the_first_run_is_no_gap(rig: Rig) -> None:
    rig.exact.store.upsert(
        DIVISION, ENTRIES, {"EntryNumber": 1}, modified=rig.exact.store.now() - timedelta(days=3)
    )
    rig.poll()
    assert rig.run("status", "--verify", "7d").code == 0


def _kept(rig: Rig) -> dict[str, list[Any]]:
    """All that the ledger holds but the counts of calls."""
    ledger = Ledger(rig.state)
    tables = [
        row["name"]
        for row in ledger.db.rows("SELECT name FROM sqlite_master WHERE type='table'")
        if row["name"] != "calls"
    ]
    found = {
        name: [tuple(row) for row in ledger.db.rows(f"SELECT * FROM {name}")]  # noqa: S608 - ours
        for name in tables
    }
    ledger.close()
    found["counters"] = [row for row in found["counters"] if row[0] != "exact calls"]
    return found


def _calls(rig: Rig) -> int:
    ledger = Ledger(rig.state)
    made = ledger.db.rows("SELECT sum(calls) AS n FROM calls")[0]["n"]
    ledger.close()
    return int(made or 0)


@pytest.mark.parametrize("words", [("status", "--verify", "1d"), ("poll", "--dry-run")])
def test_a_look_writes_nothing_but_its_calls(rig: Rig, words: tuple[str, ...]) -> None:
    """Neither what a killed run held and did not tell, nor what is learnt on the way."""
    rig.poll()
    rig.entry(2)
    rig.poll()
    ledger = Ledger(rig.state)
    with ledger.transaction():
        cause = Cause.FLOOD.value
        ledger.db.run("UPDATE deliveries SET state='held', cause=?, ts=''", cause)
    ledger.close()
    rig.exact.rules.refuse_expand.add(ENTRIES)
    rig.entry(3, SupplierName="")
    before, calls = _kept(rig), _calls(rig)
    asked = sum(rig.exact.calls.values())
    assert rig.run(*words).code in {0, 1}
    assert _kept(rig) == before
    assert _calls(rig) > calls
    assert _calls(rig) - calls <= sum(rig.exact.calls.values()) - asked


def test_gaps_are_counted_in_words(rig: Rig) -> None:
    rig.poll()
    lost = [rig.entry(number)["EntryID"] for number in (2, 3)]
    rig.poll()
    _forget(rig, lost[0])
    assert "2 in Exact, 1 gap" in rig.run("status", "--verify", "1d").out
    assert "1 gaps" not in rig.run("status", "--verify", "1d").out
    _forget(rig, lost[1])
    assert "2 in Exact, 2 gaps" in rig.run("status", "--verify", "1d").out


def test_what_failed_counts_as_a_gap_until_it_is_replayed(rig: Rig) -> None:
    rig.poll()
    rig.slack.store.refuse("chat.postMessage", "invalid_blocks", 2)
    rig.entry(2)
    done = rig.run("poll", "--json")
    assert (done.code, done.json["failed"]) == (1, 1)
    assert rig.run("status", "--verify", "1d").code == 1
    listed = rig.run("replay", "--failed", "--dry-run", "--json").json["planned"]
    assert [row["channel"] for row in listed] == ["#feed"]
    assert rig.run("replay", "--failed").code == 0
    assert len(rig.messages()) == 1
    assert rig.run("status", "--verify", "1d").code == 0


@pytest.fixture
def far(rig: Rig, hands: Hands) -> Callable[[int], str]:
    """A company in New York: Exact's wall clock is hours ahead of its own. Times ago, as there."""
    rig.extra = "timezone: America/New_York\n"
    rig.write_config()

    def ago(minutes: int) -> str:
        there = local(hands.now() - minutes * 60, ZoneInfo("America/New_York"))
        return there.strftime("%Y-%m-%dT%H:%M")

    return ago


def _entries(rig: Rig, hands: Hands, *minutes: int) -> None:
    """Documents that came so long ago, the earliest first."""
    for number, (ago, then) in enumerate(pairwise((*minutes, 0)), 1):
        rig.entry(number)
        hands.sleep((ago - then) * 60)


def test_verify_takes_a_time_as_the_configs(
    rig: Rig, hands: Hands, far: Callable[[int], str]
) -> None:
    rig.poll()
    rig.entry(2)
    hands.sleep(3 * 3600)
    rig.poll()
    found = [
        rig.run("status", "--verify", far(minutes), "--json").json["verify"]["kinds"][0]["in_exact"]
        for minutes in (60, 300)
    ]
    assert found == [0, 1]


def test_replay_takes_a_time_as_the_configs(
    rig: Rig, hands: Hands, far: Callable[[int], str]
) -> None:
    _entries(rig, hands, 100, 60, 20)
    rig.poll()
    asked = ("--since", far(70), "--until", far(30))
    planned = rig.run("replay", *asked, "--dry-run", "--json").json["planned"]
    assert [row["document"] for row in planned] == ["Purchase entry 2"]


def test_poll_takes_a_time_as_the_configs(
    rig: Rig, hands: Hands, far: Callable[[int], str]
) -> None:
    _entries(rig, hands, 300, 60, 20)
    rig.poll("--since", far(70), "--until", far(30))
    (told,) = rig.messages()
    assert "VD-2" in str(told)


def test_replay_of_a_period_posts_what_was_never_posted(rig: Rig) -> None:
    rig.entry(1)
    rig.poll()
    rig.entry(2)
    rig.poll()
    planned = rig.run("replay", "--since", "1d", "--dry-run", "--json").json["planned"]
    assert len(planned) == 1
    assert rig.run("replay", "--since", "1d").code == 0
    assert rig.run("replay", "--since", "1d").code == 0
    assert len(rig.messages()) == 2


def test_replay_by_number_and_an_unknown_one(rig: Rig) -> None:
    rig.poll()
    rig.entry(2)
    rig.poll()
    assert rig.run("replay", "2").code == 0
    assert len(rig.messages()) == 1
    done = rig.run("replay", "4711")
    assert done.code == 2
    assert "4711: no such document" in done.err


def test_a_month_that_has_not_begun_is_a_mistake_in_the_arguments(rig: Rig) -> None:
    rig.poll()
    done = rig.run("status", "--verify", "2099-01")
    assert done.code == 2
    assert "has not begun" in done.err


def test_since_never_jumps_over_a_gap(rig: Rig) -> None:
    rig.poll()
    ledger = Ledger(rig.state)
    with ledger.transaction():
        ledger.db.run("UPDATE cursors SET newest=newest-172800000, floor=floor-172800000")
    ledger.close()
    early = rig.exact.store.now() - timedelta(hours=30)
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryNumber": 7}, modified=early)
    rig.entry(8)
    assert rig.poll("--since", "1h")["posted"] == 2


@pytest.mark.parametrize("word", ["99999999999999999999", "²"])
def test_odd_ids_are_wrong_usage(rig: Rig, word: str) -> None:
    rig.poll()
    assert rig.run("replay", word).code == 2
