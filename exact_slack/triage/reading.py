"""Reading back what people said of items in Slack: from the reactions that stand on the messages.

It is level-triggered: whatever was missed, the next reading sees. One call of history a channel
answers for most; what lies further back than one call goes, and whose users are cut off, is asked
for by itself, in turn."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from exact_slack.app.customer import Customer
from exact_slack.app.summary import SLACK_WAITS, Summary
from exact_slack.deliver.channels import CHANNEL_CURES
from exact_slack.errors import Notice, SlackLoginNeeded, TemporaryError
from exact_slack.failpoints import failpoint
from exact_slack.ledger.ledger import ADDRESS
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import Urgency
from exact_slack.ledger.triage.item import FINISHED_FOR, How, Item, Word, meaning
from exact_slack.plan.items import triage_of
from exact_slack.plan.threads import Threads
from exact_slack.slack.incoming import reactions
from exact_slack.slack.incoming.reactions import Reacted
from exact_slack.slack.outcome import Outcome, Result
from exact_slack.triage import scopes
from exact_slack.triage.people import Strangers
from exact_slack.triage.when import put_off_until

log = logging.getLogger("exact_slack.triage")
_IN_TURN = 10
"""Messages that one run asks for by themselves: reactions.get is Tier 3, 50 a minute."""
_SETTLED_IN = 120.0
"""Seconds after which history surely shows a message that stands."""


@dataclass(frozen=True, slots=True)
class _Place:
    """An item as it was before Slack was asked, and where its message stands."""

    item: Item
    head: Delivery


class ReadBack:
    """One reading."""

    def __init__(self, customer: Customer, summary: Summary) -> None:
        self._customer = customer
        self._ledger = customer.ledger
        self._summary = summary
        self._strangers = Strangers(customer)
        self._threads = Threads(customer.ledger, None)

    def run(self) -> None:
        """All that is unfinished, and what was finished lately."""
        now = self._customer.clock.now()
        by_channel: dict[str, list[_Place]] = defaultdict(list)
        for item in self._ledger.items.to_read(now - FINISHED_FOR):
            place = self._place(item)
            if place is not None:
                by_channel[place.head.channel_id].append(place)
        if by_channel:
            self._find_address()
        having = (place.item.person for places in by_channel.values() for place in places)
        self._strangers.ask(filter(None, having))  # who clicked, too
        left = [item for places in by_channel.values() for item in self._channel(places)]
        left.sort(key=lambda place: (not place.item.asked, place.item.read_at))
        for place in left[:_IN_TURN]:
            if not self._by_itself(place):
                break

    def _find_address(self) -> None:
        """Where the workspace is, for links to its messages: asked once."""
        if self._ledger.fact(ADDRESS) is None:
            answer = self._customer.slack.auth_test()
            address = "" if isinstance(answer, Outcome) else answer.url
            if address.startswith("https://"):
                self._ledger.set_fact(ADDRESS, address.rstrip("/") + "/")

    def asked(self) -> bool:
        """What Slack told of just now; whether there was anything."""
        places = [self._place(item) for item in self._ledger.items.asked()]
        for place in filter(None, places):
            if not self._by_itself(place):
                break
        return bool(places)

    def _place(self, item: Item) -> _Place | None:
        head = self._ledger.deliveries.get(item.head_id)
        if not head.ts or triage_of(self._customer.config, item, head.channel) is None:
            return None
        return _Place(item, head)

    # -- asking --------------------------------------------------------------------------------

    def _channel(self, places: list[_Place]) -> list[_Place]:
        """The items of one channel; those that are to be asked for by themselves."""
        stamps = [place.head.ts for place in places]
        answer = reactions.history(
            self._customer.slack, places[0].head.channel_id, min(stamps), max(stamps)
        )
        if isinstance(answer, Outcome):
            self._refused(answer, places)
            return []
        pairs = [(place, answer.messages.get(place.head.ts)) for place in places]
        self._strangers.ask(_users(reacted for _, reacted in pairs if reacted))
        left: list[_Place] = []
        for place, reacted in pairs:
            if reacted is None and place.head.ts < answer.since:
                left.append(place)
            elif reacted is None or reacted.is_gone:
                self._gone(place)
            elif any(reaction.is_cut and meaning(reaction.name) for reaction in reacted.reactions):
                left.append(place)
            else:
                self._take(place, reacted)
        return left

    def _by_itself(self, place: _Place) -> bool:
        """One message; whether to go on asking for others."""
        customer, head = self._customer, place.head
        if scopes.is_missing(customer, scopes.REACTIONS):
            return self._by_history(place)
        answer = reactions.get(customer.slack, head.channel_id, head.ts)
        if isinstance(answer, Reacted):
            scopes.granted(customer, scopes.REACTIONS)
            self._strangers.ask(_users([answer]))
            if self._take(place, answer):
                self._answered(place)
            return True
        if scopes.note(customer, scopes.REACTIONS, answer):
            return self._by_history(place)
        if answer.head_is_gone:
            self._gone(place)
            self._answered(place)
            return True
        self._refused(answer, [place])
        if answer.result is Result.CHANNEL:
            self._answered(place)
        return answer.result is Result.CHANNEL

    def _by_history(self, place: _Place) -> bool:
        """The same without the scope: who is cut off there stays as was seen."""
        head = place.head
        answer = reactions.history(self._customer.slack, head.channel_id, head.ts, head.ts)
        if isinstance(answer, Outcome):
            self._refused(answer, [place])
            return answer.result is Result.CHANNEL
        reacted = answer.messages.get(head.ts)
        if reacted is None or reacted.is_gone:
            self._gone(place)
            self._answered(place)
        else:
            self._strangers.ask(_users([reacted]))
            if self._take(place, reacted):
                self._answered(place)
        return True

    def _answered(self, place: _Place) -> None:
        with self._ledger.transaction():
            self._ledger.items.answered(place.item, self._customer.clock.now())

    def _refused(self, answer: Outcome, places: list[_Place]) -> None:
        channel, count = places[0].head.channel, len(places)
        log.warning("reactions in %s: %s", channel, answer.error)
        what = f"What people say of {count} item{'' if count == 1 else 's'} in {channel}"
        if answer.result is Result.CHANNEL or answer.lacks_scope:
            cure = CHANNEL_CURES.get(answer.error, "Give the app the scopes of its manifest.")
            sentence = f"{what} cannot be read ({answer.error})."
            cause = f"triage {channel}"
            self._summary.problem(Notice(sentence, cure[:1].upper() + cure[1:], cause=cause))
        elif answer.result is Result.TOKEN:
            raise SlackLoginNeeded(
                f"Slack refuses the token ({answer.error}).",
                "Store a working bot token: exact-slack auth slack. Nothing pending is lost.",
            )
        else:
            raise TemporaryError(
                f"{what} is not known yet: Slack does not say ({answer.error}).",
                "The next run goes on.",
                cause=SLACK_WAITS,
            )

    # -- what it means -------------------------------------------------------------------------

    def _take(self, place: _Place, reacted: Reacted) -> bool:
        """The item as people see it now, and its head so; whether this is the latest news of it.
        If not, it is still to be read."""
        config, now = self._customer.config, self._customer.clock.now()
        routed = triage_of(config, place.item, place.head.channel)
        assert routed is not None
        later = put_off_until(routed[1], now, config.zone())
        with self._ledger.transaction():
            before = self._ledger.items.get(place.item.id)
            if before != place.item:
                return False  # something else happened meanwhile, so this is older
            after = before.read(self._words(before, reacted), now, later)
            if after != before and self._ledger.items.save(after, now, How.REACTION, before):
                self._threads.edit(place.head, now, Urgency.PEOPLE)
                failpoint("in_reading")
        failpoint("after_reading")
        return True

    def _words(self, item: Item, reacted: Reacted) -> list[Word]:
        """What stands on the message and counts: reactions of people that are known to be some.
        Of a list that is cut off, those stay whom it named before."""
        words: list[Word] = []
        for reaction in reacted.reactions:
            state = meaning(reaction.name)
            if state is None:
                continue
            kept = [s.person for s in item.standing if s.state is state] if reaction.is_cut else []
            words += [
                (state, who) for who in (*reaction.users, *kept) if self._counts(who, reacted)
            ]
        return words

    def _counts(self, user_id: str, reacted: Reacted) -> bool:
        person = self._ledger.people.get(user_id)
        return user_id != reacted.author and person is not None and not person.is_bot

    def _gone(self, place: _Place) -> None:
        """Somebody deleted the message: it is edited, which Slack refuses, and so posted anew."""
        now, posted = self._customer.clock.now(), place.head.done_at or 0.0
        if 0 <= now - posted < _SETTLED_IN:
            return
        with self._ledger.transaction():
            head = self._ledger.deliveries.get(place.head.id)
            if head.ts == place.head.ts:
                self._ledger.deliveries.shows(head.id, "")
                self._threads.edit(head, now, Urgency.PEOPLE)


def _users(messages: Iterable[Reacted]) -> list[str]:
    return [
        user
        for message in messages
        for reaction in message.reactions
        if meaning(reaction.name)
        for user in reaction.users
        if user != message.author
    ]
