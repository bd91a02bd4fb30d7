"""The ledger: states, documents, the claim and its pace, locks, migrations."""

import contextlib
import itertools
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from exact_slack.documents.document import Account, Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.errors import ConfigError
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.deliveries import Deliveries
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.outbox import LONGEST_CALL, POST_GAP, WORKSPACE_GAP, Wait
from exact_slack.ledger.outgoing.states import TRANSITIONS, MovedOn, State
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.lock import Owner, RunLock
from exact_slack.ledger.schema.migrations import LATEST


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    yield made
    made.close()


def _document(key: str = "a", **values: Any) -> Document:
    return Document(Ref(1, Kind.PURCHASE_ENTRY, key), modified=ServerMs(1000), **values)


def _head(ledger: Ledger, key: str, channel: str) -> int:
    with ledger.transaction():
        stored = ledger.documents.save(_document(key), 0.0)
        return ledger.deliveries.add(
            payloads.Head(),
            route="r",
            channel=channel,
            document=stored.id,
            subject=stored.id,
            now=0.0,
        )


def test_the_promise_shows_the_table_of_states() -> None:
    text = (Path(__file__).parents[3] / "docs" / "promise.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", text, re.MULTILINE))
    for state, followers in TRANSITIONS.items():
        if followers:
            shown = re.sub(r"\(.*?\)", "", rows[state.value])
            assert {word.strip() for word in shown.split(",")} == {f.value for f in followers}


def test_the_version_counts_visible_changes_only(ledger: Ledger) -> None:
    with ledger.transaction():
        first = ledger.documents.save(_document(description="x"), 0.0)
        same = ledger.documents.save(_document(description="x"), 1.0)
        other = ledger.documents.save(_document(description="y"), 2.0)
    assert (first.version, same.version, other.version) == (1, 1, 2)


_DECISIONS: dict[str, Callable[[Deliveries, Delivery], object]] = {
    "posted": lambda d, seen: d.move(seen, State.POSTED, 9.0, ts="1.000100", channel_id="C"),
    "again": lambda d, seen: d.move(seen, State.PENDING, 9.0),
    "held": lambda d, seen: d.move(seen, State.HELD, 9.0),
    "unknown": lambda d, seen: d.doubt(seen, 9.0, cause=Cause.SAID, not_before=9.0, by="me"),
    "postponed": lambda d, seen: d.postpone(seen, 9.0),
    "on purpose": lambda d, seen: d.pause(seen, 9.0, Cause.QUIET, now=0.0),
    "loose": lambda d, seen: d.detach(seen),
    "elsewhere": lambda d, seen: d.redirect(seen, "#b"),
    "renewed": lambda d, seen: d.renew(seen, 9.0, Cause.DELETED_IN_SLACK),
}


@pytest.mark.parametrize("decision", _DECISIONS.values(), ids=_DECISIONS.keys())
def test_what_was_decided_before_another_moved_on_does_not_happen(
    ledger: Ledger, decision: Callable[[Deliveries, Delivery], object]
) -> None:
    """The same state again, an attempt later: the send that is under way now is not touched."""
    _head(ledger, "a", "#a")
    seen = _claim(ledger, "me", 10.0)
    ledger.deliveries.move(seen, State.PENDING, 11.0)
    now = _claim(ledger, "other", 20.0)
    assert (now.state, now.attempts) == (seen.state, seen.attempts + 1)
    with suppress(MovedOn):
        decision(ledger.deliveries, seen)
    assert ledger.deliveries.get(seen.id) == now
    assert ledger.deliveries.heads(1) == [now]


def test_a_look_up_has_one_owner(ledger: Ledger) -> None:
    _head(ledger, "a", "#a")
    sent = _claim(ledger, "gone", 10.0)
    doubtful = ledger.deliveries.doubt(sent, 11.0, cause=Cause.SAID, not_before=16.0, by="gone")
    mine = ledger.deliveries.set(doubtful, owner="me")
    with pytest.raises(MovedOn):
        ledger.deliveries.set(doubtful, owner="other")
    with pytest.raises(MovedOn):
        ledger.deliveries.move(doubtful, State.PENDING, 20.0)
    assert ledger.deliveries.move(mine, State.PENDING, 20.0).owner == ""


