"""A ledger that something else wrote into: told for what it is, by every command that reads it;
nothing is posted again, and where one record is damaged the others go on."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from exact_slack.ledger.ledger import FILE
from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, ENTRIES, Done, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]

_PAGE = 4096
_NO_TEXT = b"\xff\x80\xfe"


@contextmanager
def _written(rig: Rig) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(rig.state / FILE)) as db, db:
        db.execute("PRAGMA ignore_check_constraints=ON")
        yield db


@pytest.fixture
def whole(rig: Rig) -> Path:
    """A copy of the state of a customer with four heads, an edit and replies, as one file."""
    rig.poll()
    rows = [rig.entry(number) for number in range(1, 5)]
    rig.poll()
    change = {"EntryID": rows[0]["EntryID"], "Description": "Crates"}
    rig.exact.store.upsert(DIVISION, ENTRIES, change)
    rig.poll()
    with closing(sqlite3.connect(rig.state / FILE)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = rig.folder / "whole"
    shutil.copytree(rig.state, copy)
    return copy


def _afresh(rig: Rig, whole: Path) -> None:
    shutil.rmtree(rig.state)
    shutil.copytree(whole, rig.state)


def _commands(rig: Rig) -> list[Done]:
    copy = rig.folder / "copy.sqlite"
    copy.unlink(missing_ok=True)
    words = (("poll",), ("status",), ("replay", "--failed"), ("backup", str(copy)))
    return [rig.run(*line) for line in words]


def _no_mistake(what: object, done: list[Done]) -> None:
    for one in done:
        told = one.out + one.err
        assert "mistake in exact-slack" not in told, (what, told)
        assert "Traceback" not in told, (what, told)
        assert one.code in (0, 1), (what, told)


_ODD: dict[str, object] = {"TEXT": _NO_TEXT, "REAL": float("inf"), "INTEGER": 2**62}
_IDENTITY = {("documents", "key"), ("documents", "division")}
"""What tells a document from others cannot be told from another's."""


def _damage(rig: Rig, table: str, column: str, value: object, where: str = "") -> bool:
    """Write it, bytes as text; False where the table itself refuses it."""
    where = where or f"{column}=(SELECT max({column}) FROM {table})"  # noqa: S608
    said = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"
    try:
        with _written(rig) as db:
            sql = f"UPDATE {table} SET {column}={said} WHERE {where}"  # noqa: S608 - names of ours
            return db.execute(sql, (value,)).rowcount > 0
    except sqlite3.Error:
        return False


def _columns(rig: Rig, table: str) -> list[tuple[str, str]]:
    with _written(rig) as db:
        return [(row[1], row[2]) for row in db.execute(f"PRAGMA table_info({table})")]


@pytest.mark.sampled(6)
@pytest.mark.parametrize(
    "table",
    ["documents", "deliveries", "cursors", "divisions", "channels", "facts", "runs", "arrivals"],
)
def test_a_value_of_any_column_is_no_mistake_of_ours(rig: Rig, whole: Path, table: str) -> None:
    tried = 0
    for column, kind in _columns(rig, table):
        _afresh(rig, whole)
        if (table, column) not in _IDENTITY and _damage(rig, table, column, _ODD[kind]):
            tried += 1
            _no_mistake((table, column), [rig.run("poll"), rig.run("status")])
            assert len(rig.heads()) == 4, column
    assert tried


