"""What exceptions compare a document with and Exact must be asked for: once for each order line
that is billed, for each new supplier, for each customer and day."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING

from exact_slack.app.today import today
from exact_slack.collect.reading import Reading
from exact_slack.collect.refusals import Refusals
from exact_slack.documents.exceptions import Question
from exact_slack.documents.kinds import SETTLED_BY, Kind
from exact_slack.exact.errors import ExactRefused

if TYPE_CHECKING:
    from exact_slack.documents.document import Document

_SALES = frozenset(SETTLED_BY[Kind.RECEIPT])
_PURCHASES = frozenset(SETTLED_BY[Kind.PAYMENT])


class Comparisons:
    """Asks for what is missing, before the documents are judged."""

    def __init__(self, reading: Reading, refusals: Refusals) -> None:
        self._config = reading.config
        self._ledger = reading.ledger
        self._reader = reading.reader
        self._clock = reading.clock
        self._refusals = refusals
        self._questions = reading.config.questions()

    def prepare(self, division: int, documents: "Iterable[Document]") -> None:
        """For documents of a division that are about to be judged."""
        fresh = list(documents)
        if not self._questions:
            return
        if Question.ORDER_LINES in self._questions:
            self._orders(division, [d for d in fresh if d.kind is Kind.PURCHASE_INVOICE])
        if Question.CREDIT_LINES in self._questions:
            sold = [d for d in fresh if d.kind in _SALES and d.account.id]
            self._credit(division, sold, today(self._config, self._clock))
        if Question.VAT_NUMBERS in self._questions:
            self._suppliers(division, [d for d in fresh if d.kind in _PURCHASES])

    def _asked(self, division: int, what: Question, ask: Callable[[], None]) -> None:
        """One that is refused stops nothing, and is not asked again for a while."""
        if self._refusals.stands(division, what):
            return
        try:
            ask()
        except ExactRefused as error:
            self._refusals.add(division, what, error)

    def _orders(self, division: int, invoices: "list[Document]") -> None:
        from exact_slack.documents.compared.order import bills

        billed = {line: b for d in invoices for line, b in bills(d).items()}
        if not billed:
            return

        def ask() -> None:
            lines = self._reader.order_lines(division, sorted(billed))
            with self._ledger.transaction():
                self._ledger.orders.set_lines(division, lines)

        self._asked(division, Question.ORDER_LINES, ask)
        ordered = self._ledger.orders.lines(division, billed)
        short = [
            key
            for key, line in ordered.items()
            if line.received is not None and line.received < billed[key].quantity
        ]
        if short and Question.RECEIPTS in self._questions:
            self._asked(division, Question.RECEIPTS, lambda: self._receipts(division, short))

    def _receipts(self, division: int, keys: list[str]) -> None:
        """Of lines that seem to be short: the receipts themselves, which are not capped."""
        received = self._reader.received(division, keys)
        with self._ledger.transaction():
            self._ledger.orders.add_received(division, received)

    def _credit(self, division: int, sold: "list[Document]", day: date) -> None:
        customers = sorted({document.account.id for document in sold})
        missing = self._ledger.receivables.not_asked(division, customers, day)
        if not missing:
            return

        def ask() -> None:
            lines = self._reader.credit_lines(division, missing)
            with self._ledger.transaction():
                every = {**dict.fromkeys(missing), **lines}
                self._ledger.receivables.set_credit_lines(division, every, day)

        self._asked(division, Question.CREDIT_LINES, ask)

    def _suppliers(self, division: int, bought: "list[Document]") -> None:
        ids = sorted({d.account.id for d in bought if d.account.id})
        missing = self._ledger.suppliers.unknown(division, ids)
        if not missing:
            return

        def ask() -> None:
            numbers = self._reader.vat_numbers(division, missing)
            with self._ledger.transaction():
                every = {**dict.fromkeys(missing, ""), **numbers}
                self._ledger.suppliers.set(division, every)

        self._asked(division, Question.VAT_NUMBERS, ask)