def test_a_failed_transaction_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), ledger.transaction():
        ledger.documents.save(_document(), 0.0)
        raise RuntimeError
    assert ledger.documents.get(_document().ref) is None


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_failed_inner_transaction_leaves_nothing_and_the_outer_goes_on(
    ledger: Ledger, depth: int
) -> None:
    def fail(deeper: int) -> None:
        with ledger.transaction():
            ledger.documents.save(_document(f"inner {deeper}"), 0.0)
            if deeper == 1:
                raise RuntimeError
            fail(deeper - 1)

    with ledger.transaction():
        ledger.documents.save(_document("before"), 0.0)
        with pytest.raises(RuntimeError):
            fail(depth)
        ledger.documents.save(_document("after"), 0.0)
    rows = ledger.db.rows("SELECT key FROM documents ORDER BY id")
    assert [row["key"] for row in rows] == ["before", "after"]


def test_an_outer_transaction_that_fails_takes_the_inner_ones_with_it(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), ledger.transaction():
        with ledger.transaction():
            ledger.documents.save(_document(), 0.0)
        raise RuntimeError
    assert ledger.documents.get(_document().ref) is None


def test_a_newer_program_that_migrates_meanwhile_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    begun = Database.transaction

    @contextmanager
    def late(db: Database) -> Iterator[None]:
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute(f"PRAGMA user_version={LATEST + 1}")
        with begun(db):
            yield

    with (
        mock.patch.object(Database, "transaction", late),
        pytest.raises(ConfigError, match="written by a newer exact-slack"),
    ):
        Database(path)


def test_four_channels_are_claimed_in_turn(ledger: Ledger) -> None:
    for channel in "abcd":
        for number in range(3):
            _head(ledger, f"{channel}{number}", f"#{channel}")
    now = 100.0
    claimed: list[tuple[float, str]] = []
    while len(claimed) < 12:
        step = ledger.outbox.claim("me", now)
        if isinstance(step, Wait):
            now += step.seconds
        else:
            assert isinstance(step, Delivery)
            claimed.append((now, step.channel))
            ledger.deliveries.move(step, State.POSTED, now, ts="1.000100", channel_id="C")
    assert {channel for _, channel in claimed[:4]} == {"#a", "#b", "#c", "#d"}
    for channel in "abcd":
        times = [at for at, name in claimed if name == f"#{channel}"]
        assert all(b - a >= POST_GAP - 1e-6 for a, b in itertools.pairwise(times))
    times = [at for at, _ in claimed]
    assert all(b - a >= WORKSPACE_GAP - 1e-6 for a, b in itertools.pairwise(times))
    assert ledger.outbox.claim("me", now + 100) is None


def test_a_reply_waits_for_its_head(ledger: Ledger) -> None:
    head = _head(ledger, "a", "#a")
    with ledger.transaction():
        ledger.deliveries.add(payloads.Deleted(), route="r", channel="#a", head=head, now=0.0)
    first = ledger.outbox.claim("me", 10.0)
    assert isinstance(first, Delivery)
    assert first.id == head
    assert ledger.outbox.claim("me", 20.0) is None
    ledger.deliveries.move(first, State.POSTED, 20.0, ts="1.000100", channel_id="C")
    assert isinstance(ledger.outbox.claim("me", 30.0), Delivery)


def test_a_parked_channel_holds_its_own_deliveries_and_no_others(ledger: Ledger) -> None:
    _head(ledger, "a", "#a")
    other = _head(ledger, "b", "#b")
    ledger.channels.park("#a", "archived", 0.0)
    step = ledger.outbox.claim("me", 10.0)
    assert isinstance(step, Delivery)
    assert step.id == other
    assert ledger.backlog.counts()[State.HELD] == 1
    ledger.channels.resolved("#a", "C1", 1.0)
    assert isinstance(ledger.outbox.claim("me", 20.0), Delivery)


def test_who_asked_last_for_a_channel_is_believed(ledger: Ledger) -> None:
    ledger.channels.resolved("#a", "C2", 20.0)
    ledger.channels.park("#a", "asked before somebody invited the bot", 10.0)
    ledger.channels.resolved("#a", "C1", 10.0)
    assert (ledger.channels.parked(), ledger.channels.id_of("#a")) == ({}, "C2")
    ledger.channels.park("#a", "the local clock was set back", -5_000.0)
    assert ledger.channels.parked()


