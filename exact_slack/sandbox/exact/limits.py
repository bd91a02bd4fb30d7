"""Exact's call limits: per minute, per day, and after too many errors.

Numbers and headers are those of Exact's API limits article; that headers hold
epoch milliseconds was observed (picqer/exact-php-client #609).
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from exact_slack.sandbox.http import Response

MINUTE: Final = 60
DAY: Final = 86_400
HOUR: Final = 3600
COUNTED_ERRORS: Final = frozenset({400, 401, 403, 404})


class Limits:
    """Counts calls, errors and parallel requests per division."""

    def __init__(self, clock: Callable[[], float], on: bool = True) -> None:
        self.clock = clock
        self.on = on
        """Whether limits are enforced and announced; calls are counted anyway."""
        self.per_minute = 60
        self.per_day = 5000
        self.errors_per_hour = 10
        self.parallel_violations = 0
        """How often a request came while another of the same division was under way."""
        self.blocks = 0
        """How often the error limit shut out the key."""
        self._lock = threading.Lock()
        self._minute: Counter[tuple[int, int]] = Counter()
        self._day: Counter[tuple[int, int]] = Counter()
        self._busy: Counter[int] = Counter()
        self._errors: dict[tuple[int, str], deque[float]] = {}
        self._blocked_until = 0.0

    @contextmanager
    def under_way(self, division: int) -> Iterator[None]:
        """Mark a request; parallel ones of one division break the fair-use rule."""
        with self._lock:
            self.parallel_violations += division != 0 and self._busy[division] > 0
            self._busy[division] += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy[division] -= 1

    def take(self, division: int) -> Response | None:
        """Count a call; returns the 429 if the division has none left."""
        minute, day = self._periods()
        with self._lock:
            if self.on and self._day[division, day] >= self.per_day:
                return self._refusal(self._daily(division))
            if self.on and self._minute[division, minute] >= self.per_minute:
                return self._refusal(self._minutely(division))
            self._minute[division, minute] += 1
            self._day[division, day] += 1
        return None

    @staticmethod
    def _refusal(headers: dict[str, str]) -> Response:
        """A 429 carries only the headers of its own limit (picqer #646); no body is known."""
        return Response(429, headers)

    def use_up(self, division: int, *, daily: bool = False, left: int = 0) -> None:
        """Leave a division only so many calls in this minute, or in this day."""
        minute, day = self._periods()
        with self._lock:
            if daily:
                self._day[division, day] = self.per_day - left
            else:
                self._minute[division, minute] = self.per_minute - left

    def headers(self, division: int) -> dict[str, str]:
        """Both header families, for every answer with a division in its address."""
        if not self.on:
            return {}
        with self._lock:
            return {**self._daily(division), **self._minutely(division)}

    def _periods(self) -> tuple[int, int]:
        now = self.clock()
        return int(now // MINUTE), int(now // DAY)

    def _daily(self, division: int) -> dict[str, str]:
        _, day = self._periods()
        left = max(0, self.per_day - self._day[division, day])
        return _family("X-RateLimit", self.per_day, left, (day + 1) * DAY)

    def _minutely(self, division: int) -> dict[str, str]:
        minute, _ = self._periods()
        left = max(0, self.per_minute - self._minute[division, minute])
        return _family("X-RateLimit-Minutely", self.per_minute, left, (minute + 1) * MINUTE)

    def is_blocked(self) -> bool:
        """Tell whether too many errors have shut out the key, for whatever it asks."""
        with self._lock:
            return self.on and self._blocked_until > self.clock()

    def note(self, division: int, endpoint: str, status: int) -> None:
        """Count an error: more than ten in an hour at one endpoint of one company block the key.

        For an hour, which "will gradually increase when you continue making these errors"; by how
        much is not documented, nor whether calls during the block count: here they do not.
        """
        now = self.clock()
        with self._lock:
            if status not in COUNTED_ERRORS or self._blocked_until > now:
                return
            times = self._errors.setdefault((division, endpoint), deque())
            times.append(now)
            while times and times[0] <= now - HOUR:
                times.popleft()
            if self.on and len(times) > self.errors_per_hour:
                self.blocks += 1
                self._blocked_until = now + HOUR * self.blocks
                times.clear()


def _family(prefix: str, limit: int, left: int, reset: int) -> dict[str, str]:
    return {
        f"{prefix}-Limit": str(limit),
        f"{prefix}-Remaining": str(left),
        f"{prefix}-Reset": str(reset * 1000),
    }
