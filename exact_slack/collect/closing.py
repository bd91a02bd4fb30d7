"""Which of Exact's periods are closed, asked at most twice a day: what is dated in one that was
closed when it was entered is backdated."""

from datetime import timedelta

from exact_slack.app.today import today
from exact_slack.collect.exact_now import ExactNow
from exact_slack.collect.reading import Reading
from exact_slack.collect.refusals import Refusals
from exact_slack.documents.exceptions import Question
from exact_slack.errors import ExactSlackError, LoginNeeded
from exact_slack.exact.errors import ExactRefused

_AFTER = timedelta(days=31)
"""A period that ended longer ago is left as it was."""
_EVERY = 12 * 3600.0
"""Seconds from one question to the next; twice as long after a day's two."""


class Closing:
    """Asks when it is time."""

    def __init__(self, reading: Reading, exact_now: ExactNow) -> None:
        self._config = reading.config
        self._ledger = reading.ledger
        self._reader = reading.reader
        self._clock = reading.clock
        self._summary = reading.summary
        self._exact_now = exact_now
        self._refusals = Refusals(reading)
        self._wanted = Question.CLOSED_PERIODS in reading.config.questions()

    def run(self, division: int) -> None:
        """Ask for a division, if it is time."""
        fact, now = f"closed periods {division}", self._clock.now()
        rest = self._ledger.moment(fact) - now
        if (
            not self._wanted
            or 0 < rest <= 2 * _EVERY
            or self._refusals.stands(division, Question.CLOSED_PERIODS)
        ):
            return
        try:
            calls = self._ask(division)
        except LoginNeeded:
            raise
        except ExactRefused as error:
            self._refusals.add(division, Question.CLOSED_PERIODS, error)
        except ExactSlackError as error:
            self._summary.problem(error)
        else:
            self._ledger.set_fact(fact, str(now + _EVERY * calls))

    def _ask(self, division: int) -> int:
        """The calls that it took, but for further pages."""
        periods, day, calls = self._ledger.periods, today(self._config, self._clock), 1
        calendar = periods.ending_from(division, day - _AFTER)
        if not any(seen.period.holds(day) for seen in calendar):
            fresh = self._reader.financial_periods(division, day.year)
            with self._ledger.transaction():
                periods.set(division, fresh)
            calendar, calls = periods.ending_from(division, day - _AFTER), 2
        begun = [seen.period for seen in calendar if seen.period.begin <= day]
        if begun:
            closed, said_at = self._reader.closed_periods(division, begun)
            at = self._exact_now.at(said_at)
            with self._ledger.transaction():
                for period in begun:
                    is_closed = (period.year, period.number) in closed
                    periods.closed(division, period, at if is_closed else None)
        return calls
