"""What must be so of items of triage whenever nothing is on its way: worked out from what stands in
Slack, and from what people and Exact did, without asking how the program decides."""

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date

from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.triage.item import FINISHED_FOR, Item, ItemState, Word
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Message

EMOJI = {
    "white_check_mark": ItemState.DONE,
    "no_entry_sign": ItemState.DISMISSED,
    "no_entry_sign::skin-tone-3": ItemState.DISMISSED,
    "zzz": ItemState.LATER,
    "eyes": ItemState.TAKEN,
}
_ORDER = list(dict.fromkeys(EMOJI.values()))
_SHOWN = {
    ItemState.TAKEN: "Taken by: ",
    ItemState.LATER: "Later: ",
    ItemState.DONE: "Done by: ",
    ItemState.DISMISSED: "False alarm, says: ",
    ItemState.SETTLED: "Settled: in Exact Online",
}


@dataclass
class Done:
    """What was done to the document with this key, by whom; and how it stands in Exact."""

    said: set[Word] = field(default_factory=set)
    """What people ever said of it."""
    is_disturbed: bool = False
    """Something happened after which what stood may count no more: Exact settled it or opened it
    again, somebody clicked, or it was put off."""
    was_reopened: bool = False
    is_right: bool = False
    kept: Word | None = None
    """Who had or finished it when its message was deleted, if nothing happened to it since."""


@dataclass
class Items:
    """The items of one channel."""

    store: SlackStore
    ledger: Ledger
    people: dict[str, str]
    """Names by ids; all others are apps."""
    done: dict[str, Done]
    now: float

    def check(self) -> None:
        """Each of them stands as people and Exact left it, and its message says so."""
        for item in self.ledger.items.all():
            is_old = item.state.is_finished and self.now - item.since > FINISHED_FOR
            if not is_old:  # what people do with those is not read any more
                self._check(item)

    def _check(self, item: Item) -> None:
        head = self.ledger.deliveries.get(item.head_id)
        message = self.store.message("feed", head.ts)
        done = self.done[self._key(head)]
        assert message is not None
        assert not message.deleted, "nobody read that it is gone"
        stands = words(message, self.people)
        assert {sign.word for sign in item.standing} == stands
        assert item.stale <= stands
        assert done.is_disturbed or not item.stale
        clicked = {item.clicked.word} if item.clicked else set()
        assert clicked <= done.said
        expected = _first(stands - item.stale | clicked)
        if expected:
            assert (item.state, item.person) in expected
        else:
            assert item.state is (ItemState.SETTLED if item.settled else ItemState.OPEN)
        if done.kept and done.kept[0] is not ItemState.LATER:
            assert (item.state, item.person) == done.kept
        if done.is_right:
            assert item.settled or done.was_reopened
        else:
            assert not item.settled
        self._check_shown(item, message)
        steps = [(s.state, s.person, s.at) for s in self.ledger.items.steps_of(item)]
        assert len(set(steps)) == len(steps)
        assert steps[-1][0] is item.state

    def _check_shown(self, item: Item, message: Message) -> None:
        starts = tuple(_SHOWN.values())
        said = [line for line in message.text.splitlines() if line.startswith(starts)]
        start = _SHOWN.get(item.state)
        wanted = [start + self.people.get(item.person, "")] if start else []
        if item.state is ItemState.LATER:
            said = [line.partition(", until")[0] for line in said]
        assert said == wanted
        marked = any(self.store.bot_user in one.users for one in message.reactions)
        assert marked is (item.state is ItemState.SETTLED)

    def _key(self, head: Delivery) -> str:
        assert head.document_id is not None
        return self.ledger.documents.by_id(head.document_id).document.ref.guid

    # -- what time brings ----------------------------------------------------------------------

    def check_list(self, day: date, due: float) -> None:
        """One list of that day has all that were unfinished when it was due, and was posted."""
        parts = {
            brought.part: (brought.items, delivery.ts)
            for delivery in self._of(Action.ITEMS)
            if (brought := delivery.payload_of(payloads.ItemList)).day == day
        }
        wanted = {
            item.id
            for item in self.ledger.items.unfinished()
            if item.state is not ItemState.LATER and item.opened_at <= due
        }
        if not wanted:
            return
        assert set(parts[0][0]) == wanted
        messages = (self.store.message("feed", ts) for _, ts in parts.values())
        texts = "\n".join(message.text for message in messages if message)
        for item in map(self.ledger.items.get, wanted):
            head = self.ledger.deliveries.get(item.head_id)
            assert head.document_id is not None
            number = self.ledger.documents.by_id(head.document_id).document.number
            assert texts.count(f"Purchase order {number} ") == 1

    def check_escalations(self) -> None:
        """What nobody has taken was told, once; everything else at most once."""
        told = Counter(
            delivery.payload_of(payloads.Escalation) for delivery in self._of(Action.ESCALATION)
        )
        assert all(count == 1 for count in told.values())
        for item in self.ledger.items.unfinished():
            if item.state is ItemState.OPEN:
                assert payloads.Escalation(item.id, int(item.opened_at)) in told

    def check_lists(self) -> None:
        """No day has two."""
        lists = (d.payload_of(payloads.ItemList) for d in self._of(Action.ITEMS))
        days = Counter((brought.day, brought.part) for brought in lists)
        assert all(count == 1 for count in days.values())

    def _of(self, action: Action) -> list[Delivery]:
        found = self.ledger.deliveries.since_id(0)
        return [one for one in found if one.action is action and one.state is State.POSTED]


def words(message: Message, people: Container[str]) -> set[Word]:
    """What people say by what they put under a message."""
    return {
        (EMOJI[one.name], user)
        for one in message.reactions
        for user in one.users
        if one.name in EMOJI and user in people
    }


def _first(said: set[Word]) -> set[Word]:
    """Those that count, of what is said at once."""
    ranks = {_ORDER.index(state) for state, _ in said}
    return {word for word in said if _ORDER.index(word[0]) == min(ranks)}


def check_messages(store: SlackStore, ledger: Ledger) -> None:
    """Each message of ours is what one delivery posted, and what was posted stands there, unless
    somebody deleted it."""
    posted = [
        delivery.ts
        for delivery in ledger.deliveries.since_id(0)
        if delivery.state is State.POSTED and delivery.action.traits.bears_key
    ]
    assert len(set(posted)) == len(posted)
    messages = store.messages("feed")
    assert {m.ts for m in messages if m.bot_id and not m.deleted} <= set(posted)
    assert set(posted) <= {m.ts for m in messages}
