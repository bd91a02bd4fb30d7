"""Things that go wrong on the wire, planned by a test or drawn from a seed.

A fault either stops a request before the server's handler sees it, or lets the
handler do its work and then loses or replaces the answer. The second case is
the one that makes a sender unsure, so it is the default.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from exact_slack.sandbox.http import Request

Kind = Literal[
    "close",  # the connection ends without an answer
    "reset",  # the connection is reset (RST)
    "hang",  # nothing comes for a while, then the connection ends
    "truncate",  # the right Content-Length, half of the body
    "status",  # another status, body and headers
    "html200",  # 200 with an HTML page
    "empty200",  # 200 with an empty body
    "delay",  # the ordinary answer, late
]
When = Literal["before", "after"]
Match = str | Callable[["Request"], bool]

ALWAYS = -1
"""For `times`: the fault stays."""


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


class Faults:
    """A thread-safe list of faults; the server asks it once for every request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[Fault] = []
        self._soak: _Soak | None = None
        self.served: list[tuple[str, str, Kind, When]] = []
        """Each fault that struck: method, path, kind, when."""

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
        fault = Fault(match, kind, times, when, status, raw, dict(headers or {}), seconds, skip)
        with self._lock:
            self._planned.append(fault)
        return fault

    def random(
        self,
        seed: int,
        rate: float,
        kinds: Sequence[Kind],
        *,
        when: When | None = None,
        seconds: float = 0.2,
    ) -> None:
        """Hit a share of all requests; without `when`, before or after is drawn too."""
        soak = _Soak(random.Random(seed), rate, tuple(kinds), when, seconds)
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
        return Fault("", kind, when=soak.when or drawn, seconds=soak.seconds)
