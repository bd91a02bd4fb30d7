"""Several deliverers in one process, one step at a time: whoever drew the steps says who makes the
next one. A step ends at every commit, before and after every call to Slack, and at every pause."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from exact_slack.ledger.schema.database import Database
from exact_slack.slack.client import SlackClient

CALL = "ask"
"""The method through which all calls to Slack go."""


class Turns:
    """Runs works side by side. `order` says who goes next; when it is used up, they take turns."""

    def __init__(self, works: Sequence[Callable[[], object]], order: Sequence[int]) -> None:
        self._order = list(order)
        self._may = [threading.Semaphore(0) for _ in works]
        self._paused = threading.Semaphore(0)
        self._left = list(range(len(works)))
        self._mine = threading.local()
        self._failed: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._run, args=(number, work), daemon=True)
            for number, work in enumerate(works)
        ]

    def run(self) -> None:
        """Until all are done; raises what one of them raised."""
        with self._gates():
            for thread in self._threads:
                thread.start()
            step = 0
            while self._left:
                drawn = self._order[step] if step < len(self._order) else step
                self._may[self._left[drawn % len(self._left)]].release()
                self._paused.acquire()
                step += 1
        for failed in self._failed:
            raise failed

    def step_ends(self) -> None:
        """Called by a work: let another one go on."""
        number = getattr(self._mine, "number", None)
        if number is not None:
            self._paused.release()
            self._may[number].acquire()

    def _run(self, number: int, work: Callable[[], object]) -> None:
        self._may[number].acquire()
        self._mine.number = number
        try:
            work()
        except BaseException as error:
            self._failed.append(error)
        finally:
            self._left.remove(number)
            self._paused.release()

    @contextmanager
    def _gates(self) -> Iterator[None]:
        transaction = Database.transaction
        turns = self

        @contextmanager
        def committed(db: Database) -> Iterator[None]:
            outermost = not db._connection.in_transaction
            with transaction(db):
                yield
            if outermost:
                turns.step_ends()

        with (
            mock.patch.object(Database, "transaction", committed),
            mock.patch.object(SlackClient, CALL, self._called(CALL)),
        ):
            yield

    def _called(self, name: str) -> Callable[..., Any]:
        method = getattr(SlackClient, name)

        def call(client: SlackClient, *values: Any, **named: Any) -> Any:
            self.step_ends()
            answer = method(client, *values, **named)
            self.step_ends()
            return answer

        return call
