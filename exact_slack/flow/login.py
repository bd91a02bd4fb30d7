"""What `auth` does beyond asking: catching the redirect, checking what was stored, the report."""

import html
import json
import os
import queue
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

from exact_slack.config.model import Config
from exact_slack.config.secrets import Secret
from exact_slack.config.store import SLACK_TOKEN
from exact_slack.config.vault import cron_process
from exact_slack.errors import ExactSlackError, PersonNeeded
from exact_slack.flow.wiring import EXACT_TOKENS, Customer
from exact_slack.slack.client import SlackClient
from exact_slack.slack.install import wanted_scopes
from exact_slack.slack.outcome import Outcome

REFRESH_LIMIT_DAYS = 30
"""Exact forgets a refresh token after 30 unused days (Exact's OAuth documentation)."""
WARN_AT_DAYS = 21
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PAGE = "<!doctype html><title>exact-slack</title><p>{}</p><p>You can close this window.</p>"


# -- the redirect ------------------------------------------------------------------------------


def on_loopback(redirect_uri: str) -> bool:
    """Whether this machine can catch the redirect itself."""
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and parts.port is not None


class Redirect:
    """Waits for the address after the login: caught where it leads to this machine, or pasted.
    The listener runs from the start, before anybody is told the address of the login."""

    def __init__(self, redirect_uri: str) -> None:
        self._found: queue.Queue[str] = queue.Queue()
        self._server = _listener(redirect_uri, self._found) if on_loopback(redirect_uri) else None

    def __enter__(self) -> "Redirect":
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def wait(self, read_line: Callable[[], str], seconds: float) -> str:
        """The address; PersonNeeded after `seconds` without one."""
        threading.Thread(target=lambda: self._read(read_line), daemon=True).start()
        try:
            return self._found.get(timeout=seconds)
        except queue.Empty:
            raise PersonNeeded(
                f"No login within {seconds / 60:.0f} minutes.", "Run exact-slack auth exact again."
            ) from None

    def _read(self, read_line: Callable[[], str]) -> None:
        line = read_line()
        if line.strip() or self._server is None:  # at the end of stdin the listener goes on
            self._found.put(line)


def _listener(redirect_uri: str, found: "queue.Queue[str]") -> HTTPServer:
    parts = urlsplit(redirect_uri)

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:  # the name http.server wants
            if urlsplit(self.path).path.rstrip("/") != parts.path.rstrip("/"):
                self.send_error(404)
                return
            body = _PAGE.format(html.escape("Back in the terminal you see whether it worked."))
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())
            found.put(f"{parts.scheme}://{parts.netloc}{self.path}")

        def log_message(self, format: str, *args: object) -> None:
            """The path holds the code: it is not logged."""

    assert parts.port is not None
    try:
        server = HTTPServer(("127.0.0.1", parts.port), Handler)
    except OSError as error:
        raise PersonNeeded(
            f"Port {parts.port} of the redirect address is taken ({error.strerror}).",
            "Free it, or use a redirect address elsewhere.",
        ) from None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


# -- what is stored, and whether cron can use it ------------------------------------------------


def static_secrets(config: Config) -> dict[str, Secret]:
    """The secrets that the config names, by key."""
    found = {
        "exact.client_id": config.exact.client_id,
        "exact.client_secret": config.exact.client_secret,
        "exact.webhook_secret": config.exact.webhook_secret,
        "slack.token": config.slack.token,
        "slack.signing_secret": config.slack.signing_secret,
    }
    return {name: secret for name, secret in found.items() if secret is not None}


def readable(customer: Customer) -> dict[str, str]:
    """Each secret and why it cannot be read here, "" where it can."""
    checks: dict[str, Callable[[], object]] = {
        name: lambda n=name, s=secret: s.fetch(n)  # type: ignore[misc]  # bound now
        for name, secret in static_secrets(customer.config).items()
    }
    checks["exact login"] = customer.token_store.load
    checks["exact login, writing"] = lambda: _write_probe(customer)
    if customer.config.slack.token is None:
        checks["slack token"] = customer.slack_token
    results: dict[str, str] = {}
    for name, check in checks.items():
        try:
            results[name] = "" if check() is not None else "not there"
        except ExactSlackError as error:
            results[name] = str(error)
    return results


