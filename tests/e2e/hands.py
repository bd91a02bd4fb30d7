"""A clock that a test and the commands it starts have in common: a pause moves its hands, for all
of them, and takes no time. What is kept between two posts is kept by this clock on both sides.

Tests of the pace itself, of several processes at once and of `serve` go by the real one."""

import fcntl
import os
import struct
import time
from collections.abc import Iterable
from pathlib import Path

from exact_slack.clock import Clock
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.limits import SlackLimits
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.workspace import DEFAULT_SCOPES

VARIABLE = "EXACT_SLACK_TEST_HANDS"
"""Names the file to the process of a command."""
_AHEAD = struct.Struct("d")


class Hands:
    """How far ahead the clock is, in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stood: float | None = None
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if not os.fstat(self._file).st_size:
            os.pwrite(self._file, _AHEAD.pack(0.0), 0)

    def close(self) -> None:
        os.close(self._file)

    def now(self) -> float:
        began = time.time() if self._stood is None else self._stood
        return began + self._ahead()

    def stand(self, moment: float) -> None:
        """From now on it is that moment until somebody sleeps, for this process: what a busy
        machine takes for its work is no time."""
        self._stood = moment - self._ahead()

    def sleep(self, seconds: float) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        os.pwrite(self._file, _AHEAD.pack(self._ahead() + max(seconds, 0.0)), 0)
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def _ahead(self) -> float:
        ahead: float = _AHEAD.unpack(os.pread(self._file, _AHEAD.size, 0))[0]
        return ahead

    # -- who goes by it ----------------------------------------------------------------------

    def exact(self, divisions: tuple[int, ...]) -> ExactSandbox:
        return ExactSandbox(divisions=divisions, clock=self.now)

    def slack(self, token: str, scopes: Iterable[str] = DEFAULT_SCOPES) -> SlackSandbox:
        made = SlackSandbox(store=SlackStore(token, scopes, clock=self.now))
        made.limits = SlackLimits(clock=self.now)
        made.events.clock = self.now
        return made


def obey(path: str) -> Hands:
    """From now on this process, that of a command, goes by these hands."""
    hands = Hands(Path(path))

    def now(self: Clock) -> float:
        return hands.now()

    def sleep(self: Clock, seconds: float) -> None:
        hands.sleep(seconds)

    setattr(Clock, "now", now)  # noqa: B010 - mypy does not let a method be assigned
    setattr(Clock, "sleep", sleep)  # noqa: B010
    return hands
