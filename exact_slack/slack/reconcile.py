"""Finding out whether a message arrived: looked up in its channel by its key."""

from dataclasses import dataclass

from exact_slack.slack.client import SlackClient
from exact_slack.slack.outcome import Outcome, Result

SETTLE = 5.0
"""Seconds after a send before a look-up counts: Slack's history lags behind."""
MARGIN = 600.0
"""Seconds before the send at which the window begins: the two clocks may differ."""
PAGES = 20
"""At most so many pages a look-up: also at 15 objects a page that is 300 messages."""


@dataclass(frozen=True, slots=True)
class Found:
    """The message is there."""

    ts: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The whole window was read and the key is not in it."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The window could not be read to its end."""

    outcome: Outcome

    @property
    def for_good(self) -> bool:
        """Whether a later try would fail the same way (a missing scope, no member)."""
        return self.outcome.result in (Result.TOKEN, Result.CHANNEL)


def look_up(
    client: SlackClient, channel_id: str, key: str, sent_at: float, thread_ts: str | None
) -> Found | Absent | Unreadable:
    """Search the channel (or the thread) from shortly before `sent_at` on."""
    for page in client.seen(channel_id, sent_at - MARGIN, thread_ts, PAGES):
        if isinstance(page, Outcome):
            return Unreadable(page)
        for message in page:
            if message.key == key:
                return Found(message.ts)
    return Absent()
