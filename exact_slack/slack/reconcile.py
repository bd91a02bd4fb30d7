"""Finding out whether messages arrived: looked up in their channel by their keys.

One look-up reads one channel (or thread) page by page and answers for all keys that are asked
there. It can pause: an app that is distributed may read only 15 objects once a minute
(docs.slack.dev rate limits, change of 2025-05-29), so a full minute is no reason to begin anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from exact_slack.slack.answers import odd
from exact_slack.slack.client import SlackClient
from exact_slack.slack.outcome import ODD, Outcome, Result

SETTLE = 5.0
"""Seconds after a send before the first look-up: it may find the message."""
LAG = 60.0
"""Seconds after a send before a look-up may say that it is not there: Slack's history lags behind,
by half a minute and more."""
MARGIN = 86_400.0
"""Seconds before the send at which the window begins where no earlier message of ours is known:
the two clocks may differ."""
PAGES = 60
"""At most so many pages a look-up: also at 15 objects a page that is 900 messages."""
ODD_TIMES = 3
"""So often a channel is read in which something cannot be read."""


@dataclass(slots=True)
class LookUp:
    """One channel or thread, from `oldest` (Slack's clock) on."""

    channel_id: str
    thread_ts: str | None
    oldest: float
    began: float = 0.0
    covers: frozenset[tuple[int, int]] = frozenset()
    """The deliveries, with their attempts, that were due when it began. It proves nothing of what
    was sent later."""
    standing: Mapping[str, str] = field(default_factory=dict)
    """The ts and keys of messages that stand in this span, as far as the ledger knows."""
    keys: dict[str, str] = field(default_factory=dict)
    """Keys seen so far, and the ts of their messages."""
    files: dict[str, str] = field(default_factory=dict)
    """Ids of files seen so far, and the ts of their messages."""
    threads: dict[str, str] = field(default_factory=dict)
    """The ts of replies that a channel shows, too, and the threads they belong to."""
    names: dict[str, str] = field(default_factory=dict)
    """Names of files seen so far, and the ts of their messages."""
    bare: set[str] = field(default_factory=set)
    """The ts of messages without a key: what was sent by others, or the keys are not shown."""
    complete: bool = False
    refused: Outcome | None = None
    """Why it cannot be read, now or ever."""
    resume_at: float = 0.0
    stumbles: int = 0
    """Pages in a row that could not be read, pauses not counted."""
    _cursor: str | None = None
    _cursors: set[str] = field(default_factory=set)
    """Those that led on so far: one that comes again leads in a circle."""
    _read: int = 0
    _whole: bool = True
    _odd: int = 0

    @property
    def for_good(self) -> bool:
        """Whether a later try would fail the same way: a missing scope, no member, too much."""
        if self.refused is None:
            return False
        if self.refused.result is Result.TOKEN:
            return self.refused.needs_grant
        return self.refused.result in (Result.CHANNEL, Result.RECORD, Result.GONE)

    @property
    def sees(self) -> bool:
        """Whether a message of ours that stands in the span would have been seen: the keys of
        those that are known to stand there were. Where none is known, one of unknown origin may
        be the one that is looked for."""
        if not self.bare.isdisjoint(self.standing):
            return False
        return bool(self.keys) or not (self.standing or self.bare)

    @property
    def token_dead(self) -> bool:
        """Whether the token itself is refused: with a new one the look-up goes on."""
        return (
            self.refused is not None
            and self.refused.result is Result.TOKEN
            and not self.refused.needs_grant
        )

    @property
    def thread_gone(self) -> bool:
        """Whether the head of the thread was deleted: a reply can only have arrived loose."""
        return self.refused is not None and self.refused.result is Result.THREAD

    def advance(self, client: SlackClient, now: float) -> None:
        """Read on until the end, a refusal, or a pause (`resume_at`)."""
        self.refused = None
        while not self.complete:
            if self._read >= PAGES:
                self.refused = Outcome(Result.RECORD, error="more messages than a look-up reads")
                return
            page = client.conversations_history(
                self.channel_id, self.oldest, self.thread_ts, self._cursor
            )
            if isinstance(page, Outcome):
                self._stumbled(page, now)
                return
            self._read += 1
            self.stumbles = 0
            self.keys |= {
                message.idempotency_key: message.ts
                for message in page.messages
                if message.idempotency_key
            }
            self.files |= {file: m.ts for m in page.messages for file in m.files}
            self.threads |= {m.ts: m.thread for m in page.messages if m.thread not in ("", m.ts)}
            self.names |= {name: m.ts for m in page.messages for name in m.names}
            self.bare |= {
                m.ts for m in page.messages if not (m.idempotency_key or m.files or m.foreign)
            }
            self._whole = self._whole and page.whole
            if page.cursor in self._cursors or (page.cursor is None and not self._whole):
                self._begin_anew(now)
                return
            self._cursor = page.cursor
            self.complete = page.cursor is None
            if page.cursor is not None:
                self._cursors.add(page.cursor)

    def _begin_anew(self, now: float) -> None:
        """Something on the pages could not be read, and may be what is looked for, or they go
        round in a circle: read them again, and believe in the end that they stay so."""
        self._stumbled(odd(), now)
        self._from_the_first(ODD)

    def _from_the_first(self, why: str) -> None:
        self._cursor, self._read, self._whole = None, 0, True
        self._cursors.clear()
        self._odd += 1
        if self._odd >= ODD_TIMES:
            self.refused = Outcome(Result.RECORD, error=why)

    def _stumbled(self, outcome: Outcome, now: float) -> None:
        self.refused = outcome
        self.resume_at = now + max(outcome.retry_after, SETTLE)
        if outcome.result is not Result.LIMITED:
            self.stumbles += 1
        if outcome.cursor_is_void:
            self._from_the_first(outcome.error)
