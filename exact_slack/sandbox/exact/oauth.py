"""The login of the sandbox's Exact Online: consent, codes and rotating tokens.

Lifetimes and rotation follow Exact's developer articles on tokens; the error
bodies are those users reported (websmurf/laravel-exact-online #22, #23, #25,
#31 and picqer/exact-php-client #559, #579, #606, #640).
"""

from __future__ import annotations

import base64
import binascii
import html
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple
from urllib.parse import quote, unquote_plus, urlencode

from exact_slack.sandbox.http import Request, Response

AUTH_PATH: Final = "/api/oauth2/auth"
TOKEN_PATH: Final = "/api/oauth2/token"
CODE_SECONDS: Final = 180
ACCESS_SECONDS: Final = 600
TOO_EARLY_SECONDS: Final = 570
REFRESH_SECONDS: Final = 30 * 86_400
DAILY_TOKEN_CALLS: Final = 200
STAMP: Final = "stampNL001."

CLIENT_ID: Final = "6f2b4c1e-3d5a-4b8e-9c7d-0a1b2c3d4e5f"
CLIENT_SECRET: Final = "sandbox-secret"
REDIRECT_URI: Final = "https://finance.example.com/exact/callback"


ClientAuth = Literal["form", "basic", "either"]
"""Where the client's id and secret stand: every client of Exact sends them in the form; RFC 6749
(2.3.1) asks of other servers that they take HTTP Basic."""


class TokenPair(NamedTuple):
    """What a token call hands out."""

    access: str
    refresh: str


@dataclass
class _Chain:
    """One consent and the tokens that grew from it."""

    refresh: str
    issued: float
    """When the last access token was handed out."""
    access: dict[str, float] = field(default_factory=dict)
    """Access token to the time it ends."""
    old: set[str] = field(default_factory=set)
    revoked: bool = False


@dataclass(frozen=True)
class TokenCall:
    """One call of the token address, as it was answered."""

    at: float
    grant_type: str
    status: int


