"""Exact's past, which exceptions are compared with: read once, with what a day's calls leave, a
part in each run; no message comes of it."""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from exact_slack.app.isolated import unforeseen
from exact_slack.collect.reading import Reading
from exact_slack.config.values import seconds
from exact_slack.documents.exceptions import Question
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.errors import ExactSlackError, LoginNeeded
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.exact.errors import ExactRefused

if TYPE_CHECKING:
    from exact_slack.documents.document import Document
    from exact_slack.ledger.compared.past import PastReading

log = logging.getLogger("exact_slack.collect")
_FIRST, _LATER = 100, 30
"""Calls that a run makes for a division's past at most: nothing is told before the first, and later
ones do not keep what is new waiting."""
_A_CALL = 40
"""Accounts that are asked for in one call."""
_A_DAY_MS = 86_400_000
"""Exact's clock may be ahead of ours."""


@dataclass(slots=True)
class Progress:
    """What is read at the moment, for a person who looks on."""

    division: int
    kind: Kind
    read: int = 0
    back_to: str = ""


class Past:
    """Reads on where the last run stopped."""

    def __init__(
        self,
        reading: Reading,
        room: Callable[[int], int],
        show: Callable[[Progress], None] | None = None,
    ) -> None:
        """`room`: the calls that a division's day can spare for it."""
        self._config = reading.config
        self._ledger = reading.ledger
        self._reader = reading.reader
        self._clock = reading.clock
        self._summary = reading.summary
        self._room = room
        self._show = show
        self._kinds = reading.config.history_kinds()

    def run(self, division: int) -> None:
        """Read a part of what is missing."""
        past, now = self._ledger.past, self._clock.now()
        fresh = [k for k in self._kinds if not past.is_begun(division, k)]
        with self._ledger.transaction():
            past.leave_out(self._kinds)
            if fresh:
                start = ServerMs(int(now * 1000) + _A_DAY_MS)
                back = seconds(self._config.exceptions.history)
                past.begin(division, fresh, ServerMs(int((now - back) * 1000)), start, now)
        missing = past.unfinished(division)
        left = min(_FIRST if fresh else _LATER, self._room(division)) if missing else 0
        for reading in missing:
            if left <= 0:
                return
            left = self._guarded(reading, left)
        if not past.unfinished(division):
            self._same_companies(division, left)

    def _guarded(self, reading: "PastReading", left: int) -> int:
        """Read one kind; the calls that are left."""
        breaker = self._ledger.breakers.of(reading.division, ENDPOINTS[reading.kind].path)
        if breaker.is_open(self._clock.now()):
            return left
        try:
            return self._read(reading, left)
        except LoginNeeded:
            raise
        except ExactRefused as error:
            breaker.refused(error.status, error.sentence, error.cure, self._clock.now())
            self._summary.problem(error)
        except ExactSlackError as error:
            self._summary.problem(error)
            return 0
        except sqlite3.Error:
            raise
        except Exception as error:  # the past of one kind never stops what is new
            log.debug("the past of %s", reading.kind, exc_info=True)
            self._summary.problem(unforeseen(f"the past of {reading.kind}", error))
        return left - 1

    def _read(self, reading: "PastReading", left: int) -> int:
        reader, read = self._reader.past(reading.division, reading.kind), 0
        pages = reader.pages(
            reading.division, reading.kind, reading.since, reading.reached, reading.next
        )
        for page in pages:
            left -= 1
            read += len(page.documents)
            reached = reading.reached if page.oldest is None else page.oldest
            with self._ledger.transaction():
                for document in page.documents:
                    self._note(document)
                if page.next:
                    self._ledger.past.reached(reading, reached, page.next)
                else:
                    self._ledger.past.done(reading, self._clock.now())
            self._tell(reading, read, reached)
            if left <= 0:
                return 0
        return left

    def _note(self, document: "Document") -> None:
        from exact_slack.ledger.compared.payees import KINDS as PAYEES
        from exact_slack.ledger.compared.purchases import KINDS as PURCHASES

        ledger, kind = self._ledger, document.kind
        cursor = ledger.cursors.get(document.ref.division, kind)
        if cursor is not None and document.modified > cursor.high_watermark:
            return  # it is news, which the poll brings
        stored = ledger.documents.get(document.ref)
        if stored is not None:
            if kind is Kind.PURCHASE_INVOICE:
                ledger.purchases.note_orders(document)
                ledger.orders.note_bills(document, stored.id)
        elif kind in PURCHASES:
            ledger.purchases.note_past(document)
            ledger.orders.note_past(document)
        elif kind is Kind.BANK_ACCOUNT:
            ledger.documents.save(document, self._clock.now())
        elif kind is Kind.RECEIPT:
            ledger.receivables.note(document)
        elif kind in PAYEES:
            ledger.payees.note_past(document)

    def _tell(self, reading: "PastReading", read: int, reached: ServerMs) -> None:
        if self._show is not None:
            day = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=reached)
            self._show(Progress(reading.division, reading.kind, read, day.date().isoformat()))

    def _same_companies(self, division: int, left: int) -> None:
        """The VAT numbers of the suppliers of the past, by which one is the same in several
        divisions."""
        if left <= 0 or Question.VAT_NUMBERS not in self._config.questions():
            return
        suppliers = self._ledger.suppliers.of_past(division)[: left * _A_CALL]
        if not suppliers:
            return
        try:
            numbers = self._reader.vat_numbers(division, suppliers)
        except LoginNeeded:
            raise
        except ExactSlackError as error:
            self._summary.problem(error)
            return
        with self._ledger.transaction():
            self._ledger.suppliers.set(division, {**dict.fromkeys(suppliers, ""), **numbers})
