"""Commands that are told to a person, as they can be pasted: with `-c FILE` where one was used."""

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

_config: ContextVar[str] = ContextVar("config", default="")
"""The file that is worked on in this thread; of several customers each has its own."""
_alone: list[str] = []
"""The file of a command that takes only one."""
_COMMANDS = (
    "auth|backup|close|config check|config show|doctor|log|poll|preview|queue|replay|report|route"
    "|serve|status|webhooks"
)
_SENTENCES = (
    "cron",
    "error",
    "exact_problem",
    "here",
    "problem",
    "problems",
    "slack_problem",
    "warnings",
)
_COMMAND = re.compile(rf"(?<![\w@/.-])exact-slack (?=(?:{_COMMANDS})\b)")


def work_on(path: Path) -> None:
    """The whole command is about this config file, in all of its threads."""
    _alone.append(str(path))


@contextmanager
def working_on(path: Path | None) -> Iterator[None]:
    """What is told in here is about this config file; None where no -c is needed to find it."""
    token = _config.set(str(path) if path else "")
    try:
        yield
    finally:
        _config.reset(token)


def pasteable_in(value: Any) -> Any:
    """The same in the sentences of a command's JSON; what is data stays as it is."""
    if isinstance(value, dict):
        return {k: _all_text(v) if k in _SENTENCES else pasteable_in(v) for k, v in value.items()}
    return [pasteable_in(item) for item in value] if isinstance(value, list) else value


def _all_text(value: Any) -> Any:
    if isinstance(value, list):
        return [_all_text(item) for item in value]
    if isinstance(value, dict):
        return {name: _all_text(item) for name, item in value.items()}
    return pasteable(value) if isinstance(value, str) else value


def pasteable(text: str) -> str:
    """The same with `-c FILE` in each command of ours that it names."""
    name = _config.get() or "".join(_alone[-1:])
    return _COMMAND.sub(lambda _: f"exact-slack -c {shlex.quote(name)} ", text) if name else text
