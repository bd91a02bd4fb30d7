"""The sets of states: one in Python, the same in SQL, and as quick as a list in the statement."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import states
from exact_slack.ledger.outgoing.payloads import Alert
from exact_slack.ledger.outgoing.states import State

SETS = {
    "waiting_deliveries": set(states.WAITING),
    "unsettled_deliveries": set(State) - set(states.SETTLED),
    "unfinished_deliveries": set(states.UNFINISHED),
    "replayable_deliveries": set(states.REPLAYABLE),
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """One delivery in each state."""
    made = Ledger(tmp_path)
    for state in State:
        with made.transaction():
            made.deliveries.add(Alert(state), route="r", channel="#a", now=0.0, state=state)
    yield made
    made.close()


def test_every_state_is_over_or_goes_on_or_waits_for_a_person() -> None:
    for state in State:
        assert (state in states.UNFINISHED) + state.is_over + (state is State.HELD) == 1, state


@pytest.mark.parametrize("copied", [False, True])
@pytest.mark.parametrize("view", states.VIEWS)
def test_a_view_holds_its_states(ledger: Ledger, view: str, copied: bool) -> None:
    used = ledger.scratch() if copied else ledger
    rows = used.db.rows(f"SELECT state FROM {view}")  # noqa: S608 - from the code
    assert {State(row["state"]) for row in rows} == SETS[view]
    if copied:
        used.close()


@pytest.mark.parametrize("view", states.VIEWS)
def test_a_view_is_read_by_an_index_of_what_is_not_settled(ledger: Ledger, view: str) -> None:
    sql = f"EXPLAIN QUERY PLAN SELECT id FROM {view} WHERE state='held'"  # noqa: S608
    (row,) = ledger.db.rows(sql)
    assert "unsettled" in row["detail"] or "open_deliveries" in row["detail"]


def test_nothing_of_the_views_is_in_the_file(ledger: Ledger) -> None:
    assert not ledger.db.rows("SELECT name FROM main.sqlite_master WHERE type='view'")
