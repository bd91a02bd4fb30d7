"""Whether there is anything to plan, asked of a ledger with damaged records in it."""

from datetime import date
from pathlib import Path

import pytest

from exact_slack.app.summary import Summary
from exact_slack.config.load import load
from exact_slack.ledger.ledger import Ledger
from exact_slack.plan.late import LatePlanner

TODAY = date(2026, 11, 24)
CONFIG = """\
exact: {region: nl, divisions: [1], client_id: a, client_secret: b, redirect_uri: "https://x.example"}
slack: {token: xoxb-1}
routes: [{name: all, channel: "#feed"}]
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "state")


def late(tmp_path: Path, ledger: Ledger) -> LatePlanner:
    path = tmp_path / "acme.yaml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    return LatePlanner(load(path), ledger, Summary())


@pytest.mark.parametrize("said", ["", "never", 7, 4.5])
def test_a_day_that_is_none_is_looked_at_again(
    tmp_path: Path, ledger: Ledger, said: object
) -> None:
    ledger.db.run("INSERT INTO facts VALUES ('due_judged', ?)", said)
    assert late(tmp_path, ledger).must_fall_due(TODAY)
    ledger.due.judged(TODAY)
    assert not late(tmp_path, ledger).must_fall_due(TODAY)


def test_nothing_waits_in_a_new_ledger(tmp_path: Path, ledger: Ledger) -> None:
    asked = late(tmp_path, ledger)
    assert not (asked.must_reroute or asked.must_tell_floods)
