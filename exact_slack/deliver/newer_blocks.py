"""Types of blocks that Slack rolls out in phases: a workspace may refuse them.

What was refused is remembered for a week in the ledger, which is that of one workspace. The same
content then goes out in plain blocks, and only if those are refused as text."""

import re
from collections.abc import Sequence

from exact_slack.clock import Clock
from exact_slack.ledger.ledger import Ledger
from exact_slack.slack.outcome import Outcome

NEWER = frozenset({"container", "data_table", "data_visualization"})
_BAD = frozenset({"invalid_blocks", "invalid_blocks_format", "invalid_arguments"})
_WEEK = 7 * 86400.0
_POINTER = re.compile(r"/blocks/(\d+)")


class NewerBlocks:
    """Which of them this workspace refuses."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def refused(self) -> frozenset[str]:
        """The types that are not to be tried now."""
        now = self._clock.now()
        return frozenset(
            kind for kind in NEWER if 0 <= now - self._ledger.moment(_fact(kind)) < _WEEK
        )

    def learn(self, outcome: Outcome, sent: Sequence[str]) -> bool:
        """Whether a refusal may be about one of them, among the types that were sent; it is
        remembered: that one if Slack points to it, else all of them."""
        newer = [kind for kind in sent if kind in NEWER]
        if outcome.error not in _BAD or not newer:
            return False
        places = [int(place) for place in _POINTER.findall(outcome.detail)]
        pointed = {sent[place] for place in places if place < len(sent)}
        if pointed and not pointed & NEWER:
            return False
        for kind in pointed & NEWER or set(newer):
            self._ledger.set_fact(_fact(kind), str(self._clock.now()))
        return True


def _fact(kind: str) -> str:
    return f"refused block {kind}"