class ExactOAuth:
    """Issues, rotates and checks tokens; the clock can be moved by tests."""

    def __init__(
        self,
        client_id: str = CLIENT_ID,
        client_secret: str = CLIENT_SECRET,
        redirect_uri: str = REDIRECT_URI,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.redirect_uri = redirect_uri
        self.clock = clock
        self.client_auth: ClientAuth = "form"
        self.daily_limit = DAILY_TOKEN_CALLS
        self.token_calls: list[TokenCall] = []
        self._lock = threading.RLock()
        self._codes: dict[str, float] = {}
        self._chains: list[_Chain] = []

    def __call__(self, request: Request) -> Response:
        """Answer a request to one of the two addresses."""
        if request.path == AUTH_PATH and request.method == "GET":
            return self._authorize(request)
        if request.path == TOKEN_PATH and request.method == "POST":
            return self._token(request)
        return Response.text("Method Not Allowed", 405)

    def is_valid(self, access: str) -> bool:
        """Tell whether an access token opens the API now."""
        now = self.clock()
        with self._lock:
            return any(
                not chain.revoked and chain.access.get(access, 0.0) > now for chain in self._chains
            )

    def issue_chain(self, age: float = 0.0) -> TokenPair:
        """Hand out a fresh pair as a consent would, `age` seconds ago."""
        with self._lock:
            return self._new_chain(self.clock() - age)

    def expire_access(self) -> None:
        """End every access token, as if ten minutes had passed since it was issued."""
        with self._lock:
            for chain in self._chains:
                chain.access = dict.fromkeys(chain.access, self.clock())
                chain.issued = min(chain.issued, self.clock() - ACCESS_SECONDS)

    def revoke(self) -> None:
        """Withdraw the consent: no token of it works any more."""
        with self._lock:
            for chain in self._chains:
                chain.revoked = True

    def _authorize(self, request: Request) -> Response:
        args = request.args()
        if args.get("client_id") != self.client_id:
            return _page("Unknown client_id.", 400)  # status and text not documented
        if args.get("redirect_uri") != self.redirect_uri:
            # A redirect URI that is not the registered one gives 401 (Exact's token article).
            return _page("The redirect_uri is not the registered one.", 401)
        if args.get("response_type") != "code":
            return _page("response_type must be code.", 400)  # not documented
        location = self._consent(args.get("state"))
        if args.get("force_login") == "1":
            return _login_page(location)
        return Response.redirect(location)

    def _consent(self, state: str | None) -> str:
        code = f"{STAMP}{secrets.token_hex(4)}!IAAA{secrets.token_urlsafe(48)}"
        with self._lock:
            self._codes[code] = self.clock() + CODE_SECONDS
        parameters = f"code={quote(code, safe='')}"
        if state is not None:
            parameters += "&" + urlencode({"state": state})
        joint = "&" if "?" in self.redirect_uri else "?"
        return f"{self.redirect_uri}{joint}{parameters}"

    def _token(self, request: Request) -> Response:
        form = request.form()
        with self._lock:
            answer = self._grant(form, self._client(request, form))
            call = TokenCall(self.clock(), form.get("grant_type", ""), answer.status)
            self.token_calls.append(call)
        return answer

    def _client(self, request: Request, form: dict[str, str]) -> tuple[str, str]:
        """The client's id and secret, from where they may stand."""
        scheme, _, encoded = request.headers.get("Authorization").partition(" ")
        if scheme.lower() == "basic" and self.client_auth != "form":
            return _basic(encoded)
        if self.client_auth == "basic":
            return "", ""
        return form.get("client_id", ""), form.get("client_secret", "")

    def _grant(self, form: dict[str, str], client: tuple[str, str]) -> Response:
        day = int(self.clock() // 86_400)
        if sum(int(call.at // 86_400) == day for call in self.token_calls) >= self.daily_limit:
            return Response.text("", 429)  # the answer to call 201 is not documented
        if client != (self.client_id, self.client_secret):
            # Exact's answer to a wrong client is not documented; this is RFC 6749's.
            return _error(401, "invalid_client", "Client authentication failed.")
        if form.get("grant_type") == "authorization_code":
            return self._redeem(form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(form.get("refresh_token", ""))
        return _error(400, "unsupported_grant_type", "Unsupported grant_type.")

    def _redeem(self, form: dict[str, str]) -> Response:
        ends = self._codes.pop(form.get("code", ""), None)
        if ends is None:
            # also the answer to a code that was decoded wrongly (picqer #579)
            return _error(400, "invalid_request", "Signed data extraction has failed")
        if ends <= self.clock():
            return _error(400, "invalid_request", "The code has expired.")  # text not documented
        if form.get("redirect_uri") != self.redirect_uri:
            return _error(400, "invalid_request", "redirect_uri mismatch")  # not documented
        return _granted(self._new_chain(self.clock()))

    def _refresh(self, token: str) -> Response:
        chains = (c for c in self._chains if token == c.refresh or token in c.old)
        chain = next(chains, None)
        if not token or chain is None or chain.revoked:
            text = "Token is not allowed, because of invalid or empty chainId"
            return _error(400, "invalid_grant", text)
        if token in chain.old:
            return _error(401, "unauthorized_client", "Old refresh token used.")
        now = self.clock()
        if now - chain.issued > REFRESH_SECONDS:
            text = f"The refresh token expired at {_american(chain.issued + REFRESH_SECONDS)}"
            return _error(400, "invalid_request", f"{text} and it is now {_american(now)}")
        if now - chain.issued < TOO_EARLY_SECONDS:
            return _too_early()
        return _granted(self._rotate(chain, now))

    def _new_chain(self, now: float) -> TokenPair:
        """A new consent makes every earlier refresh token invalid (Exact's token article)."""
        for chain in self._chains:
            chain.old.add(chain.refresh)
            chain.refresh = ""
        chain = _Chain("", now)
        self._chains.append(chain)
        return self._rotate(chain, now)

    @staticmethod
    def _rotate(chain: _Chain, now: float) -> TokenPair:
        if chain.refresh:
            chain.old.add(chain.refresh)
        pair = TokenPair(
            f"{STAMP}gAAAA{secrets.token_urlsafe(96)}",
            f"{STAMP}{secrets.token_hex(4)}!IAAAA{secrets.token_urlsafe(64)}",
        )
        chain.refresh, chain.issued = pair.refresh, now
        chain.access[pair.access] = now + ACCESS_SECONDS
        return pair


def _basic(encoded: str) -> tuple[str, str]:
    """Both parts are form-encoded before they are put together (RFC 6749, 2.3.1)."""
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)


def _granted(pair: TokenPair) -> Response:
    return Response.json(
        {
            "access_token": pair.access,
            "token_type": "bearer",
            "expires_in": str(ACCESS_SECONDS),
            "refresh_token": pair.refresh,
        }
    )


def _too_early() -> Response:
    text = "Rate limit exceeded: access_token not expired"
    answer = _error(400, "access_denied", text)
    answer.headers["Reason"] = f"TooEarlyToRefreshTokens: {text}"
    return answer


def _error(status: int, code: str, text: str) -> Response:
    return Response.json({"error": code, "error_description": text}, status)


def _american(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    clock = f"{moment.hour % 12 or 12}:{moment:%M:%S} {moment:%p}"
    return f"{moment.month}/{moment.day}/{moment.year} {clock}"


def _page(text: str, status: int) -> Response:
    return Response.html(
        f"<!DOCTYPE html><html><body><p>{html.escape(text)}</p></body></html>", status
    )


def _login_page(location: str) -> Response:
    return Response.html(
        "<!DOCTYPE html><html><head><title>Exact Online (sandbox)</title></head><body>"
        "<h1>Exact Online (sandbox)</h1><p>exact-slack asks for access to your companies.</p>"
        f'<p><a id="allow" role="button" href="{html.escape(location)}">Log in and allow</a></p>'
        "</body></html>"
    )
