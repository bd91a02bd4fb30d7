"""A fresh rig for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.slack.api import SlackSandbox
from tests.e2e.hands import VARIABLE, Hands
from tests.e2e.rig import DIVISION, TOKEN, Rig

DIVISIONS = (DIVISION, 234567, 345678)


@pytest.fixture
def hands(tmp_path: Path) -> Iterator[Hands]:
    """A clock of the rig's own: what asks for it does not wait for pauses."""
    made = Hands(tmp_path / "hands")
    yield made
    made.close()


@pytest.fixture
def real_time() -> None:
    """The real clock, for one test of a module that asks for hands."""


@pytest.fixture
def rig(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Rig]:
    """One division, one channel `#feed`, logged in, the first run done."""
    asked = set(request.fixturenames)
    hands = (
        request.getfixturevalue("hands") if asked & {"hands", "real_time"} == {"hands"} else None
    )
    with (
        hands.exact(DIVISIONS) if hands else ExactSandbox(divisions=DIVISIONS) as exact,
        hands.slack(TOKEN) if hands else SlackSandbox(token=TOKEN) as slack,
    ):
        slack.store.add_channel("feed")
        made = Rig(tmp_path, exact, slack)
        if hands:
            made.environment[VARIABLE] = str(hands.path)
        made.write_config()
        made.log_in()
        yield made
