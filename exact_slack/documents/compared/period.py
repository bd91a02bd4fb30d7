"""A financial period, and when it was first seen to be closed."""

import datetime as dt
from dataclasses import dataclass

from exact_slack.documents.moment import ServerMs


@dataclass(frozen=True, slots=True)
class Period:
    """A financial period, as Exact has it: the last day belongs to it."""

    year: int
    number: int
    begin: dt.date
    end: dt.date

    @property
    def name(self) -> str:
        """As Exact counts: 2026/10."""
        return f"{self.year}/{self.number}"

    def holds(self, day: dt.date | None) -> bool:
        """Whether a day is one of its days."""
        return day is not None and self.begin <= day <= self.end


@dataclass(frozen=True, slots=True)
class SeenPeriod:
    """`closed`: when every journal of it was first seen to be; None while one is open."""

    period: Period
    closed: ServerMs | None = None
