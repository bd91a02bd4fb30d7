"""Looking for channels by their names in Slack's list, page by page (conversations.list, Tier 2:
20 calls a minute).

A large workspace has more pages than a minute allows, so a listing can stop anywhere and go on in
a later run, from the page where it stopped; what it found meanwhile is used at once."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from exact_slack.slack.answers import Channel
from exact_slack.slack.client import SlackClient
from exact_slack.slack.outcome import Outcome, Result

PAGES = 2000
"""Pages after which a list that does not end is given up: a million channels."""
CIRCLE = "its pages go round in a circle"
_ALL, _PUBLIC = "public_channel,private_channel", "public_channel"
_BEGUN = 5
"""So often it begins anew by itself."""
_BEST_BEFORE = 86_400.0
"""Seconds after which a listing begins anew: its earlier pages are too old."""


@dataclass(slots=True)
class Listing:
    """`names` are still looked for, on every page since the first one; each with its `#`."""

    names: list[str]
    began_at: float
    cursor: str | None = None
    private: bool = True
    """False: the scope for private channels is missing, only public ones are listed."""
    whole: bool = True
    """Everything on the pages so far could be read."""
    pages: int = 0
    landmark: str = ""
    """The cursor after 1, 2, 4, 8 … pages: one that comes again leads in a circle."""
    begun: int = 0
    """How often it began anew."""
    ended: bool = False
    stopped: Outcome | None = field(default=None)
    """Why it did not go on."""

    def advance(self, client: SlackClient, tell: Callable[[str, Channel], None]) -> None:
        """Read on until all are found, the end, or something that stops it; `tell` of each that
        is found."""
        self.stopped = None
        while self.names and not self.ended:
            page = client.conversations_list(_ALL if self.private else _PUBLIC, self.cursor)
            if isinstance(page, Outcome):
                if not self._other_way(page):
                    self.stopped = page
                    self.ended = page.cursor_is_void  # the next run begins anew
                    return
                continue
            for channel in page.channels:
                name = f"#{channel.name}"
                if name in self.names:
                    self.names.remove(name)
                    tell(name, channel)
            self.whole = self.whole and page.whole
            self._turn(page.cursor)

    def _other_way(self, refused: Outcome) -> bool:
        """Whether to begin anew: without private channels, or with a cursor that is void."""
        if refused.lacks_scope and self.private:
            self.private = False
        elif not refused.cursor_is_void or self.cursor is None or self.begun >= _BEGUN:
            return False
        self.begun += 1
        self.cursor, self.pages, self.landmark = None, 0, ""
        return True

    def _turn(self, cursor: str | None) -> None:
        self.pages += 1
        if cursor is None:
            self.ended = True
        elif cursor in (self.landmark, self.cursor) or self.pages >= PAGES:
            self.ended = True
            self.stopped = Outcome(Result.AMBIGUOUS, error=CIRCLE)
        elif self.pages & (self.pages - 1) == 0:
            self.landmark = cursor
        self.cursor = cursor

    # -- from one run to the next --------------------------------------------------------------

    def kept(self) -> str:
        """As text for the ledger; "" where there is nothing to go on from."""
        if self.ended or self.cursor is None or not self.names:
            return ""
        values = asdict(self)
        del values["stopped"]
        return json.dumps(values)

    @classmethod
    def of(cls, kept: str, names: list[str], now: float) -> "Listing":
        """The listing that goes on from what was kept, or a new one where that is too old, or did
        not look for all these names on its earlier pages."""
        new = cls(list(names), now)
        try:
            old = cls(**json.loads(kept)) if kept else new
        except (ValueError, TypeError):
            return new
        fresh = 0 <= now - old.began_at < _BEST_BEFORE
        return old if fresh and set(names) <= set(old.names) else new
