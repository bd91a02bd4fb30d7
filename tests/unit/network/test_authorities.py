"""A private authority: one way for Exact's side and Slack's.

tests/unit/network/authority holds one that signed nothing but a certificate for 127.0.0.1."""

import os
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exact_slack.errors import ConfigError, TemporaryError
from exact_slack.exact.auth import oauth
from exact_slack.network.authorities import VARIABLES, context
from exact_slack.slack.client import SlackClient
from exact_slack.slack.outcome import Outcome, Result
from tests.unit.exact_support import DIVISION, FakeClock, make_client, make_config, make_tokens
from tests.unit.loopback import answer, host

HERE = Path(__file__).parent / "authority"
AUTHORITY = HERE / "authority.pem"
FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
BODY = (
    b'{"ok":true,"ts":"1795500000.000100","channel":"C1","d":[],'
    b'"access_token":"a","refresh_token":"b"}'
)


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(HERE / "host.pem")
    with host(answer("200 OK", BODY), tls) as made:
        yield f"https://127.0.0.1:{made.port}"


def _data(url: str, folder: Path) -> bool:
    try:
        return make_client(folder, FakeClock(), base_url=url).get(DIVISION, "x/Y", {}).rows == []
    except TemporaryError as error:
        assert "certificate" in str(error)
        assert "SSL_CERT_FILE" in str(error)
        return False


def _tokens(url: str, folder: Path) -> bool:
    try:
        return bool(oauth.refresh(make_config(base_url=url), make_tokens(), FakeClock()).access)
    except TemporaryError as error:
        assert "certificate" in str(error)
        assert "SSL_CERT_FILE" in str(error)
        return False


def _slack(url: str, folder: Path) -> bool:
    outcome = SlackClient("xoxb-1", url).chat_post_message("C1", "text", [], "key")
    assert isinstance(outcome, Outcome)
    if outcome.result is Result.POSTED:
        return True
    assert outcome.result is Result.NOT_SENT
    assert "certificate" in outcome.error
    assert "SSL_CERT_FILE" in outcome.detail
    return False


SIDES: list[Callable[[str, Path], bool]] = [_data, _tokens, _slack]


@pytest.mark.parametrize("variable", FILES)
@pytest.mark.parametrize("side", SIDES)
def test_each_variable_is_believed_by_each_side(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    secure: str,
    side: Callable[[str, Path], bool],
    variable: str,
) -> None:
    assert not side(secure, tmp_path)
    monkeypatch.setenv(variable, str(AUTHORITY))
    assert side(secure, tmp_path)


@pytest.mark.parametrize("variable", FILES)
def test_what_a_variable_names_comes_beside_the_systems_store(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    before = context().cert_store_stats()["x509_ca"]
    monkeypatch.setenv(variable, str(AUTHORITY))
    assert context().cert_store_stats()["x509_ca"] == before + 1


def test_the_context_is_made_once() -> None:
    assert context() is context()


def _text(path: Path) -> None:
    path.write_text("no certificate", encoding="ascii")


def _nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize("make", [_nothing, _text, os.mkfifo, Path.mkdir])
@pytest.mark.parametrize("variable", FILES)
def test_what_cannot_be_used_is_named_before_anything_is_sent(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    make: Callable[[Path], None],
) -> None:
    path = tmp_path / "bundle.pem"
    make(path)
    monkeypatch.setenv(variable, str(path))
    with pytest.raises(ConfigError, match=variable):
        SlackClient("xoxb-1", "https://slack.example.com")


@pytest.mark.parametrize("make", [_nothing, _text, os.mkfifo])
def test_what_is_no_folder_is_named_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    """OpenSSL opens whatever SSL_CERT_DIR names, and waits for a pipe."""
    make(tmp_path / "certs")
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path}:{tmp_path / 'certs'}")
    with pytest.raises(ConfigError, match="SSL_CERT_DIR"):
        SlackClient("xoxb-1", "https://slack.example.com")


def test_several_folders_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path / 'one'}:{tmp_path / 'two'}")
    assert context()
