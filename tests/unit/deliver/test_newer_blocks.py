"""What a workspace refuses is remembered for a week, in its ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.clock import Clock
from exact_slack.deliver.newer_blocks import NEWER, NewerBlocks
from exact_slack.ledger.ledger import Ledger
from exact_slack.slack.outcome import Outcome, Result

DAY = 86_400.0
INVALID = "invalid_blocks"


class Hands(Clock):
    """Stands where it was set."""

    seconds = 1_795_514_700.0

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    yield made
    made.close()


def _refused(detail: str = "", error: str = INVALID) -> Outcome:
    return Outcome(Result.RECORD, error=error, detail=detail)


@pytest.mark.parametrize("kind", sorted(NEWER))
def test_what_is_refused_is_not_tried_for_a_week(ledger: Ledger, kind: str) -> None:
    clock = Hands()
    blocks = NewerBlocks(ledger, clock)
    assert blocks.learn(_refused(), ["header", kind])
    clock.seconds += 7 * DAY - 1
    assert NewerBlocks(ledger, clock).refused() == {kind}
    clock.seconds += 2
    assert blocks.refused() == frozenset()


@pytest.mark.parametrize(
    ("detail", "learned"),
    [
        ("unsupported type: container [json-pointer:/blocks/2/type]", {"container"}),
        ("must be [json-pointer:/blocks/2/child_blocks/0/elements]", {"container"}),
        ("must be [json-pointer:/blocks/0/text/text]", set()),
        ("", {"container", "data_table"}),
    ],
)
def test_only_the_block_that_slack_points_to_is_refused(
    ledger: Ledger, detail: str, learned: set[str]
) -> None:
    blocks = NewerBlocks(ledger, Hands())
    assert blocks.learn(_refused(detail), ["header", "data_table", "container"]) is bool(learned)
    assert blocks.refused() == learned


def test_a_refusal_of_something_else_says_nothing_of_it(ledger: Ledger) -> None:
    blocks = NewerBlocks(ledger, Hands())
    assert not blocks.learn(_refused(error="msg_blocks_too_long"), ["container"])
    assert not blocks.learn(_refused(), ["header", "table"])
    assert blocks.refused() == frozenset()
