"""One GET: retries, refusals, limits, and where a token may go."""

import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock
from freezegun import freeze_time

from exact_slack.clock import Clock
from exact_slack.errors import LoginNeeded, TemporaryError
from exact_slack.exact.errors import (
    DayUsedUp,
    DivisionDenied,
    ExactRefused,
    NotLicensed,
    ScopeMissing,
    UserBlocked,
)
from exact_slack.exact.wire.budget import CallCounter, RateState, is_daily, wait_after
from tests.unit.exact_support import (
    API,
    DIVISION,
    TOKEN_URL,
    FakeClock,
    make_client,
)

PATH = "purchaseentry/PurchaseEntries"
URL = f"{API}/{DIVISION}/{PATH}"
NO_LISTS: tuple[Any, ...] = (
    None,
    5,
    1.5,
    "x",
    True,
    {},
    {"A": 1},
    {"results": None},
    {"results": 5},
    {"results": {"A": 1}},
)
NO_ANSWERS: tuple[Any, ...] = (None, 5, "d", [], True, [{"d": []}])
ROWS = {"d": {"results": [{"A": 1.10}]}}


def get(tmp_path: Path, *answers: Any, clock: FakeClock | None = None) -> Any:
    with requests_mock.Mocker() as web:
        web.get(URL, list(answers))
        return make_client(tmp_path, clock or FakeClock()).get(DIVISION, PATH, {})


@pytest.mark.parametrize(
    ("payload", "rows", "following"),
    [
        ({"d": {"results": [{"A": 1}], "__next": "https://x/"}}, [{"A": 1}], "https://x/"),
        ({"d": {"results": []}}, [], None),
        ({"d": [{"A": 1}]}, [{"A": 1}], None),
        ({"d": []}, [], None),
        ({"d": [None, 5, {"A": 1}]}, [{}, {}, {"A": 1}], None),
    ],
)
def test_every_shape_of_an_answer(
    tmp_path: Path, payload: Any, rows: list[Any], following: str | None
) -> None:
    answer = get(tmp_path, {"json": payload})
    assert (answer.rows, answer.next) == (rows, following)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('{"A": "a\tb\nc\u0001d"}', {"A": "a\tb\nc\x01d"}),
        ('{"A": 1e1000000}', {"A": Decimal("1e1000000")}),
        ('{"A": 1e99999999999999999999}', {"A": "1e99999999999999999999"}),
        ('{"A": ' + "7" * 4301 + "}", {"A": Decimal("7" * 4301)}),
        ('{"A": NaN}', {"A": None}),
        ('{"A": "\\ud800"}', {"A": "\ud800"}),
    ],
)
def test_nothing_in_a_row_makes_the_page_unreadable(
    tmp_path: Path, text: str, row: dict[str, Any]
) -> None:
    assert get(tmp_path, {"text": '{"d": [' + text + "]}"}).rows == [row]


def test_money_is_never_a_float(tmp_path: Path) -> None:
    assert get(tmp_path, {"text": '{"d":[{"A":0.1}]}'}).rows == [{"A": Decimal("0.1")}]


