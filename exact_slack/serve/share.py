"""The share of Exact's calls that webhooks may use: what is left belongs to the polls.

Exact gives an app 60 calls a minute and 5,000 a day in a division (its API limits article), and a
notification costs whoever sends it nothing. So fetching is paced over the minute, and of the day it
takes what the polls will not need until it ends."""

import time
from collections.abc import Callable
from math import ceil

from exact_slack.app.allowance import calls_left, schedule
from exact_slack.app.customer import Customer
from exact_slack.app.reserve import reserve
from exact_slack.exact.wire.budget import A_DAY

_BURST, _A_SECOND = 10.0, 0.5
"""Calls at once, and calls a second after that: at most 40 in any minute, which leaves 20."""
_POLLS_A_DAY = 0.6
"""The polls' part of the day while their schedule is not known yet."""
LOOK_AGAIN = 900.0
"""Seconds after which to see whether the day has calls for webhooks again: the polls need fewer
with every hour."""


class Share:
    """One process's fetches. The minute goes by a clock that nobody sets."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._left: dict[int, tuple[float, float]] = {}
        """Per division: calls that may be made, and when that was worked out."""

    def wait(self, division: int) -> float:
        """Seconds until the next call; 0 where it may be made now."""
        return max((1.0 - self._now(division)) / _A_SECOND, 0.0)

    def use(self, division: int, calls: int) -> None:
        """So many calls were made."""
        self._left[division] = (self._now(division) - calls, self._seconds())

    def _now(self, division: int) -> float:
        left, at = self._left.get(division, (_BURST, self._seconds()))
        return min(left + (self._seconds() - at) * _A_SECOND, _BURST)


def day_allows(customer: Customer, division: int) -> bool:
    """Whether the day has calls for webhooks beside those that the polls will need."""
    costs = schedule(customer)
    a_day = costs.calls_per_day if costs else A_DAY * _POLLS_A_DAY
    of_day = 1.0 - customer.clock.now() % 86400 / 86400  # Exact's day ends at midnight UTC
    kept = min(ceil(a_day * of_day), A_DAY) + reserve(customer.config) // 5
    return calls_left(customer, division) > kept
