"""The login: addresses, redirects, the token endpoint's answers."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import requests_mock

from exact_slack.errors import ConfigError, LoginNeeded, TemporaryError
from exact_slack.exact.auth import oauth
from exact_slack.exact.errors import TooEarly
from tests.unit.exact_support import NOW, TOKEN_URL, FakeClock, make_config, make_tokens

BACK = "https://finance.example.com/exact/callback"
GOOD = {"access_token": "a2", "token_type": "bearer", "expires_in": "600", "refresh_token": "r2"}


def test_the_login_address_has_what_exact_wants_and_no_scope() -> None:
    parts = urlsplit(oauth.authorize_url(make_config(), "the-id", "s&t"))
    assert parts.path == "/api/oauth2/auth"
    query = parse_qs(parts.query)
    assert query["client_id"] == ["the-id"]
    assert query["redirect_uri"] == [BACK]
    assert query["response_type"] == ["code"]
    assert query["state"] == ["s&t"]
    assert "scope" not in query


def test_the_code_is_decoded_exactly_once() -> None:
    text = f"{BACK}?code=stampNL001.TffI%21IA%2525+A&state=xyz"
    assert oauth.parse_redirect(text, "xyz") == "stampNL001.TffI!IA%25+A"


def test_a_pasted_address_may_be_broken_over_lines() -> None:
    assert oauth.parse_redirect(f' "{BACK}?code=ab\n  cd&state=xyz"\n', "xyz") == "abcd"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("  ", "Nothing was pasted"),
        (BACK, 'no "code='),
        ("stampNL001.abc", 'no "code='),
        (f"{BACK}?code=abc", 'no "state='),
        (f"{BACK}?code=abc&state=other", "another login"),
        (f"{BACK}?error=access_denied&state=xyz", "did not log in: access_denied"),
        ("https://start.exactonline.nl/api/oauth2/auth?response_type=code&state=xyz", "login page"),
        ("https://[broken?code=abc", 'no "state='),
    ],
)
def test_each_mistake_has_its_own_sentence(text: str, told: str) -> None:
    with pytest.raises(oauth.BadRedirect, match=told):
        oauth.parse_redirect(text, "xyz")


def test_a_code_becomes_tokens() -> None:
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, json=GOOD)
        tokens = oauth.exchange_code(make_config(), "abc!d", FakeClock())
        form = parse_qs(web.request_history[0].text)
    assert form["code"] == ["abc!d"]
    assert form["redirect_uri"] == [BACK]
    assert (tokens.access, tokens.refresh) == ("a2", "r2")
    assert (tokens.expires_at, tokens.chain_started_at) == (NOW + 600, NOW)


def test_tokens_are_not_in_their_repr() -> None:
    assert "access-1" not in repr(make_tokens())
    assert "refresh-1" not in repr(make_tokens())


def test_a_refresh_keeps_the_start_of_the_chain() -> None:
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, json=GOOD)
        tokens = oauth.refresh(make_config(), make_tokens(), FakeClock())
    assert tokens.chain_started_at == make_tokens().chain_started_at


@pytest.mark.parametrize(
    ("status", "error", "description", "kind"),
    [
        (400, "access_denied", "Rate limit exceeded: access_token not expired", TooEarly),
        (401, "invalid_request", "Access Token not expired", TooEarly),
        (401, "unauthorized_client", "Old refresh token used.", oauth.LoginRefused),
        (400, "invalid_request", "The refresh token expired at 1/1/2026", oauth.LoginRefused),
        (400, "invalid_grant", "Token is not allowed", oauth.LoginRefused),
        (400, "invalid_client", "", ConfigError),
        (400, "access_denied", "Rate limit exceeded", TemporaryError),
        (503, "server_error", "", oauth.LostAnswer),
    ],
)
def test_refusals_by_their_text(
    status: int, error: str, description: str, kind: type[Exception]
) -> None:
    with requests_mock.Mocker() as web:
        answer = {"error": error, "error_description": description}
        web.post(TOKEN_URL, status_code=status, json=answer)
        with pytest.raises(kind) as caught:
            oauth.refresh(make_config(), make_tokens(), FakeClock())
    assert type(caught.value) is kind


@pytest.mark.parametrize("status", [401, 429, 502])
def test_a_gateway_that_speaks_instead_of_exact_is_temporary(status: int) -> None:
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, status_code=status, json={"fault": {"faultstring": "no proxy"}})
        with pytest.raises(TemporaryError, match=f"status {status}"):
            oauth.refresh(make_config(), make_tokens(), FakeClock())


def test_too_early_may_stand_in_the_reason_only() -> None:
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, status_code=400, headers={"Reason": "TooEarlyToRefreshTokens: 570"})
        with pytest.raises(TooEarly):
            oauth.refresh(make_config(), make_tokens(), FakeClock())


@pytest.mark.parametrize("body", ["", "<html>oops</html>", "[]", '{"access_token": "a2"}'])
def test_an_answer_without_tokens_is_lost(body: str) -> None:
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, text=body)
        with pytest.raises(TemporaryError, match=r"lost.*exact-slack auth exact"):
            oauth.refresh(make_config(), make_tokens(), FakeClock())


def test_an_answer_that_does_not_arrive_may_be_lost() -> None:
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, exc=requests.exceptions.ReadTimeout)
        with pytest.raises(TemporaryError, match="lost"):
            oauth.refresh(make_config(), make_tokens(), FakeClock())


def test_no_connection_loses_nothing() -> None:
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, exc=requests.exceptions.ConnectTimeout)
        with pytest.raises(TemporaryError, match="cannot be reached"):
            oauth.refresh(make_config(), make_tokens(), FakeClock())


def test_no_secret_gets_into_a_message() -> None:
    told = "bad: refresh-1 of the-client-id with the-client-secret"
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, status_code=400, json={"error": "x", "error_description": told})
        with pytest.raises(LoginNeeded) as caught:
            oauth.refresh(make_config(), make_tokens(), FakeClock())
    for secret in ("refresh-1", "the-client-id", "the-client-secret"):
        assert secret not in str(caught.value)