def _write_probe(customer: Customer) -> bool:
    if customer.secrets.place == "keyring":
        with customer.token_store.lock():
            customer.token_store.reserve()
        return True
    if not os.access(customer.state, os.W_OK):
        raise PersonNeeded(f"{customer.state} cannot be written.")
    return True


def readable_from_cron(config: Config) -> dict[str, str]:
    """The same, asked in a fresh process with an environment like cron's."""
    words = ["-m", "exact_slack", "-c", str(config.path.resolve()), "auth", "probe"]
    try:
        done = cron_process(*words)
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"everything": "a process like cron's could not tell"}
    return {str(name): str(why) for name, why in found.items()}


# -- the report ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Report:
    """What `auth status` says. Days are since the last renewal at Exact."""

    places: dict[str, str] = field(default_factory=dict)
    here: dict[str, str] = field(default_factory=dict)
    cron: dict[str, str] = field(default_factory=dict)
    exact: bool = False
    exact_host: str = ""
    chain_days: float | None = None
    days_left: float | None = None
    slack: bool = False
    slack_team: str = ""
    scopes: list[str] = field(default_factory=list)
    missing_scopes: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """All fields."""
        return {name: getattr(self, name) for name in self.__slots__}


def report(customer: Customer) -> Report:
    """Look at everything: the stores, the chain, Slack's scopes, and the same as cron."""
    found = Report(here=readable(customer), cron=readable_from_cron(customer.config))
    found.places = {n: s.description for n, s in static_secrets(customer.config).items()}
    found.places["exact login"] = customer.secrets.describe(EXACT_TOKENS)
    if customer.config.slack.token is None:
        found.places["slack token"] = customer.secrets.describe(SLACK_TOKEN)
    _exact(customer, found)
    _slack(customer, found)
    for name, why in found.cron.items():
        if why and not found.here.get(name):
            found.warnings.append(f"Cron cannot use {name}: {why}")
    return found


def _exact(customer: Customer, found: Report) -> None:
    try:
        tokens = customer.token_store.load()
    except ExactSlackError:
        return
    if tokens is None:
        return
    now = customer.clock.now()
    found.exact = True
    found.exact_host = tokens.host
    found.chain_days = round((now - tokens.chain_started_at) / 86400, 1)
    unused = (now - tokens.obtained_at) / 86400
    found.days_left = round(REFRESH_LIMIT_DAYS - unused, 1)
    found.warnings += unused_warning(unused)


def unused_warning(days: float) -> list[str]:
    """From day 21 on: the login dies on day 30 unless a poll renews it."""
    if days < WARN_AT_DAYS:
        return []
    return [
        f"The login at Exact was last renewed {days:.0f} days ago and dies after "
        f"{REFRESH_LIMIT_DAYS}: let exact-slack poll run."
    ]


def _slack(customer: Customer, found: Report) -> None:
    try:
        token = customer.slack_token()
    except ExactSlackError:
        return
    answer = SlackClient(token, customer.config.slack.base_url).who()
    if isinstance(answer, Outcome):
        found.warnings.append(f"Slack does not accept the token ({answer.error}).")
        return
    who, scopes = answer
    found.slack = True
    found.slack_team = who["team"]
    found.scopes = sorted(scopes)
    if scopes:
        found.missing_scopes = missing_scopes(customer.config, scopes)


def missing_scopes(config: Config, granted: frozenset[str]) -> dict[str, str]:
    """Scopes this config needs and does not have, and what each costs."""
    wanted = wanted_scopes(config.sends_files())
    return {s: why for s, why in wanted.items() if s not in granted}
