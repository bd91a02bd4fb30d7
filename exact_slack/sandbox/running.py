"""What runs from `start` to `stop`, or inside a `with`; and a thread that sends one thing after the
other."""

import queue
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")
_LAST = 10.0
"""Seconds that the last one may take once it is to stop."""


class Running:
    """A server, or several of them."""

    def start(self) -> Self:
        """Begin to serve; returns itself."""
        raise NotImplementedError  # abstract

    def stop(self) -> None:
        """Stop serving."""
        raise NotImplementedError  # abstract

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class Sending(Generic[T]):
    """Calls `send` for one thing after the other, from a thread of its own."""

    def __init__(self, send: Callable[[T], None], most: int = 0) -> None:
        self._send = send
        self._queue: queue.Queue[tuple[T] | None] = queue.Queue(most)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_on(self) -> bool:
        """Whether it was started, and not stopped yet."""
        return self._thread is not None

    def start(self) -> None:
        """Begin to send."""
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send no more; what still waits is dropped."""
        if self._thread is None:
            return
        self._stopping.set()
        while not self._queue.empty():
            self._queue.get_nowait()
            self._queue.task_done()
        self._queue.put(None)
        self._thread.join(timeout=_LAST)
        self._thread = None

    def put(self, value: T) -> bool:
        """To be sent after those that wait; False where too many do."""
        try:
            self._queue.put_nowait((value,))
        except queue.Full:
            return False
        return True

    def pause(self, seconds: float) -> bool:
        """Wait before another try; whether there shall be none."""
        return self._stopping.wait(seconds)

    def drain(self, timeout: float) -> bool:
        """Wait until everything was tried; False where time ran out."""
        done, ends = self._queue.all_tasks_done, time.monotonic() + timeout
        with done:
            while self._queue.unfinished_tasks and time.monotonic() < ends:
                done.wait(ends - time.monotonic())
            return not self._queue.unfinished_tasks

    def _work(self) -> None:
        while True:
            value = self._queue.get()
            try:
                if value is None:
                    return
                self._send(*value)
            finally:
                self._queue.task_done()
