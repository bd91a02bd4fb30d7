"""Text from outside: what may be shown of it, and that no secret comes back in an error."""

import base64
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import requests_mock
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from exact_slack.errors import ExactSlackError, TemporaryError
from exact_slack.exact.auth import oauth
from exact_slack.exact.errors import ExactRefused
from exact_slack.foreign import escaped, is_visible, said, visible
from exact_slack.redact import note
from exact_slack.rendering.blocks import clean
from exact_slack.slack.outcome import Outcome, Result, classify
from tests.unit.exact_support import (
    API,
    DIVISION,
    TOKEN_URL,
    FakeClock,
    make_client,
    make_config,
    make_tokens,
)

PATH = "purchaseentry/PurchaseEntries"
NASTY = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b2J",
    "up\x1b[1A\rover",
    "a\nexact-slack: All well",
    "\u202egpj.exe",
    "\u2066in\u2069",
    "mark\u200f\u061c",
    "a\u200bb\u2060c\ufeff",
    "a\u200cb\u200dc",
    "soft\u00adhyphen",
    "tag\U000e0041\U000e0042",
    "filler\u3164\u115f\uffa0",
    "line\u2028para\u2029",
    "nul\x00bell\x07back\x08",
    "half\ud800",
    "selector\ufe0f\ufe0f\U000e0101",
)
NAMES = (
    "Bäckerei Müller & Söhne",
    "日本商事㈱",
    "葛\U000e0100城市",
    "شرکت می\u200cخواهم",
    "חברה בע״מ",
    "क्\u200dष लिमिटेड",
    "ООО «Ромашка»",
    "บริษัท ไทย",
    "e\u0301toile\xa012",
    "👩\u200d💻 ❤\ufe0f",
)


def _steers(text: str) -> bool:
    return any(
        unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(char) in ("LRO", "RLO", "LRE", "RLE", "PDF")
        or unicodedata.bidirectional(char) in ("LRI", "RLI", "FSI", "PDI")
        or char in "\u200b\u200e\u200f\u061c\u2060\ufeff\u00ad\u3164\u115f\uffa0"
        or 0xE0000 <= ord(char) < 0xE00FF
        for char in text
    )


@pytest.mark.parametrize("nasty", NASTY)
def test_what_steers_or_hides_is_not_shown(nasty: str) -> None:
    for shown in (
        visible(nasty),
        said(nasty),
        clean(nasty, 100),
        str(TemporaryError(visible(nasty))),
    ):
        assert not _steers(shown)
        assert is_visible(shown)


@pytest.mark.parametrize("name", NAMES)
def test_a_real_name_stays_as_it_is(name: str) -> None:
    assert visible(name) == name
    assert clean(name, 100) == name


@given(st.text())
def test_any_text_can_be_shown(text: str) -> None:
    once = visible(text)
    assert not _steers(once)
    assert all(
        char in once for char in text if char.isalnum() and char not in "\u3164\u115f\u1160\uffa0"
    )


@given(st.text())
def test_json_keeps_its_value_and_shows_escapes(text: str) -> None:
    shown = escaped(json.dumps({"name": text}, ensure_ascii=False))
    assert json.loads(shown) == {"name": text}
    assert not _steers(shown)


SECRET = "s3cret+of/the=app&more"


def _basic(secret: str) -> str:
    return base64.b64encode(f"the-client-id:{secret}".encode()).decode()


WRITINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda s: s,
    "header": lambda s: f"Authorization: Bearer {s}",
    "percent": lambda s: quote(s, safe=""),
    "percent, small letters": lambda s: quote(s, safe="").lower(),
    "form": quote_plus,
    "percent twice": lambda s: quote(quote(s, safe=""), safe=""),
    "form of a request": lambda s: f"grant_type=refresh_token&x={quote_plus(s)}&client_id=1",
    "JSON": json.dumps,
    "page": lambda s: s.replace("&", "&amp;"),
    "Basic": lambda s: f"Authorization: Basic {_basic(s)}",
    "Basic without its word": _basic,
    "Basic without padding": lambda s: _basic(s).rstrip("="),
    "base64 for addresses": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "Basic in an address": lambda s: quote(_basic(s), safe=""),
    "its beginning": lambda s: s[:16],
    "its end": lambda s: f"{s[-16:]}...",
    "beyond the cut": lambda s: "x " * 190 + s,
}


