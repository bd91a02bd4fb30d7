"""Named points at which a test may kill the process. Outside the tests a point does nothing.

The crash tests set `EXACT_SLACK_FAILPOINT` to `NAME` or `NAME:N` (at the Nth time), several
separated by commas; a test in the same process sets `hook` instead."""

import os
import signal
from collections.abc import Callable
from functools import cache

POINTS = (
    "after_page",
    "after_page_commit",
    "after_claim",
    "after_call",
    "after_record",
    "after_look_up",
    "before_refresh",
    "after_refresh",
    "after_token_saved",
)
"""Every point of every poll, in its order; the last three are in the renewal of a token."""

REPORT_POINTS = ("before_report", "after_report")
"""Passed only where a report is due: around the transaction that holds it."""

CLOSE_POINTS = ("before_close", "after_close")
"""Passed only where a close is due: around the transaction that holds how it stands."""

FILE_POINTS = ("after_upload",)
"""Passed only where a file goes into a thread."""

TRIAGE_POINTS = ("in_reading", "after_reading", "in_daily", "after_daily")
"""Passed only where an item stands otherwise than before, and where time brings something."""

SERVE_POINTS = ("before_accept", "after_accept", "after_fetch", "after_take_in")
"""Those of `serve` alone; it shares the rest from `after_claim` on."""

hook: Callable[[str], None] | None = None
_hits: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Die here, by SIGKILL, where that is asked for."""
    if hook is not None:
        hook(name)
    if not _wanted():
        return
    _hits[name] = _hits.get(name, 0) + 1
    for wanted in _wanted():
        point, _, nth = wanted.partition(":")
        if point == name and _hits[name] == int(nth or 1):
            os.kill(os.getpid(), signal.SIGKILL)


@cache
def _wanted() -> tuple[str, ...]:
    return tuple(filter(None, os.environ.get("EXACT_SLACK_FAILPOINT", "").split(",")))