_LAST = {
    "deliveries": "id=(SELECT max(id) FROM deliveries WHERE action='head')",
    "documents": "id=(SELECT max(id) FROM documents)",
}
_RECORDS: dict[str, tuple[str, str, object]] = {
    "state": ("deliveries", "state", "gone"),
    "action": ("deliveries", "action", "shout"),
    "time": ("deliveries", "created_at", float("inf")),
    "ts": ("deliveries", "ts", "yesterday"),
    "kind": ("documents", "kind", "poem"),
    "no JSON": ("documents", "data", '{"key": ['),
    "no text": ("documents", "data", _NO_TEXT),
    "no document": ("documents", "data", "[1, 2]"),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", _RECORDS)
def test_where_one_record_is_damaged_the_others_go_on(rig: Rig, whole: Path, name: str) -> None:
    table, column, value = _RECORDS[name]
    assert _damage(rig, table, column, value, _LAST[table])
    for row in rig.exact.store.rows(DIVISION, ENTRIES):  # each of them is looked at anew
        change = {"EntryID": row["EntryID"], "YourRef": f"anew {row['EntryNumber']}"}
        rig.exact.store.upsert(DIVISION, ENTRIES, change)
    rig.entry(99)
    done = _commands(rig)
    _no_mistake(name, done)
    if table == "documents" and column == "data":
        assert done[0].code == 0  # Exact says anew what it was
    else:
        assert "One record of the ledger is damaged" in done[0].err
        assert done[0].code == done[1].code == 1
    assert len(rig.heads()) == 5
    assert sum("anew" in head.text for head in rig.heads()) >= 3


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("column", "value"), [("newest", 2**62), ("newest", -5), ("kind", "poem"), ("kind", _NO_TEXT)]
)
def test_a_cursor_that_is_none_stops_its_kind_only(
    rig: Rig, whole: Path, column: str, value: object
) -> None:
    rig.routes = '  - name: feed\n    when: {kind: "*"}\n    channel: "#feed"\n'
    rig.write_config()
    rig.poll()
    assert _damage(rig, "cursors", column, value, "kind='purchase_entry'")
    rig.entry(99)
    rig.exact.store.upsert(DIVISION, "salesinvoice/SalesInvoices", {"AmountDC": 5.0})
    done = _commands(rig)
    _no_mistake(value, done)
    assert "One record of the ledger is damaged: the cursor of" in done[0].err
    assert done[0].code == done[1].code == 1
    assert ["5.00" in head.text for head in rig.heads()[4:]] == [True]  # the sale alone


@pytest.mark.sampled(2)
@pytest.mark.parametrize("seed", range(4))
def test_bytes_overwritten_anywhere(rig: Rig, whole: Path, seed: int) -> None:
    chance = random.Random(seed)
    pages = (whole / FILE).stat().st_size // _PAGE
    for page in chance.sample(range(pages), 6):
        _afresh(rig, whole)
        length = chance.choice((16, 256, _PAGE))
        with (rig.state / FILE).open("r+b") as file:
            file.seek(page * _PAGE + chance.randrange(_PAGE - length + 1))
            file.write(chance.choice((bytes(length), chance.randbytes(length))))
        done = _commands(rig)
        _no_mistake((page, length), done)
        told = [one.err for one in done if "The ledger" in one.err and "damaged" in one.err]
        assert all("backup --restore" in text for text in told)
        assert len(rig.heads()) == 4, page


@pytest.mark.sampled(2)
@pytest.mark.parametrize("way", ["first page", "everything", "cut", "one record"])
def test_the_cure_that_is_told_cures(rig: Rig, whole: Path, hands: Hands, way: str) -> None:
    copy = rig.folder / "backup.sqlite"
    assert rig.run("backup", str(copy)).code == 0
    rig.entry(50)
    rig.poll()
    ledger = rig.state / FILE
    with closing(sqlite3.connect(ledger)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if way == "one record":
        assert _damage(rig, "deliveries", "state", "gone", _LAST["deliveries"])
    elif way == "cut":
        ledger.write_bytes(ledger.read_bytes()[: 3 * _PAGE])
    else:
        size = _PAGE if way == "first page" else ledger.stat().st_size
        with ledger.open("r+b") as file:
            file.write(random.Random(1).randbytes(size))
    rig.entry(51)
    done = rig.run("poll")
    assert done.code == 1
    assert "damaged" in done.err
    assert f"exact-slack -c {rig.config} backup --restore FILE" in done.err
    assert rig.run("backup", "--restore", str(copy)).code == 0
    assert rig.run("poll").code == 0
    hands.sleep(120)
    assert rig.run("poll").code == 0
    assert sorted(_numbers(rig)) == ["1", "2", "3", "4", "50", "51"]


def _numbers(rig: Rig) -> list[str]:
    return [head.text.split(" · ")[0].rpartition(" ")[2] for head in rig.heads()]
