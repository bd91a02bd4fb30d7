"""What `log` is asked for by its options is found by index, and nothing of it is missed."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from exact_slack.app.customer import Customer, customer
from exact_slack.config.load import load
from exact_slack.documents.document import Account, Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.inspect.log.event import Story
from exact_slack.inspect.log.search import Filters, everything, matching
from exact_slack.inspect.log.story import Stories
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.log import Happened
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.schema.database import Database

FULL = Path(__file__).parents[2] / "ledgers" / "13-625489a.sql"
LARGE = ("documents", "deliveries", "log", "amounts", "collected", "item_steps", "items", "d", "h")
CONFIG = """\
exact: {{region: nl, divisions: [123456], client_id: a, client_secret: b,
  redirect_uri: "https://x.example/cb"}}
state: {state}
routes: [{{name: feed, when: {{kind: "*"}}, channel: "#feed"}}]
"""


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Customer]:
    """A ledger from before there was a log, in which more has happened since: a message that stood
    is gone, an exception fired, an entry shares an invoice's head, one was only just seen, one was
    only routed, and a channel had another name."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    with closing(sqlite3.connect(state / "ledger.sqlite")) as db:
        db.executescript(FULL.read_text(encoding="utf-8"))
    with closing(Ledger(state)) as ledger, ledger.transaction():
        now = ledger.log.since() + 100
        numbers = ledger.filtering.page(0, 1000)
        first, second = (ledger.documents.by_id(number) for number in numbers[:2])
        posted = [d for d in ledger.deliveries.since_id(0) if d.state is State.POSTED]
        ledger.deliveries.move(posted[0], State.SUPERSEDED, now, cause=Cause.DELETED_IN_SLACK)
        ledger.log.add(Happened.EXCEPTION, now, document=first.id, name="duplicate_reference")
        ledger.together.join(second, first)
        digest = next(d for d in ledger.deliveries.since_id(0) if d.document_id is None)
        ledger.log.add(Happened.LISTED, now + 1, document=numbers[-1], delivery=digest.id)
        ledger.log.of_delivery(Happened.LOOKED_UP, now + 50, digest)
        ledger.log.add(Happened.JUDGED, now, document=second.id, took=[["r", "#routed", True]])
        ledger.log.of_delivery(Happened.PAUSED, now, posted[1], channel="#old", until=now + 1)
        ref = replace(first.document.ref, guid="22222222-2222-2222-2222-222222222222")
        ledger.documents.save(replace(first.document, ref=ref, number="9"), now + 100)
    (tmp_path / "acme.yaml").write_text(CONFIG.format(state=state), encoding="utf-8")
    with customer(load(tmp_path / "acme.yaml"), reading=True) as parts:
        yield parts


def _all(one: Customer) -> list[Story]:
    stories = Stories(one)
    return [stories.of(number) for number in one.ledger.filtering.page(0, 1000)]


def _asked(stories: list[Story], every: int = 1) -> Iterator[Filters]:
    """`every`: of the moments only some."""
    for at in sorted({event.at for story in stories for event in story.events})[::every]:
        yield Filters(since=at, until=at)
        yield Filters(since=at)
        yield Filters(until=at)
        yield Filters(until=at - 0.001)
    yield from (Filters(states=(state.value,)) for state in State)
    yield Filters(states=(State.HELD, State.FAILED), kinds=("purchase_entry",))
    yield from (Filters(kinds=(kind.value,)) for kind in Kind)
    yield from (Filters(divisions=(division,)) for division in (123456, 1))
    yield from (Filters(exceptions=(name,)) for name in ("duplicate_reference", "amount_changed"))
    yield from (Filters(channels=(channel,)) for channel in ("#feed", "nowhere", "old", "#routed"))
    yield Filters(channels=("feed",), kinds=("purchase_entry",), states=("posted",))


def test_a_filter_finds_what_fits_it_and_nothing_else(one: Customer) -> None:
    stories = _all(one)
    some = 0
    for filters in _asked(stories):
        fitting = [s.named.id for s in stories if filters.fit(s)]
        assert sorted(s.named.id for s in everything(one, filters)) == fitting, filters
        some += 0 < len(fitting) < len(stories)
    assert some > 20


