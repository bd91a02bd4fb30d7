"""Hearing Slack over Socket Mode: one outgoing connection, tried again with a growing rest.

What comes while nobody is connected, the next poll reads; and after each connection everything is
read back once."""

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from exact_slack import speaking
from exact_slack.app.telling import lines
from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.config.values import seconds
from exact_slack.errors import ExactSlackError
from exact_slack.ledger.ledger import SOCKET, Ledger
from exact_slack.ledger.troubles import Part, Trouble, Weight, judge
from exact_slack.redact import note
from exact_slack.serve.crowd import CURE, too_many
from exact_slack.serve.heard import Heard, Taken
from exact_slack.serve.writer import Writer
from exact_slack.slack.client import api_address
from exact_slack.slack.incoming import clicks, events
from exact_slack.slack.incoming.socket_mode import Connection, Door, End, Envelope
from exact_slack.slack.outcome import Outcome, Result
from exact_slack.slack.token import app_token

log = logging.getLogger("exact_slack.serve")
_FIRST, _LONGEST = 0.5, 60.0
"""Seconds of the first rest, doubled with each try up to the longest."""
_LASTED = 30.0
"""Seconds after which a connection was one, and the next rest is the first again."""
SIGN = 60.0
"""Seconds between two notes in the ledger that the connection lives."""
_FOR_A_PERSON = (Result.TOKEN, Result.UNKNOWN, Result.CHANNEL)
"""Refusals that no other try mends."""
_CURE = (
    "slack.app_token must be an app-level token with the scope connections:write, and the app have"
    " Socket Mode switched on. A new one is taken up within seconds; if it stands in the config"
    " file or the environment, start serve again."
)


class Rests:
    """How long to wait before the next try."""

    def __init__(self) -> None:
        self._next = _FIRST

    def after(self, lasted: float, refused: Outcome | None) -> float:
        """Seconds of rest after a connection that lasted so long, or that was refused."""
        if lasted >= _LASTED:
            self._next = _FIRST
        rest, self._next = self._next, min(self._next * 2, _LONGEST)
        if refused is not None and refused.result is Result.LIMITED:
            return max(rest, refused.retry_after)
        return rest * random.uniform(0.75, 1.25)  # noqa: S311 - customers do not come back at once


@dataclass(frozen=True, slots=True)
class _Tried:
    """How a try ended."""

    why: str
    lasted: float = 0.0
    refused: Outcome | None = None

    @property
    def needs_person(self) -> bool:
        """Whether no other try mends it."""
        return self.refused is not None and self.refused.result in _FOR_A_PERSON


class Socket(threading.Thread):
    """The thread that keeps the connection."""

    def __init__(
        self,
        config: Config,
        token: str,
        heard: Heard,
        writer: Writer,
        *,
        connected: Callable[[], None],
        clock: Clock,
    ) -> None:
        """`connected` is called after each greeting."""
        super().__init__(name="socket", daemon=True)
        self._config = config
        self._token = note(token)
        self._heard = heard
        self._writer = writer
        self._connected = connected
        self._clock = clock
        self._ending = threading.Event()
        self._noted_at = 0.0
        self._known: tuple[Trouble, ...] = ()
        self._greetings = 0
        self._connections = 0
        self.beat = clock.now()
        """When it last showed a sign of life, seconds since 1970."""

    def end(self) -> None:
        """Close the connection, then end."""
        self._ending.set()

    def run(self) -> None:
        """Until asked to end."""
        speaking.customer.set(self._config.path.stem)
        rests = Rests()
        while not self._ending.is_set():
            tried = self._try()
            if self._ending.is_set():
                break
            self._tell(tried)
            self._rest(rests.after(tried.lasted, tried.refused), tried)
        self._note(connected=False, problem="serve has ended")

    def _rest(self, rest: float, tried: _Tried) -> None:
        """Up to the next try, or until there is another token in the place of one refused."""
        ends = time.monotonic() + rest
        while time.monotonic() < ends and not self._ending.wait(min(rest, 5.0)):
            self.beat = self._clock.now()
            if tried.needs_person and self._has_new_token():
                return

    def _has_new_token(self) -> bool:
        """Whether its source has another one by now, which is used from now on."""
        try:
            token = app_token(self._config)
        except ExactSlackError:
            return False
        is_new, self._token = token != self._token, note(token)
        return is_new

    def _try(self) -> _Tried:
        self.beat, self._greetings = self._clock.now(), 0
        try:
            door = Door(api_address(self._config.slack.base_url), self._token)
            url = door.open()
            if isinstance(url, Outcome):
                return _Tried(_refusal(url), refused=url)
            begun = time.monotonic()
            connection = Connection(
                door, self._take, greeted=self._greet, alive=self._lives, ending=self._ending
            )
            end = connection.run(url)
        except Exception as error:  # the thread must outlive what nobody foresaw
            log.exception("unexpected trouble of the connection to Slack")
            return _Tried(type(error).__name__)
        greeted = end not in (End.REFUSED, End.UNGREETED)
        return _Tried(end.value, time.monotonic() - begun if greeted else 0.0)

    def _tell(self, tried: _Tried) -> None:
        """One trouble, one word, as of the workers, until there is a connection again."""
        sentence = f"No connection to Slack (Socket Mode): {tried.why}."
        if tried.needs_person:
            trouble = Trouble("socket refused", Part.RUN, Weight.PERSON, sentence, _CURE)
        else:
            trouble = Trouble("socket", Part.RUN, Weight.PASSING, sentence, "It is tried again.")
        if all(before.cause != trouble.cause for before in self._known):
            log.info("%s", trouble)
        self._judge(trouble)
        self._note(connected=False, problem=tried.why)

    def _judge(self, *met: Trouble) -> None:
        """`met`: what is wrong now; nothing where there is a connection."""
        now, whole = self._clock.now(), frozenset(() if met else (Part.RUN,))
        patience = seconds(self._config.monitoring.patience)
        news, self._known = judge(self._known, met, whole, now, patience)
        for line in lines(news, well=False, now=now):
            log.error("%s", line)

    # -- what comes in -------------------------------------------------------------------------

    def _greet(self, connections: int) -> None:
        self._greetings += 1
        renewed = self._greetings > 1  # the one that is renewed still counts
        self._connections = connections - 1 if renewed else connections
        log.info("Connected to Slack (Socket Mode).")
        if crowded := too_many(self._connections):
            log.warning("%s %s", crowded, CURE)
        self._judge()
        self._note(connected=True)
        self._connected()

    def _lives(self) -> None:
        self.beat = self._clock.now()
        if self._greetings and time.monotonic() - self._noted_at > SIGN:
            self._note(connected=True)

    def _take(self, envelope: Envelope) -> bool:
        self.beat = self._clock.now()
        if envelope.type == "interactive":
            taken = self._heard.click(clicks.read(envelope.payload))
        elif envelope.type == "events_api":
            taken = self._heard.event(events.read_payload(envelope.payload))
        else:
            taken = Taken.IGNORED
        return taken is not Taken.NOT_STORED

    def _note(self, *, connected: bool, problem: str = "") -> None:
        """For `status`, which other processes ask."""
        self._noted_at = time.monotonic()
        said = {
            "connected": connected,
            "at": str(self._clock.now()),
            "problem": problem,
            "connections": self._connections if connected else 0,
        }

        def put(ledger: Ledger) -> None:
            ledger.set_fact(SOCKET, json.dumps(said))

        self._writer.commit(put)


def _refusal(answer: Outcome) -> str:
    return f"Slack does not open one ({answer.error})"
