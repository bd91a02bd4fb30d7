"""The rule of what is due: whatever it is told, no kind is starved and no day is overspent."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_slack.collect.due import AGAIN, CRON, Day, Kindred, due_at, intervals

NOW, BOUND = 1_795_766_400.0, 840.0
HOURS = st.integers(1, 24)
RATES = st.floats(0, 1e6, allow_nan=False)


@st.composite
def days(draw: st.DrawFn) -> tuple[dict[str, Kindred], Day]:
    hours = draw(HOURS)
    first = draw(st.floats(0.01, 1.0))
    kinds = {
        f"kind {number}": Kindred(
            draw(st.lists(RATES, min_size=hours, max_size=hours)),
            draw(st.none() | st.floats(NOW - 1e7, NOW)),
            draw(st.sampled_from([0.0, NOW])),
            has_webhooks=draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 11)))
    }
    left = draw(st.floats(-1e4, 2e4))
    weights = draw(st.lists(st.floats(0, 1), min_size=hours, max_size=hours))
    bound = draw(st.floats(CRON, 86_400.0))
    return kinds, Day(left, [first, *[1.0] * (hours - 1)], weights, bound)


@given(days())
def test_no_estimate_and_no_budget_starves_a_kind(given_: tuple[dict[str, Kindred], Day]) -> None:
    kinds, day = given_
    for name, interval in intervals(kinds, day).items():
        assert CRON <= interval <= day.bound
        at = due_at(kinds[name], interval)
        if kinds[name].read_at is None:
            assert at <= (NOW + AGAIN if kinds[name].tried_at else 0)
        else:
            assert at <= max((kinds[name].read_at or 0) + day.bound, NOW + AGAIN)


@given(days())
def test_a_day_is_not_overspent_but_for_the_bound(given_: tuple[dict[str, Kindred], Day]) -> None:
    kinds, day = given_
    even = {name: Kindred([one.rates[0]] * len(day.hours), NOW) for name, one in kinds.items()}
    found = intervals(even, replace(day, weights=[day.weights[0]] * len(day.hours)))
    readings = sum(sum(day.hours) * 3600 / interval for interval in found.values())
    at_bound = sum(sum(day.hours) * 3600 / day.bound for _ in found)
    assert readings <= max(day.calls, at_bound) * 1.01 + 1


def _day(calls: float, hours: int = 24, bound: float = BOUND) -> Day:
    return Day(calls, [1.0] * hours, [1.0] * hours, bound)


def test_intervals_go_with_the_inverse_root_of_the_rate() -> None:
    rates = {"rare": 1.0, "usual": 4.0, "often": 16.0}
    kinds = {name: Kindred([rate] * 24, NOW) for name, rate in rates.items()}
    found = intervals(kinds, _day(700, bound=10 * BOUND))
    assert found["rare"] == pytest.approx(2 * found["usual"], abs=1.5 * CRON)
    assert found["usual"] == pytest.approx(2 * found["often"], abs=1.5 * CRON)


@pytest.mark.parametrize("calls", [600, 1000, 1500, 2500, 4000])
def test_no_other_intervals_for_the_same_calls_wait_less(calls: float) -> None:
    """Wherever a minute is taken, it saves no more a call than any other minute does."""
    rates = {"rare": 1.0, "usual": 6.0, "often": 20.0}
    kinds = {name: Kindred([rate] * 24, NOW) for name, rate in rates.items()}
    found = intervals(kinds, _day(calls, bound=BOUND * 4))

    def saves(name: str, minutes: float) -> float:
        """Waiting per call, where that many minutes are made one less."""
        return rates[name] / (1 / (minutes - 1) - 1 / minutes)

    each = {name: interval / CRON for name, interval in found.items()}
    would_save = [saves(name, minutes) for name, minutes in each.items() if minutes > 1]
    does_save = [saves(name, minutes + 1) for name, minutes in each.items()]
    assert max(would_save, default=0.0) <= min(does_save) * 1.001


def test_what_nobody_waits_for_leaves_its_calls_to_the_day() -> None:
    rates = {"one": Kindred([30.0] * 20, NOW)}
    night, day = [0.01] * 10, [1.0] * 10
    even = intervals(rates, Day(900, [1.0] * 20, [1.0] * 20, BOUND))["one"]
    assert intervals(rates, Day(900, [1.0] * 20, night + day, BOUND))["one"] > 3 * even
    assert intervals(rates, Day(900, [1.0] * 20, day + night, BOUND))["one"] < even


def test_busy_hours_get_more_than_calm_ones() -> None:
    night = intervals({"one": Kindred([1.0] * 12 + [36.0] * 12, NOW)}, _day(900))["one"]
    noon = intervals({"one": Kindred([36.0] * 12, NOW)}, _day(700, 12))["one"]
    assert night > 3 * noon


def test_without_history_they_are_even() -> None:
    found = intervals({str(n): Kindred([0.3] * 24, NOW) for n in range(11)}, _day(4000))
    assert len(set(found.values())) == 1


def test_a_spent_day_leaves_the_bound() -> None:
    found = intervals({"one": Kindred([50.0] * 24, NOW)}, _day(-100))
    assert found["one"] == pytest.approx(BOUND, rel=0.01)


def test_a_kind_with_webhooks_leaves_its_calls_to_others() -> None:
    def both(*, told: bool) -> dict[str, float]:
        return intervals(
            {
                "told": Kindred([30.0] * 24, NOW, has_webhooks=told),
                "other": Kindred([30.0] * 24, NOW),
            },
            _day(1900),
        )

    assert both(told=True)["told"] == BOUND
    assert both(told=True)["other"] < both(told=False)["other"]


def test_what_failed_is_tried_again_soon_but_not_each_minute() -> None:
    failed = Kindred([1.0], NOW - 2000, NOW)
    assert NOW + CRON < due_at(failed, BOUND) <= NOW + AGAIN
    assert due_at(Kindred([1.0], NOW, NOW - 5), BOUND) == NOW + BOUND - CRON / 2
