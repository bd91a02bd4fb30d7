"""Quiet hours and silences: what waits on purpose, until when, and why.

Nothing is dropped and nothing is decided for good: before every delivery the config is asked
again, so a silence that is taken out of it lets go at once."""

from typing import NamedTuple

from exact_slack.app.routes import route_of
from exact_slack.config.match import concerns
from exact_slack.config.model import Config
from exact_slack.config.route import Route, Silence
from exact_slack.config.timing import end_of, local
from exact_slack.documents.event import Event
from exact_slack.documents.exceptions import ExceptionKind
from exact_slack.ledger.compared.history import Earlier
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.outbox import LONGEST_PAUSE
from exact_slack.ledger.outgoing.states import WAITING
from exact_slack.routing import exceptions
from exact_slack.routing.rules import Occasion, first_failure


class Pause(NamedTuple):
    """Until when something waits (seconds since 1970, 0 if it may go), and why. The longest of
    several is the greatest."""

    until: float
    cause: Cause = Cause.NONE
    detail: str = ""


NO_PAUSE = Pause(0.0)


class Pauses:
    """What the config lets wait just now: quiet hours and silences."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger
        self._zone = config.zone()
        self._any = bool(config.quiet or config.silences) or any(
            route.quiet or route.silences for route in config.routes
        )

    def apply(self, now: float) -> None:
        """Mark every open delivery with until when it waits; let go what no longer does."""
        deliveries = self._ledger.deliveries
        with self._ledger.transaction():
            for delivery in deliveries.walk(*WAITING, waiting=not self._any):
                if _waits_for_exact(delivery, now):
                    continue
                pause = self.of(delivery, now)
                if pause != (delivery.paused_until, delivery.pause_cause, delivery.pause_detail):
                    deliveries.pause(delivery, *pause, now=now)

    def of(self, delivery: Delivery, now: float) -> Pause:
        """Until when a delivery waits, and why."""
        if not self._any:
            return NO_PAUSE
        route = route_of(self._config, delivery)
        pauses = [self._quiet(route, now)]
        if delivery.document_id is not None:
            stored = self._ledger.documents.by_id(delivery.document_id)
            pauses.append(self._silenced(route, stored, delivery.action.traits.event, now))
        return max(pauses)

    def silence_of(self, route: Route, stored: Stored, now: float) -> str:
        """Why a silence keeps a document out of a digest for now; "" where none does."""
        pause = self._silenced(route, stored, Event.MODIFIED, now)
        return pause.cause.sentence(pause.detail) if pause.until > now else ""

    def _quiet(self, route: Route | None, now: float) -> Pause:
        quiet = route.quiet if route and route.quiet is not None else self._config.quiet
        until = quiet.until(now, self._zone) if quiet else now
        return Pause(until, Cause.QUIET) if until > now else NO_PAUSE

    def _silenced(self, route: Route | None, stored: Stored, event: Event, now: float) -> Pause:
        """The last silence that covers the document: it waits for all of them."""
        ends = [
            Pause(end_of(silence.until, self._zone), Cause.SILENCED, silence.reason)
            for silence in (*self._config.silences, *(route.silences if route else ()))
            if end_of(silence.until, self._zone) > now and self._covers(silence, stored, event, now)
        ]
        return max(ends, default=NO_PAUSE)

    def _covers(self, silence: Silence, stored: Stored, event: Event, now: float) -> bool:
        fired: tuple[str, ...] = ()
        if silence.match.exception is not None:
            history = Earlier(self._ledger.db, stored)
            day, tuning = local(now, self._zone).date(), self._config.exceptions
            given = exceptions.Given(stored.document, history, tuning, day)
            asked = silence.match.exception
            wanted = [name for name in ExceptionKind if concerns(asked, name)]
            fired = tuple(exceptions.find(given, wanted))
        return not first_failure(silence.match, Occasion(stored.document, event, fired))


def _waits_for_exact(delivery: Delivery, now: float) -> bool:
    """Whether Exact does not give out its file just now: the one pause here that the config does
    not decide."""
    waits = delivery.pause_cause is Cause.FILE_LATER
    return waits and now < delivery.paused_until < now + LONGEST_PAUSE
