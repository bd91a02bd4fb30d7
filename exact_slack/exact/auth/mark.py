"""What is known of the last attempt to renew the login, beside the tokens; no secret is in it.

It tells a login whose next tokens were lost on the wire from one that somebody else used, and it
keeps exact-slack from asking again and again for what Exact has refused for good: "excess token
calls or logins on dead accounts" are throttled (Exact's API limits article)."""

import contextlib
import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from exact_slack.files import read_plain
from exact_slack.secrets.store import write_private


@dataclass(frozen=True, slots=True)
class Mark:
    """About one refresh token, named by its digest."""

    of: str = ""
    app: str = ""
    """The digest of the client id it was asked with."""
    at: float = 0.0
    """When Exact was asked last, in seconds since 1970."""
    asked: bool = False
    """Exact was asked, and the answer is not known: it may have used up the token."""
    lost: str = ""
    """How the answer was lost, as far as that is known."""
    refused: str = ""
    """The sentence of a refusal for good."""
    unclear: int = 0
    """Refusals in a row that gave no reason."""


class MarkFile:
    """The mark, replaced as a whole. A damaged one counts as none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Mark:
        """The mark, an empty one where there is none."""
        try:
            values = json.loads(read_plain(self._path))
            at = float(values["at"])
            if not math.isfinite(at):
                return Mark()
            return Mark(
                of=str(values["of"]),
                app=str(values["app"]),
                at=at,
                asked=bool(values["asked"]),
                lost=str(values["lost"]),
                refused=str(values["refused"]),
                unclear=int(values["unclear"]),
            )
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return Mark()

    def write(self, mark: Mark) -> None:
        """Keep it. TemporaryError where that cannot be written."""
        write_private(self._path, json.dumps(asdict(mark)) + "\n")

    def clear(self) -> None:
        """Forget it. Raises OSError."""
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path.with_name(self._path.name + ".part"))
