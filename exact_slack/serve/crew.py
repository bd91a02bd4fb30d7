"""Who is at work in `serve`: the writer, a worker for each duty, and who hears Slack."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.ledger.ledger import Ledger
from exact_slack.serve.heard import Heard, Wakes
from exact_slack.serve.worker import Worker
from exact_slack.serve.workers import Fetcher, Sender
from exact_slack.serve.writer import Writer

if TYPE_CHECKING:
    from exact_slack.serve.socket import Socket
    from exact_slack.serve.triager import Triager

_STALE = 300.0
"""Seconds without a sign of life after which a worker counts as stuck."""
_GRACE = 30.0
"""Seconds the workers have to finish their step at the end."""


def _nobody(*_: object) -> None:
    """Without triage nobody reads, and nothing is said."""


class Crew:
    """One customer's. What the config does not ask for is neither loaded nor started."""

    def __init__(self, config: Config, state: Path, clock: Clock, app_token: str) -> None:
        self._config = config
        self._clock = clock
        self._writer = Writer(Ledger(state))
        self._sender = Sender(config)
        self._fetcher = Fetcher(config, self._sender.wake)
        self._triager = self._new_triager() if config.has_triage() else None
        triagers = [self._triager] if self._triager else []
        self._workers: list[Worker] = [self._sender, self._fetcher, *triagers]
        self._heard = Heard(config, self._writer, clock, self._wakes())
        self._socket = self._new_socket(app_token) if app_token else None

    def _new_triager(self) -> "Triager":
        from exact_slack.serve.triager import Triager

        return Triager(self._config, self._sender.wake)

    def _new_socket(self, app_token: str) -> "Socket":
        from exact_slack.serve.socket import Socket

        connected = self._triager.read_everything if self._triager else _nobody
        return Socket(
            self._config,
            app_token,
            self._heard,
            self._writer,
            connected=connected,
            clock=self._clock,
        )

    def _wakes(self) -> Wakes:
        reader, sender = self._triager, self._sender
        return Wakes(
            send=sender.wake,
            look=sender.look,
            read=reader.wake if reader else _nobody,
            meet=reader.meet if reader else _nobody,
            say=reader.say if reader else _nobody,
        )

    def bind(self, host: str, port: int) -> Any:
        """The HTTP server, bound and not yet running."""
        from exact_slack.serve.http import Intake, bind

        intake = Intake(
            self._config,
            self._writer,
            fetch=self._fetcher.wake,
            heard=self._heard,
            clock=self._clock,
            healthy=self.is_healthy,
        )
        return bind(intake, host, port)

    def start(self) -> None:
        """Let all of them work."""
        for thread in (self._writer, *self._workers):
            thread.start()
        if self._socket is not None:
            self._socket.start()

    def is_healthy(self) -> bool:
        """Whether each of them shows signs of life."""
        now = self._clock.now()
        socket = self._socket
        heard = socket is None or (socket.is_alive() and now - socket.beat < _STALE)
        beats = all(worker.is_alive() and now - worker.beat < _STALE for worker in self._workers)
        return heard and beats and self._writer.is_alive()

    def end(self) -> None:
        """Nothing comes in any more; each finishes its step."""
        if self._socket is not None:
            self._socket.end()
            self._socket.join(_GRACE)
        self._writer.end()
        self._writer.join(_GRACE)
        for worker in self._workers:
            worker.end()
        for worker in self._workers:
            worker.join(_GRACE)
