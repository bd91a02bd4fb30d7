"""What the words of `--since`, `--until` and `--verify` mean, and what day it is."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from exact_slack.app.today import today
from exact_slack.collect.window import NEWS, Now, Window, first_after, ms, parse
from exact_slack.config.load import load
from exact_slack.documents.moment import ServerMs
from exact_slack.errors import BadRequest
from exact_slack.exact.times import DEEP_OVERLAP_MS, OVERLAP_MS
from tests.unit.exact_support import FakeClock

SERVER = datetime(2026, 11, 28, 12, 0)  # noqa: DTZ001 - Exact's wall clock, an hour before UTC
UTC_NOW = datetime(2026, 11, 28, 11, 0, 3)  # noqa: DTZ001 - likewise: clocks differ a bit
NOW = Now(SERVER, UTC_NOW, ZoneInfo("Europe/Amsterdam"))


def _at(text: str) -> ServerMs:
    return ms(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("word", "until"),
    [
        ("7d", "2026-11-21T12:00:00.999"),
        ("12h", "2026-11-28T00:00:00.999"),
        ("2026-11-24T12:00", "2026-11-24T12:00:00.999"),
        ("2026-11-24T12:00+02:00", "2026-11-24T11:00:00.999"),
        ("2026-11-24T12:00Z", "2026-11-24T13:00:00.999"),
        ("2026-11-24", "2026-11-24T23:59:59.999"),
        ("2026-10", "2026-10-31T23:59:59.999"),
    ],
)
def test_until_is_the_moment_that_the_word_names(word: str, until: str) -> None:
    assert Window.given(None, word, NOW) == Window(None, _at(until))


@pytest.mark.parametrize(
    ("word", "since"),
    [
        ("7d", "2026-11-21T12:00"),
        ("2026-11-24T12:00", "2026-11-24T12:00"),
        ("2026-11-24T12:00+05:30", "2026-11-24T07:30"),
        ("2026-11-24T12:00-05:00", "2026-11-24T18:00"),
        ("2026-11-24", "2026-11-24T00:00"),
        ("2026-10", "2026-10-01T00:00"),
    ],
)
def test_since_is_where_the_word_begins(word: str, since: str) -> None:
    assert Window.given(word, None, NOW) == Window(_at(since), None)


@pytest.mark.parametrize(
    ("zone", "word", "begin", "end"),
    [
        ("Europe/Amsterdam", "2026-11-24T12:00", "2026-11-24T12:00", "2026-11-24T12:00:00.999"),
        ("America/New_York", "2026-11-24T12:00", "2026-11-24T18:00", "2026-11-24T18:00:00.999"),
        ("UTC", "2026-11-24T12:00", "2026-11-24T13:00", "2026-11-24T13:00:00.999"),
        ("UTC", "2026-07-24T12:00", "2026-07-24T14:00", "2026-07-24T14:00:00.999"),
        ("Asia/Kolkata", "2026-11-24T12:00", "2026-11-24T07:30", "2026-11-24T07:30:00.999"),
        ("America/New_York", "2026-11-24", "2026-11-24T06:00", "2026-11-25T05:59:59.999"),
        ("America/New_York", "2026-10", "2026-10-01T06:00", "2026-11-01T04:59:59.999"),
        ("Asia/Tokyo", "2026-11", "2026-10-31T16:00", "2026-11-30T15:59:59.999"),
        ("Asia/Tokyo", "7d", "2026-11-21T12:00", "2026-11-21T12:00:00.999"),
        ("Asia/Tokyo", "2026-11-24T12:00Z", "2026-11-24T13:00", "2026-11-24T13:00:00.999"),
    ],
)
def test_a_time_without_an_offset_is_the_configs(
    zone: str, word: str, begin: str, end: str
) -> None:
    now = Now(SERVER, UTC_NOW, ZoneInfo(zone))
    assert Window.given(word, word, now) == Window(_at(begin), _at(end))


@pytest.mark.parametrize(
    ("hours", "zone", "july"),
    [
        (0, "Europe/London", "2026-07-24T12:00"),  # shows London's time now
        (-5, "America/New_York", "2026-07-24T12:00"),
        (1, "America/New_York", "2026-07-24T18:00"),  # shows Amsterdam's
        (4, "America/New_York", "2026-07-24T20:00"),  # nobody's that is known: as now
    ],
)
def test_a_summer_asked_for_in_winter(hours: int, zone: str, july: str) -> None:
    now = Now(UTC_NOW + timedelta(hours=hours), UTC_NOW, ZoneInfo(zone))
    assert Window.given("2026-07-24T12:00", None, now) == Window(_at(july), None)


@pytest.mark.parametrize("word", ["0001-01-01", "9999-12-31T23:00", "0001-01", "9999-12"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_no_zone_leads_out_of_the_calendar(word: str, zone: str) -> None:
    with pytest.raises(ValueError, match="a calendar knows"):
        parse(word, Now(SERVER, UTC_NOW, ZoneInfo(zone)))


def test_a_period_of_a_duration_ends_now() -> None:
    assert parse("7d", NOW).end == ms(SERVER) + 999
    assert parse("2026-10", NOW).end == _at("2026-10-31T23:59:59.999")


def test_an_end_before_the_begin_is_refused() -> None:
    with pytest.raises(BadRequest, match="--until 7d lies before --since 1d"):
        Window.given("1d", "7d", NOW)


def test_a_begin_that_has_not_begun_is_refused() -> None:
    with pytest.raises(BadRequest, match="--since 2999-12: that has not begun yet"):
        Window.given("2999-12", None, NOW)


@pytest.mark.parametrize(
    ("window", "whole"),
    [
        (Window(), True),
        (Window(since=ServerMs(1)), False),
        (Window(until=ServerMs(1)), False),
        (Window(ServerMs(1), ServerMs(2)), False),
    ],
)
def test_only_a_reading_without_bounds_counts_as_the_deep_one(window: Window, whole: bool) -> None:
    assert window.whole is whole


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/Amsterdam", 29), ("UTC", 28), ("America/New_York", 28), ("Asia/Tokyo", 29)],
)
def test_today_is_the_day_of_the_configs_timezone(zone: str, day: int) -> None:
    config = load(Path("config.example.yaml")).model_copy(update={"timezone": zone})
    clock = FakeClock(datetime(2026, 11, 28, 23, 30, tzinfo=UTC).timestamp())
    assert today(config, clock) == date(2026, 11, day)


@pytest.mark.parametrize(
    "folder", ["cli", "close", "collect", "deliver", "inspect", "reports", "runs", "serve"]
)
def test_nobody_else_asks_which_day_it_is(folder: str) -> None:
    """One `today`: `serve`, `replay` and `verify` took the day of UTC once."""
    for module in Path("exact_slack", folder).rglob("*.py"):
        assert "UTC).date()" not in module.read_text(), module
        assert "zone()).date()" not in module.read_text(), module


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("back", [-10, -1, 0, 1, 5, 60, 1440])
def test_no_reading_begins_after_the_overlap_of_its_cursor(back: int, deep: bool) -> None:
    cursor = 1_795_514_700_000
    overlap = DEEP_OVERLAP_MS if deep else OVERLAP_MS
    window = Window(since=ServerMs(cursor - back * 60_000))
    assert NEWS.after(ServerMs(cursor), deep=deep) == cursor - overlap
    assert window.after(ServerMs(cursor), deep=deep) <= cursor - overlap
    assert window.after(ServerMs(cursor), deep=deep) < (window.since or 0)
    assert first_after(ServerMs(cursor)) < NEWS.after(ServerMs(cursor), deep=True)
