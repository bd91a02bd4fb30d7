"""Calls per minute and day, the error limit, and parallel requests."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from exact_slack.sandbox.exact.api import ExactSandbox
from tests.sandbox.conftest import DIVISION, Client

OTHER = 234567
NOON = 20_776 * 86_400 + 12 * 3600.0


class Clock:
    def __init__(self) -> None:
        self.now = NOON + 10

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def exact(clock: Clock) -> Iterator[ExactSandbox]:
    with ExactSandbox(clock=clock) as sandbox:
        yield sandbox
        assert sandbox.server.errors == []


PLENTY = "hrm/Divisions?$select=Code"


def test_headers_of_both_families(client: Client) -> None:
    client.get(PLENTY)
    headers = client.get(PLENTY).headers
    family = {k.lower(): v for k, v in headers.items() if k.lower().startswith("x-ratelimit")}
    assert family == {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "4998",
        "x-ratelimit-reset": str(int((NOON + 43_200) * 1000)),
        "x-ratelimit-minutely-limit": "60",
        "x-ratelimit-minutely-remaining": "58",
        "x-ratelimit-minutely-reset": str(int((NOON + 60) * 1000)),
    }


def test_me_is_not_counted(exact: ExactSandbox, client: Client) -> None:
    answer = client.session.get(f"{exact.url}/api/v1/current/Me", timeout=5)
    assert "X-RateLimit-Limit" not in answer.headers
    assert client.get(PLENTY).headers["X-RateLimit-Remaining"] == "4999"


def test_sixty_calls_a_clock_minute_and_division(client: Client, clock: Clock) -> None:
    assert [client.get(PLENTY).status_code for _ in range(60)] == [200] * 60
    refused = client.get(PLENTY)
    assert refused.status_code == 429
    names = {name.lower() for name in refused.headers if name.lower().startswith("x-rate")}
    assert names == {
        "x-ratelimit-minutely-limit",
        "x-ratelimit-minutely-remaining",
        "x-ratelimit-minutely-reset",
    }
    assert client.get(PLENTY, division=OTHER).status_code == 200
    clock.now = NOON + 59.9
    assert client.get(PLENTY).status_code == 429
    clock.now = NOON + 60
    assert client.get(PLENTY).status_code == 200


def test_the_day_ends_at_midnight_utc(exact: ExactSandbox, client: Client, clock: Clock) -> None:
    exact.limits.use_up(DIVISION, daily=True, left=1)
    assert client.get(PLENTY).status_code == 200
    refused = client.get(PLENTY)
    assert refused.status_code == 429
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert "X-RateLimit-Minutely-Limit" not in refused.headers
    clock.now = NOON + 43_200
    client.log_in()
    assert client.get(PLENTY).status_code == 200


def test_switched_off(exact: ExactSandbox, client: Client) -> None:
    exact.limits.on = False
    exact.limits.use_up(DIVISION)
    answer = client.get(PLENTY)
    assert answer.status_code == 200 and "X-RateLimit-Limit" not in answer.headers


def test_more_than_ten_errors_at_one_endpoint_block_the_key(
    exact: ExactSandbox, client: Client, clock: Clock
) -> None:
    bad = "crm/Accounts?$select=Nope"
    for _ in range(11):
        assert client.get(bad).status_code == 400
    good = "crm/Accounts?$select=ID"
    assert client.get(good).status_code == 403
    assert exact.limits.blocks == 1
    assert client.get(PLENTY).status_code == 403
    assert client.get(good, division=OTHER).status_code == 403
    clock.now += 3601
    client.log_in()
    assert client.get(good).status_code == 200


def test_the_next_block_lasts_longer(client: Client, clock: Clock) -> None:
    for hours in (1, 2, 3):
        for _ in range(11):
            client.get("crm/Accounts?$select=Nope")
        clock.now += hours * 3600 - 1
        client.log_in()
        assert client.get(PLENTY).status_code == 403
        clock.now += 2
        client.log_in()
        assert client.get(PLENTY).status_code == 200


def test_errors_are_counted_for_each_endpoint_and_company(client: Client) -> None:
    for endpoint in ("crm/Accounts", "documents/Documents"):
        for division in (DIVISION, OTHER):
            for _ in range(10):
                client.get(f"{endpoint}?$select=Nope", division=division)
    assert client.get(PLENTY).status_code == 200


def test_ten_errors_in_an_hour_are_borne(client: Client, clock: Clock) -> None:
    for _ in range(3):
        for _ in range(10):
            client.get("crm/Accounts?$select=Nope")
        clock.now += 3601
        client.log_in()
    assert client.get("crm/Accounts?$select=ID").status_code == 200


def test_expired_tokens_count_as_errors(exact: ExactSandbox, client: Client) -> None:
    exact.oauth.expire_access()
    for _ in range(11):
        assert client.get("crm/Accounts").status_code == 401
    client.log_in()
    assert client.get("crm/Accounts").status_code == 403


def test_parallel_requests_are_noticed(exact: ExactSandbox, client: Client) -> None:
    for _ in range(3):
        client.get(PLENTY)
    assert exact.parallel_violations == 0
    exact.rules.latency = 0.1

    def at_once(*divisions: int) -> None:
        threads = [threading.Thread(target=client.get, args=(PLENTY, d)) for d in divisions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    at_once(DIVISION, OTHER)
    assert exact.parallel_violations == 0
    at_once(DIVISION, DIVISION)
    assert exact.parallel_violations == 1
