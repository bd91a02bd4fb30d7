"""Exact's times."""

import datetime as dt

import pytest

from exact_slack.documents.moment import ServerMs
from exact_slack.exact.times import date_from_wire, literal, ms_from_wire, server_time_ms


def test_a_time_goes_round_unchanged() -> None:
    # the pair recorded in Exact's own $skiptoken
    assert literal(ms_from_wire("/Date(1537503535617)/")) == "datetime'2018-09-21T04:18:55.617'"


def test_a_literal_always_has_milliseconds() -> None:
    assert literal(ServerMs(0)) == "datetime'1970-01-01T00:00:00.000'"


def test_times_before_1970_are_negative() -> None:
    assert ms_from_wire("/Date(-86400000)/") == -86_400_000
    assert date_from_wire("/Date(-86400000)/") == dt.date(1969, 12, 31)


def test_a_date_is_not_shifted() -> None:
    assert date_from_wire("/Date(1795478400000)/") == dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    "text", ["2026-11-24T08:15:02", "2026-11-24T08:15:02Z", "2026-11-24T08:15:02+01:00"]
)
def test_the_servers_time_is_taken_as_it_stands(text: str) -> None:
    assert literal(server_time_ms(text)) == "datetime'2026-11-24T08:15:02.000'"


@pytest.mark.parametrize("text", ["", "now", "/Date()/", "/Date(99999999999999999)/"])
def test_what_is_no_time_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        date_from_wire(text)
