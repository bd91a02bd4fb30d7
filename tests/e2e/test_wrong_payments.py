"""What looks at money before it leaves, from Exact to the channel."""

import re
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.clocked import clocked
from tests.e2e.rig import DIVISION, ENTRIES, Rig
from tests.e2e.serving import serving, until

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(2)]
ACCOUNTS, CARDS, TERMS = "crm/Accounts", "crm/BankAccounts", "cashflow/Payments"
CARDS_TOO = """\
  - name: cards
    when: {kind: bank_account}
    channel: "#feed"
"""
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


def _selected(rig: Rig) -> Mapping[str, Any]:
    """A payment is selected, and goes where the last one went."""
    rig.exact.limits.on = False
    rig.poll()
    entry = rig.exact.store.rows(DIVISION, ENTRIES)[5]
    term = rig.exact.store.upsert(DIVISION, TERMS, _term(entry, OLD, 30))
    assert _noticed(rig) == []
    return term


_MOVED = r"account of the payee changed \(account NL··4300; was NL··4567; changed .* by P. Claes\)"


def test_a_selected_payment_is_judged_again_when_only_the_account_changes(
    rig_with_past: Rig,
) -> None:
    rig = rig_with_past
    rig.routes += CARDS_TOO
    rig.write_config()
    term, store = _selected(rig), rig.exact.store
    by = {"ModifierFullName": "P. Claes"}
    store.upsert(DIVISION, CARDS, _card(OLD) | by | {"Blocked": True, "Main": False})
    assert _noticed(rig) == []
    (head,) = rig.heads()
    assert head.text.startswith("Bank account NL··4567 · Van Dijk")
    assert "Main account: no · Blocked: yes · Changed by: P. Claes" in head.text
    store.upsert(DIVISION, CARDS, _card(NEW) | by | {"Main": False})
    (told,) = _noticed(rig)
    assert re.fullmatch(_MOVED, told)
    moved = "Changed by P. Claes: Bank account NL··4300\nAccount number: NL··4567 → NL··4300"
    assert [m.text for m in rig.replies()] == [moved]
    store.upsert(DIVISION, CARDS, _card(NEW) | by)
    rig.poll()
    assert rig.replies()[-1].text.endswith("\nMain account: no → yes")
    store.upsert(DIVISION, TERMS, {"ID": term["ID"], "Status": 20, "PaymentSelected": None})
    rig.poll()
    (paid,) = (m for m in rig.heads() if m.text.startswith("Payment"))
    assert paid.text.startswith("Payment 26600005 · Van Dijk · €1,005.00 · Open")
    (reply,) = (m for m in rig.replies() if m.thread_ts == paid.ts)
    assert "Status: Selected → Open" in reply.text


def test_by_webhook_a_changed_account_is_told_within_a_second(
    rig_with_past: Rig, real_time: None
) -> None:
    rig = rig_with_past
    _selected(rig)
    with serving(rig) as serve:
        serve.start()
        store = rig.exact.store
        card = store.upsert(DIVISION, CARDS, _card(NEW) | {"ModifierFullName": "P. Claes"})
        assert serve.notify(card["ID"], "Update", Topic="BankAccounts").status_code == 200
        began = time.monotonic()
        until(lambda: bool(rig.heads()))
        assert time.monotonic() - began < 1
        assert re.search(_MOVED, rig.heads()[0].text)
        assert rig.poll()["posted"] == 0


ORDERS = """\
  - name: odd
    when: {exception: [no_order, over_order, not_received, over_credit, backdated]}
    channel: "#feed"
"""
LINE = "44444444-4444-4444-4444-44444444444"
JOURNALS = "read/financial/JournalStatusList"
PURCHASE_ORDERS, INVOICES = "purchaseorder/PurchaseOrders", "purchase/PurchaseInvoices"


@pytest.fixture
def ordered(rig: Rig) -> Rig:
    """Two order lines; of the first 4 of 10 were billed before the first run."""
    rig.routes = ORDERS
    rig.write_config()
    rig.exact.limits.on = False
    store = rig.exact.store
    store.upsert(DIVISION, ACCOUNTS, {"ID": SUPPLIER, "Code": "400012", "Name": "Van Dijk"})
    lines = [
        {"ID": f"{LINE}1", "Quantity": 10.0, "NetPrice": 9.5, "ReceivedQuantity": 10.0},
        {"ID": f"{LINE}2", "Quantity": 5.0, "NetPrice": 20.0, "ReceivedQuantity": 2.0},
    ]
    order = {"OrderNumber": 4711, "Supplier": SUPPLIER, "Currency": "EUR", "OrderStatus": 20}
    store.upsert(DIVISION, PURCHASE_ORDERS, {**order, "PurchaseOrderLines": lines})
    with store.quietly():
        day = store.now() - timedelta(days=40)
        store.upsert(DIVISION, INVOICES, _invoice(1, (f"{LINE}1", 4.0, 9.5)), modified=day)
        day = store.now() - timedelta(days=30)
        store.upsert(DIVISION, INVOICES, _invoice(2, (f"{LINE}2", 1.0, 20.0)), modified=day)
    rig.poll()
    return rig


def _invoice(number: int, *lines: tuple[str | None, float, float]) -> dict[str, Any]:
    return {
        "EntryNumber": number,
        "Supplier": SUPPLIER,
        "YourRef": f"P{number * 7919}",
        "Amount": 100.0 + number,
        "Currency": "EUR",
        "Status": 20,
        "Type": 8033,
        "PurchaseInvoiceLines": [
            {
                "PurchaseOrderLine": line,
                "Quantity": quantity,
                "QuantityInDefaultUnits": quantity,
                "NetPrice": price,
                "Amount": quantity * price,
            }
            for line, quantity, price in lines
        ],
    }


