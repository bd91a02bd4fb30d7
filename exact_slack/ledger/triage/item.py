"""One item of triage: a message that is somebody's until it is done, and what each thing that
happens makes of it. Nothing here asks or stores anything.

What people say are signs: reactions that stand on the message, and the latest click. They decide
by their rank; where there is none, it is what Exact says of it, open or settled. A sign that stood
when Exact changed that is stale: it counts again once it has been seen away."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum


class ItemState(StrEnum):
    """Where an item stands. Its value is its name in `--json` and in the ledger."""

    OPEN = "open"
    TAKEN = "taken"
    LATER = "later"
    DONE = "done"
    DISMISSED = "dismissed"
    """A false alarm."""
    SETTLED = "settled"
    """Exact put it right."""

    @property
    def is_finished(self) -> bool:
        """Whether nobody has anything to do with it."""
        return self not in UNFINISHED


_S = ItemState
UNFINISHED = (_S.OPEN, _S.TAKEN, _S.LATER)
RANK = (_S.DONE, _S.DISMISSED, _S.LATER, _S.TAKEN)
"""What people can say; of several things the first counts."""
REACTIONS = {
    "eyes": _S.TAKEN,
    "white_check_mark": _S.DONE,
    "no_entry_sign": _S.DISMISSED,
    "zzz": _S.LATER,
}
"""Names of emoji as Slack has them, and what they say."""
FINISHED_FOR = 7 * 86400.0
"""Seconds for which what is finished is still looked at: people think better of it."""
CHECK_MARK = "white_check_mark"
"""What the bot adds when Exact settles an item."""


def meaning(emoji: str) -> ItemState | None:
    """What a reaction says, in whatever tone of skin; None where it says nothing here."""
    return REACTIONS.get(emoji.partition("::")[0])


class Click(StrEnum):
    """What the buttons say. Its value is the `action_id` of the button."""

    TAKE = "triage:take"
    DONE = "triage:done"
    GIVE_BACK = "triage:give_back"
    REOPEN = "triage:reopen"


BUTTONS = {
    _S.OPEN: (Click.TAKE, Click.DONE),
    _S.LATER: (Click.TAKE, Click.DONE),
    _S.TAKEN: (Click.GIVE_BACK, Click.DONE),
    _S.DONE: (Click.REOPEN,),
    _S.DISMISSED: (Click.REOPEN,),
    _S.SETTLED: (Click.REOPEN,),
}
"""The buttons that a message has in each state; any other click comes too late."""
_SAYS = {Click.TAKE: _S.TAKEN, Click.DONE: _S.DONE}


class How(StrEnum):
    """What changed an item."""

    REACTION = "reaction"
    CLICK = "click"
    EXACT = "exact"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Sign:
    """A person says so since `at`, when that was first seen: Slack tells no time of a reaction."""

    state: ItemState
    person: str
    at: float

    @property
    def word(self) -> tuple[ItemState, str]:
        """What tells it from the others that stand."""
        return self.state, self.person


Word = tuple[ItemState, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One item. Times are seconds since 1970; `until` is 0 where it is not put off."""

    id: int
    head_id: int
    route: str
    exceptions: tuple[str, ...]
    """For which it is one; perhaps none."""
    opened_at: float
    """When it came, or was opened again."""
    since: float
    state: ItemState = _S.OPEN
    person: str = ""
    until: float = 0.0
    settled: bool = False
    """Whether Exact put it right."""
    overruled: bool = False
    """Whether people want it looked at although Exact put it right, or it came so."""
    standing: tuple[Sign, ...] = ()
    """Reactions as they were read last, in the order in which they were first seen."""
    stale: frozenset[Word] = frozenset()
    clicked: Sign | None = None
    heard_at: float = 0.0
    """When it was last changed by something else than a reading."""
    read_at: float = field(default=0.0, compare=False)
    """When its message was last asked for by itself."""
    asked: int = field(default=0, compare=False)
    """Counts what Slack told of reactions on it and was not read yet."""
    escalated_at: float = 0.0
    """When it was told that nobody has taken it; 0 where it was not."""
    marked: bool = False
    """Whether it bears the bot's own check mark."""

    # -- what happens --------------------------------------------------------------------------

    def read(self, seen: Iterable[Word], now: float, later: float) -> "Item":
        """The reactions that stand now. `later`: until when it is put off, if that is new."""
        words = dict.fromkeys(seen)
        kept = tuple(sign for sign in self.standing if sign.word in words)
        kept_words = {sign.word for sign in kept}
        fresh = tuple(
            Sign(state, who, now) for state, who in words if (state, who) not in kept_words
        )
        clicked = self.clicked
        if clicked and any(sign.person == clicked.person for sign in fresh):
            clicked = None  # the same person thought better of it
        item = replace(
            self, standing=(*kept, *fresh), stale=self.stale & words.keys(), clicked=clicked
        )
        return _decided(item, now, later)

    def click(self, click: Click, person: str, now: float, later: float) -> "Item | None":
        """What a click makes of it; None where it comes too late."""
        if click not in BUTTONS[self.state]:
            return None
        says = _SAYS.get(click)
        if says is not None:
            item = replace(self, clicked=Sign(says, person, now), heard_at=now)
            if _sign(item) is not item.clicked:
                item = _with_all_stale(item)  # what stands would say something else
            return _decided(item, now, later)
        item = _with_all_stale(replace(self, clicked=None, heard_at=now))
        if click is Click.REOPEN:
            item = replace(item, settled=False, overruled=True, opened_at=now, escalated_at=0.0)
        return _decided(item, now, later)

    def settle(self, now: float) -> "Item":
        """Exact put it right. Who finished it before did."""
        item = replace(self, settled=True, heard_at=now)
        if not self.state.is_finished:
            item = _with_all_stale(replace(item, clicked=None))
        return _decided(item, now)

    def unsettle(self, now: float) -> "Item":
        """What Exact had put right is wrong again."""
        item = replace(self, settled=False, overruled=False, heard_at=now)
        if self.state is _S.SETTLED:
            item = replace(item, opened_at=now, escalated_at=0.0)
        return _decided(item, now)

    def notice(self, exceptions: tuple[str, ...], now: float) -> "Item":
        """New exceptions: what is finished is open again, whoever finished it."""
        item = replace(self, exceptions=tuple(dict.fromkeys((*self.exceptions, *exceptions))))
        if not (self.state.is_finished or self.settled):
            return item
        item = replace(
            item,
            settled=False,
            overruled=False,
            clicked=None,
            opened_at=now,
            escalated_at=0.0,
            heard_at=now,
        )
        return _decided(_with_all_stale(item), now)

    def expire(self, now: float) -> "Item":
        """The time has come up to which it was put off."""
        if self.state is not _S.LATER or self.until > now:
            return self
        words = {sign.word for sign in self.standing if sign.state is _S.LATER}
        clicked = None if self.clicked and self.clicked.state is _S.LATER else self.clicked
        item = replace(self, stale=self.stale | words, clicked=clicked)
        return _decided(item, now)

    def without_message(self) -> "Item":
        """Its message is gone, and a new one takes its place: what people said is kept."""
        sign = _sign(self)
        return replace(self, clicked=sign, standing=(), stale=frozenset(), marked=False)


# -- what that makes of it -------------------------------------------------------------------------


def _with_all_stale(item: Item) -> Item:
    return replace(item, stale=frozenset(sign.word for sign in item.standing))


def _sign(item: Item) -> Sign | None:
    """The sign that decides: of the highest rank, and of those the first that was seen."""
    signs = [sign for sign in item.standing if sign.word not in item.stale]
    signs += [item.clicked] if item.clicked else []
    signs.sort(key=lambda sign: (RANK.index(sign.state), sign.at))
    return signs[0] if signs else None


def _decided(item: Item, now: float, later: float = 0.0) -> Item:
    sign = _sign(item)
    if sign is None:
        base = _S.SETTLED if item.settled else _S.OPEN
        since = item.since if item.state is base else now
        return replace(item, state=base, person="", since=since, until=0.0)
    same = (item.state, item.person) == sign.word and item.since == sign.at
    until = (item.until if same else later) if sign.state is _S.LATER else 0.0
    return replace(item, state=sign.state, person=sign.person, since=sign.at, until=until)
