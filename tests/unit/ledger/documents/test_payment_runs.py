"""Which run a payment is in, by what Exact says of it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from exact_slack.documents.document import Document, Settlement
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.documents.payment_runs import PaymentRuns
from exact_slack.ledger.ledger import Ledger

_DAY = 86_400_000
_CHOSEN = Settlement(selected=ServerMs(20_000 * _DAY), selector_id="anna", paid_from_id="bank")


@pytest.fixture
def runs(tmp_path: Path) -> PaymentRuns:
    return Ledger(tmp_path).payment_runs


def payment(settlement: Settlement = _CHOSEN, division: int = 1) -> Document:
    return Document(
        Ref(division, Kind.PAYMENT, "x"), ServerMs(20_001 * _DAY), settlement=settlement
    )


def joined(runs: PaymentRuns, number: int, **values: object) -> int:
    return runs.join(number, payment(replace(_CHOSEN, **values)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        {"selector_id": "bram"},
        {"paid_from_id": "other bank"},
        {"selected": ServerMs(20_001 * _DAY)},
    ],
)
def test_what_was_selected_otherwise_is_another_run(
    runs: PaymentRuns, other: dict[str, object]
) -> None:
    first = joined(runs, 1)
    assert joined(runs, 2) == first
    assert joined(runs, 3, **other) != first


def test_another_company_has_runs_of_its_own(runs: PaymentRuns) -> None:
    first = runs.join(1, payment(replace(_CHOSEN, batch="C")))
    assert runs.join(2, payment(replace(_CHOSEN, batch="C"), division=2)) != first


def test_the_run_goes_on_when_its_code_comes(runs: PaymentRuns) -> None:
    first = joined(runs, 1)
    joined(runs, 2)
    assert joined(runs, 1, batch="C") == first
    assert runs.of(2) == first
    assert joined(runs, 2) == first  # not sent yet
    assert joined(runs, 3, batch="C", selector_id="bram") == first
    assert joined(runs, 2, batch="D") != first
    assert runs.members(first) == [1, 3]
    assert joined(runs, 4) != first  # selected when that one was sent


def test_a_run_whose_last_payment_is_in_another_one_knows_which(runs: PaymentRuns) -> None:
    first = joined(runs, 1, batch="C")
    late = joined(runs, 2)
    assert joined(runs, 2, batch="C") == first
    left = runs.get(late)
    assert left
    assert left.successor == first
    runs.leave(1)
    taken_back = runs.get(first)
    assert taken_back
    assert taken_back.successor is None


def test_without_a_code_the_bank_file_tells_and_a_code_is_worth_more(runs: PaymentRuns) -> None:
    sent: dict[str, object] = {"processed": date(2026, 11, 24), "bank_file": "f"}
    first = joined(runs, 1, **sent)
    assert joined(runs, 2, **sent, selector_id="bram") == first
    assert joined(runs, 3, processed=date(2026, 11, 24), bank_file="g") != first
    assert joined(runs, 1, **sent, batch="C") == first
    assert joined(runs, 2, **sent, batch="C") == first


def test_numbers_within_a_file_part_what_is_only_selected(runs: PaymentRuns) -> None:
    first = joined(runs, 1)
    assert joined(runs, 2, batch_number="1") == first
    assert joined(runs, 1) == first
    assert joined(runs, 3, batch_number="2") != first
    assert joined(runs, 1, batch_number="2") != first


def test_where_nothing_says_who_or_when_the_account_and_the_day_tell(runs: PaymentRuns) -> None:
    bare = Settlement(paid_from_id="bank", processed=date(2026, 11, 24))
    first = runs.join(1, payment(bare))
    assert runs.join(2, payment(bare)) == first
    assert runs.join(3, payment(replace(bare, processed=date(2026, 11, 25)))) != first


def test_exceptions_are_told_once(runs: PaymentRuns) -> None:
    joined(runs, 1)
    assert runs.tell(1, ("payee_changed",)) == ("payee_changed",)
    assert runs.tell(1, ("payee_changed", "shared_payee")) == ("shared_payee",)
