"""The intake behind `serve`: verify, store, answer. Workers (serve/workers.py) do the rest.

A notification is answered with 200 only once it is committed. Many commits a second would wait for
the disk one by one, so a single writer commits what has gathered in one transaction. Nothing is
parsed before its signature is right, and what is wrong leaves a number and nothing else."""

import json
import logging
import re
import resource
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from exact_slack.app.customer import customer
from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.documents.kinds import Kind
from exact_slack.errors import PersonNeeded
from exact_slack.exact import webhooks
from exact_slack.ledger.incoming.inbox import Told
from exact_slack.ledger.ledger import Ledger
from exact_slack.serve.heard import Heard, Taken
from exact_slack.serve.writer import Writer
from exact_slack.slack.incoming import clicks, events

log = logging.getLogger("exact_slack.serve")
BODY_LIMIT = 128 * 1024
"""Bytes of a request's body; a notification has some hundred."""
_THREADS = 32
_CONNECTIONS = 500
_HEADERS = 16 * 1024
_OTHER_FILES = 40
"""What the ledger, the calls to Exact and Slack, and the log need."""
_SECONDS = 20
"""Seconds a connection may be silent, and seconds a request may take to arrive."""
Environ = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: str
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"


OK = Answer("200 OK")
UNAUTHORIZED = Answer("401 Unauthorized", b"the signature is wrong\n")
NOT_FOUND = Answer("404 Not Found", b"there is nothing here\n")
NOT_ALLOWED = Answer("405 Method Not Allowed", b"not this method\n")
LATER = Answer("503 Service Unavailable", b"try again later\n")


class Intake:
    """The WSGI application."""

    def __init__(
        self,
        config: Config,
        writer: Writer,
        *,
        fetch: Callable[[], None],
        heard: Heard,
        clock: Clock,
        healthy: Callable[[], bool],
    ) -> None:
        self._config = config
        self._writer = writer
        self._fetch = fetch
        self._heard = heard
        self._clock = clock
        self._healthy = healthy
        self._divisions = frozenset(config.exact.divisions)
        self._kinds = frozenset(config.read_kinds())
        self._exact_secret = _secret(config.exact.webhook_secret, "exact.webhook_secret")
        self._slack_secret = _secret(config.slack.signing_secret, "slack.signing_secret")
        self.counts: Counter[str] = Counter()
        """Requests by what became of them, since the start."""
        self._posts: dict[str, Callable[[Environ, bytes], Answer]] = {
            "/exact/webhook": self._webhook,
            "/slack/events": self._event,
            "/slack/interactions": self._interaction,
        }

    def __call__(self, environ: Environ, start: Callable[..., object]) -> Iterable[bytes]:
        """One request. Whatever comes, it gets an answer and never a traceback."""
        try:
            answer = self._answer(environ)
        except Exception:
            log.exception("a request could not be answered")
            answer = LATER
        start(
            answer.status,
            [("Content-Type", answer.kind), ("Content-Length", str(len(answer.body)))],
        )
        # HEAD: a proxy would take a body for the next answer
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [answer.body]

    def _answer(self, environ: Environ) -> Answer:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        if path == "/healthz":
            return self._health() if method in ("GET", "HEAD") else NOT_ALLOWED
        if path == "/metrics" and is_local(environ):
            return self._metrics() if method in ("GET", "HEAD") else NOT_ALLOWED
        handler = self._posts.get(path)
        if handler is None:
            return NOT_FOUND
        if method != "POST":
            return NOT_ALLOWED
        return handler(environ, environ["wsgi.input"].read(BODY_LIMIT + 1))

    def _health(self) -> Answer:
        good = self._healthy()
        body = json.dumps({"ok": good, "requests": dict(self.counts)}).encode()
        return Answer("200 OK" if good else LATER.status, body, "application/json")

    def _metrics(self) -> Answer:
        from exact_slack.metrics.family import CONTENT_TYPE
        from exact_slack.metrics.measure import page

        with customer(self._config, self._clock, reading=True) as opened:
            return Answer("200 OK", page(opened).encode(), CONTENT_TYPE)

    def _count(self, what: str, answer: Answer) -> Answer:
        self.counts[what] += 1
        return answer

    # -- Exact -----------------------------------------------------------------------------

    def _webhook(self, environ: Environ, body: bytes) -> Answer:
        if not body:
            return self._count("exact validation", OK)
        if self._exact_secret is None:
            return self._count("exact rejected", UNAUTHORIZED)
        content = webhooks.signed_content(body, self._exact_secret)
        if content is None:
            return self._count("exact rejected", UNAUTHORIZED)
        notification = webhooks.read(content)
        if (
            notification is None
            or notification.kind not in self._kinds
            or notification.division not in self._divisions
        ):
            return self._count("exact ignored", OK)
        return self._store(notification.kind, notification)

    def _store(self, kind: Kind, notification: webhooks.Notification) -> Answer:
        now, said = (
            self._clock.now(),
            Told(notification.at, notification.mark, notification.deletes),
        )

        def put(ledger: Ledger) -> None:
            ledger.inbox.put(notification.division, kind, notification.key, now, said)

        if not self._writer.commit(put):
            return self._count("exact not stored", LATER)
        self._fetch()
        return self._count("exact accepted", OK)

    # -- Slack -----------------------------------------------------------------------------

    def _signed(self, environ: Environ, body: bytes) -> bool:
        return self._slack_secret is not None and events.signed(
            self._slack_secret,
            environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", ""),
            environ.get("HTTP_X_SLACK_SIGNATURE", ""),
            body,
            self._clock.now(),
        )

    def _event(self, environ: Environ, body: bytes) -> Answer:
        if not self._signed(environ, body):
            return self._count("slack rejected", UNAUTHORIZED)
        challenge = events.challenge(body)
        if challenge is not None:
            return self._count("slack validation", Answer("200 OK", challenge.encode()))
        return self._taken(self._heard.event(events.read(body)))

    def _interaction(self, environ: Environ, body: bytes) -> Answer:
        if not self._signed(environ, body):
            return self._count("slack rejected", UNAUTHORIZED)
        for payload in parse_qs(body.decode("utf-8", "replace")).get("payload", ()):
            return self._taken(self._heard.click(clicks.read_form(payload)))
        return self._count("slack ignored", OK)

    def _taken(self, taken: Taken) -> Answer:
        return self._count(f"slack {taken}", LATER if taken is Taken.NOT_STORED else OK)


