"""Who ticked the lines of a close that people tick: the check marks that stand on their replies."""

from collections.abc import Mapping, Sequence

from exact_slack.app.customer import Customer
from exact_slack.close.books import Ticked
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.triage.item import ItemState, meaning
from exact_slack.slack.incoming import reactions
from exact_slack.slack.incoming.reactions import Reacted
from exact_slack.slack.outcome import Outcome
from exact_slack.triage.people import Strangers


class Ticks:
    """Asks Slack, one call a reply."""

    def __init__(self, customer: Customer) -> None:
        self._customer = customer
        self._ledger = customer.ledger
        self._strangers = Strangers(customer)

    def __call__(self, close: int, words: Sequence[str]) -> Mapping[str, Ticked]:
        """For each of the words of a close."""
        return {said: self._ticked(close, said) for said in words}

    def _ticked(self, close: int, words: str) -> Ticked:
        """By whom on any of its replies: a message that was posted anew has another thread."""
        for reply in self._ledger.closes.replies(close, words):
            if reply.state is not State.POSTED:
                continue
            answer = reactions.get(self._customer.slack, reply.channel_id, reply.ts)
            if isinstance(answer, Outcome):
                if not answer.head_is_gone:
                    return Ticked(problem=answer.error)
                self._gone(reply)
            elif answer.is_gone:
                self._gone(reply)
            elif by := self._by(answer):
                return Ticked(by)
        return Ticked()

    def _by(self, reacted: Reacted) -> str:
        """The first person whose check mark stands there; apps and our bot count for nothing."""
        users = [
            user
            for reaction in reacted.reactions
            if meaning(reaction.name) is ItemState.DONE
            for user in reaction.users
            if user != reacted.author
        ]
        self._strangers.ask(users)
        people = self._ledger.people
        who = (people.get(user) for user in users)
        return next((person.name for person in who if person is not None and not person.is_bot), "")

    def _gone(self, reply: Delivery) -> None:
        """Somebody deleted it: it is posted anew with what the morning brings."""
        now = self._customer.clock.now()
        with self._ledger.transaction():
            self._ledger.deliveries.move(reply, State.SUPERSEDED, now, cause=Cause.DELETED_IN_SLACK)
