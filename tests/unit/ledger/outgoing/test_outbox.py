"""The order in which deliveries go out: the head before what tells of it, news before steps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.outbox import EDIT_GAP, Wait
from exact_slack.ledger.outgoing.payload import Payload
from exact_slack.ledger.outgoing.states import State, Urgency

PAYLOADS: dict[Action, Payload] = {
    Action.EDIT: payloads.Edit(),
    Action.CHANGED: payloads.Changed(
        Document(Ref(1, Kind.PURCHASE_ENTRY, "a"), modified=ServerMs(1))
    ),
    Action.PAID: payloads.Paid(),
    Action.DELETED: payloads.Deleted(),
    Action.STATE: payloads.Present(),
    Action.FILE: payloads.File(),
}
TELLING = (Action.CHANGED, Action.PAID, Action.DELETED, Action.STATE)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    yield made
    made.close()


@pytest.fixture
def other(tmp_path: Path, ledger: Ledger) -> Iterator[Ledger]:
    """The same ledger, as another process has it open."""
    made = Ledger(tmp_path)
    yield made
    made.close()


def _standing(ledger: Ledger, key: str, channel: str = "#a") -> Delivery:
    """A head that is posted."""
    document = Document(Ref(1, Kind.PURCHASE_ENTRY, key), modified=ServerMs(1000))
    with ledger.transaction():
        stored = ledger.documents.save(document, 0.0)
        number = ledger.deliveries.add(
            payloads.Head(),
            route="r",
            channel=channel,
            document=stored.id,
            subject=stored.id,
            now=0.0,
        )
    head = _claim(ledger, "me", float(number * 2))
    assert head.id == number
    ledger.deliveries.move(head, State.POSTED, 0.0, ts=f"{number}.000001", channel_id="C")
    ledger.deliveries.shows(number, f"look of {key}")
    return ledger.deliveries.get(number)


def _add(ledger: Ledger, head: Delivery, action: Action, urgency: int = 0) -> int:
    with ledger.transaction():
        return ledger.deliveries.add(
            PAYLOADS[action],
            route="r",
            channel=head.channel,
            head=head.id,
            now=0.0,
            urgency=urgency,
        )


def _claim(ledger: Ledger, owner: str, now: float) -> Delivery:
    step = ledger.outbox.claim(owner, now)
    assert isinstance(step, Delivery)
    return step


@pytest.mark.parametrize("action", TELLING)
@pytest.mark.parametrize("reply_first", [False, True])
def test_the_head_shows_a_change_before_the_thread_tells_it(
    ledger: Ledger, other: Ledger, action: Action, reply_first: bool
) -> None:
    head, now = _standing(ledger, "a"), 100.0
    order = [action, Action.EDIT] if reply_first else [Action.EDIT, action]
    for one in order:
        _add(ledger, head, one)
    edit = _claim(ledger, "me", now)
    assert edit.action is Action.EDIT
    assert not isinstance(other.outbox.claim("other", now), Delivery)  # while its call lasts
    again = ledger.deliveries.move(edit, State.PENDING, now, not_before=now + 7)
    waits = other.outbox.claim("other", now)
    assert isinstance(waits, Wait)
    edit = _claim(other, "other", now + 7)
    assert edit.id == again.id
    other.deliveries.move(edit, State.POSTED, now + 7)
    assert _claim(ledger, "me", now + 8).action is action


@pytest.mark.parametrize("ends", [State.SUPERSEDED, State.FAILED])
def test_an_edit_that_never_goes_keeps_nothing_back(ledger: Ledger, ends: State) -> None:
    head = _standing(ledger, "a")
    _add(ledger, head, Action.EDIT)
    _add(ledger, head, Action.CHANGED)
    ledger.deliveries.move(_claim(ledger, "me", 100.0), ends, 100.0)
    assert _claim(ledger, "me", 100.0).action is Action.CHANGED


def test_an_edit_that_waits_on_purpose_keeps_nothing_back(ledger: Ledger) -> None:
    head = _standing(ledger, "a")
    edit = _add(ledger, head, Action.EDIT)
    _add(ledger, head, Action.PAID)
    ledger.deliveries.pause(ledger.deliveries.get(edit), 5_000.0, Cause.SILENCED, now=0.0)
    assert _claim(ledger, "me", 100.0).action is Action.PAID


def test_files_and_other_threads_do_not_wait_for_an_edit(ledger: Ledger) -> None:
    head, other = _standing(ledger, "a"), _standing(ledger, "b", "#b")
    _add(ledger, head, Action.EDIT)
    ledger.deliveries.move(_claim(ledger, "me", 100.0), State.PENDING, 100.0, not_before=500.0)
    _add(ledger, head, Action.FILE)
    _add(ledger, other, Action.CHANGED)
    assert {_claim(ledger, "me", now).action for now in (101.0, 103.0)} == {
        Action.FILE,
        Action.CHANGED,
    }


def test_two_edits_of_a_head_never_overtake_each_other(ledger: Ledger, other: Ledger) -> None:
    head = _standing(ledger, "a")
    _add(ledger, head, Action.EDIT)
    first = _claim(ledger, "me", 100.0)
    second = _add(ledger, head, Action.EDIT)
    assert other.outbox.claim("other", 110.0) is None
    ledger.deliveries.move(first, State.POSTED, 110.0)
    assert _claim(other, "other", 110.0).id == second


def test_edits_with_news_go_before_steps_in_every_channel(ledger: Ledger) -> None:
    heads = [_standing(ledger, key, channel) for key, channel in zip("abcd", "xyxy", strict=True)]
    steps = [_add(ledger, head, Action.EDIT, Urgency.STEP) for head in heads[:3]]
    news = _add(ledger, heads[3], Action.EDIT, Urgency.NEWS)
    ledger.deliveries.hurry(ledger.deliveries.get(steps[2]), Urgency.NEWS)
    ledger.deliveries.hurry(ledger.deliveries.get(news), Urgency.STEP)  # never less urgent
    order = []
    for number in range(4):
        edit = _claim(ledger, "me", 100.0 + number * (EDIT_GAP + 0.1))
        order.append(edit.id)
        ledger.deliveries.move(edit, State.POSTED, 100.0)
    assert order == [steps[2], news, steps[0], steps[1]]


def test_an_urgent_edit_that_must_wait_lets_others_go(ledger: Ledger) -> None:
    heads = [_standing(ledger, key) for key in "ab"]
    _add(ledger, heads[0], Action.EDIT, Urgency.NEWS)
    ledger.deliveries.move(_claim(ledger, "me", 100.0), State.PENDING, 100.0, not_before=200.0)
    step = _add(ledger, heads[1], Action.EDIT, Urgency.STEP)
    assert _claim(ledger, "me", 102.0).id == step


def test_what_a_claimed_edits_head_shows_is_unknown_until_it_is_recorded(ledger: Ledger) -> None:
    head = _standing(ledger, "a")
    _add(ledger, head, Action.EDIT)
    edit = _claim(ledger, "me", 100.0)
    assert edit.shown == "look of a"
    assert ledger.deliveries.get(head.id).shown == ""
    ledger.deliveries.move(edit, State.PENDING, 100.0)  # its call was lost: it may have arrived
    assert _claim(ledger, "me", 102.0).shown == ""


def test_an_edit_without_a_call_takes_nobodys_pace(ledger: Ledger, other: Ledger) -> None:
    heads = [_standing(ledger, key) for key in "abc"]
    for head in heads:
        _add(ledger, head, Action.EDIT)
    idle = _claim(ledger, "me", 100.0)
    with ledger.transaction():
        ledger.deliveries.move(idle, State.SUPERSEDED, 100.0)
        ledger.outbox.give_back(idle)
    sent = _claim(other, "other", 100.1)
    ledger.outbox.give_back(idle)  # what another took since stays taken
    assert isinstance(ledger.outbox.claim("me", 100.5), Wait)
    assert sent.id != idle.id
