"""The page that shows the workspace: works without JavaScript, follows changes with it."""

from __future__ import annotations

import mimetypes
from dataclasses import replace
from functools import cache
from html import escape
from importlib import resources
from string import Template

from exact_slack.sandbox.http import Request, Response
from exact_slack.sandbox.page.render import (
    CLICK,
    REACT,
    View,
    address,
    channels_html,
    messages_html,
    thread_html,
    title_html,
)
from exact_slack.sandbox.page.text import render_workspace
from exact_slack.sandbox.slack.interactions import NoSuchButton, SlackInteractions
from exact_slack.sandbox.slack.store import SlackStore

ASSETS = {"/page.css": "text/css", "/page.js": "text/javascript"}
FILES = "/sandbox/files/"
ACTS = (REACT, CLICK)
"""What a visitor may do."""
SAFE = {
    # The page may load itself and nothing else: what foreign text says stays text.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Page:
    """Serves the page of one workspace."""

    def __init__(self, store: SlackStore, interactions: SlackInteractions) -> None:
        self.store = store
        self.interactions = interactions
        self._seen: dict[str, int] = {}
        """What was said to the visitor alone before they last did something, by channel: so many
        are gone from the page."""

    def handle(self, request: Request) -> Response:
        """Answer a browser."""
        if request.method == "POST" and request.path in ACTS:
            return self._act(request)
        if request.method not in ("GET", "HEAD"):
            return Response.text("the page is for reading", 405)
        if request.path == "/":
            return self._page(request)
        if request.path == "/sandbox/state":
            return self._state(request)
        if request.path == "/sandbox/messages.txt":
            return Response.text(render_workspace(self.store), headers=SAFE)
        if request.path in ASSETS:
            kind = f"{ASSETS[request.path]}; charset=utf-8"
            return Response.data(_asset(request.path[1:]).encode(), kind, SAFE)
        if request.path.startswith(FILES):
            return self._file(request.path.removeprefix(FILES))
        return Response.text("not found", 404)

    def _act(self, request: Request) -> Response:
        """The visitor reacts or clicks, as a person of the workspace; pages elsewhere cannot."""
        origin = request.headers.get("Origin", request.base_url)
        values = request.form()
        channel, ts = values.get("channel", ""), values.get("ts", "")
        if origin != request.base_url:
            return Response.text("not from here", 403)
        visitor = self.store.visitor()
        self._seen[channel] = len(self.interactions.told(visitor, channel))
        try:
            if request.path == CLICK:
                self.interactions.click(channel, ts, values.get("action", ""), visitor)
            else:
                self.store.toggle(channel, ts, values.get("name", ""), visitor)
        except (KeyError, NoSuchButton):
            return Response.text("there is no such message", 404)
        return Response.redirect(address(channel, values.get("thread", "")))

    def _view(self, request: Request) -> View:
        args = request.args()
        channels = self.store.channels()
        wanted = args.get("channel", "").lstrip("#")
        named = (c for c in channels if wanted in (c.id, c.name))
        filled = (c for c in channels if self.store.live_messages(c.id))
        channel = next(named, None) or next(filled, None) or next(iter(channels), None)
        view = View(channel, args.get("thread", ""), args.get("show") == "all")
        return self._with_own(view, channel.id) if channel and self._seen else view

    def _with_own(self, view: View, channel: str) -> View:
        """With what the visitor alone sees, who has done something."""
        visitor = self.store.visitor()
        words = self.interactions.told(visitor, channel)[self._seen.get(channel, 0) :]
        unheard = self.interactions.unheard.items()
        warned = (ts for (where, ts), who in unheard if (where, who) == (channel, visitor))
        return replace(view, told=tuple(words), warned=frozenset(warned))

    def _page(self, request: Request) -> Response:
        with self.store.lock:
            view = self._view(request)
            parts = self._parts(view)
            version = self.store.version
        channel = view.channel
        html = Template(_asset("page.html")).substitute(
            parts,
            workspace=escape(self.store.team_name),
            initial=escape(self.store.team_name[:1]),
            version=version,
            channel=escape(channel.id if channel else ""),
            name=escape(channel.name if channel else ""),
            close=escape(address(channel.id) if channel else "/"),
            open="open" if view.thread else "",
        )
        return Response.html(html, headers=SAFE)

    def _parts(self, view: View) -> dict[str, str]:
        return {
            "channels": channels_html(self.store, view),
            "title": title_html(view),
            "messages": messages_html(self.store, view),
            "thread": thread_html(self.store, view),
        }

    def _state(self, request: Request) -> Response:
        """Tell what changed since a version; all of it when something did."""
        since = request.args().get("since", "")
        with self.store.lock:
            version = self.store.version
            if since == str(version):
                return Response.json({"version": version, "changed": False}, headers=SAFE)
            view = self._view(request)
            parts = self._parts(view)
        channel = view.channel.id if view.channel else ""
        state = {"version": version, "changed": True, "channel": channel, **parts}
        return Response.json(state, headers=SAFE)

    def _file(self, file_id: str) -> Response:
        """Hand out an uploaded file, to be saved rather than shown."""
        file = self.store.file(file_id)
        if file is None or file.content is None:
            return Response.text("not found", 404)
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        plain = "".join(c for c in file.name if c.isascii() and (c.isalnum() or c in "._- "))
        disposition = f'attachment; filename="{plain or file.id}"'
        return Response.data(file.content, kind, {**SAFE, "Content-Disposition": disposition})


@cache
def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
