"""Consent, codes, rotation, and every refusal of the token address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.exact.oauth import TOKEN_PATH, ClientAuth, ExactOAuth

START = 1_795_500_000.0
DAY = 86_400


class Clock:
    def __init__(self) -> None:
        self.now = START

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


def authorize(exact: ExactSandbox, **changes: str) -> requests.Response:
    query = {
        "client_id": exact.oauth.client_id,
        "redirect_uri": exact.oauth.redirect_uri,
        "response_type": "code",
        "state": "s p&=%",
        "force_login": "0",
        **changes,
    }
    url = f"{exact.url}/api/oauth2/auth"
    return requests.get(url, params=query, allow_redirects=False, timeout=5)


def consent(exact: ExactSandbox) -> str:
    """Go through the login; returns the code, decoded once."""
    location = authorize(exact).headers["Location"]
    return parse_qs(urlsplit(location).query)["code"][0]


def token(exact: ExactSandbox, **form: str) -> requests.Response:
    client = {"client_id": exact.oauth.client_id, "client_secret": exact.oauth.client_secret}
    return requests.post(f"{exact.url}/api/oauth2/token", data={**client, **form}, timeout=5)


def redeem(exact: ExactSandbox, code: str) -> requests.Response:
    redirect = exact.oauth.redirect_uri
    return token(exact, grant_type="authorization_code", code=code, redirect_uri=redirect)


def refresh(exact: ExactSandbox, refresh_token: str) -> requests.Response:
    return token(exact, grant_type="refresh_token", refresh_token=refresh_token)


def test_the_code_comes_percent_encoded(exact: ExactSandbox) -> None:
    answer = authorize(exact)
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith(f"{exact.oauth.redirect_uri}?code=stampNL001.")
    assert "%21" in location and "!" not in location
    query = parse_qs(urlsplit(location).query)
    assert "!" in query["code"][0] and query["state"] == ["s p&=%"]


def test_forced_login_shows_a_page_that_leads_on(exact: ExactSandbox) -> None:
    page = authorize(exact, force_login="1")
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert 'id="allow"' in page.text and "code=stampNL001." in page.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_id": "x"}, 400),
        ({"redirect_uri": "https://other.example/"}, 401),
        ({"response_type": "token"}, 400),
    ],
)
def test_wrong_applications(exact: ExactSandbox, change: dict[str, str], status: int) -> None:
    answer = authorize(exact, **change)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_code_gives_tokens_once(exact: ExactSandbox) -> None:
    code = consent(exact)
    granted = redeem(exact, code).json()
    assert granted["token_type"] == "bearer"
    assert granted["expires_in"] == "600"
    assert exact.oauth.is_valid(granted["access_token"])
    again = redeem(exact, code)
    assert again.status_code == 400
    assert again.json()["error_description"] == "Signed data extraction has failed"


def test_a_code_lives_three_minutes(exact: ExactSandbox, clock: Clock) -> None:
    codes = consent(exact), consent(exact)
    clock.now += 179
    assert redeem(exact, codes[0]).status_code == 200
    clock.now += 1
    assert redeem(exact, codes[1]).status_code == 400


def test_a_code_decoded_wrongly(exact: ExactSandbox) -> None:
    code = consent(exact)
    assert redeem(exact, code.replace("!", "%21")).status_code == 400
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://x.example"}
    assert token(exact, **form).status_code == 400


def test_wrong_client_and_grant(exact: ExactSandbox) -> None:
    assert token(exact, client_secret="x", grant_type="refresh_token").status_code == 401
    assert token(exact, grant_type="password").status_code == 400
    assert requests.get(f"{exact.url}/api/oauth2/token", timeout=5).status_code == 405


def test_refresh_tokens_rotate(exact: ExactSandbox, clock: Clock) -> None:
    first = redeem(exact, consent(exact)).json()
    clock.now += 570
    second = refresh(exact, first["refresh_token"])
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    clock.now += 600
    old = refresh(exact, first["refresh_token"])
    assert (old.status_code, old.json()) == (
        401,
        {"error": "unauthorized_client", "error_description": "Old refresh token used."},
    )
    assert refresh(exact, second.json()["refresh_token"]).status_code == 200


def test_too_early(exact: ExactSandbox, clock: Clock) -> None:
    pair = exact.oauth.issue_chain()
    clock.now += 569
    answer = refresh(exact, pair.refresh)
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "access_denied",
        "error_description": "Rate limit exceeded: access_token not expired",
    }
    assert answer.headers["Reason"].startswith("TooEarlyToRefreshTokens: ")
    clock.now += 1
    assert refresh(exact, pair.refresh).status_code == 200


def test_access_tokens_end_after_ten_minutes(exact: ExactSandbox, clock: Clock) -> None:
    pair = exact.oauth.issue_chain()
    clock.now += 599
    assert exact.oauth.is_valid(pair.access)
    clock.now += 1
    assert not exact.oauth.is_valid(pair.access)


def test_refresh_tokens_end_after_thirty_days(exact: ExactSandbox, clock: Clock) -> None:
    pair = exact.oauth.issue_chain()
    clock.now += 30 * DAY + 1
    answer = refresh(exact, pair.refresh)
    assert answer.status_code == 400
    text = answer.json()["error_description"]
    assert text.startswith("The refresh token expired at 12/24/2026 6:00:00 AM and it is now ")


def test_a_new_consent_ends_the_old_chain(exact: ExactSandbox, clock: Clock) -> None:
    old = exact.oauth.issue_chain()
    new = exact.oauth.issue_chain(age=600)
    clock.now += 600
    assert refresh(exact, old.refresh).status_code == 401
    assert refresh(exact, new.refresh).status_code == 200


def test_revoked_and_malformed_tokens(exact: ExactSandbox) -> None:
    pair = exact.oauth.issue_chain(age=600)
    exact.oauth.revoke()
    for bad in (pair.refresh, "", "stampNL001.nonsense"):
        answer = refresh(exact, bad)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert not exact.oauth.is_valid(pair.access)


def test_expired_access_may_be_refreshed_at_once(exact: ExactSandbox) -> None:
    pair = exact.oauth.issue_chain()
    exact.oauth.expire_access()
    assert not exact.oauth.is_valid(pair.access)
    assert refresh(exact, pair.refresh).status_code == 200


def test_a_lost_answer_still_rotates(exact: ExactSandbox) -> None:
    pair = exact.oauth.issue_chain(age=600)
    exact.faults.add("/api/oauth2/token", "close")
    with pytest.raises(requests.ConnectionError):
        refresh(exact, pair.refresh)
    assert refresh(exact, pair.refresh).json()["error_description"] == "Old refresh token used."


def test_two_hundred_token_calls_a_day(exact: ExactSandbox, clock: Clock) -> None:
    for _ in range(200):
        refresh(exact, "x")
    assert refresh(exact, "x").status_code == 429
    clock.now += DAY
    assert refresh(exact, "x").status_code == 400
    assert len(exact.oauth.token_calls) == 202
    assert exact.oauth.token_calls[0].grant_type == "refresh_token"


def test_of_two_refreshers_one_wins() -> None:
    with ExactSandbox(oauth=ExactOAuth()) as exact:
        pair = exact.oauth.issue_chain(age=600)
        statuses: list[int] = []
        threads = [
            threading.Thread(
                target=lambda: statuses.append(refresh(exact, pair.refresh).status_code)
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200, 401, 401, 401]


@pytest.mark.parametrize(
    ("where", "form", "basic"),
    [("form", True, False), ("basic", False, True), ("either", True, True)],
)
def test_where_the_client_names_itself(
    exact: ExactSandbox, where: ClientAuth, form: bool, basic: bool
) -> None:
    exact.oauth.client_auth = where
    address = exact.url + TOKEN_PATH
    refresh = {"grant_type": "refresh_token", "refresh_token": "x"}
    client = {"client_id": exact.oauth.client_id, "client_secret": exact.oauth.client_secret}
    in_form = requests.post(address, data={**refresh, **client}, timeout=5)
    in_header = requests.post(
        address, data=refresh, auth=(client["client_id"], client["client_secret"]), timeout=5
    )
    known = [answer.json()["error"] == "invalid_grant" for answer in (in_form, in_header)]
    assert known == [form, basic]
