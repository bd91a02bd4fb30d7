"""Who the people are that reacted: asked once, and remembered."""

from collections.abc import Iterable

from exact_slack.app.customer import Customer
from exact_slack.ledger.triage.item import FINISHED_FOR
from exact_slack.plan.threads import Threads
from exact_slack.slack.incoming import reactions
from exact_slack.slack.outcome import Outcome
from exact_slack.triage import scopes

_MOST = 20
"""New people in one run: users.info is Tier 4, 100 a minute."""
_AGAIN, _UNKNOWN_AGAIN = 7 * 86400.0, 86400.0
"""Seconds after which Slack is asked again: people change their names, and apps get scopes."""


class Strangers:
    """Asks Slack about those who reacted, within one run."""

    def __init__(self, customer: Customer) -> None:
        self._customer = customer
        self._left = _MOST

    def ask(self, users: Iterable[str]) -> None:
        """Get to know these people. Who cannot be asked about now stays a stranger, and counts
        when that is known; without the scope everybody is a person, called by the id."""
        people, now = self._customer.ledger.people, self._customer.clock.now()
        for user_id in dict.fromkeys(users):
            person = people.get(user_id)
            rest = _AGAIN if person and person.name != user_id else _UNKNOWN_AGAIN
            if person and 0 <= now - person.asked_at < rest:
                continue
            if self._left > 0 or person is None:
                self._ask(user_id, now)

    def _ask(self, user_id: str, now: float) -> None:
        customer = self._customer
        if scopes.is_missing(customer, scopes.USERS):
            self._remember(reactions.User(user_id, "", is_bot=False), now)
            return
        if self._left <= 0:
            return
        self._left -= 1
        answer = reactions.user(customer.slack, user_id)
        if isinstance(answer, reactions.User):
            self._remember(answer, now)
            return
        lacks = scopes.note(customer, scopes.USERS, answer)
        if lacks or _is_settled(answer):
            self._remember(reactions.User(user_id, "", is_bot=False), now)

    def _remember(self, user: reactions.User, now: float) -> None:
        ledger = self._customer.ledger
        with ledger.transaction():
            person = ledger.people.get(user.id)
            name = user.name or (person.name if person and person.name != user.id else "")
            is_bot = user.is_bot or bool(person and person.is_bot)
            is_gone = user.is_gone or bool(person and person.is_gone and not user.name)
            ledger.people.remember(user.id, name, now, is_bot=is_bot, is_gone=is_gone)
            if (person.name if person else user.id) != (name or user.id):
                self._show(user.id, now)

    def _show(self, user_id: str, now: float) -> None:
        """Messages that call somebody otherwise are edited."""
        ledger = self._customer.ledger
        threads = Threads(ledger, None)
        for item in ledger.items.of_person(user_id):
            if not item.state.is_finished or now - item.since < FINISHED_FOR:
                threads.edit(ledger.deliveries.get(item.head_id), now)


def _is_settled(answer: Outcome) -> bool:
    """Whether Slack will not say more another time."""
    return answer.error in ("user_not_found", "user_not_visible")
