"""What a monitor compares with an hour ago: sums that outlive the process and every retention."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from exact_slack.ledger.schema.database import Database


class Counter(StrEnum):
    """What is counted. The label of a row is a kind of document, or a bucket's upper bound."""

    POSTED = "posted"
    EDITED = "edited"
    EXACT_CALLS = "exact calls"
    SLACK_CALLS = "slack calls"
    DELAY = "delay"
    """Seconds from `Modified` in Exact to the message that tells of it."""
    WEBHOOK_LAG = "webhook lag"
    """Seconds from a notification to its document having been read."""


BUCKETS = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 3600.0, 14400.0, 86400.0, inf)
"""Upper bounds of the buckets of a distribution, in seconds."""
_SUM = "sum"


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many values were at most as large as each bound, and the sum of all."""

    up_to: tuple[int, ...]
    total: float

    @property
    def count(self) -> int:
        """All of them."""
        return self.up_to[-1]


class Counters:
    """The table `counters`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, counter: Counter, n: float, label: str = "") -> None:
        """So many more, in the transaction that makes it true."""
        self._db.run(
            "INSERT INTO counters VALUES (?,?,?)"
            " ON CONFLICT (name, label) DO UPDATE SET n=n+excluded.n",
            counter.value,
            label,
            n,
        )

    def observe(self, counter: Counter, seconds: float) -> None:
        """One more value of a distribution. One clock may be ahead of another: none is below 0."""
        seconds = max(seconds, 0.0)
        bound = next(bound for bound in BUCKETS if seconds <= bound)
        self.add(counter, 1, str(bound))
        self.add(counter, seconds, _SUM)

    def by_label(self, counter: Counter) -> dict[str, float]:
        """What was counted, by its label."""
        rows = self._db.rows("SELECT label, n FROM counters WHERE name=?", counter.value)
        return {str(row["label"]): float(row["n"]) for row in rows}

    def total(self, counter: Counter) -> float:
        """What was counted, whatever its label."""
        return sum(self.by_label(counter).values())

    def distribution(self, counter: Counter) -> Distribution:
        """The values that were observed."""
        values = self.by_label(counter)
        return Distribution(tuple(_up_to(values)), values.get(_SUM, 0.0))


def _up_to(values: dict[str, float]) -> Iterator[int]:
    so_far = 0
    for bound in BUCKETS:
        so_far += int(values.get(str(bound), 0))
        yield so_far
