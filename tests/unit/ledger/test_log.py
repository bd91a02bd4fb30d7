"""The log: written with the change it tells, never changed, forgotten with its document."""

import re
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.log import Happened
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import MovedOn, State

PRODUCT = Path(__file__).parents[3] / "exact_slack"
DAY = 86_400.0


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path)) as made:
        yield made


def _head(ledger: Ledger, key: str = "a", at: float = 0.0) -> int:
    with ledger.transaction():
        document = Document(Ref(1, Kind.PURCHASE_ENTRY, key), modified=ServerMs(1000))
        stored = ledger.documents.save(document, at)
        ledger.log.add(Happened.SEEN, at, document=stored.id, by="poll")
        return ledger.deliveries.add(
            payloads.Head(),
            route="r",
            channel="#a",
            document=stored.id,
            subject=stored.id,
            now=at,
        )


def _claimed(ledger: Ledger, at: float = 10.0) -> Delivery:
    found = ledger.outbox.claim("me", at)
    assert isinstance(found, Delivery)
    return found


def test_nothing_changes_a_row_and_only_retention_takes_one_away() -> None:
    """Whatever is written next: the statements that name the table are these."""
    found = [
        (path.relative_to(PRODUCT).as_posix(), verb)
        for path in PRODUCT.rglob("*.py")
        for verb in re.findall(r"(INSERT INTO|UPDATE|DELETE FROM) log\b", path.read_text("utf-8"))
    ]
    assert found == [("ledger/log.py", "INSERT INTO"), ("ledger/log.py", "DELETE FROM")]


@pytest.mark.parametrize(
    ("state", "cause", "is_told"),
    [
        (State.POSTED, Cause.NONE, False),  # the attempt tells it
        (State.LIMITED, Cause.SAID, False),
        (State.PENDING, Cause.SAID, False),
        (State.REFUSED, Cause.SAID, False),
        (State.HELD, Cause.OUTCOME_UNKNOWN, True),
        (State.FAILED, Cause.DAMAGED, True),
        (State.SUPERSEDED, Cause.NOTHING_TO_SAY, True),
    ],
)
def test_a_claim_that_ends_is_told_once(
    ledger: Ledger, state: State, cause: Cause, is_told: bool
) -> None:
    _head(ledger)
    ledger.deliveries.move(_claimed(ledger), state, 11.0, cause=cause)
    moved = [row for row in ledger.log.of_documents([1]) if row.what is Happened.MOVED]
    assert [(row.body["before"], row.body["state"]) for row in moved] == (
        [("sending", state.value)] if is_told else []
    )


def test_what_was_decided_in_vain_is_not_told(ledger: Ledger) -> None:
    _head(ledger)
    seen = _claimed(ledger)
    ledger.deliveries.move(seen, State.PENDING, 11.0)
    before = ledger.log.of_documents([1])
    for decide in (
        lambda: ledger.deliveries.move(seen, State.HELD, 12.0),
        lambda: ledger.deliveries.pause(seen, 99.0, Cause.QUIET, now=12.0),
        lambda: ledger.deliveries.astray(seen, "C", "1.000100", 12.0),
    ):
        with suppress(MovedOn):
            decide()
    assert ledger.log.of_documents([1]) == before


def test_what_waits_for_its_head_is_told_when_that_is_held_and_when_it_goes_on(
    ledger: Ledger,
) -> None:
    head = _head(ledger)
    with ledger.transaction():
        reply = ledger.deliveries.add(
            payloads.Deleted(), route="r", channel="#a", document=1, head=head, now=1.0
        )
    held = ledger.deliveries.move(ledger.deliveries.get(head), State.HELD, 2.0)
    ledger.deliveries.move(held, State.PENDING, 3.0)
    told = [
        (row.at, row.body["state"], row.body["cause"])
        for row in ledger.log.of_documents([1])
        if row.delivery_id == reply
    ]
    assert told == [(2.0, "held", "head missing"), (3.0, "pending", "")]


def test_it_is_forgotten_with_its_document_and_no_sooner(ledger: Ledger) -> None:
    """Two documents, one of which changes again; and a delivery that is of no document."""
    for key, at in (("a", 10.0), ("b", 20.0)):
        _head(ledger, key)
        ledger.deliveries.move(_claimed(ledger, at), State.SUPERSEDED, at + 1)
    with ledger.transaction():
        alert = ledger.deliveries.add(payloads.Alert("x"), route="", channel="#a", now=1.0)
        ledger.log.add(Happened.SEEN, 5.0 * DAY, document=2, by="poll")
        ledger.db.run("UPDATE documents SET changed_at=? WHERE id=2", 5.0 * DAY)
    ledger.deliveries.move(ledger.deliveries.get(alert), State.HELD, 12.0)
    held = ledger.deliveries.get(alert)
    assert ledger.log.of_deliveries([alert])
    ledger.deliveries.move(held, State.SUPERSEDED, 13.0)
    ledger.forget(4.0 * DAY, 4.0 * DAY)
    assert ledger.log.of_documents([1]) == []
    assert len(ledger.log.of_documents([2])) == 3
    assert ledger.log.of_deliveries([alert]) == []


def test_a_ledger_knows_since_when_it_keeps_a_log(ledger: Ledger) -> None:
    assert ledger.log.since() > 1.7e9
