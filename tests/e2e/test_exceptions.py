"""Exceptions through the real flow: what came before, what time brings, what the message says."""

from datetime import datetime
from pathlib import Path

import pytest

from exact_slack.ledger.ledger import Ledger
from tests.e2e.clocked import ClockedRig, clocked
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(2)]
PAYMENTS = "cashflow/Payments"
DUE = """\
  - name: feed
    when: {kind: [purchase_entry, payment], event: [created, modified, paid], exception: "!overdue"}
    channel: "#feed"
  - name: soon
    when: {kind: purchase_entry, exception: due_soon}
    channel: "#soon"
  - name: late
    when: {kind: purchase_entry, exception: overdue}
    channel: "#late"
"""


def _term(rig: Rig, entry: str, **values: object) -> str:
    row = {"TransactionEntryID": entry, "AmountDC": 121.0, "Currency": "EUR", "Status": 20}
    return str(rig.exact.store.upsert(DIVISION, PAYMENTS, {**row, **values})["ID"])


def _told(rig: ClockedRig, when: str = "") -> tuple[int, int]:
    """After a poll: how many are told as due soon, and as overdue."""
    rig.go(when)
    return len(rig.heads("soon")), len(rig.heads("late"))


def test_what_falls_due_is_told_on_the_day_once_and_only_while_it_is_open(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 09:00", DUE) as rig:
        for name in ("soon", "late"):
            rig.slack.store.add_channel(name)
        due = datetime(2026, 12, 5)  # noqa: DTZ001 - Exact's dates have no zone
        entries = [rig.entry(number, DueDate=due)["EntryID"] for number in (1, 2, 3)]
        open_term, paid_term = (_term(rig, entry) for entry in entries[:2])
        assert _told(rig, "2026-11-24 10:00") == (0, 0)
        rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": paid_term, "Status": 50})
        assert _told(rig, "2026-11-27 23:50") == (0, 0)
        assert _told(rig, "2026-11-28 00:10") == (1, 0)  # the zone's midnight, not that of UTC
        assert _told(rig, "2026-12-05 12:00") == (1, 0)
        assert _told(rig, "2026-12-06 12:00") == (1, 1)
        assert _told(rig) == (1, 1)
        assert _told(rig, "2026-12-20 12:00") == (1, 1)
        (late,) = rig.heads("late")
        assert "Purchase entry 1 ·" in late.text
        assert "Noticed: overdue since 5 Dec 2026\n" in late.text
        rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": open_term, "Status": 50})
        rig.go("2026-12-21 12:00")
        assert len(rig.replies("late")) == 1


def test_an_entry_that_changes_after_it_was_paid_is_not_overdue(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 09:00", DUE) as rig:
        rig.slack.store.add_channel("late")
        entry = rig.entry(1, DueDate=datetime(2026, 11, 25))["EntryID"]  # noqa: DTZ001
        rig.slack.store.add_channel("soon")
        _term(rig, entry, Status=50)
        rig.go("2026-11-24 10:00")
        change = {"EntryID": entry, "Description": "Corrected"}
        rig.exact.store.upsert(DIVISION, ENTRIES, change)
        assert _told(rig, "2026-12-01 10:00") == (0, 0)  # nor is what was paid before it was told


DOUBLES = """\
  - name: doubles
    when: {exception: [duplicate_reference, unusual_amount]}
    channel: "#feed"
"""


@pytest.fixture
def doubles(rig: Rig) -> Rig:
    rig.routes = DOUBLES
    rig.write_config()
    rig.exact.limits.on = False
    rig.poll()
    return rig


def _reasons(rig: Rig) -> list[str]:
    rig.poll()
    lines = (line for head in rig.heads() for line in head.text.splitlines())
    return [line for line in lines if line.startswith("Noticed")]


def test_a_reference_is_the_same_in_other_letters_and_the_message_names_the_other(
    doubles: Rig,
) -> None:
    doubles.entry(1, YourRef="VD-7 a")
    doubles.poll()
    doubles.entry(2, YourRef="vd-7A")
    doubles.entry(3, YourRef="VD-8")
    assert _reasons(doubles) == ["Noticed: reference used before (1)"]


def test_a_reference_of_another_division_or_supplier_is_none(doubles: Rig) -> None:
    doubles.divisions = (DIVISION, 234567)
    doubles.write_config()
    doubles.poll()
    doubles.entry(1, YourRef="VD-7")
    doubles.entry(2, YourRef="VD-7", division=234567)
    doubles.entry(3, YourRef="VD-7", Supplier="22222222-2222-2222-2222-222222222222")
    doubles.entry(4, YourRef=" ")
    doubles.entry(5, YourRef=" ")
    assert _reasons(doubles) == []


def test_a_reference_that_is_changed_to_one_already_used_is_told(doubles: Rig) -> None:
    first = doubles.entry(1, YourRef="VD-7")["EntryID"]
    doubles.poll()
    doubles.entry(2, YourRef="VD-8")
    assert _reasons(doubles) == []
    doubles.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": first, "YourRef": "VD-8"})
    assert _reasons(doubles) == ["Noticed: reference used before (2)"]
    (one,) = doubles.run("route", "explain", "1", "--json").json["documents"]
    assert one["exceptions"] == ["duplicate_reference", "new_supplier", "duplicate_invoice"]


def test_an_invoice_and_the_entry_made_from_it_are_no_double(doubles: Rig) -> None:
    supplier = "11111111-1111-1111-1111-111111111111"
    invoice = {"EntryNumber": 1, "Supplier": supplier, "YourRef": "VD-7", "Journal": "60",
               "Amount": 121.0, "Currency": "EUR", "Status": 50, "Type": 8033}  # fmt: skip
    doubles.exact.store.upsert(DIVISION, "purchase/PurchaseInvoices", invoice)
    doubles.entry(1, YourRef="VD-7")
    assert _reasons(doubles) == []
    doubles.entry(2, YourRef="VD-7")
    assert _reasons(doubles) == ["Noticed: reference used before (1)"]


def test_an_unusual_amount_says_what_is_usual_and_needs_a_history(doubles: Rig) -> None:
    for number in (1, 2, 3, 4):
        doubles.entry(number, AmountDC=100.0)
    doubles.entry(5, AmountDC=9_000.0)
    assert _reasons(doubles) == []
    doubles.entry(6, AmountDC=300.0)
    doubles.entry(7, AmountDC=-301.0)
    assert _reasons(doubles) == ["Noticed: unusual amount (usually €100.00)"]


def test_what_the_ledger_forgot_still_makes_a_supplier_known(doubles: Rig) -> None:
    doubles.entry(1)
    doubles.poll()
    ledger = Ledger(doubles.state)
    ledger.forget(4e9, 0.0)
    ledger.close()
    doubles.entry(2)
    doubles.poll()
    (one,) = doubles.run("route", "explain", "2", "--json").json["documents"]
    assert one["exceptions"] == []


SHARED = """\
  - name: large
    when: {kind: purchase_entry, amount: ">= 1000"}
    channel: "#feed"
  - name: odd
    when: {exception: [duplicate_reference, no_cost_center, unusual_amount]}
    channel: "#feed"
  - name: rest
    channel: "#feed"
    otherwise: true
"""


@pytest.fixture
def shared(rig: Rig) -> Rig:
    rig.routes = SHARED
    rig.write_config()
    rig.exact.limits.on = False
    rig.poll()
    return rig


def test_a_message_says_the_exceptions_of_every_route_that_takes_it_there(shared: Rig) -> None:
    shared.entry(1, YourRef="VD-7", AmountDC=100.0)
    shared.poll()
    shared.entry(2, YourRef="VD-7", AmountDC=5_000.0)
    assert _reasons(shared) == ["Noticed: reference used before (1)"]
    (shown,) = shared.run("preview", "2", "--json").json["messages"]
    assert shown["route"] == "large"
    assert "Noticed: reference used before (1)" in shown["payload"]["text"]


def test_an_exception_that_comes_later_is_told_in_the_channel_and_stands_in_the_head(
    shared: Rig,
) -> None:
    shared.entry(1, YourRef="VD-7")
    second = shared.entry(2, YourRef="VD-8")["EntryID"]
    assert _reasons(shared) == []
    shared.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": second, "YourRef": "VD-7"})
    assert _reasons(shared) == ["Noticed: reference used before (1)"]
    (reply,) = shared.replies()
    assert "\nNoticed: reference used before (1)\n" in reply.text
    assert reply.reply_broadcast
    shared.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": second, "Description": "Again"})
    assert _reasons(shared) == ["Noticed: reference used before (1)"]
    assert "Noticed" not in shared.replies()[1].text
    assert not shared.replies()[1].reply_broadcast


def test_an_exception_that_was_put_right_is_said_to_be_settled(shared: Rig) -> None:
    shared.entry(1, YourRef="VD-7")
    shared.poll()
    second = shared.entry(2, YourRef="VD-7")["EntryID"]
    assert _reasons(shared) == ["Noticed: reference used before (1)"]
    shared.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": second, "YourRef": "VD-9"})
    assert _reasons(shared) == ["Noticed: reference used before (resolved)"]
