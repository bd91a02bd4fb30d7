"""A strict, stateful Slack on loopback: the Web API, uploads, and a page to look at.

Sources: docs.slack.dev, Web API (arguments, errors, rate limits) and the pages
of the methods. Only what those pages say is imitated; a choice of ours where
they are silent is marked "not documented".
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self

from exact_slack.sandbox.faults import Faults
from exact_slack.sandbox.http import LoopbackServer, Request, Response
from exact_slack.sandbox.page.page import Page
from exact_slack.sandbox.running import Running
from exact_slack.sandbox.slack.events import SlackEvents
from exact_slack.sandbox.slack.interactions import ANSWERS, SlackInteractions
from exact_slack.sandbox.slack.limits import SlackLimits
from exact_slack.sandbox.slack.methods import apps, auth, chat, conversations, files, reactions
from exact_slack.sandbox.slack.methods.call import (
    ARGUMENT_NAME,
    Call,
    RateLimited,
    Settings,
    SlackError,
    invalid_arguments,
)
from exact_slack.sandbox.slack.socket.sockets import SlackSockets
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.workspace import DEFAULT_SCOPES, DEFAULT_TOKEN

API = "/api/"
HISTORY_SCOPES = ("channels:history", "groups:history", "mpim:history", "im:history")
READ_SCOPES = ("channels:read", "groups:read", "mpim:read", "im:read")


@dataclass(frozen=True)
class Method:
    """One Web API method: what it does and what it asks for."""

    run: Callable[[Call], dict[str, Any]]
    scopes: tuple[str, ...] = ()
    """The token needs one of these; some methods then ask for a certain one."""
    token: bool = True
    json: bool = True
    """Whether it reads a JSON body; the others read forms and the query only."""
    app: bool = False
    """Whether it wants the app-level token, and that in the header alone."""


METHODS: dict[str, Method] = {
    "apps.connections.open": Method(apps.connections_open, json=False, app=True),
    "auth.test": Method(auth.test),
    "auth.revoke": Method(auth.revoke, json=False),
    "blocks.validate": Method(auth.validate, token=False),
    "chat.delete": Method(chat.delete, ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink, json=False),
    "chat.postMessage": Method(chat.post_message, ("chat:write",)),
    "chat.update": Method(chat.update, ("chat:write",)),
    "conversations.history": Method(conversations.history, HISTORY_SCOPES),
    "conversations.info": Method(conversations.info, READ_SCOPES, json=False),
    "conversations.join": Method(conversations.join, ("channels:join",)),
    "conversations.list": Method(conversations.list_channels, READ_SCOPES, json=False),
    "conversations.open": Method(conversations.open_direct, ("im:write",), json=False),
    "conversations.replies": Method(conversations.replies, HISTORY_SCOPES, json=False),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, ("files:write",), json=False),
    "files.info": Method(files.info, ("files:read",), json=False),
    "oauth.v2.access": Method(auth.oauth_access, token=False, json=False),
    "reactions.add": Method(reactions.add, ("reactions:write",)),
    "reactions.get": Method(reactions.get, ("reactions:read",), json=False),
    "reactions.remove": Method(reactions.remove, ("reactions:write",)),
    "users.info": Method(auth.user_info, ("users:read",), json=False),
}
POSTING = ("chat.postMessage", "files.completeUploadExternal")


class SlackSandbox(Running):
    """One fake Slack workspace, served on loopback."""

    def __init__(
        self,
        port: int = 0,
        *,
        token: str = DEFAULT_TOKEN,
        scopes: Iterable[str] = DEFAULT_SCOPES,
        limits: bool = True,
        latency: float = 0.0,
        history_page_max: int | None = None,
        history_per_minute: int | None = None,
        blocks_text_max: int = 12_000,
        store: SlackStore | None = None,
    ) -> None:
        self.store = store if store is not None else SlackStore(token, scopes)
        self.limits = SlackLimits(limits)
        self.latency = latency
        """Seconds every API call takes at least."""
        if history_per_minute is not None:
            for name in ("conversations.history", "conversations.replies"):
                self.limits.per_minute[name] = history_per_minute
        self.settings = Settings(history_page_max, blocks_text_max)
        self.faults = Faults()
        self.events = SlackEvents(self.store)
        self.sockets = SlackSockets(self.store, self._ws_url)
        self.interactions = SlackInteractions(
            self.store, self.sockets, lambda: self.events.secret, lambda: self.server.url
        )
        self.page = Page(self.store, self.interactions)
        self.server = LoopbackServer(self.handle, port, self.faults)
        self.server.upgrade = self.sockets.upgrade

    @property
    def base_url(self) -> str:
        """The address a Slack client takes as its base."""
        return f"{self.server.url}{API}"

    @property
    def page_url(self) -> str:
        """The address of the page that shows the channels."""
        return f"{self.server.url}/"

    @property
    def violations(self) -> int:
        """How many calls came too early."""
        return self.limits.violations

    def start(self) -> Self:
        """Begin to serve; returns itself."""
        self.server.start()
        return self

    def stop(self) -> None:
        """Stop serving and sending."""
        self.events.stop()
        self.sockets.stop()
        self.server.stop()

    def _ws_url(self) -> str:
        return self.server.url.replace("http://", "ws://")

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        if request.path.startswith(API):
            return self._api(request, request.path.removeprefix(API).strip("/"))
        if request.path.startswith(files.UPLOAD_PATH):
            return files.upload(self.store, request)
        if request.path.startswith(ANSWERS):
            return self.interactions.answer(request)
        return self.page.handle(request)

    def _api(self, request: Request, name: str) -> Response:
        if self.latency:
            time.sleep(self.latency)
        method = METHODS.get(name)
        headers = {"x-oauth-scopes": ",".join(self.store.scopes)}
        headers["x-accepted-oauth-scopes"] = ",".join(method.scopes) if method else ""
        if method is None:
            unknown = {"ok": False, "error": "unknown_method", "req_method": name}
            return Response.json(unknown, headers=headers)
        with self.store.lock:
            return self._answer(request, name, method, headers)

    def _answer(
        self, request: Request, name: str, method: Method, headers: dict[str, str]
    ) -> Response:
        try:
            call = self._call(request, name, method)
            return Response.json(self._run(call, method), headers=headers)
        except SlackError as error:
            return Response.json(error.body, headers=headers)
        except RateLimited as limited:
            body = {"ok": False, "error": "ratelimited"}
            return Response.json(body, 429, {**headers, "Retry-After": str(limited.retry_after)})

    def _call(self, request: Request, name: str, method: Method) -> Call:
        args, is_json = _arguments(request, method.json)
        if method.app:
            _authenticate_app(self.store, request, args)
        elif method.token:
            _authenticate(self.store, request, args, is_json)
        args.pop("token", None)
        if any(not ARGUMENT_NAME.fullmatch(argument) for argument in args):
            raise SlackError("invalid_arg_name")
        call = Call(name, args, self.store, self.limits, self.settings, request)
        call.socket_url = self.sockets.ticket
        return call

    def _run(self, call: Call, method: Method) -> dict[str, Any]:
        try:
            return self._limited(call, method)
        finally:
            if call.method in POSTING:
                self._log(call)

    def _limited(self, call: Call, method: Method) -> dict[str, Any]:
        wait = self.limits.check_call(call.method)
        if wait is not None:
            raise RateLimited(wait)
        if method.scopes:
            call.need_scope(*method.scopes)
        refusal = self.store.take_refusal(call.method, call.args)
        if refusal is None or refusal.after:
            answer = method.run(call)
        if refusal is not None:
            raise SlackError(refusal.error, **refusal.extra)
        return answer

    def _log(self, call: Call) -> None:
        for channel in call.posted_to:
            self.store.log_post(channel, call.method, accepted=True)
            if call.method == "chat.postMessage":
                self.limits.accepted(channel)
        wanted = str(call.args.get("channel") or call.args.get("channel_id") or "")
        if wanted and not call.posted_to:
            with contextlib.suppress(KeyError):
                wanted = self.store.channel(wanted).id
            self.store.log_post(wanted, call.method, accepted=False)


def _arguments(request: Request, reads_json: bool) -> tuple[dict[str, Any], bool]:
    """Return the call's arguments, and whether they came as JSON.

    docs.slack.dev, Web API: a POST body needs a known Content-Type.
    """
    args: dict[str, Any] = dict(request.args())
    kind = request.headers.get("Content-Type").partition(";")[0].strip().lower()
    if request.method not in ("GET", "POST") or not request.body:
        return args, False
    if kind == "application/json":
        body = _json_object(request)
        return (args | body if reads_json else args), True
    if kind == "application/x-www-form-urlencoded":
        try:
            return args | request.form(), False
        except ValueError:
            raise SlackError("invalid_form_data") from None
    raise SlackError("invalid_post_type" if kind else "missing_post_type")


def _json_object(request: Request) -> dict[str, Any]:
    """Return a JSON body; the error's name for a bad one is not documented."""
    try:
        body = request.json()
    except ValueError:
        raise invalid_arguments("the body is not JSON") from None
    if not isinstance(body, dict):
        raise invalid_arguments("the body is not a JSON object")
    return body


def _authenticate(store: SlackStore, request: Request, args: dict[str, Any], is_json: bool) -> None:
    """Check the token: in the header, or in a form; JSON needs the header."""
    scheme, _, given = request.headers.get("Authorization").partition(" ")
    token = given.strip() if scheme.lower() == "bearer" else ""
    if not token and not is_json:
        token = str(args.get("token") or "")
    if not token:
        raise SlackError("not_authed")
    if token != store.token:
        raise SlackError("invalid_auth")
    if store.token_error:
        raise SlackError(store.token_error)


def _authenticate_app(store: SlackStore, request: Request, args: dict[str, Any]) -> None:
    """An app-level token, in the header: a `token` argument beside it is taken for the wrong one
    (python-slack-sdk #1877)."""
    scheme, _, given = request.headers.get("Authorization").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise SlackError("not_authed")
    if given.strip() != store.app_token or args.get("token"):
        raise SlackError("invalid_auth")
