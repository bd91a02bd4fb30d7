"""Finding out whether messages arrived: looked up in their channel by their keys.

One look-up reads one channel (or thread) page by page and answers for all keys that are asked
there. It can pause: an app that is distributed may read only 15 objects once a minute
(docs.slack.dev rate limits, change of 2025-05-29), so a full minute is no reason to begin anew."""

from dataclasses import dataclass, field

from exact_slack.slack.client import SlackClient
from exact_slack.slack.outcome import Outcome, Result

SETTLE = 5.0
"""Seconds after a send before a look-up counts: Slack's history lags behind."""
MARGIN = 86_400.0
"""Seconds before the send at which the window begins where no earlier message of ours is known:
the two clocks may differ."""
PAGES = 60
"""At most so many pages a look-up: also at 15 objects a page that is 900 messages."""


@dataclass(slots=True)
class LookUp:
    """One channel or thread, from `oldest` (Slack's clock) on."""

    channel_id: str
    thread_ts: str | None
    oldest: float
    covers: frozenset[int] = frozenset()
    """The deliveries that were due when it began. It proves nothing of what was sent later."""
    keys: dict[str, str] = field(default_factory=dict)
    """Keys seen so far, and the ts of their messages."""
    complete: bool = False
    refused: Outcome | None = None
    """Why it cannot be read, now or ever."""
    resume_at: float = 0.0
    _cursor: str | None = None
    _read: int = 0

    @property
    def for_good(self) -> bool:
        """Whether a later try would fail the same way (a missing scope, no member)."""
        return self.refused is not None and self.refused.result in (Result.TOKEN, Result.CHANNEL)

    def advance(self, client: SlackClient, now: float) -> None:
        """Read on until the end, a refusal, or a pause (`resume_at`)."""
        self.refused = None
        while not self.complete and self._read < PAGES:
            page = client.seen(self.channel_id, self.oldest, self.thread_ts, self._cursor)
            if isinstance(page, Outcome):
                self.refused = page
                self.resume_at = now + max(page.retry_after, SETTLE)
                return
            self._read += 1
            self.keys |= {message.key: message.ts for message in page.messages if message.key}
            self._cursor = page.cursor
            self.complete = page.cursor is None
        if not self.complete:
            self.refused = Outcome(Result.AMBIGUOUS, error="more messages than a look-up reads")
            self.resume_at = now + SETTLE
