"""The worker of `serve` that looks after triage: it reads what Slack told of, answers those who
clicked in vain, and looks at the clock. It delivers nothing, so no backlog holds it up."""

import logging
import queue
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.config.model import Config
from exact_slack.errors import TemporaryError
from exact_slack.ledger.troubles import Part
from exact_slack.serve.worker import SlackWorker
from exact_slack.slack.incoming import clicks
from exact_slack.slack.outcome import classify, faults
from exact_slack.triage import marks, scopes
from exact_slack.triage.clicks import Word
from exact_slack.triage.daily import Daily
from exact_slack.triage.people import Strangers
from exact_slack.triage.reading import ReadBack

T = TypeVar("T")
log = logging.getLogger("exact_slack.serve")


class Triager(SlackWorker):
    """What it cannot do, the next `poll` does."""

    part = Part.TRIAGE

    def __init__(self, config: Config, then: Callable[[], None]) -> None:
        super().__init__("triage", config)
        self._then = then
        self._said: queue.SimpleQueue[Word] = queue.SimpleQueue()
        self._clickers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._everything = threading.Event()

    def meet(self, user: str) -> None:
        """Somebody clicked: learn how they are called."""
        self._clickers.put(user)
        self.wake()

    def say(self, word: Word) -> None:
        """Tell somebody who clicked in vain."""
        self._said.put(word)
        self.wake()

    def read_everything(self) -> None:
        """Slack was not heard for a while: read what stands on all messages."""
        self._everything.set()
        self.wake()

    def work(self, customer: Customer) -> bool:
        """One round. What fails leaves the rest to be done, and is tried again after a rest."""
        self._answer()
        summary = Summary()
        failed: list[TemporaryError] = []
        reading = ReadBack(customer, summary)
        wanted = self._everything.is_set()
        self._everything.clear()
        steps = (
            lambda: Strangers(customer).ask(_drained(self._clickers)),
            reading.run if wanted else reading.asked,
            Daily(customer).run,
            lambda: marks.put(customer),
        )
        try:
            for step in steps:
                planned = customer.ledger.deliveries.last_id()
                try:
                    step()
                except TemporaryError as error:
                    failed.append(error)
                if customer.ledger.deliveries.last_id() != planned:
                    self._then()
        finally:
            self.count_calls(customer)
            scopes.note_listed(customer.ledger, customer.slack_scopes())
            if failed and wanted:
                self._everything.set()
        for problem in summary.problems:
            self.meets(problem)
        if failed:
            raise failed[0]
        return wanted

    def _answer(self) -> None:
        """Best effort: the message itself shows how it stands."""
        for word in _drained(self._said):
            try:
                status = clicks.answer(word.answer_to, word.text)
            except faults() as error:
                log.warning("a click could not be answered: %s", classify(error).error)
            else:
                if status != HTTPStatus.OK:
                    log.warning("a click could not be answered: HTTP %s", status)


def _drained(waiting: "queue.SimpleQueue[T]") -> list[T]:
    return [waiting.get() for _ in range(waiting.qsize())]
