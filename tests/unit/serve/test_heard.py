"""What Slack tells `serve`: each thing counts once, and of two who click one is first."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from exact_slack.clock import Clock
from exact_slack.config.load import load
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.triage.item import Item, ItemState
from exact_slack.serve.heard import Heard, Taken, Wakes
from exact_slack.serve.writer import Writer
from exact_slack.slack.incoming import clicks, events
from exact_slack.triage.clicks import Word
from tests.unit.slack.test_answers import VALUES, places, with_value

CONFIG = """\
state: state
exact:
  region: nl
  divisions: [1]
  client_id: a
  client_secret: b
  redirect_uri: https://finance.example.com/
slack: {app_token: {file: app-token}}
locale: nl_NL
routes: [{name: all, channel: "#ap", triage: true}]
"""
CHANNEL, TS = "C0AP", "1795766400.000100"


class _Now(Writer):
    """Commits at once, in the caller's thread."""

    def commit(self, job: Any) -> bool:
        done = [False]
        self._commit([(job, Event(), done)])
        return done[0]


class Ear:
    """A `serve` that hears one message of triage."""

    def __init__(self, folder: Path) -> None:
        path = folder / "acme.yaml"
        path.write_text(CONFIG, encoding="utf-8")
        path.chmod(0o600)
        self.folder = folder
        self.ledger = Ledger(folder / "state")
        self.said: list[Word] = []
        self.read: list[object] = []
        wake: Any = lambda *_: None  # noqa: E731
        wakes = Wakes(
            send=wake, look=wake, read=lambda: self.read.append(1), meet=wake, say=self.said.append
        )
        self.heard = Heard(load(path), _Now(self.ledger), Clock(), wakes)
        with self.ledger.transaction():
            ref = Ref(1, Kind.PURCHASE_ENTRY, "1")
            stored = self.ledger.documents.save(Document(ref, ServerMs(1)), 1.0).id
            head = self.ledger.deliveries.add(
                payloads.Head(),
                route="all",
                channel="#ap",
                document=stored,
                subject=stored,
                now=1.0,
            )
            found = self.ledger.deliveries.get(head)
            sending = self.ledger.deliveries.move(found, State.SENDING, 1.0)
            self.ledger.deliveries.move(sending, State.POSTED, 1.0, ts=TS, channel_id=CHANNEL)
            self.number = self.ledger.items.add(head, "all", (), 1.0).id

    @property
    def item(self) -> Item:
        return self.ledger.items.get(self.number)

    def payload(self, what: str, who: str, at: str = "1.1", **more: Any) -> dict[str, Any]:
        action = {"type": "button", "action_id": f"triage:{what}", "value": str(self.number)}
        return {
            "type": "block_actions",
            "user": {"id": who},
            "container": {"type": "message", "message_ts": TS, "channel_id": CHANNEL},
            "response_url": "https://hooks.slack.com/actions/T0/1/xyz",
            "actions": [{**action, "action_ts": at}],
            **more,
        }

    def click(self, *words: str, **more: Any) -> Taken:
        return self.heard.click(clicks.read(self.payload(*words, **more)))


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    made = Ear(tmp_path)
    yield made
    made.ledger.close()


def test_of_two_who_click_at_once_one_is_first_and_the_other_is_told(ear: Ear) -> None:
    assert ear.click("take", "U0ANNA", "1.1") is Taken.CLICK
    assert ear.click("take", "U0BRAM", "1.2") is Taken.CLICK
    assert (ear.item.state, ear.item.person) == (ItemState.TAKEN, "U0ANNA")
    (word,) = ear.said
    assert word.answer_to.startswith("https://hooks.slack.com/")
    assert word.text == ("Die klik kwam te laat en heeft niets veranderd. Opgepakt door: U0ANNA.")


def test_a_click_that_comes_twice_counts_once(ear: Ear) -> None:
    for _ in range(3):
        ear.click("take", "U0ANNA", "1.1")
    ear.click("give_back", "U0ANNA", "1.2")
    ear.click("take", "U0ANNA", "1.1")  # late, of before
    assert ear.item.state is ItemState.OPEN
    assert ear.said == []


@pytest.mark.parametrize(
    "more",
    [
        {"container": {"message_ts": "1.000100", "channel_id": CHANNEL}},
        {"container": {"message_ts": TS, "channel_id": "C0OTHER"}},
        {"actions": [{"action_id": "triage:take", "value": "999", "action_ts": "1.1"}]},
        {"actions": [{"action_id": "triage:approve", "value": "1", "action_ts": "1.1"}]},
    ],
)
def test_a_click_on_what_is_no_button_of_an_item_changes_nothing(
    ear: Ear, more: dict[str, Any]
) -> None:
    assert ear.click("take", "U0ANNA", **more) is Taken.CLICK
    assert ear.item.state is ItemState.OPEN
    assert len(ear.said) == 1


def test_any_value_in_any_field_of_a_click(ear: Ear) -> None:
    right = ear.payload("take", "U0ANNA")
    for number, path in enumerate(places(right)):
        for index, value in enumerate(VALUES):
            told = with_value({**right, "n": f"{number}-{index}"}, path, value)
            assert ear.heard.click(clicks.read(told)) is Taken.CLICK, (path, value)
    assert clicks.read_form("{") is clicks.read_form("[" * 10_000) is None
    assert clicks.read_form(json.dumps(right)) == clicks.read(right)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://hooks.slack.com/actions/T0/1/xyz", True),
        ("http://127.0.0.1:8080/actions/T0/1/xyz", True),
        ("http://intranet.example/", False),
        ("file:///etc/passwd", False),
        ("https://[", False),
    ],
)
def test_an_answer_goes_to_an_address_that_is_one(ear: Ear, address: str, *, kept: bool) -> None:
    found = clicks.read(ear.payload("take", "U0ANNA", response_url=address))
    assert found is not None
    assert bool(found.answer_to) is kept


@pytest.mark.parametrize(
    ("emoji", "user", "reads"),
    [("eyes", "U0ANNA", 1), ("tada", "U0ANNA", 0), ("white_check_mark", "U0BOT", 0)],
)
def test_only_reactions_of_people_that_say_something_are_looked_up(
    ear: Ear, emoji: str, user: str, reads: int
) -> None:
    item = {"type": "message", "channel": CHANNEL, "ts": TS}
    event = {"type": "reaction_added", "user": user, "reaction": emoji, "item_user": "U0BOT"}
    body = {"type": "event_callback", "event_id": "Ev1", "event": {**event, "item": item}}
    for _ in range(2):  # Slack may tell it again
        ear.heard.event(events.read_payload(body))
    assert ear.item.asked == reads
    assert bool(ear.read) is bool(reads)
