"""Which scopes triage lacks: by the lists that Slack's answers bear, else by what was refused."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from exact_slack.ledger.ledger import Ledger
from exact_slack.slack.install import TRIAGE
from exact_slack.triage.scopes import REACTIONS, _fact, lost, note_listed

ALL = frozenset({"chat:write", *TRIAGE})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path)) as made:
        yield made


@pytest.mark.parametrize("listed", [None, frozenset()])
def test_an_answer_without_a_list_says_nothing(
    ledger: Ledger, listed: frozenset[str] | None
) -> None:
    note_listed(ledger, listed)
    assert lost(ledger) == {}
    ledger.set_fact(_fact(REACTIONS), "1.0")
    note_listed(ledger, listed)
    assert list(lost(ledger)) == [REACTIONS]


@pytest.mark.parametrize("scope", TRIAGE)
def test_what_is_not_listed_is_lost_until_it_is(ledger: Ledger, scope: str) -> None:
    note_listed(ledger, ALL - {scope})
    assert lost(ledger) == {scope: TRIAGE[scope]}
    note_listed(ledger, None)
    assert list(lost(ledger)) == [scope]
    note_listed(ledger, ALL)
    assert lost(ledger) == {}


def test_a_new_list_says_more_than_what_was_refused_before_it(ledger: Ledger) -> None:
    note_listed(ledger, ALL)
    ledger.set_fact(_fact(REACTIONS), "1.0")
    note_listed(ledger, ALL)
    assert list(lost(ledger)) == [REACTIONS]  # refused although it is listed
    note_listed(ledger, ALL - {REACTIONS})
    note_listed(ledger, ALL)
    assert lost(ledger) == {}
