"""The planner of a run that may find nothing to plan: it is loaded when there is something. Most
runs of a cron job find nothing, and what they do not need they do not load."""

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from exact_slack.app.summary import Summary
from exact_slack.config.model import Config
from exact_slack.ledger.ledger import Ledger

if TYPE_CHECKING:
    from exact_slack.plan.planner import Planner


class LatePlanner:
    """Of one run; `run` is its number, None where nothing is to be sent."""

    def __init__(
        self, config: Config, ledger: Ledger, summary: Summary, run: int | None = None
    ) -> None:
        self._config = config
        self._ledger = ledger
        self._summary = summary
        self._run = run

    @cached_property
    def planner(self) -> "Planner":
        """The planner, from the first time on that it is asked for."""
        from exact_slack.plan.planner import Planner
        from exact_slack.plan.planning import Planning

        return Planner(Planning.of(self._config, self._ledger, self._run), self._summary)

    def load(self) -> None:
        """Before the ledger is locked: it takes a moment, in which others would have to wait."""
        _ = self.planner

    def keep_past(self) -> None:
        """What an exception compares with is kept from the first run on that has it."""
        if self._config.asked_exceptions():
            from exact_slack.plan.kept import keep

            keep(self._config, self._ledger)

    @property
    def must_reroute(self) -> bool:
        """Whether anything waits that may have to go elsewhere."""
        ledger = self._ledger
        return not ledger.backlog.is_empty() or bool(
            ledger.digests.any_collecting() or ledger.channels.parked()
        )

    def must_fall_due(self, today: date) -> bool:
        """Whether due dates were not looked at today."""
        return not self._ledger.due.is_judged(today)

    @property
    def must_tell_floods(self) -> bool:
        """Whether anything may be held."""
        return not self._ledger.backlog.is_empty()
