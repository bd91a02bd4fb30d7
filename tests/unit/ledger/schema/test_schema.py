"""Old ledgers open and go on. The dumps in tests/ledgers were made by the code of the commit in
their name, with the table layouts from the first to the thirteenth: each later migration is tried
on each of them, and needs no dump of its own."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from exact_slack.app.summary import Summary
from exact_slack.config.load import load
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.outbox import Wait
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.schema import mend, migrations
from exact_slack.ledger.schema.database import Database
from exact_slack.plan.planner import Planner
from exact_slack.plan.planning import Planning

DUMPS = sorted((Path(__file__).parents[3] / "ledgers").glob("*.sql"))
FULL = Path(__file__).parents[3] / "ledgers" / "13-625489a.sql"
REF = Ref(123456, Kind.PURCHASE_ENTRY, "11111111-1111-1111-1111-111111111111")


@pytest.fixture(params=DUMPS, ids=lambda path: str(path.stem))
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as db:
        db.executescript(request.param.read_text(encoding="utf-8"))
    yield tmp_path


def _layout(ledger: Ledger) -> dict[str, set[str]]:
    tables = [
        row["name"] for row in ledger.db.rows("SELECT name FROM sqlite_master WHERE type='table'")
    ]
    return {t: {r["name"] for r in ledger.db.rows(f"PRAGMA table_info({t})")} for t in tables}


def _indexes(ledger: Ledger) -> dict[str, str]:
    rows = ledger.db.rows("SELECT name, sql FROM sqlite_master WHERE type='index' AND sql<>''")
    return {row["name"]: row["sql"] for row in rows}


def test_there_is_a_dump_of_each_version() -> None:
    versions = {int(path.stem[:2]) for path in DUMPS}
    assert len(DUMPS) > 15
    assert max(versions) <= migrations.LATEST


def test_each_number_of_a_migration_is_given_once_in_their_order() -> None:
    names = sorted(path.name for path in Path(migrations.__file__).with_name("sql").iterdir())
    assert [int(name[:3]) for name in names] == list(range(1, migrations.LATEST + 1))


def test_a_new_one_is_what_all_migrations_make() -> None:
    """Its rows as well, but for the second in which it was made."""
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as new,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as grown,
    ):
        mend.create(new)
        for script in migrations.scripts():
            grown.executescript(script)
        one, other = ([re.sub(r"'\d{10}'", "now", s) for s in db.iterdump()] for db in (new, grown))
    assert one == other
    assert any(statement.startswith("INSERT") for statement in one)


@pytest.mark.sampled(2)
def test_it_becomes_what_a_new_one_is(state: Path, tmp_path: Path) -> None:
    with closing(Ledger(state)) as old, closing(Ledger(tmp_path / "new")) as new:
        assert _layout(old) == _layout(new)
        assert _indexes(new).items() <= _indexes(old).items()
        assert old.db.damage() == ""


@pytest.mark.sampled(2)
def test_it_is_read_without_being_changed(state: Path) -> None:
    before = (state / "ledger.sqlite").read_bytes()
    with closing(Database.reading(state / "ledger.sqlite")) as db:
        assert db.rows("SELECT hold_until, shown FROM deliveries")
    assert (state / "ledger.sqlite").read_bytes() == before


def _file_of(db: Database) -> str:
    return str(db.rows("PRAGMA database_list")[0]["file"])


@pytest.mark.parametrize(
    ("later", "is_in_place"),
    [
        ("-- faster\nCREATE INDEX later ON documents\n    (first_seen, id);", True),
        ("CREATE INDEX later ON purchases (day);", False),  # a statement may ask for it by name
        ("CREATE INDEX later ON log (id);\nALTER TABLE facts ADD COLUMN x TEXT;", False),
        ("UPDATE facts SET value='';", False),
    ],
)
def test_one_that_lacks_only_indexes_is_read_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: str, is_in_place: bool
) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(tmp_path).close()
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"PRAGMA user_version={migrations.LATEST - 1}")
    real = migrations.script
    monkeypatch.setattr(
        "exact_slack.ledger.schema.mend.script",
        lambda number: later if number == migrations.LATEST else real(number),
    )
    with closing(Database.reading(path)) as db, closing(db.scratch()) as copy:
        assert (_file_of(db) == str(path)) is is_in_place
        assert db.rows("SELECT * FROM unsettled_deliveries") == []
        assert copy.rows("PRAGMA user_version")[0][0] == migrations.LATEST


def test_no_statement_forces_an_index_of_a_table_that_is_read_where_it_is(tmp_path: Path) -> None:
    code = Path(migrations.__file__).parents[2].rglob("*.py")
    forced = {n for p in code for n in re.findall(r"INDEXED BY (\w+)", p.read_text("utf-8"))}
    with closing(Ledger(tmp_path)) as ledger:
        rows = ledger.db.rows("SELECT name, tbl_name FROM sqlite_master WHERE type='index'")
        tables = {row["name"]: row["tbl_name"] for row in rows}
    assert forced
    assert not {tables[name] for name in forced} & set(mend._UNFORCED)


@pytest.mark.sampled(2)
def test_it_goes_on(state: Path, tmp_path: Path) -> None:
    config = tmp_path / "acme.yaml"
    config.write_text(
        "exact: {region: nl, divisions: [123456], client_id: a, client_secret: b,"
        " redirect_uri: https://example.com/}\n"
        "routes: [{name: feed, when: {kind: purchase_entry}, channel: '#feed'}]\n"
    )
    config.chmod(0o600)
    with closing(Ledger(state)) as ledger:
        stored = ledger.documents.get(REF)
        assert stored is not None
        (head,) = ledger.deliveries.heads(stored.id)
        changed = replace(stored.document, description="Shelves", modified=ServerMs(1795000001000))
        planner = Planner(Planning.of(load(config), ledger), Summary())
        with ledger.transaction():
            taken = planner.take_in(
                changed, first_run_at=ServerMs(0), today=date(2026, 12, 1), now=1.8e9, asked=10**9
            )
        assert taken
        waiting = [d for d in ledger.deliveries.under(head.id) if d.state is State.PENDING]
        assert {d.action for d in waiting} == {Action.EDIT, Action.CHANGED}
        assert len(ledger.deliveries.heads(stored.id)) == 1
        claimed = ledger.outbox.claim("me", 1.8e9)
        assert getattr(claimed, "state", None) is State.SENDING


_IN_OTHER_WORDS = {
    "flood": "held by the flood guard",
    "flood (told)": "held by the flood guard, as its channel was told",
}
"""Reasons that read differently since."""


def _told_before(path: Path) -> dict[int, tuple[str, str]]:
    """By delivery: why it stood as it did, and why it waited, in the words of then."""
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        rows = [dict(row) for row in db.execute("SELECT * FROM deliveries")]
    assert all("cause" not in row for row in rows)
    return {
        row["id"]: (
            _IN_OTHER_WORDS.get(str(row["reason"]), str(row["reason"])),
            row.get("hold_why", ""),
        )
        for row in rows
    }


@pytest.mark.sampled(2)
@pytest.mark.parametrize("dump", [p for p in DUMPS if p.stem[:2] <= "13"], ids=lambda p: p.stem)
def test_its_reasons_read_as_they_did(dump: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as db:
        db.executescript(dump.read_text(encoding="utf-8"))
    before = _told_before(tmp_path / "ledger.sqlite")
    with closing(Ledger(tmp_path)) as ledger:
        after = {
            d.id: (d.sentence, d.pause_cause.sentence(d.pause_detail))
            for d in ledger.deliveries.since_id(0)
        }
    assert after == before


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Ledger]:
    """The ledger of 13-625489a: deliveries in every state and of every reason."""
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as db:
        db.executescript(FULL.read_text(encoding="utf-8"))
    with closing(Ledger(tmp_path)) as ledger:
        yield ledger


def test_what_waited_by_its_sentence_goes_on_by_its_cause(full: Ledger) -> None:
    deliveries = full.deliveries
    assert {d.state for d in deliveries.since_id(0)} == set(State)
    doubtful = [d for d in deliveries.in_states(State.HELD) if d.cause.is_doubt]
    assert len(doubtful) == 6
    assert deliveries.flooded() == {"#feed": 2}
    files = [d for d in deliveries.since_id(0) if d.pause_cause is Cause.FILE_LATER]
    assert [d.cause for d in files] == [Cause.FILE_LATER]
    replies = [d for d in deliveries.in_states(State.HELD) if d.cause is Cause.HEAD_MISSING]
    heads = {d.head_id: deliveries.get(d.head_id) for d in replies if d.head_id}
    for head in heads.values():
        deliveries.move(head, State.PENDING, 2e9)
    assert heads
    assert all(deliveries.get(d.id).state is State.PENDING for d in replies)


def test_what_was_pending_is_sent_once(full: Ledger) -> None:
    sent: list[int] = []
    now = 1.9e9
    while (step := full.outbox.claim("me", now)) is not None:
        if isinstance(step, Wait):
            now += step.seconds + 0.001
            continue
        sent.append(step.id)
        full.deliveries.move(step, State.POSTED, now, ts=f"{now:.6f}", channel_id="C0FEED")
    assert len(sent) == len(set(sent)) > 5
    assert {d.state for d in full.deliveries.since_id(0)} == {
        State.POSTED,
        State.SUPERSEDED,
        State.SENDING,
        State.AMBIGUOUS,
        State.HELD,
        State.FAILED,
    }


@pytest.mark.sampled(11)
@pytest.mark.parametrize("has_room", [True, False])
def test_a_large_one_is_copied_into_a_file_and_not_into_memory(
    state: Path, monkeypatch: pytest.MonkeyPatch, has_room: bool
) -> None:
    """But where no disk has room for it."""
    places: list[str] = []
    copy = Database._copied_into

    def copied(self: Database, place: str) -> Database:
        places.append(place)
        if place == "" and not has_room:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return copy(self, place)

    monkeypatch.setattr("exact_slack.ledger.schema.database._IN_MEMORY", 0)
    monkeypatch.setattr(Database, "_copied_into", copied)
    with closing(Database.reading(state / "ledger.sqlite")) as db, closing(db.scratch()) as scratch:
        assert scratch.rows("SELECT id FROM documents")
        assert scratch.rows("SELECT id FROM documents") == db.rows("SELECT id FROM documents")
        scratch.run("DELETE FROM collected")
    assert set(places) == ({""} if has_room else {"", ":memory:"})
