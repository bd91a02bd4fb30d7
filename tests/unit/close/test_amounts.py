"""The lines that say what something comes to: suspense accounts, terms, cost centers, goods."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from exact_slack.documents.closing import Light
from tests.e2e.rig import DIVISION
from tests.unit.close.month import Month

GREEN, RED, UNKNOWN = Light.GREEN, Light.RED, Light.UNKNOWN
ORDERS = "purchaseorder/PurchaseOrders"


# -- suspense --------------------------------------------------------------------------------------


def test_a_suspense_account_is_its_opening_balance_and_what_was_booked_up_to_the_period(
    month: Month,
) -> None:
    month.account("1999", 90)
    month.account("2999", 90)
    month.opening("1999", 100)
    month.booked(1, ("1999", -30, None), month=3)
    month.booked(2, ("1999", -20.5, None), Status=20)  # after entry
    month.booked(3, ("1999", -49.5, None), month=11)  # later
    found = month.line("suspense", suspense=("1999", "2999"))
    assert (found.light, found.count, found.amount) == (RED, 1, Decimal("49.5"))
    assert found.items[0].name == "1999 Account 1999"
    month.booked(4, ("1999", -49.5, None))
    assert month.light("suspense", suspense=("1999", "2999")) is GREEN


@pytest.mark.parametrize("kind", [10, 310, 320, 327, 328])
def test_opening_and_closing_entries_are_no_movements(month: Month, kind: int) -> None:
    month.account("1999", 90)
    month.booked(1, ("1999", 100, None), Type=kind)
    assert month.light("suspense", suspense=("1999",)) is GREEN


def test_an_account_that_does_not_exist_is_not_zero(month: Month) -> None:
    month.account("1999", 90)
    found = month.line("suspense", suspense=("1999", "1998"))
    assert found.light is UNKNOWN
    assert [(said.word, said.text) for said in found.why] == [("no_account", "1998")]


def test_a_difference_to_the_transaction_lines_is_told_instead_of_a_sum(month: Month) -> None:
    month.account("1999", 90)
    month.booked(1, ("1999", 100, None), ("4000", -100, None))
    month.rules.balance_off[DIVISION, "1999"] = Decimal(-100)
    [said] = month.line("suspense", suspense=("1999",)).why
    assert (said.word, said.amount, said.other) == ("differs", Decimal(0), Decimal(100))
    assert month.light("suspense", suspense=("1999",)) is UNKNOWN


def test_the_opening_balance_of_last_year_is_another_list_and_of_earlier_ones_there_is_none(
    month: Month,
) -> None:
    month.account("1999", 90)
    month.opening("1999", 7, 2025)
    month.opening("1999", 100, 2026)
    for text, light in (("2025/12", RED), ("2026/10", RED), ("2024/12", UNKNOWN)):
        month.periods(2024)
        found = month.line("suspense", text, suspense=("1999",))
        assert found.light is light
        if text == "2025/12":
            assert found.amount == Decimal(7)


def test_many_lines_on_one_account_are_read_page_by_page(month: Month) -> None:
    month.account("1999", 90)
    with month.store.quietly():
        for number in range(200):
            month.booked(number + 1, ("1999", 1, f"C{number}"), ("4000", -1, None))
    found = month.line("suspense", suspense=("1999",))
    assert (found.light, found.amount) == (RED, Decimal(200))


def test_a_balance_that_changes_while_it_is_read_is_read_again_or_unknown(
    month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    month.account("1999", 90)
    with month.store.quietly():
        for number in range(100):
            month.booked(number + 1, ("1999", 1, f"C{number:03}"))
    follow = month.customer.exact.follow
    books = iter(range(1000, 2000))

    def busy(division: int | None, url: str) -> Any:
        if "ReportingBalance" in url:  # somebody books between two pages, each time
            month.booked(next(books), ("1999", 1, "C000a"), ("1999", 1, f"B{next(books)}"))
        return follow(division, url)

    monkeypatch.setattr(month.customer.exact, "follow", busy)
    found = month.line("suspense", suspense=("1999",))
    assert found.light is UNKNOWN and found.why[0].word in ("unsteady", "differs")


# -- terms -----------------------------------------------------------------------------------------


def control(month: Month) -> None:
    month.account("1300", 20)
    month.account("1600", 22)


def receivable(month: Month, number: int, amount: float, **more: Any) -> dict[str, Any]:
    """Negative is still to receive, as recorded."""
    row = {"EntryNumber": number, "AmountDC": -amount, "Status": 20, "IsFullyPaid": False}
    return month.save("cashflow/Receivables", **row, **more)


def test_terms_are_compared_with_the_control_accounts_as_of_now(month: Month) -> None:
    control(month)
    month.opening("1300", 40)
    receivable(month, 1, 40)
    assert month.light("terms") is GREEN
    row = receivable(month, 2, 121)
    found = month.line("terms")
    assert (found.light, found.amount) == (RED, Decimal(121))
    [said] = found.why
    assert (said.word, said.amount, said.other) == ("receivable", Decimal(161), Decimal(40))
    month.booked(1, ("1300", 121, None), month=11)  # later than the period: as of now
    assert month.light("terms") is GREEN
    month.booked(2, ("1600", -12.5, None))
    assert month.line("terms").amount == Decimal("12.5")
    month.save("cashflow/Payments", EntryNumber=9, AmountDC=12.5, Status=20)
    assert month.light("terms") is GREEN
    month.save("cashflow/Receivables", ID=row["ID"], Status=50, IsFullyPaid=True)
    assert month.light("terms") is RED


@pytest.mark.parametrize("positive", [True, False])
def test_terms_tie_whichever_sign_the_lists_have(month: Month, positive: bool) -> None:
    control(month)
    month.rules.owed_is_positive = positive
    month.opening("1300", 40)
    receivable(month, 1, 40)
    assert month.light("terms") is GREEN


def test_a_long_list_is_compared_by_exacts_own_total(month: Month) -> None:
    control(month)
    month.opening("1300", 1000)
    with month.store.quietly():
        for number in range(1000):
            receivable(month, number + 1, 1)
    before = month.customer.calls.total
    assert month.light("terms") is GREEN
    assert month.customer.calls.total - before < 20


def test_without_control_accounts_terms_are_unknown(month: Month) -> None:
    assert month.said("terms") == {"no_account"}


# -- cost centers ----------------------------------------------------------------------------------


def test_a_line_without_a_cost_center_is_red_where_most_of_the_year_bear_one(month: Month) -> None:
    month.account("4000", 121)
    month.account("4100", 121)
    month.booked(1, ("4000", 10, "A"), ("4000", 10, "B"), ("4100", 5, None), month=2)
    assert month.light("cost_centers") is GREEN
    entry = month.booked(2, ("4000", 12.5, None), ("4100", 9, None), ("1999", 9, None))
    found = month.line("cost_centers")
    assert (found.light, found.count, found.amount) == (RED, 1, Decimal("12.5"))
    assert [item.name for item in found.items] == ["2 · 4000"]
    lines = [{"GLAccountCode": "4000", "AmountDC": 12.5, "CostCenter": "A"}]
    month.save(
        "generaljournalentry/GeneralJournalEntries",
        EntryID=entry["EntryID"],
        GeneralJournalEntryLines=lines,
    )
    assert month.light("cost_centers") is GREEN


def test_half_of_the_lines_are_not_most(month: Month) -> None:
    month.account("4000", 121)
    month.booked(1, ("4000", 10, "A"), ("4000", 10, None))
    assert month.light("cost_centers") is GREEN


def test_more_balances_than_a_line_may_read_are_unknown(month: Month) -> None:
    month.account("4000", 121)
    with month.store.quietly():
        for number in range(600):
            month.booked(number + 1, ("4000", 1, f"C{number}"))
    assert month.said("cost_centers") == {"too_much"}


# -- goods -----------------------------------------------------------------------------------------


def test_goods_are_red_while_received_and_not_billed(month: Month) -> None:
    order = month.order(7, received=4, billed=1)
    found = month.line("goods")
    assert (found.light, found.count, found.amount) == (RED, 1, Decimal(15))
    [line] = month.store.lines(DIVISION, ORDERS, order["PurchaseOrderID"])
    month.save("purchaseorder/PurchaseOrderLines", ID=line["ID"], InvoicedQuantity=4)
    assert month.light("goods") is GREEN


def receive(month: Month, order: dict[str, Any], day: date, quantity: float, **more: Any) -> None:
    [line] = month.store.lines(DIVISION, ORDERS, order["PurchaseOrderID"])
    row = {"PurchaseOrderLineID": line["ID"], "QuantityReceived": quantity, **more}
    month.save("purchaseorder/GoodsReceipts", ReceiptDate=day, GoodsReceiptLines=[row])


def test_what_was_received_after_the_period_is_not_its(month: Month) -> None:
    order = month.order(7, received=4, billed=0)
    receive(month, order, date(2026, 10, 31), 1)
    receive(month, order, date(2026, 11, 1), 3, Location=str(uuid.uuid4()))
    assert month.line("goods").amount == 5
    receive(month, order, date(2026, 11, 2), 1)
    assert month.light("goods") is GREEN


def test_without_the_right_to_receipts_all_that_was_received_counts(month: Month) -> None:
    month.rules.missing_scopes.add("Logistics wms")
    order = month.order(7, received=4, billed=0)
    receive(month, order, date(2026, 11, 1), 4)
    assert month.said("goods") == {"left", "as_of_now"} and month.light("goods") is RED


def test_units_that_differ_are_not_compared_with_later_receipts(month: Month) -> None:
    order = month.order(7, received=4, billed=0, QuantityInPurchaseUnits=1)
    assert month.line("goods").amount == 20
    receive(month, order, date(2026, 11, 1), 1)
    assert month.said("goods") == {"units"} and month.light("goods") is UNKNOWN
