"""Direct messages: the conversation with a person, and what to do where there is nobody to read it.

Posting to somebody who left goes well, and nobody reads it (python-slack-sdk#1156). So Slack is
asked once a day for whom there is something to say; what cannot reach its person goes to the
route's `else`."""

from exact_slack.deliver.session import Session
from exact_slack.errors import ExactSlackError, PersonNeeded, TemporaryError
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.triage.people import Person
from exact_slack.slack.incoming.reactions import User, user
from exact_slack.slack.outcome import Outcome, Result

_DAY = 86_400.0
GONE = {
    "user_not_found": "Slack does not know this id",
    "user_not_visible": "the app may not see this person",
    "user_disabled": "this person has left the workspace",
}
"""Errors after which nobody is there to write to, and what each means."""
NO_SCOPE = "the Slack app lacks the scope im:write. Add it, and install the app again."


def why_unreachable(person: Person | User) -> str:
    """Why nobody reads what is sent to somebody; "" where somebody does."""
    if person.is_gone:
        return GONE["user_disabled"]
    return "this is an app, and no person" if person.is_bot else ""


class DirectMessages:
    """Opens the conversations of one run."""

    def __init__(self, session: Session) -> None:
        self._config = session.config
        self._ledger = session.ledger
        self._client = session.client
        self._clock = session.clock
        self._summary = session.summary

    def resolve(self, person: str) -> None:
        """Give the conversation its id, or send elsewhere what waits for it."""
        if self._is_unreachable(person):
            self._elsewhere(person)
        elif not self._ledger.channels.id_of(person) or person in self._ledger.channels.parked():
            self._open(person)

    def look_again(self) -> None:
        """Once a day at those who could not be reached; whoever can again is written to."""
        for person in self._config.direct_messages():
            stored = self._ledger.people.get(person)
            if stored is not None and why_unreachable(stored):
                self._is_unreachable(person)

    def _is_unreachable(self, person: str) -> bool:
        now, stored = self._clock.now(), self._ledger.people.get(person)
        if stored is not None and 0 <= now - stored.asked_at < _DAY:
            return bool(why_unreachable(stored))
        answer = user(self._client, person)
        if isinstance(answer, User):
            self._remember(answer)
            return self._told(person, why_unreachable(answer))
        if answer.error in GONE:
            self._remember(User(person, "", is_bot=False, is_gone=True))
            return self._told(person, GONE[answer.error])
        return stored is not None and bool(why_unreachable(stored))

    def _remember(self, user: User) -> None:
        self._ledger.people.remember(
            user.id, user.name, self._clock.now(), is_bot=user.is_bot, is_gone=user.is_gone
        )

    def _told(self, person: str, why: str) -> bool:
        if why:
            routes = ", ".join(self._config.direct_messages().get(person, ()))
            sentence = f"{person} ({routes}): {why}; what is for them goes to the route's else."
            cure = "Name somebody else under people, or take the entry out."
            self._problem(PersonNeeded(sentence, cure, cause=f"person {person}"))
        return bool(why)

    def _problem(self, error: ExactSlackError) -> None:
        self._summary.problem(error)

    def _open(self, person: str) -> None:
        asked_at = self._clock.now()
        answer = self._client.conversations_open(person)
        channels = self._ledger.channels
        if isinstance(answer, str):
            channels.resolved(person, answer, asked_at, self._client.answered_ts)
        elif answer.error in GONE:
            self._remember(User(person, "", is_bot=False, is_gone=True))
            self._told(person, GONE[answer.error])
            self._elsewhere(person)
        else:
            why = NO_SCOPE if answer.lacks_scope else f"Slack says {answer.error}."
            channels.park(person, why, asked_at)
            self._problem(_not_opened(person, why, answer))

    def _elsewhere(self, person: str) -> None:
        """What waits for somebody whom nothing reaches goes to the route's `else`. Where a message
        stands in the conversation already, what changes is told under a new one."""
        for waiting in self._ledger.outbox.waiting_in(person):
            with self._ledger.transaction():
                delivery = self._ledger.deliveries.get(waiting)
                if delivery.channel == person and delivery.state.is_waiting:
                    self._redirect(delivery)

    def _redirect(self, delivery: Delivery) -> None:
        deliveries, now = self._ledger.deliveries, self._clock.now()
        route = self._config.route_named(delivery.route)
        if route is None or not route.to_people:
            return
        head = deliveries.get(delivery.head_id) if delivery.head_id else delivery
        there = [h for h in deliveries.heads(head.subject_id or 0) if h.channel == route.channel]
        if there:
            deliveries.move(delivery, State.SUPERSEDED, now, cause=Cause.HEAD_THERE)
            return
        if head.state is State.POSTED:
            deliveries.renew(head, now, Cause.PERSON_GONE)
            heads = deliveries.heads(head.subject_id or 0)
            head = next(h for h in heads if h.channel == head.channel)
        if head.state.is_waiting:
            deliveries.redirect(head, route.channel)


def _not_opened(person: str, why: str, answer: Outcome) -> ExactSlackError:
    """Why there is no conversation to post in."""
    later = answer.result in (Result.LIMITED, Result.NOT_SENT, Result.AMBIGUOUS)
    if later:
        return TemporaryError(
            f"Slack does not open the conversation with {person} now ({answer.error}).",
            "The next run tries again.",
        )
    return PersonNeeded(f"{person}: {why}", cause=f"channel {person}")
