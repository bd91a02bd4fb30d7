"""How often each kind changes: learnt by hours of the week, and forgotten slowly."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.incoming.rhythm import WEEK, Rhythm, hour_of
from exact_slack.ledger.ledger import Ledger

DIVISION, KIND, OTHER = 1, Kind.PURCHASE_ENTRY, Kind.PAYMENT
MONDAY = 2961 * WEEK + 4 * 24  # the hour in which a Monday begins
HOUR = 3_600_000


@pytest.fixture
def rhythm(tmp_path: Path) -> Iterator[Rhythm]:
    ledger = Ledger(tmp_path / "state")
    with ledger.transaction():
        yield ledger.rhythm
    ledger.close()


def change(rhythm: Rhythm, hour: int, times: int, kind: Kind = KIND) -> None:
    """So many changes, a minute apart."""
    moments = [ServerMs(hour * HOUR + minute * 60_000) for minute in range(times)]
    rhythm.add(DIVISION, kind, moments, hour * 3600)


def expected(rhythm: Rhythm, hour: int, kind: Kind = KIND) -> float:
    return rhythm.of(DIVISION, hour).rates([kind], 1)[kind][0]


def test_hours_and_days_of_the_week_are_those_of_the_calendar() -> None:
    assert hour_of(1_795_424_400_000) == 2968 * WEEK + 4 * 24 + 9  # Monday 23 November 2026, 09:00


def test_before_anything_is_known_all_kinds_are_even_and_offices_work_by_day(
    rhythm: Rhythm,
) -> None:
    for hour in (MONDAY + 10, MONDAY + 3):
        assert expected(rhythm, hour) == expected(rhythm, hour, OTHER)
    assert expected(rhythm, MONDAY + 10) > 5 * expected(rhythm, MONDAY + 3)
    assert expected(rhythm, MONDAY + 5 * 24 + 10) == expected(rhythm, MONDAY + 3)  # a Saturday


def test_what_changes_often_is_known_within_hours(rhythm: Rhythm) -> None:
    rhythm.begin(DIVISION, KIND, MONDAY)
    rhythm.begin(DIVISION, OTHER, MONDAY)
    for hour in (8, 9, 10):
        change(rhythm, MONDAY + hour, 20)
    assert expected(rhythm, MONDAY + 11) > 10 * expected(rhythm, MONDAY + 11, OTHER)


def test_the_hour_of_the_week_counts_more_with_every_week(rhythm: Rhythm) -> None:
    rhythm.begin(DIVISION, KIND, MONDAY)
    found = []
    for week in range(5):
        change(rhythm, MONDAY + week * WEEK + 2, 40)  # an import at night
        found.append(expected(rhythm, MONDAY + (week + 1) * WEEK + 2))
    assert found == sorted(found)
    assert 25 < found[-1] <= 41
    assert expected(rhythm, MONDAY + 5 * WEEK + 4) < 3


def test_a_month_changes_a_habit(rhythm: Rhythm) -> None:
    rhythm.begin(DIVISION, KIND, MONDAY)
    for week in range(5):
        change(rhythm, MONDAY + week * WEEK + 10, 30)
    before = expected(rhythm, MONDAY + 5 * WEEK + 10)
    assert expected(rhythm, MONDAY + 9 * WEEK + 10) < before / 2


def test_a_thousand_rows_of_one_import_are_one_thing_to_notice(rhythm: Rhythm) -> None:
    at = ServerMs(MONDAY * HOUR)
    rhythm.add(DIVISION, KIND, [ServerMs(at + n) for n in range(1000)], MONDAY * 3600)
    assert rhythm.of(DIVISION, MONDAY).counts == {(KIND.value, MONDAY % WEEK): 1.0}


def test_a_date_far_ahead_and_one_far_back_spoil_nothing(rhythm: Rhythm) -> None:
    change(rhythm, MONDAY, 10)
    now = MONDAY * 3600.0
    rhythm.add(DIVISION, KIND, [ServerMs((MONDAY + 50 * WEEK) * HOUR)], now)
    rhythm.add(DIVISION, KIND, [ServerMs((MONDAY - 50 * WEEK) * HOUR)], now)
    assert rhythm.of(DIVISION, MONDAY).counts[KIND.value, MONDAY % WEEK] == pytest.approx(10, 0.01)


def test_an_hour_outside_the_office_counts_as_far_as_people_are_at_work(rhythm: Rhythm) -> None:
    rhythm.begin(DIVISION, KIND, MONDAY)
    for day in (24 * (day + 7 * week) for week in range(4) for day in range(5)):
        for hour, times in {7: 5, **dict.fromkeys(range(8, 18), 20), 20: 50}.items():
            change(rhythm, MONDAY + day + hour, times)
    habits = rhythm.of(DIVISION, MONDAY + 4 * WEEK)
    weights = habits.weights(habits.rates([KIND, OTHER], 24))
    assert weights[8:18] == [1.0] * 10
    assert weights[3] < weights[7] < 1
    assert weights[20] == 1.0  # a shift, as busy as the office


def test_before_anything_is_known_the_office_alone_counts(rhythm: Rhythm) -> None:
    habits = rhythm.of(DIVISION, MONDAY)
    weights = habits.weights(habits.rates([KIND, OTHER], 24))
    assert [weight == 1.0 for weight in weights] == [8 <= hour < 18 for hour in range(24)]
    assert max(weights[:8]) < 0.01


@pytest.mark.parametrize("division", [DIVISION, DIVISION + 1])
def test_a_kind_or_division_that_is_added_later_starts_as_all_did(
    rhythm: Rhythm, division: int
) -> None:
    now = MONDAY + 4 * WEEK
    first = expected(rhythm, now + 10)
    rhythm.begin(DIVISION, KIND, MONDAY)
    for week in range(4):
        change(rhythm, MONDAY + week * WEEK + 10, 20)
    rhythm.begin(division, OTHER, now + 10)
    rates = rhythm.of(division, now + 10).rates([OTHER], 1)[OTHER]
    assert rates == [pytest.approx(first, 0.01)]


def test_what_an_earlier_version_learnt_is_kept(rhythm: Rhythm) -> None:
    rhythm.begin(DIVISION, KIND, MONDAY)
    for week in range(4):
        change(rhythm, MONDAY + week * WEEK + 10, 20)
    now = MONDAY + 4 * WEEK + 10
    before = expected(rhythm, now)
    facts = f"rhythm since {DIVISION} {KIND.value}"
    rhythm._db.run("UPDATE facts SET name='rhythm since' WHERE name=?", facts)
    assert expected(rhythm, now) == before
    change(rhythm, now, 1)
    assert expected(rhythm, now) == pytest.approx(before, 0.1)


@pytest.mark.parametrize("since", ["", "soon", "inf", "-9" * 300, "9" * 4999, "1.5"])
@pytest.mark.parametrize("n", [float("inf"), -1.0, 1e300])
def test_what_is_damaged_was_not_learnt(rhythm: Rhythm, since: str, n: float) -> None:
    change(rhythm, MONDAY, 10)
    rhythm._db.run("UPDATE facts SET value=? WHERE name LIKE 'rhythm%'", since)
    rhythm._db.run("UPDATE rhythm SET n=?", n)
    assert 0 < expected(rhythm, MONDAY + 10) < 100
