"""What Slack tells `serve`, whichever way it comes: events and clicks, each taken in once.

What arrives is committed before it is answered; workers do the rest. What it says of channels,
reactions and the token is a hint: Slack's answer to the next call decides."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.ledger.ledger import SLACK_SAYS_DEAD, Ledger, renamed_fact
from exact_slack.ledger.triage.item import meaning
from exact_slack.serve.writer import Writer
from exact_slack.slack.incoming import events
from exact_slack.slack.incoming.clicks import Clicked
from exact_slack.slack.incoming.events import Effect, Event

if TYPE_CHECKING:
    from exact_slack.triage.clicks import Word


class Taken(StrEnum):
    """What became of something that Slack told."""

    ACCEPTED = "accepted"
    CLICK = "click"
    IGNORED = "ignored"
    NOT_STORED = "not stored"
    """The disk did not take it in time: Slack must not believe that it did."""


@dataclass(frozen=True, slots=True)
class Wakes:
    """Who is woken for what."""

    send: Callable[[], None]
    look: Callable[[], None]
    read: Callable[[], None]
    meet: Callable[[str], None]
    """Takes the id of one who clicked."""
    say: "Callable[[Word], None]"
    """Takes what is to be said to them."""


class Heard:
    """One customer's ear. Thread-safe: the writer takes one after the other."""

    def __init__(self, config: Config, writer: Writer, clock: Clock, wakes: Wakes) -> None:
        self._config = config
        self._writer = writer
        self._clock = clock
        self._wakes = wakes
        self._triages = config.has_triage()

    def event(self, event: Event | None) -> Taken:
        """An event; None where it could not be read."""
        if event is None or self._says_nothing(event):
            return Taken.IGNORED
        now = self._clock.now()
        if not self._writer.commit(lambda ledger: _apply(ledger, event, now)):
            return Taken.NOT_STORED
        if event.effect is Effect.REACTED:
            self._wakes.read()
        if event.effect is Effect.RETURN:
            self._wakes.send()
        if event.effect in (Effect.RETURN, Effect.LOOK, Effect.RENAME):
            self._wakes.look()  # a channel that was parked before its id was known
        return Taken.ACCEPTED

    def _says_nothing(self, event: Event) -> bool:
        if event.effect is not Effect.REACTED:
            return event.effect is Effect.NOTHING
        return not self._triages or event.is_own or meaning(event.emoji) is None

    def click(self, clicked: Clicked | None) -> Taken:
        """A click; None where it is on no button of ours: it is only acknowledged."""
        if clicked is None or not self._triages:
            return Taken.CLICK
        from exact_slack.triage.clicks import Clicks

        said: list[Word] = []
        clicks = Clicks(self._config, self._clock)

        def take(ledger: Ledger) -> None:
            said.clear()  # of an attempt that was rolled back
            word = clicks.take(ledger, clicked)
            said.extend([word] if word else [])

        if not self._writer.commit(take):
            return Taken.NOT_STORED
        for word in said:
            self._wakes.say(word)
        self._wakes.send()
        self._wakes.meet(clicked.user)
        return Taken.CLICK


def _apply(ledger: Ledger, event: Event, now: float) -> None:
    """What an event changes, once."""
    if event.id and not ledger.inbox.first_time(event.id, now):
        return
    if event.effect is Effect.TOKEN_DEAD:
        ledger.set_fact(SLACK_SAYS_DEAD, event.kind)
        return
    if event.effect is Effect.REACTED:
        ledger.items.ask(event.channel_id, event.ts)
        return
    for name in ledger.channels.names_of(event.channel_id) if event.channel_id else ():
        if event.effect is Effect.PARK:
            ledger.channels.park(name, events.sentence(event.kind), now)
        elif event.effect is Effect.RETURN:
            ledger.channels.unpark(name, now)
        elif event.effect is Effect.RENAME and name.startswith("#"):
            # its id stays, so messages go on, unless another channel bears the name from now on
            new = f"#{event.name}"
            ledger.set_fact(renamed_fact(name), "" if new == name else new)
            ledger.channels.doubt(name)
    if event.effect is Effect.RENAME:
        ledger.channels.doubt(f"#{event.name}")
