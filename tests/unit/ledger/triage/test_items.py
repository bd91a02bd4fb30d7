"""One item of triage: what people, Exact and time make of it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.triage.item import (
    BUTTONS,
    RANK,
    Click,
    How,
    Item,
    ItemState,
    Word,
    meaning,
)

OPEN, TAKEN, LATER = ItemState.OPEN, ItemState.TAKEN, ItemState.LATER
DONE, DISMISSED, SETTLED = ItemState.DONE, ItemState.DISMISSED, ItemState.SETTLED
A_TAKES, B_TAKES, A_DONE, B_DONE = (TAKEN, "A"), (TAKEN, "B"), (DONE, "A"), (DONE, "B")


def _item(*seen: Word) -> Item:
    return Item(1, 1, "r", (), 0.0, 0.0).read(seen, 1.0, 90.0)


def _is(item: Item) -> Word:
    return item.state, item.person


@pytest.mark.parametrize(
    ("emoji", "says"),
    [
        ("eyes", TAKEN),
        ("white_check_mark", DONE),
        ("no_entry_sign::skin-tone-3", DISMISSED),
        ("zzz", LATER),
        ("heavy_check_mark", None),
        ("", None),
    ],
)
def test_what_a_reaction_says(emoji: str, says: ItemState | None) -> None:
    assert meaning(emoji) is says


def test_several_at_once_count_in_their_order_and_taking_one_away_leaves_the_others() -> None:
    standing = [(state, name) for name, state in zip("ABCD", reversed(RANK), strict=True)]
    item = _item(*standing)
    for state, name in zip(RANK, "DCBA", strict=True):
        assert _is(item) == (state, name)
        standing.remove((state, name))
        item = item.read(standing, 2.0, 90.0)
    assert (_is(item), item.since) == ((OPEN, ""), 2.0)


def test_the_first_person_seen_keeps_it() -> None:
    item = _item(B_TAKES).read([A_TAKES, B_TAKES], 2.0, 0.0)
    assert (_is(item), item.since) == (B_TAKES, 1.0)
    assert _is(item.read([A_TAKES], 3.0, 0.0)) == A_TAKES


def test_what_is_put_off_comes_back_and_its_sign_counts_once_it_was_away() -> None:
    item = _item((LATER, "A"))
    assert (item.state, item.until) == (LATER, 90.0)
    again = item.read([(LATER, "A"), (LATER, "B")], 5.0, 500.0)
    assert (again.person, again.until) == ("A", 90.0)
    assert item.expire(89.0) == item
    back = item.expire(90.0)
    assert (_is(back), back.since) == ((OPEN, ""), 90.0)
    assert back.read([(LATER, "A")], 91.0, 500.0).state is OPEN
    assert back.read([(LATER, "A"), (LATER, "B")], 91.0, 500.0).until == 500.0
    assert back.read([], 91.0, 0.0).read([(LATER, "A")], 92.0, 500.0).until == 500.0


@pytest.mark.parametrize("done", [A_DONE, (DISMISSED, "A")])
def test_a_new_exception_opens_it_and_what_stood_counts_no_more(done: Word) -> None:
    item = _item(done).notice(("overdue",), 2.0)
    assert (_is(item), item.opened_at, item.exceptions) == ((OPEN, ""), 2.0, ("overdue",))
    assert item.read([done], 3.0, 0.0).state is OPEN
    assert _is(item.read([done, B_DONE], 3.0, 0.0)) == B_DONE
    assert _is(item.read([], 3.0, 0.0).read([done], 4.0, 0.0)) == done


def test_a_new_exception_leaves_who_has_it() -> None:
    item = _item(A_TAKES).notice(("overdue",), 2.0)
    assert (_is(item), item.opened_at) == (A_TAKES, 0.0)


def test_exact_settles_what_nobody_finished() -> None:
    item = _item(A_TAKES).settle(2.0)
    assert _is(item) == (SETTLED, "")
    assert item.read([A_TAKES], 3.0, 0.0).state is SETTLED
    assert _is(item.read([A_TAKES, B_TAKES], 3.0, 0.0)) == B_TAKES
    assert _is(item.unsettle(3.0)) == (OPEN, "")
    done = _item(A_DONE).settle(2.0)
    assert _is(done) == A_DONE
    assert _is(done.read([], 3.0, 0.0)) == (SETTLED, "")


def test_a_click_is_stored_like_that_persons_reaction() -> None:
    item = _item().click(Click.TAKE, "A", 2.0, 0.0)
    assert item is not None
    assert _is(item) == A_TAKES
    assert item.click(Click.TAKE, "B", 2.1, 0.0) is None  # too late
    assert _is(item.read([], 3.0, 0.0)) == A_TAKES  # reading removes what a reaction set
    assert _is(item.read([B_DONE], 3.0, 0.0)) == B_DONE
    assert _is(item.read([B_DONE], 3.0, 0.0).read([], 4.0, 0.0)) == A_TAKES
    done = item.click(Click.DONE, "B", 3.0, 0.0)
    assert done is not None
    assert _is(done) == B_DONE
    assert _is(done.read([B_TAKES], 4.0, 0.0)) == B_TAKES  # B thought better of it
    again = done.click(Click.REOPEN, "A", 4.0, 0.0)
    assert again is not None
    assert _is(again) == (OPEN, "")


def test_give_back_and_reopen_leave_no_sign_that_stands() -> None:
    given_back = _item(A_TAKES, B_TAKES).click(Click.GIVE_BACK, "C", 2.0, 0.0)
    assert given_back is not None
    assert _is(given_back) == (OPEN, "")
    assert given_back.read([A_TAKES, B_TAKES], 3.0, 0.0).state is OPEN
    settled = _item().settle(2.0).click(Click.REOPEN, "A", 3.0, 0.0)
    assert settled is not None
    assert (_is(settled), settled.overruled) == ((OPEN, ""), True)


def test_who_takes_what_was_put_off_has_it() -> None:
    item = _item((LATER, "A")).click(Click.TAKE, "B", 2.0, 0.0)
    assert item is not None
    assert _is(item) == B_TAKES
    assert _is(item.read([(LATER, "A")], 3.0, 99.0)) == B_TAKES


_WORDS = st.lists(st.tuples(st.sampled_from(RANK), st.sampled_from("AB")), max_size=4)
_HAPPENS = st.one_of(
    st.tuples(st.just("read"), _WORDS),
    st.tuples(st.just("click"), st.tuples(st.sampled_from(Click), st.sampled_from("AB"))),
    st.tuples(st.sampled_from(["settle", "unsettle", "notice", "expire"]), st.none()),
)


def _happens(item: Item, what: str, said: object, now: float) -> Item:
    match what, said:
        case "read", list(words):
            return item.read(words, now, now + 10)
        case "click", (Click() as click, str(who)):
            return item.click(click, who, now, now + 10) or item
        case "notice", _:
            return item.notice(("overdue",), now)
        case _:
            changed: Item = getattr(item, what)(now)
            return changed


@given(st.lists(_HAPPENS, max_size=12))
def test_whatever_happens_it_says_who_where_somebody_has_it(
    events: list[tuple[str, object]],
) -> None:
    item = Item(1, 1, "r", (), 0.0, 0.0)
    for number, (what, said) in enumerate(events):
        before, item = item, _happens(item, what, said, float(number))
        assert bool(item.person) is (item.state in RANK)
        assert bool(item.until) is (item.state is LATER)
        assert item.stale <= {sign.word for sign in (*before.standing, *item.standing)}
        assert BUTTONS[item.state]
        again = [sign.word for sign in item.standing]
        assert item.read(again, 99.0, 99.0) == item  # the same reading changes nothing
    gone = item.without_message().read([], 99.0, 99.0)
    assert _is(gone) == _is(item)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path)) as made:
        yield made


def _head(ledger: Ledger) -> int:
    document = Document(Ref(1, Kind.PURCHASE_ENTRY, "a"), modified=ServerMs(1))
    stored = ledger.documents.save(document, 0.0)
    return ledger.deliveries.add(
        payloads.Head(), route="r", channel="#a", document=stored.id, subject=stored.id, now=0.0
    )


def test_it_is_stored_as_it_is_and_each_step_once(ledger: Ledger) -> None:
    with ledger.transaction():
        item = ledger.items.add(_head(ledger), "r", ("overdue", "rejected"), 1.0)
        for now, words in ((2.0, [A_TAKES, B_DONE]), (3.0, [A_TAKES, B_DONE]), (4.0, [])):
            before = ledger.items.get(item.id)
            ledger.items.save(before.read(words, now, 0.0), now, How.REACTION, before)
    steps = ledger.items.steps_of(item)
    assert [(s.at, s.state, s.person) for s in steps] == [
        (1.0, OPEN, ""),
        (2.0, DONE, "B"),
        (4.0, OPEN, ""),
    ]
    assert ledger.items.get(item.id).exceptions == ("overdue", "rejected")


def test_it_goes_with_the_message_that_takes_the_place_of_its_own(ledger: Ledger) -> None:
    with ledger.transaction():
        head = _head(ledger)
        item = ledger.items.add(head, "r", (), 1.0)
        ledger.items.save(item.read([A_DONE], 2.0, 0.0), 2.0, How.REACTION, item)
        sending = ledger.deliveries.set(ledger.deliveries.get(head), state=State.SENDING.value)
        posted = ledger.deliveries.move(sending, State.POSTED, 2.0, ts="1.000100", channel_id="C1")
        ledger.deliveries.renew(posted, 3.0, Cause.CHANNEL_REPLACED)
    (new,) = ledger.deliveries.heads(posted.subject_id or 0)
    moved = ledger.items.of_head(new.id)
    assert moved is not None
    assert (moved.id, _is(moved), moved.standing) == (item.id, A_DONE, ())
    assert _is(moved.read([], 4.0, 0.0)) == A_DONE
