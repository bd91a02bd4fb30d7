"""What looks at money before it leaves, from Exact to the channel."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = pytest.mark.usefixtures("hands")
ACCOUNTS, CARDS, TERMS = "crm/Accounts", "crm/BankAccounts", "cashflow/Payments"
SUPPLIER = "11111111-1111-1111-1111-111111111111"
OTHER = "22222222-2222-2222-2222-222222222222"
OLD, NEW = "NL20INGB0001234567", "NL91ABNA0417164300"
ODD = """\
  - name: odd
    when: {exception: [duplicate_invoice, new_supplier, dormant_supplier, payee_changed]}
    channel: "#feed"
"""


@pytest.fixture
def rig_with_past(rig: Rig) -> Rig:
    """130 purchases of a year, one of them paid, that were there before the first run."""
    rig.routes = ODD
    rig.write_config()
    now = rig.exact.store.now()
    with rig.exact.store.quietly():
        for number in range(130):
            day = now - timedelta(days=3 + 2 * number)
            rig.exact.store.upsert(
                DIVISION, ENTRIES, _entry(number, day, 1000 + number), modified=day
            )
        rig.exact.store.upsert(DIVISION, CARDS, _card(OLD), modified=now - timedelta(days=300))
        first = rig.exact.store.rows(DIVISION, ENTRIES)[0]
        paid = _term(first, OLD, 50) | {"EndDate": now - timedelta(days=2)}
        rig.exact.store.upsert(DIVISION, TERMS, paid, modified=now - timedelta(days=2))
    return rig


def _entry(number: int, day: datetime, amount: float) -> dict[str, Any]:
    return {
        "EntryNumber": 26600000 + number,
        "Supplier": SUPPLIER,
        "SupplierName": "Van Dijk",
        "YourRef": f"F{number:04d}",
        "EntryDate": day.replace(hour=0, minute=0, second=0, microsecond=0),
        "AmountDC": amount,
        "AmountFC": amount,
        "Currency": "EUR",
        "Status": 20,
        "Type": 30,
        "Created": day,
    }


def _card(number: str) -> dict[str, Any]:
    return {
        "ID": "33333333-3333-3333-3333-333333333333",
        "Account": SUPPLIER,
        "AccountName": "Van Dijk",
        "BankAccount": number,
        "Main": True,
        "Type": "A",
    }


def _term(entry: Mapping[str, Any], payee: str, status: int) -> dict[str, Any]:
    return {
        "EntryNumber": entry["EntryNumber"],
        "TransactionEntryID": entry["EntryID"],
        "Account": SUPPLIER,
        "AccountName": "Van Dijk",
        "AccountBankAccountNumber": payee,
        "AmountDC": entry["AmountDC"],
        "Currency": "EUR",
        "Status": status,
        "PaymentSelected": datetime(2026, 11, 24),  # noqa: DTZ001 - Exact's dates have no zone
        "PaymentSelectorFullName": "Anna",
    }


def _noticed(rig: Rig) -> list[str]:
    rig.poll()
    lines = (line for m in rig.messages() for line in m.text.splitlines())
    return [line.partition(": ")[2] for line in lines if line.startswith("Noticed")]


def test_what_exact_had_before_the_first_run_is_known_from_then_on(rig_with_past: Rig) -> None:
    rig = rig_with_past
    rig.exact.limits.on = False
    before = rig.run("status", "--json").json["learning"]
    assert {one["exception"] for one in before} >= {"duplicate_invoice", "new_supplier"}
    rig.poll()
    assert not rig.messages()
    assert rig.run("status", "--json").json["learning"] == []
    calls = [rig.exact.calls[DIVISION, path] for path in (ENTRIES, CARDS)]
    assert calls == [3 + 1, 1 + 1]  # a call for 60, and the poll's own
    rig.poll()
    assert rig.exact.calls[DIVISION, ENTRIES] == 3 + 1 + 1
    twin = rig.exact.store.upsert(DIVISION, ENTRIES, _entry(900, rig.exact.store.now(), 1000.0))
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": twin["EntryID"], "YourRef": "f 0"})
    (told,) = _noticed(rig)
    assert told.startswith("entered twice (26600000 of ")
    assert "26600000 was paid on" in told
    rig.exact.store.upsert(DIVISION, TERMS, _term(twin, OLD, 30))
    assert any("about to be paid although 26600000 was paid on" in one for one in _noticed(rig))


def test_the_first_read_goes_on_as_far_as_the_day_allows(rig_with_past: Rig) -> None:
    rig = rig_with_past
    rig.exact.limits.per_day = 88  # of which 50 are kept, and 35 are the polls'
    rig.poll()
    learning = rig.run("status", "--json").json["learning"]
    assert {one["exception"] for one in learning} >= {"new_supplier", "payee_changed"}
    rig.exact.limits.per_day = 5000
    rig.poll()  # hears of it
    rig.poll()
    assert rig.run("status", "--json").json["learning"] == []
    assert rig.exact.calls[DIVISION, ENTRIES] == 3 + 3
    assert not rig.messages()


def test_another_account_of_a_selected_payment_says_which_one_it_was(rig_with_past: Rig) -> None:
    rig = rig_with_past
    rig.exact.limits.on = False
    rig.poll()
    entry = rig.exact.store.rows(DIVISION, ENTRIES)[5]
    rig.exact.store.upsert(DIVISION, TERMS, _term(entry, OLD, 30))
    assert _noticed(rig) == []
    rig.exact.store.upsert(DIVISION, CARDS, _card(NEW) | {"ModifierFullName": "P. Claes"})
    rig.exact.store.upsert(DIVISION, TERMS, _term(entry, NEW, 30))
    told = _noticed(rig)
    assert any("account NL··4300, last paid on NL··4567 until" in one for one in told)
    assert any(one.endswith("by P. Claes)") for one in told)
    for text in (m.text for m in rig.messages()):
        assert NEW not in text
        assert OLD not in text
