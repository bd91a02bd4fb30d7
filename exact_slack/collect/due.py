"""What is worth a call now: the rule of `poll --due`, and nothing but the rule.

A change waits for half an interval on the average, so reading kind i every T_i costs
sum(rate_i * T_i / 2) of waiting and sum(1 / T_i) of calls. For a given number of calls the waiting
is least where T_i goes with 1 / sqrt(rate_i): four times the changes, twice the readings. The same
holds between two hours of a day as between two kinds. So every interval is c / sqrt(rate), and the
one number c is chosen such that the readings up to the end of Exact's day (midnight UTC) cost what
the day has left. It is worked out anew each minute: what look-ups, webhooks or a person's commands
use meanwhile makes c larger, and nothing has to be guessed right.

What waits while nobody is at work keeps nobody waiting. So a change counts by its hour's weight
(see `Habits.weights`), which takes the calls of the night to the day.

Cron runs by the minute, so an interval is whole minutes: n where the exact one lies between the
roots of (n - 1) n and of n (n + 1), as a call more then saves less than it saves elsewhere.

No estimate can starve a kind: none waits longer than the bound (`poll_at_least_every`), whatever
the rates and the budget say. A kind whose webhooks arrive is read at the bound alone, to see that
they still do. A kind that could not be read is tried again within minutes. Nothing but the time of
a reading is ever decided here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from operator import mul

from exact_slack.documents.kinds import Kind

CRON = 60.0
"""Seconds between two runs: no interval is shorter."""
AGAIN = 300.0
"""Seconds after which what failed is tried again, at the latest."""
Place = tuple[int, Kind]
"""A kind in a division."""
_LOOK_UPS = 0.5
"""Calls that a change costs beside the reading that finds it, for its link or its account: of the
usual kinds some cost one, most none."""


@dataclass(frozen=True, slots=True)
class Kindred:
    """A kind in a division. Times are seconds since 1970, rates changes an hour."""

    rates: Sequence[float]
    """Of this hour, and of each that follows up to the end of Exact's day."""
    read_at: float | None
    """When it was read last; None where it never was."""
    tried_at: float = 0.0
    """When that was tried last, also in vain."""
    has_webhooks: bool = False
    """Whether webhooks tell of its changes, as far as anybody can see."""


@dataclass(frozen=True, slots=True)
class Day:
    """What is left of Exact's day in one division."""

    calls: float
    hours: Sequence[float]
    """How much of this hour is left, and of each that follows; the first is less than 1."""
    weights: Sequence[float]
    """What a change counts for in each of them: 1 while people are at work."""
    bound: float
    """The longest interval, in seconds: a minute less than the config says, as cron is exact to
    that."""


def intervals(kinds: Mapping[str, Kindred], day: Day) -> dict[str, float]:
    """Seconds from one reading of each kind to the next, now."""
    c = _common(kinds, day)
    return {
        name: _interval(_root(kindred, 0, day), c, day.bound) for name, kindred in kinds.items()
    }


def due_at(kindred: Kindred, interval: float) -> float:
    """When it is to be read next; 0 where it never was. Half a minute early counts as due, or a
    reading that took a second would put off the next one by a whole minute."""
    if kindred.read_at is None:
        return kindred.tried_at + min(interval, AGAIN) - CRON / 2 if kindred.tried_at else 0.0
    due = kindred.read_at + interval - CRON / 2
    if kindred.tried_at > kindred.read_at:
        due = max(due, kindred.tried_at + min(interval, AGAIN) - CRON / 2)
    return due


def _common(kinds: Mapping[str, Kindred], day: Day) -> float:
    """The c of all intervals, found by halving: the larger it is, the fewer calls they cost."""
    changes = sum(sum(map(mul, kindred.rates, day.hours)) for kindred in kinds.values())
    spendable = day.calls - _LOOK_UPS * changes - sum(day.hours)  # deletions: one an hour
    hours = [
        (part * 3600, _root(kindred, hour, day))
        for kindred in kinds.values()
        for hour, part in enumerate(day.hours)
    ]
    low, high = 0.0, day.bound * max((root for _, root in hours), default=0.0)  # all at the bound
    for _ in range(20):
        middle = (low + high) / 2
        if sum(part / _interval(root, middle, day.bound) for part, root in hours) > spendable:
            low = middle
        else:
            high = middle
    return high


def _root(kindred: Kindred, hour: int, day: Day) -> float:
    return 0.0 if kindred.has_webhooks else sqrt(max(kindred.rates[hour], 0.0) * day.weights[hour])


def _interval(root: float, c: float, bound: float) -> float:
    if c >= bound * root:
        return bound
    exact = c / root / CRON
    return min(max(ceil(sqrt(exact * exact + 0.25) - 0.5), 1) * CRON, bound)
