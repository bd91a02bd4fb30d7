"""What a delivery does and brings: nothing that lists actions forgets one, and what was stored
stays readable."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import TRAITS, Action, Identity
from exact_slack.ledger.outgoing.payload import Payload
from exact_slack.ledger.schema.trouble import DamagedRecord

DOCUMENT = Document(Ref(1, Kind.PURCHASE_ENTRY, "a"), modified=ServerMs(1000), description="Chairs")
PAYLOADS: list[Payload] = [
    payloads.Head(),
    payloads.Head(DOCUMENT),
    payloads.Edit(),
    payloads.Details(),
    payloads.Changed(DOCUMENT),
    payloads.Paid(),
    payloads.Deleted(),
    payloads.Present(),
    payloads.Notice(3),
    payloads.Alert("exact-slack needs a person:\n#a"),
    payloads.File(),
    payloads.Digest(7),
    payloads.Report(7),
    payloads.Due("overdue", date(2026, 12, 15)),
    payloads.DueList(
        date(2026, 12, 16), 0, (payloads.DueRow(1, "overdue", date(2026, 12, 15), "late"),)
    ),
    payloads.ItemList(date(2026, 12, 16), 0, (1, 2)),
    payloads.Escalation(1, 1795766400),
    payloads.Run(3),
    payloads.Close(4),
    payloads.CloseChanged(4, 9, loud=True),
    payloads.CloseReady(4, 10),
    payloads.CloseManual(4, 'Accruals "reviewed"'),
]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    yield made
    made.close()


def _added(ledger: Ledger, payload: Payload) -> int:
    with ledger.transaction():
        return ledger.deliveries.add(payload, route="r", channel="#a", now=0.0)


def test_every_action_has_its_traits_and_its_payload() -> None:
    assert set(TRAITS) == set(Action)
    assert set(payloads.TYPES) == set(Action)
    assert {payload.action for payload in PAYLOADS} == set(Action)


@pytest.mark.parametrize("payload", PAYLOADS, ids=repr)
def test_a_payload_comes_back_as_it_was(ledger: Ledger, payload: Payload) -> None:
    delivery = ledger.deliveries.get(_added(ledger, payload))
    assert delivery.action is payload.action
    assert delivery.payload == payload
    assert delivery.payload_of(type(payload)) == payload


@pytest.mark.parametrize(
    "payload", [payloads.Notice(3), payloads.Changed(DOCUMENT), payloads.Digest(7)], ids=repr
)
@pytest.mark.parametrize("text", ["", "{", "many"])
def test_a_text_that_no_version_writes_is_a_damaged_record(
    ledger: Ledger, payload: Payload, text: str
) -> None:
    number = _added(ledger, payload)
    ledger.db.run("UPDATE deliveries SET before=?", text)
    delivery = ledger.deliveries.get(number)  # it can be listed, and has a key
    assert ledger.keys.of(delivery)
    with pytest.raises(DamagedRecord, match=f"delivery {number}"):
        _ = delivery.payload


@pytest.mark.parametrize("action", [a for a in Action if a.traits.has_thread])
def test_what_bears_a_thread_is_found_again_by_any_ledger(action: Action) -> None:
    """By a key that is no random one: else a restored ledger would open a second thread."""
    assert action.traits.identity is not Identity.NONE
    assert action.traits.bears_key
