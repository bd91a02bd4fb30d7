"""The planner of a run that may find nothing to plan: it is loaded when there is something. Most
runs of a cron job find nothing, and what they do not need they do not load."""

from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from exact_slack.app.summary import Summary
from exact_slack.config.model import Config
from exact_slack.ledger.ledger import Ledger

if TYPE_CHECKING:
    from exact_slack.plan.planner import Planner

_TOMORROW = timedelta(days=1)
"""A day judged that is further ahead is that of a clock which was set back since."""


class LatePlanner:
    """Plans one run; `run` is that run's number, None where nothing is to be sent."""

    def __init__(
        self, config: Config, ledger: Ledger, summary: Summary, run: int | None = None
    ) -> None:
        self._config = config
        self._ledger = ledger
        self._summary = summary
        self._run = run

    @cached_property
    def planner(self) -> "Planner":
        """For a document that was read."""
        from exact_slack.plan.planner import Planner
        from exact_slack.plan.planning import Planning

        return Planner(Planning.of(self._config, self._ledger, self._run), self._summary)

    def reroute(self, today: date, now: float) -> None:
        """See Planner; and what an exception compares with is kept from the first run on."""
        if self._config.asked_exceptions():
            from exact_slack.plan.kept import keep

            keep(self._config, self._ledger)
        if not self._nothing_waits():
            self.planner.reroute(today, now)

    def fall_due(self, today: date, now: float) -> None:
        """See Planner: once a day."""
        judged = self._ledger.due.judged_until()
        if judged is None or not today <= judged <= today + _TOMORROW:
            self.planner.fall_due(today, now)

    def tell_floods(self, now: float) -> None:
        """See Planner: of what is held."""
        if not self._ledger.backlog.is_empty():
            self.planner.tell_floods(now)

    def _nothing_waits(self) -> bool:
        ledger = self._ledger
        return ledger.backlog.is_empty() and not (
            ledger.digests.collecting() or ledger.channels.parked()
        )