def test_the_request_is_as_exact_wants_it(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(URL, json=ROWS)
        make_client(tmp_path, FakeClock()).get(
            DIVISION, PATH, {"$filter": "Modified gt datetime'2026-11-24T08:00:01.617'"}
        )
        sent = web.request_history[0]
    assert sent.headers["Authorization"] == "Bearer access-1"
    assert sent.headers["Accept"] == "application/json"
    assert sent.timeout == (10, 60)
    assert "?$filter=Modified%20gt%20datetime%272026-11-24T08%3A00%3A01.617%27" in sent.url


@pytest.mark.parametrize(
    "bad",
    [
        {"status_code": 503, "text": "<html>Server maintenance</html>"},
        {"status_code": 500, "json": {"error": {"message": {"value": "Invalid: x"}}}},
        {"status_code": 200, "text": "<html>", "headers": {"Content-Type": "application/json"}},
        {"status_code": 200, "text": "hello", "headers": {"Content-Type": "text/html"}},
        {"status_code": 200, "text": ""},
        {"status_code": 200, "text": '{"d": {"results": [{"A"'},
        {"status_code": 200, "json": {"error": "no"}},
        *[{"status_code": 200, "json": {"d": one}} for one in NO_LISTS],
        *[{"status_code": 200, "json": one} for one in NO_ANSWERS],
        {"status_code": 200, "text": '{"d":' + "[" * 100_000},
        {"status_code": 302, "headers": {"Location": "https://elsewhere.example.com"}},
        {"exc": requests.exceptions.ConnectionError},
        {"exc": requests.exceptions.ChunkedEncodingError},
    ],
)
def test_a_hiccup_is_tried_once_more_and_then_told(tmp_path: Path, bad: dict[str, Any]) -> None:
    clock = FakeClock()
    assert get(tmp_path, bad, {"json": ROWS}, clock=clock).rows == [{"A": Decimal("1.1")}]
    assert clock.slept == [2.0]
    with pytest.raises(TemporaryError, match=f"{PATH} in division {DIVISION}"):
        get(tmp_path, bad, bad, {"json": ROWS})


@pytest.mark.parametrize(
    ("status", "reason", "text", "kind", "told"),
    [
        (403, "NoDivisionAccess", "", DivisionDenied, "no access to the division"),
        (403, "DivisionBlocked: busy", "", DivisionDenied, "blocked"),
        (403, "BlockedUser", "", UserBlocked, "blocked"),
        (403, "LicenseExpired", "", NotLicensed, "expired"),
        (
            403,
            "",
            "Forbidden - Application Scope Violated. Cannot read 'financial.accounting' scope.",
            ScopeMissing,
            'lacks the scope financial.accounting.*Tick "Financial accounting"',
        ),
        (403, "", "Your license does not include this module", NotLicensed, "take the kind out"),
        (403, "", "", ExactRefused, 'tick "Financial accounting"'),
        (404, "", "", ExactRefused, "exact.divisions"),
        (400, "", "Please add a $select", ExactRefused, "Please add a"),
    ],
)
def test_a_refusal_says_where_why_and_the_cure(
    tmp_path: Path, status: int, reason: str, text: str, kind: type[ExactRefused], told: str
) -> None:
    body = {"error": {"code": "", "message": {"lang": "", "value": text}}}
    with requests_mock.Mocker() as web:
        web.get(URL, status_code=status, headers={"Reason": reason}, json=body)
        with pytest.raises(ExactRefused, match=told) as caught:
            make_client(tmp_path, FakeClock()).get(DIVISION, PATH, {})
        assert web.call_count == 1
    assert type(caught.value) is kind
    assert f"{PATH} in division {DIVISION}" in str(caught.value)
    assert (caught.value.status, caught.value.text) == (status, text)


def test_a_401_renews_the_token_once(tmp_path: Path) -> None:
    new = {"access_token": "access-2", "expires_in": "600", "refresh_token": "refresh-2"}
    with requests_mock.Mocker() as web:
        web.get(URL, [{"status_code": 401}, {"json": ROWS}])
        web.post(TOKEN_URL, json=new)
        make_client(tmp_path, FakeClock()).get(DIVISION, PATH, {})
        assert web.request_history[-1].headers["Authorization"] == "Bearer access-2"


def test_a_401_for_a_new_token_asks_for_a_login(tmp_path: Path) -> None:
    new = {"access_token": "access-2", "expires_in": "600", "refresh_token": "refresh-2"}
    with requests_mock.Mocker() as web:
        web.get(URL, status_code=401)
        token = web.post(TOKEN_URL, json=new)
        with pytest.raises(LoginNeeded, match="exact-slack auth exact"):
            make_client(tmp_path, FakeClock()).get(DIVISION, PATH, {})
        assert token.call_count == 1


def test_a_401_for_a_token_that_has_not_expired_is_temporary(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(URL, status_code=401)
        web.post(TOKEN_URL, status_code=400, headers={"Reason": "TooEarlyToRefreshTokens"})
        with pytest.raises(TemporaryError, match="not expired"):
            make_client(tmp_path, FakeClock()).get(DIVISION, PATH, {})


def test_the_next_page_is_fetched_by_its_address_unchanged(tmp_path: Path) -> None:
    url = f"{URL}?$orderby=Modified%20asc&$skiptoken=datetime'2018-09-21T04%3A18%3A55.617',guid'x'"
    with requests_mock.Mocker() as web:
        web.get(URL, json=ROWS)
        make_client(tmp_path, FakeClock()).follow(DIVISION, url)
        assert web.request_history[0].url == url


@pytest.mark.parametrize(
    "url",
    [
        f"https://evil.example.com/api/v1/{DIVISION}/x/Y",
        f"http://start.exactonline.nl/api/v1/{DIVISION}/x/Y",
        f"https://start.exactonline.nl:8443/api/v1/{DIVISION}/x/Y",
        f"https://start.exactonline.nl@evil.example.com/api/v1/{DIVISION}/x/Y",
        f"https://evil.example.com\\@start.exactonline.nl/api/v1/{DIVISION}/x/Y",
        f"//evil.example.com/api/v1/{DIVISION}/x/Y",
        f"/api/v1/{DIVISION}/x/Y",
        "https://start.exactonline.nl/api/v1/999999/x/Y",
        f"https://start.exactonline.nl/api/v1/{DIVISION}/../999999/x/Y",
        "https://start.exactonline.nl/api/oauth2/token",
        "https://[",
        "https://[::1",
        f"{API}/{DIVISION}/x/Y?\ud800",
        f"{API}/{DIVISION}/x/Y?\x1b[31m",
        f"{API}/{DIVISION}/x/Y?a\x7fb",
    ],
)
def test_a_next_page_elsewhere_never_gets_the_token(tmp_path: Path, url: str) -> None:
    with requests_mock.Mocker() as web:
        web.get(requests_mock.ANY, json=ROWS)
        with pytest.raises(TemporaryError, match="not followed"):
            make_client(tmp_path, FakeClock()).follow(DIVISION, url)
        assert web.call_count == 0


def test_the_log_has_neither_query_nor_token(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "exact_slack.exact"), requests_mock.Mocker() as web:
        web.get(URL, json=ROWS)
        make_client(tmp_path, FakeClock()).get(DIVISION, PATH, {"$filter": "secret-value"})
    assert PATH in caplog.text
    assert str(DIVISION) in caplog.text
    assert "secret-value" not in caplog.text
    assert "access-1" not in caplog.text


def headers(**values: str) -> dict[str, str]:
    return {f"X-RateLimit-{name.replace('_', '-')}": value for name, value in values.items()}


FULL_MINUTE = headers(Minutely_Remaining="0", Minutely_Limit="60")
FULL_DAY = headers(Remaining="0", Limit="5000")


@pytest.mark.parametrize("limit", [FULL_MINUTE, {}, headers(Remaining="")])
def test_a_full_minute_waits_for_the_next(tmp_path: Path, limit: dict[str, str]) -> None:
    clock = FakeClock(1_795_500_041.0)
    full = {"status_code": 429, "headers": limit}
    get(tmp_path, full, {"json": ROWS}, clock=clock)
    assert clock.slept == [60 - 1_795_500_041 % 60 + 0.5]


def test_a_full_minute_three_times_ends_the_run(tmp_path: Path) -> None:
    clock = FakeClock()
    full = {"status_code": 429, "headers": {}}
    with pytest.raises(TemporaryError, match="this minute"):
        get(tmp_path, full, full, full, {"json": ROWS}, clock=clock)
    assert len(clock.slept) == 2


def test_a_full_day_ends_the_division_at_once_and_without_asking_again(tmp_path: Path) -> None:
    clock = FakeClock()
    with requests_mock.Mocker() as web:
        web.get(URL, status_code=429, headers=FULL_DAY)
        client = make_client(tmp_path, clock)
        for _ in range(2):
            with pytest.raises(DayUsedUp, match=f"used up for division {DIVISION}"):
                client.get(DIVISION, PATH, {})
        assert web.call_count == 1
    assert clock.slept == []


def test_both_families_are_read_and_absent_is_not_zero(tmp_path: Path) -> None:
    counts = CallCounter()
    day = headers(Limit="5000", Remaining="4766", Reset="1795564800000")
    minute = headers(Minutely_Remaining="58", Minutely_Reset="1795500060000")
    with requests_mock.Mocker() as web:
        web.get(URL, [{"json": ROWS, "headers": {**day, **minute}}, {"json": ROWS}])
        web.get(f"{API}/current/Me", json=ROWS)
        client = make_client(tmp_path, FakeClock(), counts)
        client.get(DIVISION, PATH, {})
        client.get(DIVISION, PATH, {})
        client.get(None, "current/Me", {})
    assert counts.rates == {
        DIVISION: RateState(5000, 4766, 1_795_564_800_000, 58, 1_795_500_060_000)
    }
    assert (counts.per_division, counts.total) == ({DIVISION: 2}, 3)


def test_a_minute_without_calls_left_is_waited_out_before_the_call(tmp_path: Path) -> None:
    clock = FakeClock()
    reset = str(int((clock.time + 20) * 1000))
    minute = headers(Minutely_Remaining="0", Minutely_Reset=reset)
    with requests_mock.Mocker() as web:
        web.get(URL, [{"json": ROWS, "headers": minute}, {"json": ROWS}])
        client = make_client(tmp_path, clock)
        client.get(DIVISION, PATH, {})
        client.get(DIVISION, PATH, {})
        client.get(DIVISION, PATH, {})
    assert clock.slept == [20.0]


def test_a_day_that_has_ended_opens_again() -> None:
    clock, counts = FakeClock(), CallCounter()
    counts.observe(1, headers(Remaining="0"), clock)
    with pytest.raises(DayUsedUp):
        counts.before_call(1, clock)
    clock.time = (clock.time // 86400 + 1) * 86400
    counts.before_call(1, clock)


@pytest.mark.parametrize("reset", ["1", "99999999999999", ""])
def test_no_wait_is_longer_than_a_minute(reset: str) -> None:
    clock, counts = FakeClock(), CallCounter()
    counts.observe(1, headers(Minutely_Remaining="0", Minutely_Reset=reset), clock)
    counts.before_call(1, clock)
    assert 0 < clock.slept[0] <= 61


@pytest.mark.parametrize(
    ("limit", "daily"),
    [
        (FULL_DAY, True),
        (FULL_MINUTE, False),
        ({}, False),
        ({**FULL_MINUTE, **headers(Remaining="4000")}, False),
        ({**FULL_DAY, **headers(Minutely_Remaining="3")}, True),
        (headers(Remaining="12"), True),
    ],
)
def test_which_limit_a_429_is_about(limit: dict[str, str], daily: bool) -> None:
    assert is_daily(limit) is daily


@freeze_time("2026-11-24 12:00:59")
def test_the_wait_goes_by_exacts_clock_where_it_says_it() -> None:
    assert wait_after({"Date": "Tue, 24 Nov 2026 11:59:10 GMT"}, Clock()) == 50.5
    assert wait_after({}, Clock()) == 1.5
