"""Moments of Exact's own clock."""

from typing import NewType

ServerMs = NewType("ServerMs", int)
"""Milliseconds of Exact's own wall clock, written as if it were UTC, just as Exact sends them.
Our own moments are seconds since 1970, as `float`."""
