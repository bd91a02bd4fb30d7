"""What Slack may do besides what its pages promise; a test switches it on.

Sources: korotovsky/slack-mcp-server #284 (history lags), slack-go/slack #1571 (a reply to a
parent that is gone), python-slack-sdk #1363, #1545, #1590 (shares that nobody is told of).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Shown = Literal["payloads", "types", "nothing"]
Orphans = Literal["refused", "loose", "swallowed"]
Endless = Literal["same", "fresh"]


@dataclass
class Quirks:
    """The switches; the defaults are what the pages say, else what was seen."""

    history_lag: float = 0.0
    """Seconds until history and replies show a message that was posted."""
    metadata_shown: Shown = "payloads"
    """What history and replies show of metadata to one who asks for all of it."""
    empty_first_pages: bool = False
    """History and replies begin with a page without messages; the cursor leads to them."""
    endless: dict[str, Endless] = field(default_factory=dict)
    """Method to its `next_cursor` that never ends: always the same, or each time another."""
    orphans: Orphans = "loose"
    """A reply whose parent does not exist: posted loose at top level, or nowhere, with `ok` both
    times; or refused, which no source knows."""
    users_shown: int = 50
    """So many users of a reaction are named, but by `reactions.get` with `full`: its count is
    right, "users may be shorter"."""
    shares_lost: int = 0
    """So many of the next `files.completeUploadExternal` say ok and share nothing (-1: all)."""

    def loses_share(self) -> bool:
        """Whether this share is lost; counts."""
        if self.shares_lost > 0:
            self.shares_lost -= 1
            return True
        return self.shares_lost < 0
