"""What the ledger knew when a document arrived."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from exact_slack.documents.document import Document, Line
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.compared.history import Earlier
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger

DIVISION = 123456
BEARS, BARE = (Line(cost_center="VEN"), Line()), (Line(),)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "state")) as made:
        yield made


def _save(
    ledger: Ledger,
    number: int,
    lines: tuple[Line, ...],
    *,
    division: int = DIVISION,
    kind: Kind = Kind.PURCHASE_ENTRY,
) -> Stored:
    ref = Ref(division, kind, f"{division}-{kind}-{number}")
    with ledger.transaction():
        return ledger.documents.save(Document(ref, modified=ServerMs(number), lines=lines), 1.0)


def _asked(ledger: Ledger, stored: Stored) -> tuple[int, int]:
    return Earlier(ledger.db, stored).cost_centers(stored.document)


def test_cost_centers_are_counted_in_earlier_documents_of_the_same_kind_and_division(
    ledger: Ledger,
) -> None:
    for number in range(1, 8):
        _save(ledger, number, BEARS if number <= 3 else BARE)
        _save(ledger, number, BEARS, division=234567)
        _save(ledger, number, BEARS, kind=Kind.SALES_ENTRY)
    _save(ledger, 8, ())
    gone = _save(ledger, 9, BEARS)
    with ledger.transaction():
        ledger.documents.mark_deleted(gone, 1.0)
    asked = _save(ledger, 10, BARE)
    _save(ledger, 11, BEARS)
    assert _asked(ledger, asked) == (3, 7)
    ledger.forget(4e9, 0.0)
    assert _asked(ledger, asked) == (0, 0)


def test_of_many_only_the_latest_fifty_count(ledger: Ledger) -> None:
    with ledger.transaction():
        for number in range(1, 61):
            _save(ledger, number, BEARS if number <= 30 else BARE)
        asked = _save(ledger, 61, BARE)
    assert _asked(ledger, asked) == (20, 50)
