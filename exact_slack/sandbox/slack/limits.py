"""How often Slack may be called: posts a channel, posts a workspace, calls a method.

Sources: docs.slack.dev, rate limits and chat.postMessage ("one message per
second per channel", "several hundred messages per minute"), and each method's
tier. The figure for the workspace and the exact accounting are not documented.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable

MINUTE = 60.0
TIERS = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "special": 600}
"""Calls a minute; `special` as Slack's own Java client models it."""

METHOD_TIERS = {
    "apps.connections.open": "t3",
    "auth.test": "special",
    "auth.revoke": "t3",
    "chat.update": "t3",
    "chat.delete": "t3",
    "chat.getPermalink": "special",
    "conversations.list": "t2",
    "conversations.info": "t3",
    "conversations.history": "t3",
    "conversations.replies": "t3",
    "conversations.join": "t3",
    "files.getUploadURLExternal": "t4",
    "files.completeUploadExternal": "t4",
    "files.info": "t4",
    "oauth.v2.access": "special",
    "reactions.add": "t3",
    "reactions.get": "t3",
    "reactions.remove": "t2",
    "users.info": "t4",
}
POST_METHOD = "chat.postMessage"


class SlackLimits:
    """Counts calls and says when one comes too early; the caller holds a lock."""

    def __init__(
        self, enabled: bool = True, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.enabled = enabled
        self.post_gap = 0.95
        """Seconds between accepted posts to a channel: one, less the jitter of a network."""
        self.post_burst = 1
        """How many posts a channel takes at once before the gap counts."""
        self.posts_per_minute = 240
        self.per_minute = {method: TIERS[tier] for method, tier in METHOD_TIERS.items()}
        self.violations = 0
        """How many calls were answered 429."""
        self._clock = clock
        self._blocked: dict[str, float] = {}
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._posts: dict[str, deque[float]] = defaultdict(deque)
        self._workspace: deque[float] = deque()

    def check_call(self, method: str) -> int | None:
        """Count a call of a method; return the seconds of `Retry-After` when it is refused."""
        if not self.enabled:
            return None
        now = self._clock()
        # docs.slack.dev, rate limits: a 429 stops the method for the whole workspace.
        if (until := self._blocked.get(method, 0.0)) > now:
            return self._refuse(method, until - now, now)
        allowed = self.per_minute.get(method)
        if allowed is None:
            return None
        calls = self._calls[method]
        wait = _wait(calls, allowed, MINUTE, now)
        if wait > 0:
            return self._refuse(method, wait, now)
        calls.append(now)
        return None

    def check_post(self, channel: str) -> int | None:
        """Say whether a channel takes another post now; `accepted` counts it."""
        if not self.enabled:
            return None
        now = self._clock()
        window = self.post_gap * self.post_burst
        wait = max(
            _wait(self._posts[channel], self.post_burst, window, now),
            _wait(self._workspace, self.posts_per_minute, MINUTE, now),
        )
        return self._refuse(POST_METHOD, wait, now) if wait > 0 else None

    def accepted(self, channel: str) -> None:
        """Count a post that was stored."""
        now = self._clock()
        self._posts[channel].append(now)
        self._workspace.append(now)

    def _refuse(self, method: str, wait: float, now: float) -> int:
        self.violations += 1
        seconds = max(1, math.ceil(wait))
        self._blocked.setdefault(method, 0.0)
        self._blocked[method] = max(self._blocked[method], now + wait)
        return seconds


def _wait(times: deque[float], allowed: int, window: float, now: float) -> float:
    """Return how long until another event fits, and forget events that no longer count."""
    while times and times[0] <= now - window:
        times.popleft()
    if len(times) < allowed:
        return 0.0
    return times[len(times) - allowed] + window - now
