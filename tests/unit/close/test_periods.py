"""Which period is meant: Exact's own, whatever the calendar says."""

from datetime import date, timedelta
from typing import Any

import pytest

from exact_slack.close.periods import chosen, periods, year_of
from exact_slack.documents.compared.period import Period
from exact_slack.errors import BadRequest, PersonNeeded

TODAY = date(2026, 11, 3)


def months(year: int, first: int = 1) -> list[Period]:
    """Twelve periods from a month on."""
    begins = [date(year + (first - 1 + n) // 12, (first - 1 + n) % 12 + 1, 1) for n in range(13)]
    return [
        Period(year, n, begin, begins[n] - timedelta(days=1))
        for n, begin in enumerate(begins[:-1], start=1)
    ]


def four_weeks(year: int) -> list[Period]:
    """Thirteen periods of four weeks."""
    begins = [date(year, 1, 1) + timedelta(weeks=4 * n) for n in range(14)]
    return [
        Period(year, n, begin, begins[n] - timedelta(days=1))
        for n, begin in enumerate(begins[:-1], start=1)
    ]


@pytest.mark.parametrize(
    ("found", "text", "name"),
    [
        (months(2026), "2026-10", "2026/10"),
        (months(2026), "2026/10", "2026/10"),
        (months(2026), "", "2026/10"),
        (months(2026, first=4), "2026-10", "2026/7"),
        (months(2026, first=4), "2027-01", "2026/10"),
        (four_weeks(2026), "2026-10", "2026/11"),
        (four_weeks(2026), "2026/13", "2026/13"),
        (four_weeks(2026), "", "2026/10"),
    ],
)
def test_the_period_that_is_meant(found: list[Period], text: str, name: str) -> None:
    assert chosen(found, text, TODAY, 1).name == name


@pytest.mark.parametrize("text", ["2026/14", "2024-10"])
def test_one_that_exact_does_not_have_is_told(text: str) -> None:
    with pytest.raises(PersonNeeded, match="has no period"):
        chosen(four_weeks(2026), text, TODAY, 1)


@pytest.mark.parametrize("text", ["2026-13", "october", "2026-10-01", "26/1", "0000-01"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        year_of(text, TODAY)


def _row(number: int, begin: int, end: int) -> dict[str, object]:
    day = 86_400_000
    days = {"StartDate": f"/Date({begin * day})/", "EndDate": f"/Date({end * day})/"}
    return {"FinYear": 2026, "FinPeriod": number, **days}


def test_a_row_that_stands_there_twice_is_one_and_two_that_differ_are_told() -> None:
    assert len(periods(1, [_row(1, 0, 30), _row(1, 0, 30), _row(2, 31, 58)])) == 2
    with pytest.raises(PersonNeeded, match="twice"):
        periods(1, [_row(1, 0, 30), _row(1, 0, 31)])


def test_rows_without_days_are_none() -> None:
    rows: list[dict[str, Any]] = [
        {"FinYear": 2026, "FinPeriod": 1},
        _row(2, 58, 31),
        {"FinPeriod": None},
    ]
    assert periods(1, rows) == []