class Channel(HTTPChannel):
    """A connection. waitress counts every byte as activity, so one byte now and then would keep
    it for ever; here only the first part of a request counts, and its end."""

    def handle_read(self) -> None:
        """Bytes have come."""
        going_on, since = self.request is not None, self.last_activity
        super().handle_read()
        if going_on and self.request is not None:
            self.last_activity = since


def connections() -> int:
    """So many connections at once as there are descriptors for: beyond that they wait in the
    backlog. Without a limit of its own a full table of files would keep a core busy in vain."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return _CONNECTIONS
    return max(min(_CONNECTIONS, allowed - _OTHER_FILES), 1)


def bind(intake: Intake, host: str, port: int) -> Any:
    """The server with its limits, bound and not yet running. PersonNeeded where it cannot be."""
    logging.getLogger("waitress").setLevel(logging.ERROR)
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            intake,
            map=sockets,
            host=host,
            port=port,
            threads=_THREADS,
            connection_limit=connections(),
            channel_timeout=_SECONDS,
            cleanup_interval=5,
            max_request_body_size=BODY_LIMIT + 1,  # waitress refuses from there on
            max_request_header_size=_HEADERS,
            expose_tracebacks=False,
            ident="",
            # none is believed; that there are some says that a request was forwarded
            clear_untrusted_proxy_headers=False,
            backlog=1024,
        )
    except (OSError, ValueError) as error:  # waitress says ValueError for a name it cannot resolve
        why = error.strerror if isinstance(error, OSError) else "there is no such host"
        raise PersonNeeded(
            f"{host}:{port} cannot be used ({why}).", "Set serve.listen to another one."
        ) from None
    for listening in sockets.values():
        if isinstance(listening, BaseWSGIServer):
            listening.channel_class = Channel
    return server


_FORWARDED = re.compile(
    r"HTTP_(FORWARDED.*|VIA|X_(FORWARDED|REAL|ORIGINAL|CLIENT|PROXY)_.*|.*_(CLIENT|CONNECTING)_IP)$"
)


def is_local(environ: Environ) -> bool:
    """Whether somebody on this machine asks, and no proxy for somebody else. nginx passes requests
    on without a header that says so, but as HTTP/1.0; a name in `Host` that is not this machine's
    is a proxy's, or that of a page in a browser here."""
    forwarded = any(map(_FORWARDED.match, environ)) or environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    host = str(environ.get("HTTP_HOST", "")).lower().strip()
    name = re.sub(r":\d+$", "", host).strip("[]")
    return not forwarded and _is_loopback(environ.get("REMOTE_ADDR", "")) and _is_here(name)


def _is_here(name: str) -> bool:
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback


def _secret(secret: Any, name: str) -> bytes | None:
    return secret.fetch(name).encode() if secret is not None else None
