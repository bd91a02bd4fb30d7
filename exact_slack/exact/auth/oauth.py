"""Logging in at Exact Online: the address to open, the redirect that comes back, and the two
requests to the token endpoint. No secret is in any message; no request body is ever logged."""

import hmac
import json
import logging
import math
import re
import time
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote, urlencode, urlsplit

import requests

from exact_slack.clock import Clock
from exact_slack.config.sides import ExactConfig
from exact_slack.errors import ConfigError, LoginNeeded, TemporaryError
from exact_slack.exact.auth.store import Tokens, is_token
from exact_slack.exact.errors import LOGIN_CURE, TooEarly
from exact_slack.exact.wire import session
from exact_slack.exact.wire.hosts import api_root
from exact_slack.foreign import said
from exact_slack.network.errors import NoConnection
from exact_slack.redact import note

LONGEST: Final = 60.0
"""Seconds for a request of tokens altogether: other processes wait for it."""
_LIFETIME: Final = 600
"""Seconds an access token lives (Exact's "Refreshing the access token" article)."""
_LONGEST: Final = 3600
"""Seconds that are believed at most; a token that ends sooner is found out by a 401."""
_log = logging.getLogger("exact_slack.exact")


class LostAnswer(TemporaryError):
    """Exact may have given new tokens, and they did not arrive; `how` they were lost."""

    def __init__(self, how: str, sentence: str, cure: str) -> None:
        super().__init__(sentence, cure)
        self.how = how


class UnclearRefusal(TemporaryError):
    """A 401 or 403 without a word of Exact: a gateway spoke, or the login is dead."""


class LoginRefused(LoginNeeded):
    """Exact refuses the refresh token for good."""

    def __init__(self, sentence: str, cure: str, *, used_up: bool) -> None:
        super().__init__(sentence, cure)
        self.used_up = used_up
        """Somebody had new tokens for it already; a login elsewhere says the same."""


class BadRedirect(LoginNeeded):
    """What was pasted is not the address of a finished login; it may be pasted again."""


def authorize_url(config: ExactConfig, client_id: str, state: str) -> str:
    """The address at which a person logs in. Exact knows no `scope` here: it is the app's."""
    query = {
        "client_id": client_id,
        "redirect_uri": config.redirect_uri,
        "response_type": "code",
        "state": state,
        "force_login": "1",
    }
    return f"{api_root(config)}/api/oauth2/auth?{urlencode(query)}"


def parse_redirect(text: str, state: str) -> str:
    """The code in the address to which Exact sent the browser; BadRedirect says what is wrong.

    Exact percent-encodes the code, and it is decoded exactly once: a code decoded twice or not at
    all is refused as "Signed data extraction has failed" (picqer/exact-php-client #579)."""
    address = "".join(text.split()).strip("\"'<>")
    if not address:
        raise BadRedirect("Nothing was pasted.", "Paste the whole address from the browser.")
    query = _query(address)
    if "error" in query:
        sentence = query.get("error_description", "").replace("+", " ") or query["error"]
        raise BadRedirect(f"Exact did not log in: {said(sentence)}.", "Start the login again.")
    if "response_type" in query:
        raise BadRedirect(
            "That is the address of the login page itself.",
            "Log in there first, then paste the address to which the browser goes.",
        )
    if not query.get("code"):
        raise BadRedirect(
            'There is no "code=…" in what was pasted.',
            "Paste the whole address from the browser's address bar after the login.",
        )
    if not query.get("state"):
        raise BadRedirect(
            'There is no "state=…" in what was pasted: it is not the whole address.',
            "Paste the whole address from the browser's address bar after the login.",
        )
    if not hmac.compare_digest(query["state"].encode(), state.encode()):
        raise BadRedirect(
            "That address belongs to another login than the one just started.",
            "Open the address shown last, log in, and paste the address that follows.",
        )
    return query["code"]


def _query(address: str) -> dict[str, str]:
    try:
        text = urlsplit(address).query if "?" in address else address
    except ValueError:
        text = address.partition("?")[2]
    pairs = (part.partition("=") for part in text.split("&"))
    return {name: unquote(value) for name, _, value in pairs}


def exchange_code(config: ExactConfig, code: str, clock: Clock) -> Tokens:
    """The first tokens for a code, which lives three minutes and works once. Whatever happens,
    nobody can try the same code later: every trouble asks for a login anew."""
    form = {
        "grant_type": "authorization_code",
        "code": note(code),
        "redirect_uri": config.redirect_uri,
    }
    now = clock.now()
    try:
        return _tokens(config, _ask(config, form), now, now)
    except LoginRefused as refused:
        raise _bad_code(config, code, str(refused)) from None
    except LostAnswer as lost:
        raise LoginNeeded(
            f"Exact's answer to the login was lost ({lost.how}); the code works only once.",
            f"Log in once more. {LOGIN_CURE}",
        ) from None
    except TemporaryError as error:
        raise LoginNeeded(
            f"{error.sentence} The login was not made.", f"Log in again later. {LOGIN_CURE}"
        ) from None


