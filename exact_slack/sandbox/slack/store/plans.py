"""What a test plans beforehand, and what it reads afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from exact_slack.sandbox.slack.store.channels import Channels
from exact_slack.sandbox.slack.store.model import Args, Post, Refusal, concerns


class Plans(Channels):
    """Refusals that are to come, and every attempt to post."""

    def refuse(
        self,
        method: str,
        error: str,
        times: int = 1,
        channel: str | None = None,
        match: Callable[[Args], bool] | str | None = None,
        **extra: Any,
    ) -> Refusal:
        """Answer the next `times` calls (-1: all) of a method with `ok: false` and `error`.

        `channel` narrows it to one channel, `match` to calls whose arguments
        contain a string or satisfy a function. `extra` fields join the answer.
        """
        wanted = self.channel(channel).id if channel else None
        return self._plan(Refusal(method, error, times, wanted, match, extra=extra))

    def refuse_afterwards(self, method: str, error: str) -> Refusal:
        """Do the work of the next call of a method, and answer it with an error all the same."""
        return self._plan(Refusal(method, error, times=1, after=True))

    def _plan(self, refusal: Refusal) -> Refusal:
        with self.lock:
            self._contents.refusals.append(refusal)
        return refusal

    def clear_refusals(self) -> None:
        """Forget every planned refusal."""
        with self.lock:
            self._contents.refusals.clear()

    def take_refusal(self, method: str, args: Args) -> Refusal | None:
        """Return the planned refusal for a call, used up by this, or None."""
        with self.lock:
            for refusal in self._contents.refusals:
                narrowed = self._contents.channels.get(refusal.channel or "")
                if refusal.times != 0 and concerns(refusal, method, args, narrowed):
                    refusal.times -= 1 if refusal.times > 0 else 0
                    return refusal
            return None

    def log_post(self, channel: str, method: str, accepted: bool) -> None:
        """Note an attempt to put something into a channel."""
        with self.lock:
            self.posts.append(Post(time.monotonic(), channel, method, accepted))
