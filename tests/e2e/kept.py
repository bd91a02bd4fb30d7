"""One process that runs one command after the other, each as if the process were its own: half of
what a forked command costs is that it copies each page of Python that it touches.

It is given up for a new one after a command that left a thread or a file open or chose a keyring,
and after one that was killed."""

import atexit
import gc
import io
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

from exact_slack import failpoints, paste, redact
from exact_slack.clock import Clock
from exact_slack.network import authorities
from exact_slack.secrets import vault
from tests.e2e import cron
from tests.e2e.hands import VARIABLE, obey

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGHUP)


Stream = Path | int
"""What a standard stream is: a file, or one end of a pipe."""


@dataclass(frozen=True)
class Job:
    """A command, and the files that are its standard streams."""

    words: Sequence[str]
    env: Mapping[str, str]
    folder: str
    given: Path
    out: Path
    err: Path


def stand_in(fd: int, stream: Stream) -> IO[str]:
    """A file or the end of a pipe, as this standard stream."""
    opened = stream
    if isinstance(opened, Path):
        opened = os.open(opened, os.O_RDONLY if fd == 0 else os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(opened, fd)
    os.close(opened)
    raw = io.FileIO(fd, "r" if fd == 0 else "w", closefd=False)
    buffer = io.BufferedReader(raw) if fd == 0 else io.BufferedWriter(raw)
    return io.TextIOWrapper(buffer, encoding="utf-8", write_through=fd == 2)


def work(jobs: Connection) -> None:
    """In the process: until nobody is there to send a job. Answers each with its exit code, and
    with whether another may follow."""
    cron.fork()
    setattr(gc, "freeze", lambda: None)  # noqa: B010 - at the end of a command, which here is none
    as_before, files = _remembered(), _open_files()
    with suppress(EOFError):
        while True:
            code = copy_context().run(_run, jobs.recv())
            as_before()
            if _open_files() != files:  # in what only refers to itself
                gc.collect()
            is_alone = threading.active_count() == 1 and not cron.has_keyring()
            is_clean = is_alone and _open_files() == files
            jobs.send((code, is_clean))


def _run(job: Job) -> int:
    os.chdir(job.folder)
    os.environ.clear()
    os.environ.update(job.env)
    sys.argv = ["exact-slack", *job.words]
    files = job.given, job.out, job.err
    sys.stdin, sys.stdout, sys.stderr = map(stand_in, range(3), files)
    clock = os.environ.pop(VARIABLE, "")
    hands = obey(clock) if clock else None
    try:
        return _ended()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        if hands:
            hands.close()


def _ended() -> int:
    from exact_slack.cli import main

    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _remembered() -> Callable[[], None]:
    """What one command changes for all of its process, as it was."""
    handlers = [(number, signal.getsignal(number)) for number in _SIGNALS]
    now, sleep = Clock.now, Clock.sleep
    root, loggers = logging.getLogger(), logging.Logger.manager.loggerDict
    listening, loud = list(root.handlers), {"": root.level, **_levels(loggers)}

    def again() -> None:
        for number, handler in handlers:
            signal.signal(number, handler)
        setattr(Clock, "now", now)  # noqa: B010 - mypy does not let a method be assigned
        setattr(Clock, "sleep", sleep)  # noqa: B010
        root.handlers[:] = listening
        for name in {"": 0, **_levels(loggers)}:
            logging.getLogger(name).setLevel(loud.get(name, logging.NOTSET))
        os.umask(0o077)
        redact._known.clear()
        paste._alone.clear()
        failpoints._hits.clear()
        failpoints._wanted.cache_clear()
        authorities._context.cache_clear()
        vault._not_before = 0.0

    return again


def _levels(loggers: Mapping[str, Any]) -> dict[str, int]:
    return {
        name: logger.level for name, logger in loggers.items() if isinstance(logger, logging.Logger)
    }


def _open_files() -> dict[str, str]:
    """What each open number stands for, but the standard streams, and the one that the list itself
    was read by."""
    folder, files = "/proc/self/fd", {}
    for number in set(os.listdir(folder)) - {"0", "1", "2"}:
        with suppress(FileNotFoundError):
            files[number] = os.readlink(f"{folder}/{number}")
    return files