def _bad_code(config: ExactConfig, code: str, answer: str) -> BadRedirect:
    """Why a code does not work. It names the data centre it comes from (`stampNL001.…`)."""
    if "redirect_uri" in answer.lower():
        return BadRedirect(
            "Exact does not take the code: exact.redirect_uri is not the redirect address that"
            " the app is registered with.",
            "Copy it from Exact's App Center letter by letter, then log in again.",
        )
    stamp = re.match(r"stamp([A-Z]{2})\d", code)
    countries = {"GB": "uk", "UK": "uk", "US": "us"}
    country = countries.get(stamp[1], stamp[1].lower()) if stamp else config.region
    if "expired" in answer:
        return BadRedirect(
            "The code is older than three minutes.", "Log in once more and paste at once."
        )
    if country != config.region:
        return BadRedirect(
            f"Exact does not take the code: it seems to come from Exact Online {country}, and"
            f" exact.region says {config.region}.",
            "Set exact.region to the country of your Exact Online, and log in again.",
        )
    return BadRedirect(
        "Exact does not take the code: it was used before, or not pasted whole.",
        "Log in once more; each code works once.",
    )


def refresh(config: ExactConfig, tokens: Tokens, clock: Clock) -> Tokens:
    """The next tokens. The old refresh token is dead as soon as Exact has answered."""
    form = {"grant_type": "refresh_token", "refresh_token": note(tokens.refresh)}
    now = clock.now()
    return _tokens(config, _ask(config, form), now, tokens.chain_started_at)


def _ask(config: ExactConfig, form: dict[str, str]) -> dict[str, Any]:
    secrets = {
        "client_id": config.client_id.fetch("exact.client_id"),
        "client_secret": config.client_secret.fetch("exact.client_secret"),
    }
    started = time.monotonic()
    url = f"{api_root(config)}/api/oauth2/token"
    try:
        with (
            session.session() as web,
            session.call(
                web,
                "POST",
                url,
                seconds=LONGEST,
                data={**form, **secrets},
                headers={"Accept": "application/json"},
                auth=_as_it_is,
            ) as reply,
        ):
            body = session.body(reply)
    except NoConnection as error:
        raise TemporaryError(
            f"Exact's login service cannot be reached: {error}.",
            f"{error.obstacle.cure} The next run tries again.".strip(),
        ) from None
    except requests.RequestException as error:
        raise _unreachable(error) from None
    took = (time.monotonic() - started) * 1000
    _log.info("POST oauth2/token %s -> %s in %.0f ms", form["grant_type"], reply.status_code, took)
    answer = _json(body)
    if reply.status_code == HTTPStatus.OK:
        return answer
    raise _refused(reply, answer)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No other credentials: a .netrc of the machine is not asked."""
    return request


def _json(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8-sig", "replace")
        # Python refuses whole numbers of any length
        answer = json.loads(text, strict=False, parse_int=float)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _tokens(
    config: ExactConfig, answer: dict[str, Any], now: float, chain_started_at: float
) -> Tokens:
    access, following = answer.get("access_token"), answer.get("refresh_token")
    for secret in (access, following):
        note(str(secret or ""))
    if not is_token(following) or not access:
        raise _lost(
            "Exact's answer with the new tokens was empty or cannot be read", "it had no tokens"
        )
    usable = str(access) if is_token(access) else ""
    expires = now + (_lifetime(answer.get("expires_in")) if usable else 0)
    root, region = api_root(config), config.region
    return Tokens(usable, str(following), expires, now, chain_started_at, root, region)


def _lifetime(value: object) -> float:
    """`expires_in`, a string on the wire; 600 where it makes no sense."""
    try:
        seconds = float(str(value))
    except (ValueError, OverflowError):
        return _LIFETIME
    return min(seconds, _LONGEST) if math.isfinite(seconds) and seconds > 0 else _LIFETIME


def _lost(what: str, how: str) -> LostAnswer:
    return LostAnswer(
        how,
        f"{what}: it is lost, and the old token may be dead.",
        "The next run tries again; where it asks for a login, run: exact-slack auth exact",
    )


def _unreachable(error: requests.RequestException) -> TemporaryError:
    never_sent = (
        requests.exceptions.ConnectTimeout,
        requests.exceptions.SSLError,
        requests.exceptions.ProxyError,
    )
    name = type(error).__name__
    if isinstance(error, never_sent) or "NewConnectionError" in repr(error.args):
        return TemporaryError(
            f"Exact's login service cannot be reached ({name}).", "The next run tries again."
        )
    return _lost(f"Exact's answer with the new tokens did not arrive ({name})", name)


def _refused(reply: requests.Response, answer: dict[str, Any]) -> Exception:
    """The error for a token request that did not work, by its text: statuses vary."""
    word = answer.get("error")
    error = word if isinstance(word, str) else ""  # anything else is no answer of this protocol
    text = said(f"{error}: {answer.get('error_description', '')}")
    both = f"{text} {reply.headers.get('Reason', '')}".lower()
    status = reply.status_code
    if "not expired" in both or "tooearly" in both:
        return TooEarly("Exact does not renew the token yet: it has not expired.")
    if error == "invalid_client":
        return ConfigError(
            f"Exact does not know this app ({text}).",
            "Check exact.client_id, exact.client_secret and exact.region.",
        )
    passing = error in ("temporarily_unavailable", "server_error", "") or "rate limit" in both
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        sentence = f"Exact's login service is out of order (status {status})."
        return LostAnswer(f"status {status}", sentence, "The next run tries again.")
    if status in (401, 403) and not answer:
        return UnclearRefusal(
            f"Exact refuses the login without a reason (status {status}).",
            "The next run tries again.",
        )
    if status in (408, 429) or passing:
        return TemporaryError(
            f"Exact's login service is out of order (status {status}).",
            "The next run tries again.",
        )
    return LoginRefused(
        f"Exact does not accept the login any more ({text}).",
        LOGIN_CURE,
        used_up="old refresh token" in both,
    )
