"""Ctrl-C and SIGTERM wait while something is done that must not be cut in two: between Exact's
answer with new tokens and their place on the disk lies a login.

The handlers are the process's, so that they hold also where the work is done in another thread
than the main one. `serve` has handlers of its own, which end the workers between two steps."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_GLANCE: Final = 0.02
_lock = threading.RLock()  # a handler runs between two steps of the main thread
_holders = 0
_waiting: list[int] = []


def install() -> None:
    """Take over the signals that would end this process at once; called by the command line."""
    for number in SIGNALS:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _arrived)


def _arrived(number: int, _frame: FrameType | None) -> None:
    with _lock:
        if _holders:
            _waiting.append(number)
            return
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    if os.getpid() == 1:  # a container without an init: the kernel spares process 1
        os._exit(128 + number)


def leave(code: int) -> NoReturn:
    """End this process with its threads, whatever they wait for, but for what must not be cut."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        with _lock:
            if not _holders:
                os._exit(code)
        time.sleep(_GLANCE)


@contextmanager
def held() -> Iterator[None]:
    """What arrives in here is delivered at the end."""
    global _holders
    with _lock:
        _holders += 1
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            late = [] if _holders else list(dict.fromkeys(_waiting))
            if late:
                _waiting.clear()
        for number in late:
            os.kill(os.getpid(), number)
