"""The breaker: what is refused again and again rests, and is asked again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.ledger.incoming.breakers import REST, Breaker
from exact_slack.ledger.ledger import Ledger

NOW = 1_795_514_700.0


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    yield made
    made.close()


def _breaker(ledger: Ledger) -> Breaker:
    return ledger.breakers.of(1, "purchase/Entries")


def test_three_refusals_in_a_row_open_it_for_an_hour(ledger: Ledger) -> None:
    opened = []
    for number in range(3):
        _breaker(ledger).refused(403, f"no {number}", "", NOW)
        opened.append(_breaker(ledger).is_open(NOW))
    assert opened == [False, False, True]
    assert _breaker(ledger).sentence == "no 2"
    assert [_breaker(ledger).is_open(NOW + s) for s in (REST - 1, REST)] == [True, False]
    assert not ledger.breakers.of(2, "purchase/Entries").is_open(NOW)


def test_an_answer_begins_the_count_anew(ledger: Ledger) -> None:
    for _ in range(2):
        _breaker(ledger).refused(403, "no", "", NOW)
    _breaker(ledger).worked()
    _breaker(ledger).refused(403, "no", "", NOW)
    assert not _breaker(ledger).is_open(NOW)


def test_a_clock_that_was_set_back_closes_nothing_for_long(ledger: Ledger) -> None:
    for _ in range(3):
        _breaker(ledger).refused(403, "no", "", NOW)
    assert not _breaker(ledger).is_open(NOW - 86_400)
