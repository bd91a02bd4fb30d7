"""Questions beside a reading that Exact refused: they are left alone for a while."""

from exact_slack.collect.reading import Reading
from exact_slack.errors import ExactSlackError

Rests = dict[tuple[int, str], float]
"""Until when a look-up of a division is left alone: Exact blocks an app after ten refusals an
hour."""
_REST = 3600.0
_REFUSED = "refused"


class Refusals:
    """What was refused is not asked for a week. With `rests`, as `serve` has them, it is kept there
    and for an hour only: the next poll meets it, and tells of it where it is seen."""

    def __init__(self, reading: Reading, rests: Rests | None = None) -> None:
        self._cursors = reading.ledger.cursors
        self._clock = reading.clock
        self._summary = reading.summary
        self._rests = rests

    def stands(self, division: int, what: str) -> bool:
        """Whether it was refused lately."""
        now = self._clock.now()
        if self._rests is not None and 0 < self._rests.get((division, what), 0.0) - now <= _REST:
            return True
        return _REFUSED in self._cursors.capabilities(division, what, now)

    def add(self, division: int, what: str, error: ExactSlackError, *, told: bool = True) -> None:
        """It was refused now. `told`: whether anybody hears of it."""
        now = self._clock.now()
        if self._rests is None:
            self._cursors.add_capability(division, what, _REFUSED, now)
        else:
            self._rests[division, what] = now + _REST
        if told:
            self._summary.problem(error)
