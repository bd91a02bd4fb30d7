"""A fresh rig for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.sandbox.exact_api import ExactSandbox
from exact_slack.sandbox.slack_api import SlackSandbox
from tests.e2e.rig import DIVISION, TOKEN, Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """One division, one channel `#feed`, logged in, the first run done."""
    with (
        ExactSandbox(divisions=(DIVISION, 234567, 345678)) as exact,
        SlackSandbox(token=TOKEN) as slack,
    ):
        slack.store.add_channel("feed")
        made = Rig(tmp_path, exact, slack)
        made.write_config()
        made.log_in()
        yield made
