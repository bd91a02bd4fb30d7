"""Commands that are told to a person, as they can be pasted: with `-c FILE` where one was used."""

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_config: ContextVar[str] = ContextVar("config", default="")
"""The file that is worked on in this thread; of several customers each has its own."""
_COMMANDS = "auth|backup|config check|config show|poll|preview|replay|route|serve|status|webhooks"
_COMMAND = re.compile(rf"(?<![\w@/.-])exact-slack (?=(?:{_COMMANDS})\b)")


@contextmanager
def working_on(path: Path | None) -> Iterator[None]:
    """What is told in here is about this config file; None where no -c is needed to find it."""
    token = _config.set(str(path) if path else "")
    try:
        yield
    finally:
        _config.reset(token)


def pasteable(text: str) -> str:
    """The same with `-c FILE` in each command of ours that it names."""
    name = _config.get()
    return _COMMAND.sub(lambda _: f"exact-slack -c {shlex.quote(name)} ", text) if name else text