def _pieces(secret: str) -> tuple[str, ...]:
    return secret[:12], secret[-12:], quote(secret, safe="")[:12], _basic(secret)[-12:-2]


@pytest.mark.parametrize("write", WRITINGS.values(), ids=list(WRITINGS))
class TestAnEcho:
    """A proxy or service repeats what it was sent."""

    def test_in_an_answer_of_exact(self, tmp_path: Path, write: Callable[[str], str]) -> None:
        client = make_client(tmp_path, FakeClock())
        note(SECRET)
        told = f"Bad request: {write(SECRET)}"
        for status in (400, 403, 404, 500):
            error = _refused(client, status, told)
            texts = [str(error), repr(error.__cause__), getattr(error, "text", "")]
            for text in [*texts, getattr(error, "reason", "")]:
                assert not any(piece in text for piece in _pieces(SECRET)), text

    def test_at_the_token_endpoint(self, write: Callable[[str], str]) -> None:
        config = make_config(client_secret=SECRET)
        for error in ("invalid_client", "invalid_grant", "unsupported"):
            with requests_mock.Mocker() as web:
                answer = {"error": error, "error_description": f"got {write(SECRET)}"}
                web.post(TOKEN_URL, json=answer, status_code=400)
                with pytest.raises(ExactSlackError) as raised:
                    oauth.refresh(config, make_tokens(), FakeClock())
            assert not any(piece in str(raised.value) for piece in _pieces(SECRET))

    def test_in_an_answer_of_slack(self, write: Callable[[str], str]) -> None:
        note(SECRET)
        echo = write(SECRET)
        data = {
            "ok": False,
            "error": "invalid_arguments",
            "response_metadata": {"messages": [echo]},
        }
        response = SlackResponse(
            client=None,
            http_verb="POST",
            api_url="",
            req_args={},
            data=data,
            headers={},
            status_code=200,
        )
        outcome = classify(SlackApiError("no", response))  # type: ignore[no-untyped-call]
        word = Outcome(Result.UNKNOWN, error=echo)
        for text in (outcome.detail, outcome.error, word.error):
            assert not any(piece in text for piece in _pieces(SECRET))

    def test_in_a_sentence(self, write: Callable[[str], str]) -> None:
        note(SECRET)
        error = ExactSlackError(f"It says {write(SECRET)}.", f"Cure: {write(SECRET)}")
        for text in (str(error), error.sentence, error.cure):
            assert not any(piece in text for piece in _pieces(SECRET))


def _refused(client: object, status: int, told: str) -> ExactSlackError:
    from exact_slack.exact.wire.client import ExactClient

    assert isinstance(client, ExactClient)
    with requests_mock.Mocker() as web:
        answer = {"error": {"message": {"value": told}}}
        headers = {"Reason": told}
        web.get(f"{API}/{DIVISION}/{PATH}", json=answer, headers=headers, status_code=status)
        with pytest.raises((ExactRefused, TemporaryError)) as raised:
            client.get(DIVISION, PATH, {})
    return raised.value


@pytest.mark.parametrize(
    "plain",
    [
        "Exact refuses purchaseentry/PurchaseEntries in division 123456: no such field.",
        "HTTP Basic authentication is switched off; a Bearer token is wanted.",
        "Check exact.client_secret, /home/finance/.local/state/exact-slack/acme/ledger.sqlite",
        "{11111111-1111-4111-8111-111111111111} (status 400)",
    ],
)
def test_what_is_no_secret_stays(plain: str) -> None:
    note("secret")  # a short one is no part of a word
    assert said(plain) == plain
