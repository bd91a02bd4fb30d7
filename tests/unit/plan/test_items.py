"""Which messages are somebody's until they are done, and what of them Exact settles."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from exact_slack.app.summary import Summary
from exact_slack.config.load import load
from exact_slack.documents.document import Account, Document, Line, Settlement
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.triage.item import How, Item, ItemState
from exact_slack.plan.planner import Planner
from exact_slack.plan.planning import Planning

TODAY = date(2026, 11, 24)
CONFIG = """\
exact:
  region: nl
  divisions: [123456]
  client_id: a
  client_secret: b
  redirect_uri: https://example.com/
routes:
  - {name: all, channel: "#all"}
  - {name: odd, when: {exception: [no_cost_center, rejected]}, channel: "#odd", triage: true}
  - {name: every, channel: "#every", triage: true}
"""
ENTRY = Ref(123456, Kind.PURCHASE_ENTRY, "11111111-1111-1111-1111-111111111111")
TERM = Ref(123456, Kind.PAYMENT, "22222222-2222-2222-2222-222222222222")
FIRST = Document(ENTRY, modified=ServerMs(1000), account=Account("a"), lines=(Line(),))


class Bench:
    def __init__(self, folder: Path, ledger: Ledger) -> None:
        config = folder / "acme.yaml"
        config.write_text(CONFIG, encoding="utf-8")
        config.chmod(0o600)
        self.ledger = ledger
        self.planner = Planner(Planning.of(load(config), ledger), Summary())
        self.now = 0.0
        self.document = FIRST

    def take_in(self, document: Document) -> None:
        self.now += 1
        with self.ledger.transaction():
            self.planner.take_in(
                document,
                first_run_at=ServerMs(0),
                today=TODAY,
                now=self.now,
                asked=self.ledger.saves.count(),
            )

    def change(self, **values: object) -> None:
        modified = self.document.modified + 1000
        self.document = replace(self.document, modified=modified, **values)  # type: ignore[arg-type]
        self.take_in(self.document)

    def pay(self, *, paid: bool) -> None:
        settlement = Settlement(entry_id=ENTRY.guid, paid=paid)
        self.take_in(Document(TERM, modified=ServerMs(5000 + int(self.now)), settlement=settlement))

    def delete(self) -> None:
        stored = self.ledger.documents.get(ENTRY)
        assert stored is not None
        self.now += 1
        with self.ledger.transaction():
            self.planner.deleted(stored, TODAY, self.now)

    def states(self) -> dict[str, ItemState]:
        stored = self.ledger.documents.get(ENTRY)
        assert stored is not None
        heads = self.ledger.deliveries.heads(stored.subject_id)
        items = {head.channel: self.ledger.items.of_head(head.id) for head in heads}
        return {channel: item.state for channel, item in items.items() if item}

    def say(self, channel: str, word: ItemState) -> None:
        for item in self.items():
            if self.ledger.deliveries.get(item.head_id).channel == channel:
                said = item.read([(word, "UANNA")], self.now, 0.0)
                with self.ledger.transaction():
                    self.ledger.items.save(said, self.now, How.REACTION, item)

    def items(self) -> list[Item]:
        return self.ledger.items.all()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with closing(Ledger(tmp_path / "state")) as ledger:
        yield Bench(tmp_path, ledger)


OPEN, DONE, SETTLED = ItemState.OPEN, ItemState.DONE, ItemState.SETTLED
WITH_CENTER = (Line(cost_center="VEN"),)


def test_only_what_a_route_with_triage_takes_is_an_item(bench: Bench) -> None:
    bench.take_in(FIRST)
    assert bench.states() == {"#odd": OPEN, "#every": OPEN}
    by_route = {item.route: item.exceptions for item in bench.items()}
    assert by_route == {"odd": ("no_cost_center",), "every": ()}


def test_resolved_exceptions_settle_it_and_their_return_opens_it_again(bench: Bench) -> None:
    bench.take_in(FIRST)
    bench.change(lines=WITH_CENTER)
    assert bench.states() == {"#odd": SETTLED, "#every": OPEN}  # that one had none
    bench.change(lines=(Line(),))
    assert bench.states() == {"#odd": OPEN, "#every": OPEN}


def test_what_had_no_exception_is_settled_by_payment_alone(bench: Bench) -> None:
    bench.take_in(replace(FIRST, lines=WITH_CENTER))
    bench.document = replace(FIRST, lines=WITH_CENTER)
    bench.change(description="other")
    assert bench.states() == {"#every": OPEN}
    bench.pay(paid=True)
    assert bench.states() == {"#every": SETTLED}
    bench.pay(paid=False)
    assert bench.states() == {"#every": OPEN}


def test_what_was_paid_nevertheless_stays(bench: Bench) -> None:
    bench.take_in(FIRST)
    bench.pay(paid=True)
    assert bench.states() == {"#odd": OPEN, "#every": SETTLED}


def test_what_is_deleted_is_settled_and_open_again_where_it_comes_back(bench: Bench) -> None:
    bench.take_in(FIRST)
    bench.delete()
    assert bench.states() == {"#odd": SETTLED, "#every": SETTLED}
    bench.change(description="back")
    assert bench.states() == {"#odd": OPEN, "#every": OPEN}


def test_a_new_exception_opens_what_was_done(bench: Bench) -> None:
    bench.take_in(FIRST)
    bench.say("#odd", DONE)
    bench.change(description="nothing new")
    assert bench.states() == {"#odd": DONE, "#every": OPEN}
    bench.change(status_code=5)
    assert bench.states() == {"#odd": OPEN, "#every": OPEN}
    (odd,) = (item for item in bench.items() if item.route == "odd")
    assert odd.exceptions == ("no_cost_center", "rejected")


def test_each_step_stands_in_the_ledger(bench: Bench) -> None:
    bench.take_in(FIRST)
    bench.change(lines=WITH_CENTER)
    (odd,) = (item for item in bench.items() if item.route == "odd")
    steps = bench.ledger.items.steps_of(odd)
    assert [(step.state, step.how, step.at) for step in steps] == [
        (OPEN, How.EXACT, 1.0),
        (SETTLED, How.EXACT, 2.0),
    ]
