"""One thread that commits what comes in. Many commits a second would wait for the disk one by one,
so what has gathered is committed in one transaction."""

import logging
import queue
import threading
import time
from collections.abc import Callable

from exact_slack.errors import ExactSlackError
from exact_slack.failpoints import failpoint
from exact_slack.ledger.ledger import Ledger

log = logging.getLogger("exact_slack.serve")
_MOST = 500
_WAIT = 2.0
"""Seconds an answer may wait for the disk: Slack wants its own within three, and must not queue
behind others that wait. Exact tries ten times."""
Job = Callable[[Ledger], None]


class Writer(threading.Thread):
    """Commits jobs in groups: one wait for the disk serves all that have gathered."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(name="write", daemon=True)
        self._ledger = ledger
        self._jobs: queue.Queue[tuple[Job, threading.Event, list[bool]] | None] = queue.Queue()
        self._busy_since: float | None = None

    def commit(self, job: Job) -> bool:
        """Whether the job is on the disk; False where that failed or took too long. While the
        disk or another process holds up everything, this is known at once."""
        since = self._busy_since
        if since is not None and time.monotonic() - since > _WAIT:
            return False
        done, results = threading.Event(), [False]
        self._jobs.put((job, done, results))
        return done.wait(_WAIT) and results[0]

    def end(self) -> None:
        """Commit what is there, then end."""
        self._jobs.put(None)

    def run(self) -> None:
        """Until the end."""
        while True:
            group = [self._jobs.get()]
            while len(group) < _MOST:
                try:
                    group.append(self._jobs.get_nowait())
                except queue.Empty:
                    break
            jobs = [entry for entry in group if entry is not None]
            self._busy_since = time.monotonic()
            self._commit(jobs)
            self._busy_since = None
            if None in group:
                return

    def _commit(self, jobs: list[tuple[Job, threading.Event, list[bool]]]) -> None:
        failpoint("before_accept")
        good = True
        try:
            with self._ledger.transaction():
                for job, _, _ in jobs:
                    job(self._ledger)
        except ExactSlackError as error:
            log.error("%s", error)
            good = False
        except Exception:
            log.exception("a notification could not be stored")
            good = False
        failpoint("after_accept")
        for _, done, results in jobs:
            results[0] = good
            done.set()
