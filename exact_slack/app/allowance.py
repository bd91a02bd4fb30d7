"""Before it runs, a poll knows the calls it needs and has: 60 a minute and 5,000 a day for an app
in a division (Exact's API limits article; what the headers say wins)."""

import itertools
from dataclasses import dataclass
from statistics import mean, median

from exact_slack.app.customer import Customer
from exact_slack.app.reserve import reserve
from exact_slack.config.match import matches
from exact_slack.config.model import Config
from exact_slack.config.values import seconds
from exact_slack.documents.kinds import Kind
from exact_slack.errors import TemporaryError
from exact_slack.exact.errors import SPENT
from exact_slack.exact.wire.budget import A_DAY
from exact_slack.ledger.ledger import Run

_POLLS = 50
"""So many of the latest polls say what the schedule costs."""
_ENOUGH, _LONG_ENOUGH, _CRON = 3, 1800.0, 60.0
"""Fewer polls, or all within half an hour, tell how somebody tries it and not how cron runs it; so
does a shorter gap than cron knows."""
CONTRACT_A_DAY = 20_000
"""Fair use for all apps of a contract together (Exact's API limits article; facts, section on
limits)."""
_FOR_POLLS = 0.4
"""Of a division's day."""
BY_PLAN, PLAN_IS_TOLD = "polls by plan", 3600.0
"""The fact that `poll --due` runs, and after how many seconds that is told again."""


def calls_left(customer: Customer, division: int) -> int:
    """What is left of the day: as Exact said last, else what the ledger counts."""
    customer.exact.adopt_limits(division)
    left = customer.calls.day_left(division, customer.clock.now())
    if left is not None:
        return left
    made, _ = customer.ledger.cursors.calls(customer.utc_day()).get(division, (0, None))
    return max(A_DAY - made, 0)


def calls_to_spare(customer: Customer, division: int) -> int:
    """What is left for work that can wait: the polls of a day keep their part of it."""
    left = calls_left(customer, division)
    rates = customer.calls.rates.get(division)
    a_day = rates.day_limit if rates and rates.day_limit else A_DAY
    return max(left - reserve(customer.config) - int(_FOR_POLLS * a_day), 0)


def by_route(config: Config, kinds: tuple[Kind, ...]) -> list[Kind]:
    """The kinds in the order in which the routes name them: what comes first matters most."""
    ordered: list[Kind] = []
    for route in config.routes:
        for kind in kinds:
            named = route.when.kind is None or matches(route.when.kind, kind.value)
            if named and kind not in ordered:
                ordered.append(kind)
    return ordered


@dataclass(frozen=True, slots=True)
class Allowance:
    """Which kinds of a division are read now, and why others wait."""

    kinds: tuple[Kind, ...]
    waiting: TemporaryError | None = None


def allow(customer: Customer, division: int, kinds: tuple[Kind, ...]) -> Allowance:
    """Each kind needs a call at least; where fewer are left than that and the reserve, those that
    the later routes name wait."""
    left, kept = calls_left(customer, division), reserve(customer.config)
    room = max(left - kept, 0)
    if room >= len(kinds):
        return Allowance(kinds)
    chosen = set(by_route(customer.config, kinds)[:room])
    later = ", ".join(kind for kind in kinds if kind not in chosen)
    waiting = TemporaryError(
        f"Division {division}: {left} calls to Exact are left today, {kept} of them are kept for "
        f"webhooks and logins; {later} wait.",
        "They go on after midnight UTC.",
        cause=SPENT,
        subject=str(division),
    )
    return Allowance(tuple(kind for kind in kinds if kind in chosen), waiting)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the present schedule costs a division a day."""

    calls_per_poll: float
    polls_per_day: float
    calls_per_day: int
    fits: bool


def rhythm(customer: Customer) -> float | None:
    """Seconds from one poll to the next; None while there are too few to say."""
    return _rhythm(customer.ledger.recent_polls(_POLLS))


def _rhythm(polls: list[Run]) -> float | None:
    starts = [poll.started_at for poll in polls]
    if len(starts) < _ENOUGH or starts[0] - starts[-1] < _LONG_ENOUGH:
        return None
    gaps = [later - earlier for later, earlier in itertools.pairwise(starts)]
    real = [gap for gap in gaps if gap >= _CRON]
    return median(real) if len(real) >= _ENOUGH - 1 else None


def schedule(customer: Customer) -> Schedule | None:
    """From the latest polls that asked Exact something; None while there are too few to say."""
    polls = [poll for poll in customer.ledger.recent_polls(_POLLS) if _calls(poll)]
    gap = _rhythm(polls)
    if gap is None:
        return None
    calls = mean(map(_calls, polls)) * _largest_share(customer)
    a_day = 86400 / gap
    cost, most = int(calls * a_day), A_DAY - reserve(customer.config)
    fits = cost <= most
    if abs(customer.clock.now() - customer.ledger.moment(BY_PLAN)) < 2 * PLAN_IS_TOLD:
        # `poll --due` spends what there is, and no more but for what the bound asks
        bound = at_bound(customer.config)
        cost = max(min(cost, most), bound)
        fits = cost <= most and bound * len(customer.config.exact.divisions) <= CONTRACT_A_DAY
    return Schedule(round(calls, 1), round(a_day, 1), cost, fits)


def at_bound(config: Config) -> int:
    """Calls a day that a division costs if each kind is read as seldom as `poll_at_least_every`
    lets `poll --due` do."""
    longest = max(seconds(config.poll_at_least_every) - _CRON, _CRON)
    return int(len(config.read_kinds()) * 86_400 / longest)


def too_often(config: Config) -> str:
    """Where that alone is more than Exact allows: so many calls; else ""."""
    divisions, calls = len(config.exact.divisions), at_bound(config)
    if calls <= A_DAY - reserve(config) and calls * divisions <= CONTRACT_A_DAY:
        return ""
    return (
        f"{config.path}: poll_at_least_every: with {config.poll_at_least_every}, `poll --due` "
        f"spends {calls * divisions:,} calls a day, {calls:,} in each division; Exact allows "
        f"{CONTRACT_A_DAY:,} for all apps of a contract, {A_DAY:,} for an app in a division. Set a "
        "longer time, or take kinds out of the routes."
    )


def _calls(poll: Run) -> float:
    return float(str(poll.summary.get("exact_calls", 0)))


def _largest_share(customer: Customer) -> float:
    """How much of all calls the division makes that needs most: it is the first to run out."""
    divisions = customer.config.exact.divisions
    used = customer.ledger.cursors.calls(customer.utc_day())
    made = [used.get(division, (0, None))[0] for division in divisions]
    return max(made) / sum(made) if sum(made) else 1 / len(divisions)
