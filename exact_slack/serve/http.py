"""The intake behind `serve`: verify, store, answer. Workers (serve/workers.py) do the rest.

A notification is answered with 200 only once it is committed. Many commits a second would wait for
the disk one by one, so a single writer commits what has gathered in one transaction. Nothing is
parsed before its signature is right, and what is wrong leaves a number and nothing else."""

import json
import logging
import queue
import re
import resource
import threading
import time
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
from exact_slack.errors import ExactSlackError, PersonNeeded
from exact_slack.exact import webhooks
from exact_slack.failpoints import failpoint
from exact_slack.ledger.incoming.inbox import Told
from exact_slack.ledger.ledger import SLACK_SAYS_DEAD, Ledger, renamed_fact
from exact_slack.slack import events
from exact_slack.slack.events import Effect

log = logging.getLogger("exact_slack.serve")
BODY_LIMIT = 128 * 1024
"""Bytes of a request's body; a notification has some hundred."""
_MOST = 500
_WAIT = 2.0
"""Seconds an answer may wait for the disk: Slack wants its own within three, and must not queue
behind others that wait. Exact tries ten times."""
_THREADS = 32
_CONNECTIONS = 500
_HEADERS = 16 * 1024
_OTHER_FILES = 40
"""What the ledger, the calls to Exact and Slack, and the log need."""
_SECONDS = 20
"""Seconds a connection may be silent, and seconds a request may take to arrive."""
Environ = dict[str, Any]
Job = Callable[[Ledger], None]


class Writer(threading.Thread):
    """Commits jobs in groups: one wait for the disk serves all that have gathered."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(name="write", daemon=True)
        self._ledger = ledger
        self._jobs: queue.Queue[tuple[Job, threading.Event, list[bool]] | None] = queue.Queue()
        self._busy_since: float | None = None

    def commit(self, job: Job) -> bool:
        """Whether the job is on the disk; False where that failed or took too long. While the
        disk or another process holds up everything, this is known at once."""
        since = self._busy_since
        if since is not None and time.monotonic() - since > _WAIT:
            return False
        done, results = threading.Event(), [False]
        self._jobs.put((job, done, results))
        return done.wait(_WAIT) and results[0]

    def end(self) -> None:
        """Commit what is there, then end."""
        self._jobs.put(None)

    def run(self) -> None:
        """Until the end."""
        while True:
            group = [self._jobs.get()]
            while len(group) < _MOST:
                try:
                    group.append(self._jobs.get_nowait())
                except queue.Empty:
                    break
            jobs = [entry for entry in group if entry is not None]
            self._busy_since = time.monotonic()
            self._commit(jobs)
            self._busy_since = None
            if None in group:
                return

    def _commit(self, jobs: list[tuple[Job, threading.Event, list[bool]]]) -> None:
        failpoint("before_accept")
        good = True
        try:
            with self._ledger.transaction():
                for job, _, _ in jobs:
                    job(self._ledger)
        except ExactSlackError as error:
            log.error("%s", error)
            good = False
        except Exception:
            log.exception("a notification could not be stored")
            good = False
        failpoint("after_accept")
        for _, done, results in jobs:
            results[0] = good
            done.set()


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
        send: Callable[[], None],
        look: Callable[[], None],
        clock: Clock,
        healthy: Callable[[], bool],
    ) -> None:
        self._config = config
        self._writer = writer
        self._fetch = fetch
        self._send = send
        self._look = look
        self._clock = clock
        self._healthy = healthy
        self._divisions = frozenset(config.exact.divisions)
        self._kinds = frozenset(config.read_kinds())
        self._triages = config.has_triage()
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
        event = events.read(body)
        unasked = event is not None and event.effect is Effect.REACTED and not self._triages
        if event is None or unasked or event.effect is Effect.NOTHING:
            return self._count("slack ignored", OK)
        now = self._clock.now()
        if not self._writer.commit(lambda ledger: _apply(ledger, event, now)):
            return self._count("slack not stored", LATER)
        if event.effect in (Effect.RETURN, Effect.REACTED):
            self._send()
        if event.effect in (Effect.RETURN, Effect.LOOK, Effect.RENAME):
            self._look()  # a channel that was parked before its id was known
        return self._count("slack accepted", OK)

    def _interaction(self, environ: Environ, body: bytes) -> Answer:
        if not self._signed(environ, body):
            return self._count("slack rejected", UNAUTHORIZED)
        payload = parse_qs(body.decode("utf-8", "replace")).get("payload")
        # clicks on link buttons are only acknowledged: nothing flows back to Exact
        return self._count("slack click" if payload else "slack ignored", OK)


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


def _apply(ledger: Ledger, event: events.Event, now: float) -> None:
    """What an event changes, once."""
    if event.id and not ledger.inbox.first_time(event.id, now):
        return
    if event.effect is Effect.TOKEN_DEAD:
        ledger.set_fact(SLACK_SAYS_DEAD, event.kind)
        return
    if event.effect is Effect.REACTED:
        ledger.items.ask(event.channel_id, event.ts)
        return
    for name in ledger.channels.names_of(event.channel_id) if event.channel_id else ():
        if event.effect is Effect.PARK:
            ledger.channels.park(name, events.sentence(event.kind), now)
        elif event.effect is Effect.RETURN:
            ledger.channels.unpark(name, now)
        elif event.effect is Effect.RENAME and name.startswith("#"):
            # its id stays, so messages go on, unless another channel bears the name from now on
            new = f"#{event.name}"
            ledger.set_fact(renamed_fact(name), "" if new == name else new)
            ledger.channels.doubt(name)
    if event.effect is Effect.RENAME:
        ledger.channels.doubt(f"#{event.name}")
