"""`--log-format json`: each line on stderr is one object, whoever writes it. docs/json.md names the
fields; more may come, none changes its meaning."""

import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from exact_slack import speaking
from exact_slack.foreign import visible
from exact_slack.redact import hide

_OPTION = "--log-format"
_MORE = ("delivery", "call")
"""What a record may say beside its sentence, as `extra`."""
_on = False


def switch(*, on: bool) -> None:
    """From now on."""
    global _on
    _on = on


def is_on() -> bool:
    """Whether stderr is read by a program."""
    return _on


def asked_for(words: Sequence[str]) -> bool:
    """Whether a command line asks for it, also one that is wrong: that is an object, too."""
    return f"{_OPTION}=json" in words or (_OPTION, "json") in pairwise(words)


def line(msg: str, *, event: str, level: str, at: float | None = None, **more: object) -> str:
    """One object. The same is hidden as in a line for a person."""
    moment = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    values = {
        "ts": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": level,
        "event": event,
        "run": speaking.run.get(),
        "customer": speaking.customer.get(),
        "msg": "\n".join(map(visible, hide(msg).split("\n"))),
        **more,
    }
    return json.dumps(values)


def write(msg: str, *, event: str, level: str) -> None:
    """One object on stderr."""
    sys.stderr.write(line(msg.rstrip("\n"), event=event, level=level) + "\n")
    sys.stderr.flush()


class Objects(logging.Formatter):
    """A record as an object. Its event is the part of the program that speaks, unless it says
    another; a traceback only at -vv."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        part = record.name.removeprefix("exact_slack.").partition(".")[0]
        more: dict[str, Any] = {name: vars(record)[name] for name in _MORE if name in vars(record)}
        if record.exc_info and record.exc_info[0]:
            whole = logging.getLogger("exact_slack").isEnabledFor(logging.DEBUG)
            name = record.exc_info[0].__name__
            more["exception"] = hide(self.formatException(record.exc_info)) if whole else name
        event = str(vars(record).get("event", part))
        level = record.levelname.lower()
        return line(record.getMessage(), event=event, level=level, at=record.created, **more)
