"""Named points at which a test may kill the process. Without `EXACT_SLACK_FAILPOINT` (set by
the crash tests only) a point costs one look-up in an empty tuple."""

import os
import signal

_WANTED = tuple(filter(None, os.environ.get("EXACT_SLACK_FAILPOINT", "").split(",")))
_hits: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Die here, by SIGKILL, where `NAME` or `NAME:N` (at the Nth time) is asked for."""
    if not _WANTED:
        return
    _hits[name] = _hits.get(name, 0) + 1
    for wanted in _WANTED:
        point, _, nth = wanted.partition(":")
        if point == name and _hits[name] == int(nth or 1):
            os.kill(os.getpid(), signal.SIGKILL)
