"""Things that go wrong on the wire, planned by a test or drawn from a seed.

A fault either stops a request before the server's handler sees it, or lets the
handler do its work and then loses or replaces the answer. The second case is
the one that makes a sender unsure, so it is the default.
"""

from __future__ import annotations

import json
import math
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from exact_slack.sandbox.http_messages import Request

Kind = Literal[
    "close",  # the connection ends without an answer
    "reset",  # the connection is reset (RST)
    "hang",  # nothing comes for a while, then the connection ends
    "truncate",  # the right Content-Length, half of the body
    "status",  # another status, body and headers
    "html200",  # 200 with an HTML page
    "empty200",  # 200 with an empty body
    "delay",  # the ordinary answer, late
    "answer",  # any JSON or bytes, with any status
    "change",  # the ordinary answer after a function went over its JSON
    "redirect",  # the same path on another host
    "drip",  # a byte every few seconds, in the headers or the body
    "pour",  # a body of any size, packed or not
]
When = Literal["before", "after"]
Part = Literal["headers", "body"]
Match = str | Callable[["Request"], bool]

ALWAYS = -1
"""For `times`: the fault stays."""
FOREVER = math.inf
"""For `seconds`: a connection that is taken and never answered, while the server lives."""
NOWHERE = "http://127.0.0.1:9"
"""A host that nobody serves."""
_DEEP = "[" * 100 + "]" * 100
ODD_ANSWERS: tuple[str, ...] = (
    *("null", "true", "5", "0.5", '""', '"ok"', "[]", "[null]", "[[]]", "{}", _DEEP),
    *('{"ok":true}', '{"ok":1}', '{"ok":null}', '{"ok":"true"}', '{"ok":[]}'),
    *('{"d":null}', '{"d":5}', '{"d":{}}', '{"d":[null]}', '{"d":{"results":null}}'),
    *('{"d":{"results":{}}}', '{"d":"x"}', '{"error":null}', '{"error":{"message":[]}}'),
)
"""JSON of every type, as neither service would ever send it."""
_PARTS: tuple[Part, ...] = ("headers", "body")


@dataclass
class Fault:
    """One planned fault: which requests it hits, how, and how often still."""

    match: Match
    kind: Kind
    times: int = 1
    when: When = "after"
    status: int = 500
    body: bytes = b"Internal Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 30.0
    skip: int = 0
    """This many matching requests pass first."""
    change: Callable[[Any], Any] | None = None
    elsewhere: str = NOWHERE
    """Where a redirect leads to, without a path."""
    part: Part = "body"
    size: int = 0
    """Bytes; for a drip 0 means no end."""
    packed: bool = False

    def matches(self, request: Request) -> bool:
        """Tell whether the request is one this fault is meant for."""
        if callable(self.match):
            return self.match(request)
        return self.match in request.path


@dataclass
class _Soak:
    """Random faults: a seeded generator, a rate and the kinds to draw from."""

    generator: random.Random
    rate: float
    kinds: Sequence[Kind]
    when: When | None
    seconds: float
    size: int


class Faults:
    """A thread-safe list of faults; the server asks it once for every request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[Fault] = []
        self._soak: _Soak | None = None
        self.served: list[tuple[str, str, Kind, When]] = []
        """Each fault that struck: method, path, kind, when."""

    def plan(self, fault: Fault) -> Fault:
        """Plan a fault of any kind."""
        with self._lock:
            self._planned.append(fault)
        return fault

    def add(
        self,
        match: Match,
        kind: Kind,
        times: int = 1,
        when: When = "after",
        *,
        status: int = 500,
        body: bytes | str = b"Internal Server Error",
        headers: Mapping[str, str] | None = None,
        seconds: float = 30.0,
        skip: int = 0,
    ) -> Fault:
        """Plan a fault for the next `times` requests whose path contains `match`."""
        raw = body.encode() if isinstance(body, str) else body
        planned = dict(headers or {})
        return self.plan(Fault(match, kind, times, when, status, raw, planned, seconds, skip))

    def answer(
        self, match: Match, body: object, status: int = 200, times: int = 1, when: When = "after"
    ) -> Fault:
        """Answer with any JSON, or with bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.plan(Fault(match, "answer", times, when, status, raw))

    def change(self, match: Match, change: Callable[[Any], Any], times: int = 1) -> Fault:
        """Send the ordinary answer after `change` went over its JSON."""
        return self.plan(Fault(match, "change", times, change=change))

    def redirect(
        self, match: Match, elsewhere: str, status: int = 302, times: int = 1, when: When = "before"
    ) -> Fault:
        """Send the client to the same path on another host."""
        return self.plan(Fault(match, "redirect", times, when, status, elsewhere=elsewhere))

    def drip(
        self, match: Match, seconds: float, part: Part = "body", times: int = 1, size: int = 0
    ) -> Fault:
        """Send a byte every few seconds; the work is done before the first one."""
        return self.plan(Fault(match, "drip", times, seconds=seconds, part=part, size=size))

    def pour(self, match: Match, size: int, packed: bool = False, times: int = 1) -> Fault:
        """Send a body of so many bytes, as they are or as gzip."""
        return self.plan(Fault(match, "pour", times, size=size, packed=packed))

    def random(
        self,
        seed: int,
        rate: float,
        kinds: Sequence[Kind],
        *,
        when: When | None = None,
        seconds: float = 0.2,
        size: int = 1_000_000,
    ) -> None:
        """Hit a share of all requests; without `when`, before or after is drawn too."""
        soak = _Soak(random.Random(seed), rate, tuple(kinds), when, seconds, size)
        with self._lock:
            self._soak = soak

    def clear(self) -> None:
        """Forget everything planned; `served` stays."""
        with self._lock:
            self._planned.clear()
            self._soak = None

    def take(self, request: Request) -> Fault | None:
        """Return the fault for this request, used up by the call, or None."""
        with self._lock:
            fault = self._take_planned(request) or self._draw()
            if fault is not None:
                self.served.append((request.method, request.path, fault.kind, fault.when))
            return fault

    def _take_planned(self, request: Request) -> Fault | None:
        for fault in self._planned:
            if fault.times == 0 or not fault.matches(request):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.times > 0:
                fault.times -= 1
            return fault
        return None

    def _draw(self) -> Fault | None:
        soak = self._soak
        if soak is None or soak.generator.random() >= soak.rate:
            return None
        kind = soak.generator.choice(soak.kinds)
        drawn: When = "after" if soak.generator.random() < 0.5 else "before"
        fault = Fault("", kind, when=soak.when or drawn, seconds=soak.seconds)
        if kind == "answer":
            fault.status, fault.body = 200, soak.generator.choice(ODD_ANSWERS).encode()
        elif kind == "redirect":
            fault.status = soak.generator.choice((301, 302, 303, 307))
        elif kind == "drip":
            fault.part = soak.generator.choice(_PARTS)
        elif kind == "pour":
            fault.size, fault.packed = soak.size, soak.generator.random() < 0.5
        return fault
