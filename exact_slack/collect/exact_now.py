"""Exact's own now, without a call for it: the `Date` of an answer, and how far Exact's wall clock
was ahead of that when it was last asked for (`current/Me`).

A row may say that it was changed hours from now. A cursor that followed it would lie ahead of
everything that comes until then, so no cursor passes Exact's own now. Only where something seems
to lie ahead Exact is asked anew, once a run: its clock may have been put forward or back. The
local clock decides nothing."""

import logging

from exact_slack.documents.moment import ServerMs
from exact_slack.errors import ExactSlackError, LoginNeeded
from exact_slack.exact.reader import Reader
from exact_slack.ledger.incoming import exact_clock
from exact_slack.ledger.ledger import Ledger

log = logging.getLogger("exact_slack.collect")
_ROUNDING_MS = 2_000
"""Both times have whole seconds. Less than any overlap, so that nothing hides in it."""


class ExactNow:
    """The present by Exact's wall clock, in ms, written as if it were UTC."""

    def __init__(self, ledger: Ledger, reader: Reader) -> None:
        self._ledger = ledger
        self._reader = reader
        self._remembered = exact_clock.known_ahead_ms(ledger.db)
        self._asked: ServerMs | None = None

    def ask(self) -> ServerMs:
        """What Exact says now: up to the end of that second."""
        if self._asked is None:
            self._asked = ServerMs(self._reader.me().server_time_ms + 999)
        return self._asked

    def at(self, at: int | None) -> ServerMs:
        """Exact's wall clock when an answer was given, by its `Date`; asked for where that says
        nothing."""
        record = self._by(at)
        return self.ask() if record is None else record

    def limit(self, at: int | None, newest: ServerMs) -> ServerMs | None:
        """`newest`, or Exact's now where that is earlier; None where nobody can say. `at`: when
        the answer was given, by its `Date`."""
        bound = self._by(at)
        if bound is not None and newest <= bound:
            return newest
        try:
            now = self.ask()
        except LoginNeeded:
            raise
        except ExactSlackError as error:
            log.info("%s", error)
        else:
            bound = self._by(at)
            bound = now if bound is None else max(bound, now)
        return None if bound is None else min(newest, bound)

    def remember(self) -> None:
        """Keep for the next run what is known, in the transaction of whoever calls."""
        ahead = self._reader.ahead_ms
        if ahead is not None and abs(ahead - (self._remembered or 0)) > _ROUNDING_MS:
            self._ledger.set_fact(exact_clock.FACT, str(ahead))
            self._remembered = ahead

    def _by(self, at: int | None) -> ServerMs | None:
        ahead = self._reader.ahead_ms
        ahead = self._remembered if ahead is None else ahead
        if at is None or ahead is None:
            return None
        return ServerMs(at + ahead + _ROUNDING_MS)
