"""The rule of what is due: whatever it is told, no kind is starved and no day is overspent."""

from itertools import pairwise

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
    return kinds, Day(left, [first, *[1.0] * (hours - 1)], draw(st.floats(CRON, 86_400.0)))


@given(days())
def test_no_estimate_and_no_budget_starves_a_kind(given_: tuple[dict[str, Kindred], Day]) -> None:
    kinds, day = given_
    for name, interval in intervals(kinds, day).items():
        assert CRON <= interval <= day.bound
        at = due_at(kinds[name], interval)
        if kinds[name].read_at is None:
            assert at == 0
        else:
            assert at <= max((kinds[name].read_at or 0) + day.bound, NOW + AGAIN)


@given(days())
def test_a_day_is_not_overspent_but_for_the_bound(given_: tuple[dict[str, Kindred], Day]) -> None:
    kinds, day = given_
    even = {name: Kindred([one.rates[0]] * len(day.hours), NOW) for name, one in kinds.items()}
    found = intervals(even, day)
    readings = sum(sum(day.hours) * 3600 / interval for interval in found.values())
    at_bound = sum(sum(day.hours) * 3600 / day.bound for _ in found)
    assert readings <= max(day.calls, at_bound) * 1.01 + 1


def _day(calls: float, hours: int = 24) -> Day:
    return Day(calls, [1.0] * hours, BOUND)


def test_intervals_go_with_the_inverse_root_of_the_rate() -> None:
    rates = {"rare": 1.0, "usual": 4.0, "often": 16.0}
    found = intervals({n: Kindred([r] * 24, NOW) for n, r in rates.items()}, _day(1500))
    assert found["rare"] / found["usual"] == pytest.approx(2.0, rel=0.01)
    assert found["usual"] / found["often"] == pytest.approx(2.0, rel=0.01)


def test_no_other_intervals_for_the_same_calls_wait_less() -> None:
    rates = {"rare": 1.0, "usual": 6.0, "often": 20.0}
    found = intervals({n: Kindred([r] * 24, NOW) for n, r in rates.items()}, _day(1500))

    def waits(each: dict[str, float]) -> float:
        return sum(rates[name] * interval / 2 for name, interval in each.items())

    calls = sum(1 / interval for interval in found.values())
    for one, other in pairwise([*found, *found]):
        for share in (0.9, 1.1):
            moved = dict(found)
            moved[one] *= share
            rest = calls - sum(1 / t for name, t in moved.items() if name != other)
            moved[other] = 1 / rest
            assert waits(moved) >= waits(found)


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
