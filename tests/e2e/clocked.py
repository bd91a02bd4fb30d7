"""The rig with a clock that a test sets: the flow runs in this process, and sleeping moves the
hands only. Times are those of Amsterdam."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.clock import Clock
from exact_slack.config.load import load
from exact_slack.runs.poll import PollOptions, poll
from exact_slack.runs.status import status
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.slack.api import SlackSandbox
from tests.e2e.rig import DIVISION, TOKEN, Rig

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONE = "timezone: Europe/Amsterdam\n"


class SetClock(Clock):
    """Stands where it was set; sleeping moves it on."""

    def __init__(self, text: str) -> None:
        self.set(text)

    def set(self, text: str) -> None:
        self.seconds = datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).timestamp()

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += max(seconds, 0.0)


class ClockedRig(Rig):
    """A rig whose runs happen in this process, at the time that the clock says."""

    clock: SetClock

    def go(self, when: str = "", **options: Any) -> Summary:
        """A poll at this time (or as the clock stands)."""
        if when:
            self.clock.set(when)
        done = self.with_customer(lambda c: poll(c, PollOptions(**options)))
        assert isinstance(done, Summary)
        return done

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.with_customer(lambda customer: status(customer).as_json())
        return found

    def with_customer(self, work: Any) -> Any:
        customer = Customer(load(self.config), self.clock)
        try:
            return work(customer)
        finally:
            customer.close()


Made = TypeVar("Made", bound=ClockedRig)


@contextmanager
def clocked(folder: Path, start: str, routes: str, extra: str = "") -> Iterator[ClockedRig]:
    """A customer whose first run was at `start`."""
    with clocked_as(ClockedRig, folder, start, routes, extra) as made:
        yield made


@contextmanager
def clocked_as(
    rig: type[Made], folder: Path, start: str, routes: str, extra: str = ""
) -> Iterator[Made]:
    """The same with a rig that knows more."""
    clock = SetClock(start)
    with (
        ExactSandbox(
            divisions=(DIVISION, 234567), clock=lambda: clock.now(), limits_on=False
        ) as exact,
        SlackSandbox(token=TOKEN, limits=False) as slack,
    ):
        slack.store.add_channel("feed")
        made = rig(folder, exact, slack, routes=routes, extra=ZONE + extra)
        made.clock = clock
        made.write_config()
        made.log_in()
        made.go()
        yield made