def test_a_look_up_asks_the_channel_that_the_message_was_sent_to(ledger: Ledger) -> None:
    _head(ledger, "a", "#a")
    ledger.channels.resolved("#a", "C1", 1.0)
    assert _claim(ledger, "me", 10.0).channel_id == "C1"
    ledger.channels.resolved("#a", "C2", 11.0)
    assert ledger.deliveries.get(1).channel_id == "C1"


def test_two_heads_in_one_channel_are_impossible(ledger: Ledger) -> None:
    import sqlite3

    _head(ledger, "a", "#a")
    with pytest.raises(sqlite3.IntegrityError):
        _head(ledger, "a", "#a")


def test_a_clock_set_back_does_not_stop_the_pace(ledger: Ledger) -> None:
    _head(ledger, "a", "#a")
    _head(ledger, "b", "#a")
    ledger.outbox.claim("me", 10_000.0)
    step = ledger.outbox.claim("me", 5_000.0)
    assert isinstance(step, Delivery)


def _claim(ledger: Ledger, owner: str, now: float) -> Delivery:
    step = ledger.outbox.claim(owner, now)
    assert isinstance(step, Delivery)
    return step


def _wait(ledger: Ledger, owner: str, now: float) -> float:
    step = ledger.outbox.claim(owner, now)
    assert isinstance(step, Wait)
    return step.seconds


def test_a_channel_waits_for_the_answer_to_another_process(ledger: Ledger) -> None:
    for key in "abc":
        _head(ledger, key, "#a")
    first = _claim(ledger, "other", 100.0)
    assert 0 < _wait(ledger, "me", 104.0) < 1
    ledger.outbox.answered(first, 104.0)
    ledger.deliveries.move(first, State.POSTED, 104.0, ts="1.000100", channel_id="C")
    assert _wait(ledger, "me", 104.0) == pytest.approx(POST_GAP)
    second = _claim(ledger, "gone", 106.0)
    assert second.id != first.id
    assert isinstance(_claim(ledger, "me", 106.0 + LONGEST_CALL + 1), Delivery)


@pytest.mark.parametrize(
    ("calls", "gaps"),
    [
        # as quick as the quickest: Slack counted each equally long after it was claimed
        ((0.2, 0.2, 0.2), (POST_GAP + 0.2, POST_GAP, POST_GAP)),
        # a slow one may have been counted at its very end, less what an answer takes
        ((0.2, 0.9, 0.2), (POST_GAP + 0.2, POST_GAP + 0.7, POST_GAP)),
        # no answer is believed to take more than a quarter of a second on its way
        ((0.6, 0.6, 0.9), (POST_GAP + 0.6, POST_GAP + 0.35, POST_GAP + 0.65)),
    ],
)
def test_the_pace_runs_from_when_slack_may_have_counted_a_message(
    ledger: Ledger, calls: tuple[float, ...], gaps: tuple[float, ...]
) -> None:
    for number in range(len(calls) + 1):
        _head(ledger, str(number), "#a")
    now, waited = 100.0, []
    for took in calls:
        delivery = _claim(ledger, "me", now)
        ledger.outbox.answered(delivery, now + took)
        ledger.deliveries.move(delivery, State.POSTED, now + took, ts="1.000100", channel_id="C")
        waited.append(took + _wait(ledger, "me", now + took))
        now += waited[-1]
    assert waited == pytest.approx(gaps)


def test_one_run_at_a_time(tmp_path: Path) -> None:
    first, second = RunLock(tmp_path), RunLock(tmp_path)
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


def test_a_sender_is_dead_when_its_mark_is_free(tmp_path: Path) -> None:
    here, there = Owner(tmp_path), Owner(tmp_path)
    assert not here.is_dead(there.name)
    there.close()
    assert here.is_dead(there.name)
    here.close()


def test_the_files_are_private(tmp_path: Path, ledger: Ledger) -> None:
    assert (tmp_path / "ledger.sqlite").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="keeps a folder of its own there"):
        Ledger(tmp_path / "file" / "state")


def test_an_invoice_and_its_entry_find_each_other(ledger: Ledger) -> None:
    account = Account("acc")
    invoice = Document(
        Ref(1, Kind.SALES_INVOICE, "i"), ServerMs(1), number="7", journal="70", account=account
    )
    entry = Document(
        Ref(1, Kind.SALES_ENTRY, "e"), ServerMs(2), number="7", journal="70", account=account
    )
    with ledger.transaction():
        stored = ledger.documents.save(invoice, 0.0)
    found = ledger.together.counterpart(entry)
    assert found is not None
    assert found.id == stored.id
