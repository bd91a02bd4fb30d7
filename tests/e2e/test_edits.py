"""Edits are spent on news: what would look the same is not edited, and the head goes first."""

from typing import Any

import pytest

from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]
PAYMENTS = "cashflow/Payments"
DAY = 86_400.0
EDIT, POST = "chat.update", "chat.postMessage"


def _calls(rig: Rig, *methods: str) -> list[str]:
    """The methods that were called, in their order."""
    called = (request.path.rpartition("/")[2] for request in rig.slack.server.requests)
    return [name for name in called if name in methods]


def _everything(rig: Rig) -> None:
    rig.routes = '  - name: feed\n    when: {kind: "*"}\n    channel: "#feed"\n'
    rig.write_config()
    rig.poll()


def _term(rig: Rig, entry: str, **values: Any) -> str:
    row = {
        "TransactionEntryID": entry,
        "InvoiceNumber": 1,
        "AccountName": "Van Dijk",
        "AmountDC": 121.0,
        "AmountFC": 121.0,
        "Currency": "EUR",
        "Status": 20,
        **values,
    }
    return str(rig.exact.store.upsert(DIVISION, PAYMENTS, row)["ID"])


def test_reading_again_what_did_not_change_edits_nothing(rig: Rig) -> None:
    """Terms and joined entries have no message of their own: that is no reason to edit."""
    _everything(rig)
    for number in (1, 2):
        entry = rig.entry(number)["EntryID"]
        for status in (20, 50):
            _term(rig, entry, InvoiceNumber=number, Status=status, AmountDC=60.5)
    rig.poll()
    before = rig.messages()
    rig.slack.server.clear_requests()
    for _ in range(2):
        done = rig.poll("--since", "1d")
        assert (done["changed"], done["updated"], done["posted"]) == (0, 0, 0)
    assert not _calls(rig, EDIT, POST)
    assert rig.messages() == before


def test_a_step_of_a_payment_shows_in_the_head_alone(rig: Rig) -> None:
    _everything(rig)
    term = _term(rig, rig.entry(1)["EntryID"])
    rig.poll()
    rig.poll()
    rig.slack.server.clear_requests()
    for status, told in ((30, "Payment: selected"), (20, ""), (40, "Payment: sent to the bank")):
        rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": term, "Status": status})
        assert rig.poll()["updated"] == 1
        assert told in rig.heads()[0].text
        assert told or "Payment" not in rig.heads()[0].text
    assert not _calls(rig, POST)
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": term, "Status": 50})
    assert rig.poll()["updated"] == 1
    assert rig.heads()[0].text.startswith("Paid · ")


def test_hundreds_of_idle_edits_do_not_hold_up_one_that_shows_something(rig: Rig) -> None:
    _everything(rig)
    terms = [_term(rig, rig.entry(number)["EntryID"]) for number in range(1, 31)]
    rig.poll()
    rig.poll()
    for term in terms:
        rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": term, "YourRef": "not on the head"})
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": terms[-1], "Status": 50})
    rig.slack.server.clear_requests()
    began = rig.exact.store.now()
    assert rig.poll()["updated"] == 1
    assert _calls(rig, EDIT) == [EDIT]
    assert (rig.exact.store.now() - began).total_seconds() < 30


@pytest.mark.parametrize("kind", ["close", "status", "truncate"])
def test_what_an_edit_of_unknown_outcome_showed_is_never_taken_for_known(
    rig: Rig, kind: Any
) -> None:
    """It arrived, its answer was lost, and the document went back to what it was before."""
    rig.poll()
    row = rig.entry(1, YourRef="FIRST")
    rig.poll()
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "SECOND"})
    rig.slack.faults.add(EDIT, kind, 3)
    rig.run("poll")
    assert "SECOND" in rig.heads()[0].text
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "FIRST"})
    rig.run("poll")
    rig.poll()
    assert "FIRST" in rig.heads()[0].text
    assert "SECOND" not in rig.heads()[0].text


def test_a_head_that_stands_as_plain_text_is_not_edited_to_the_same(rig: Rig) -> None:
    _everything(rig)
    rig.slack.store.refuse(POST, "invalid_blocks", times=1)
    term = _term(rig, rig.entry(1)["EntryID"])
    rig.poll()
    rig.poll()
    rig.slack.server.clear_requests()
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": term, "YourRef": "not on the head"})
    assert rig.poll()["updated"] == 0
    assert not _calls(rig, EDIT)


def test_the_head_shows_a_change_before_the_thread_tells_it(rig: Rig) -> None:
    rig.poll()
    rows = [rig.entry(number) for number in range(1, 6)]
    rig.poll()
    for row in rows:
        rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW"})
    rig.slack.server.clear_requests()
    rig.poll()
    order = _calls(rig, EDIT, POST)
    for n in range(1, len(order) + 1):
        assert order[:n].count(EDIT) >= order[:n].count(POST)
    assert order.count(EDIT) == order.count(POST) == 5


def _lines(count: int, amount: float = 100.0) -> list[dict[str, Any]]:
    return [
        {"LineNumber": n, "Description": f"Box {n:02d}",
         "AmountDC": amount + n, "AmountFC": amount + n, "CostCenter": "VEN"}
        for n in range(1, count + 1)
    ]  # fmt: skip


def _types(message: Any) -> list[str]:
    return [block["type"] for block in message.blocks]


def test_a_long_table_is_folded_and_for_a_week_cut_where_slack_refuses_that(
    rig: Rig, hands: Hands
) -> None:
    """A message, its edits and its replies alike; each record arrives, once."""
    rig.poll()
    long: dict[str, Any] = {"PurchaseEntryLines": _lines(40)}
    first = rig.entry(1, **long)
    rig.poll()
    [head] = rig.heads()
    assert _types(head)[1:4] == ["rich_text", "table", "container"]
    assert all(f"Box {n:02d}" in str(head.blocks) for n in range(1, 41))
    rig.slack.settings.unsupported_blocks.add("container")
    changed: dict[str, Any] = {"PurchaseEntryLines": _lines(40, 200.0)}
    rig.entry(1, EntryID=first["EntryID"], **changed)
    rig.entry(2, **long)
    done = rig.poll()
    assert (done["posted"], done["updated"], done["failed"], done["held"]) == (2, 1, 0, 0)
    assert len(rig.messages()) == 3
    assert not any("container" in _types(message) for message in rig.messages())
    assert "… and 15 more lines" in str(rig.heads()[1].blocks)
    rig.slack.settings.unsupported_blocks.clear()
    hands.sleep(6 * DAY)
    rig.entry(3, **long)
    rig.poll()
    assert "container" not in _types(rig.heads()[-1])
    hands.sleep(2 * DAY)
    rig.entry(4, **long)
    rig.poll()
    assert "container" in _types(rig.heads()[-1])