def test_an_invoice_is_compared_with_its_order_and_with_what_was_received(ordered: Rig) -> None:
    rig = ordered
    rig.exact.store.upsert(DIVISION, INVOICES, _invoice(3, (f"{LINE}1", 6.0, 9.5)))
    assert _noticed(rig) == []
    rig.exact.store.upsert(DIVISION, INVOICES, _invoice(4, (f"{LINE}1", 2.0, 10.25)))
    asked = rig.exact.calls[DIVISION, "purchaseorder/PurchaseOrderLines"]
    (told,) = _noticed(rig)
    assert "order 4711: 0 left, 2 billed; order 4711: price 9.5, 10.25 billed" in told
    assert "order 4711: 0 received and not billed yet, 2 billed" in told
    assert rig.exact.calls[DIVISION, "purchaseorder/PurchaseOrderLines"] == asked + 1
    rig.exact.store.upsert(DIVISION, INVOICES, _invoice(5, (f"{LINE}2", 3.0, 20.0)))
    told = _noticed(rig)[-1]
    assert told == "not received (order 4711: 1 received and not billed yet, 3 billed)"
    rig.exact.store.upsert(DIVISION, INVOICES, _invoice(6, (None, 1.0, 50.0)))
    assert _noticed(rig)[-1] == "no order (5 of the latest 5 named one)"


def test_goods_receipts_say_more_than_the_count_of_the_order(ordered: Rig) -> None:
    rig = ordered
    for place in ("1", "2", "2"):  # a line that is split over places of storage
        receipt = {
            "GoodsReceiptID": OTHER,
            "PurchaseOrderLineID": f"{LINE}2",
            "Location": f"{OTHER[:-1]}{place}",
            "QuantityReceived": 2.0,
        }
        rig.exact.store.upsert(DIVISION, "purchaseorder/GoodsReceiptLines", receipt)
    rig.exact.store.upsert(DIVISION, INVOICES, _invoice(5, (f"{LINE}2", 4.0, 20.0)))
    assert _noticed(rig) == []


def test_a_customer_beyond_its_credit_line(ordered: Rig) -> None:
    rig, store = ordered, ordered.exact.store
    customer = {"ID": OTHER, "Code": "100700", "Name": "Noordzee", "CreditLineSales": 1000.0}
    store.upsert(DIVISION, ACCOUNTS, customer)
    sold = {"Customer": OTHER, "CustomerName": "Noordzee", "Type": 20, "Status": 20}
    owed = {"Account": OTHER, "Currency": "EUR", "Status": 20, "IsFullyPaid": False}
    first = store.upsert(DIVISION, "salesentry/SalesEntries", {**sold, "AmountDC": 900.0})
    term = {**owed, "TransactionEntryID": first["EntryID"], "AmountDC": -900.0}
    saved = store.upsert(DIVISION, "cashflow/Receivables", term)
    assert _noticed(rig) == []
    asked = rig.exact.calls[DIVISION, ACCOUNTS]
    store.upsert(DIVISION, "salesentry/SalesEntries", {**sold, "AmountDC": 200.0})
    assert _noticed(rig) == ["over the credit line (€1,100.00 open, credit line €1,000.00)"]
    assert rig.exact.calls[DIVISION, ACCOUNTS] == asked
    paid = {"ID": saved["ID"], "Status": 50, "IsFullyPaid": True, "EndDate": store.now()}
    store.upsert(DIVISION, "cashflow/Receivables", paid)
    rig.poll()
    store.upsert(DIVISION, "salesentry/SalesEntries", {**sold, "AmountDC": 300.0})
    assert len(_noticed(rig)) == 1


def test_what_is_dated_in_a_period_that_was_closed_is_backdated(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-01 08:00", ORDERS) as rig:
        store, limits = rig.exact.store, rig.exact.rules
        for number, first, last in ((10, date(2026, 10, 1), 31), (11, date(2026, 11, 1), 30)):
            period = {"FinYear": 2026, "FinPeriod": number, "StartDate": first}
            end = first.replace(day=last)
            store.upsert(DIVISION, "financial/FinancialPeriods", {**period, "EndDate": end})
        for code in ("60", "70"):
            store.upsert(DIVISION, "financial/Journals", {"Code": code, "Type": 22})
        late = datetime(2026, 10, 30)  # noqa: DTZ001 - Exact's dates have no zone
        limits.closed_journals.add((DIVISION, "60", 2026, 10))
        rig.go("2026-11-02 09:10")
        assert rig.exact.calls[DIVISION, JOURNALS] == 1
        rig.entry(1, EntryDate=late)  # one journal is open
        rig.go("2026-11-03 09:20")
        limits.closed_journals.add((DIVISION, "70", 2026, 10))
        rig.entry(2, EntryDate=late)  # the close was not seen yet
        rig.go("2026-11-03 21:30")
        asked = rig.exact.calls[DIVISION, JOURNALS]
        for minute in (40, 50):
            rig.go(f"2026-11-03 21:{minute}")
        assert rig.exact.calls[DIVISION, JOURNALS] == asked <= 3
        assert rig.exact.calls[DIVISION, "financial/FinancialPeriods"] == 2
        assert rig.heads() == []
        rig.entry(3, EntryDate=late)
        rig.entry(4, EntryDate=datetime(2026, 11, 2))  # noqa: DTZ001
        rig.go("2026-11-04 09:30")
        (head,) = rig.heads()
        told = "backdated (dated 30 Oct 2026, in a period that is closed (2026/10))"
        assert told in head.text
