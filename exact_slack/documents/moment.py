"""Moments of Exact's own clock."""

from datetime import UTC, date, datetime, timedelta
from typing import NewType

ServerMs = NewType("ServerMs", int)
"""Milliseconds of Exact's own wall clock, written as if it were UTC, just as Exact sends them.
Our own moments are seconds since 1970, as `float`."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(moment: ServerMs | None) -> date | None:
    """The day on that clock."""
    return None if moment is None else (_EPOCH + timedelta(milliseconds=moment)).date()