def test_no_filter_walks_through_a_large_table(one: Customer) -> None:
    """But for a channel, last of all: what was only routed there the log alone says."""
    asked = list(_asked(_all(one), 5))
    statements: set[str] = set()
    db = one.ledger.db
    db._connection.set_trace_callback(statements.add)
    for filters in asked:
        list(everything(one, filters))
    db._connection.set_trace_callback(None)
    plans = [
        (str(row["detail"]), statement)
        for statement in statements
        if statement.startswith(("SELECT", "WITH"))
        for row in db.rows("EXPLAIN QUERY PLAN " + re.sub(r"\bInf\b", "9e999", statement))
    ]
    by_part = ("log_exception", "log_stood", "unsettled", "deliveries_superseded")
    walks = [
        f"{plan}: {statement}"
        for plan, statement in plans
        if plan.startswith(tuple(f"SCAN {table}" for table in LARGE))
        and not plan.endswith(by_part)
        and not (plan == "SCAN log" and "instr(body, '\"#" in statement)
    ]
    assert len(plans) > 50
    assert not walks, "\n".join(walks)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(since=1.0, until=2.0),
        Filters(states=(State.LIMITED,), until=1.0),
        Filters(until=1.0),
        Filters(since=1e11),
        Filters(kinds=("bank_entry",)),
        Filters(divisions=(1,)),
        Filters(exceptions=("amount_changed",), since=1e11),
    ],
)
def test_what_cannot_fit_is_not_told(
    one: Customer, filters: Filters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for what is under way, and what stood before the log and is gone: those are few."""
    asked: list[int] = []
    told = Stories.of

    def of(self: Stories, number: int) -> Story:
        asked.append(number)
        return told(self, number)

    monkeypatch.setattr(Stories, "of", of)
    assert list(everything(one, filters)) == []
    assert len(asked) <= 3 < len(one.ledger.filtering.page(0, 1000))


@pytest.mark.parametrize("channel", ["old", "#routed", "#feed"])
def test_a_channel_finds_what_went_there_and_what_was_only_routed(
    one: Customer, channel: str
) -> None:
    assert list(everything(one, Filters(channels=(channel,))))


QUERIES = ("121.00", "vd-1", "dijk", "121")
FILTERS = (
    Filters(),
    Filters(channels=("#feed",)),
    Filters(states=(State.POSTED,)),
    Filters(since=1.0),
    Filters(kinds=("purchase_entry",)),
    Filters(channels=("#feed",), since=1.0),
    Filters(exceptions=("overdue",), channels=("#feed",), kinds=("purchase_entry",)),
)
MANY = 5000


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Customer]:
    """A ledger of so many documents that are all alike, each with a message."""
    state = tmp_path / "state"
    document = Document(
        Ref(123456, Kind.PURCHASE_ENTRY, "0"),
        modified=ServerMs(1),
        number="9",
        account=Account("a", name="Van Dijk"),
        reference="VD-1",
        amount=Decimal(121),
    )
    with closing(Ledger(state)) as ledger, ledger.transaction():
        saved = ledger.documents.save(document, 100.0).id
        ledger.log.add(Happened.SEEN, 100.0, document=saved, by="poll")
        ledger.deliveries.add(payloads.Head(), route="r", channel="#feed", document=1, now=100.0)
        for table, own in {
            "documents": {"id": "n", "key": "'k'||n", "first_seen": "99.0+n"},
            "log": {"id": "n", "document": "n", "at": "99.0+n"},
            "deliveries": {"id": "n", "key": "'k'||n", "document": "n", "state": "'posted'"},
            "amounts": {"document": "n"},
        }.items():
            names = [row["name"] for row in ledger.db.rows(f"PRAGMA table_info({table})")]
            values = ",".join(own.get(name, f"{table}.{name}") for name in names)
            numbers = f"n(n) AS (VALUES (2) UNION ALL SELECT n+1 FROM n WHERE n<{MANY})"  # noqa: S608
            rows = f"SELECT {values} FROM n, {table} LIMIT {MANY - 1}"  # noqa: S608 - our own words
            ledger.db.run(f"WITH RECURSIVE {numbers} INSERT INTO {table} {rows}")
        ledger.db.run("UPDATE deliveries SET state='posted', done_at=100.0")
    (tmp_path / "acme.yaml").write_text(CONFIG.format(state=state), encoding="utf-8")
    with customer(load(tmp_path / "acme.yaml"), reading=True) as parts:
        yield parts


def test_the_first_of_many_comes_before_the_others_are_read(
    many: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    rows = Database.rows

    def counted(self: Database, sql: str, *values: object) -> list[sqlite3.Row]:
        found = rows(self, sql, *values)
        read.append(len(found))
        return found

    monkeypatch.setattr(Database, "rows", counted)
    for query in QUERIES:
        read.clear()
        assert next(matching(many, query, Filters())).document == MANY, query
        assert sum(read) < MANY / 5, query
    for filters in FILTERS:
        read.clear()
        next(everything(many, filters), None)
        assert max(read) <= MANY / 2, filters


def test_many_are_found_each_once_the_newest_first(
    many: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for query in QUERIES:
        found = [match.document for match in matching(many, query, Filters())]
        assert found == list(range(MANY, 0, -1)), query
    few = Filters(channels=("#feed",), since=99.0 + MANY)
    assert [story.named.id for story in everything(many, few)] == [MANY]
    story = Stories(many).of(1)
    named = lambda self, number: replace(story, named=replace(story.named, id=number))  # noqa: E731
    monkeypatch.setattr(Stories, "of", named)
    monkeypatch.setattr(Filters, "fit", lambda self, story: True)
    for filters in FILTERS[:-1]:
        found = [story.named.id for story in everything(many, filters)]
        assert sorted(found) == list(range(1, MANY + 1)), filters
    assert list(everything(many, FILTERS[-1])) == []
    assert [match.document for match in matching(many, "dijk", few)][200:] == []
