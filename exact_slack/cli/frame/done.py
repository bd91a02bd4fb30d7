"""How a command ended for one customer of several."""

from dataclasses import dataclass
from pathlib import Path

from exact_slack.errors import ExactSlackError


@dataclass(frozen=True, slots=True)
class Done:
    """How it ended for one config file."""

    path: Path
    code: int
    value: object
    error: ExactSlackError | None = None
    unread: bool = False
    """Whether its config could not be read."""
