"""What Exact answers oddly makes no line green."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from exact_slack.close import journal
from exact_slack.documents.closing import Light
from exact_slack.exact.wire.client import ExactClient
from exact_slack.exact.wire.odata import Answer, Row
from tests.e2e.rig import DIVISION
from tests.unit.close.month import Month

GREEN, RED, UNKNOWN = Light.GREEN, Light.RED, Light.UNKNOWN
Alter = Callable[[str, Callable[[Answer], Answer]], None]
SUSPENSE: dict[str, Any] = {"suspense": ("1999",)}


@pytest.fixture
def alter(monkeypatch: pytest.MonkeyPatch) -> Alter:
    """Answers of an endpoint come otherwise than Exact's."""
    get = ExactClient.get

    def begin(part: str, change: Callable[[Answer], Answer]) -> None:
        def changed(client: ExactClient, division: int, path: str, params: Any) -> Answer:
            answer = get(client, division, path, params)
            return change(answer) if path.endswith(part) else answer

        monkeypatch.setattr(ExactClient, "get", changed)

    return begin


def without(*names: str) -> Callable[[Answer], Answer]:
    """Fields that are null."""

    def change(answer: Answer) -> Answer:
        return replace(answer, rows=[{**row, **dict.fromkeys(names)} for row in answer.rows])

    return change


def with_lines(name: str, lines: Callable[[list[Row]], Any]) -> Callable[[Answer], Answer]:
    """Lines that come along otherwise."""

    def change(answer: Answer) -> Answer:
        rows = [{**row, name: lines(row[name]["results"])} for row in answer.rows]
        return replace(answer, rows=rows)

    return change


@pytest.mark.parametrize("count", [None, 1])
def test_pages_without_rows_that_have_a_next_one_are_not_nothing(
    month: Month, alter: Alter, monkeypatch: pytest.MonkeyPatch, count: int | None
) -> None:
    month.journal("20", 12)
    follow = lambda _client, _division, url: Answer([], f"{url}0")  # noqa: E731
    monkeypatch.setattr(ExactClient, "follow", follow)
    for line, path in (("drafts", "SalesEntries"), ("bank", "BankEntries")):
        alter(path, lambda answer: replace(answer, rows=[], next="https://a", count=count))
        assert month.light(line) is not GREEN


def test_more_than_came_is_red(month: Month, alter: Alter) -> None:
    alter("SalesEntries", lambda answer: replace(answer, rows=[], count=5))
    found = month.line("drafts")
    assert (found.light, found.count) == (RED, 5)


@pytest.mark.parametrize(
    "lines",
    [
        lambda _: {"__deferred": {"uri": "https://example.com"}},
        lambda rows: {"results": rows[:0], "__next": "https://example.com"},
        lambda rows: {"results": rows[:60]},
    ],
    ids=["deferred", "with_a_next_page", "cut_off"],
)
def test_the_lines_of_an_order_or_an_entry_are_read_where_not_all_came_along(
    month: Month, alter: Alter, lines: Callable[[list[Row]], Any]
) -> None:
    order = [{"Quantity": 1, "AmountDC": 5, "ReceivedQuantity": 0} for _ in range(60)]
    order.append({"Quantity": 1, "AmountDC": 5, "ReceivedQuantity": 1})
    status = {"ReceiptStatus": 20, "InvoiceStatus": 10}
    month.save("purchaseorder/PurchaseOrders", OrderNumber=1, PurchaseOrderLines=order, **status)
    alter("PurchaseOrders", with_lines("PurchaseOrderLines", lines))
    found = month.line("goods")
    assert (found.light, found.amount) == (RED, Decimal(5))

    day = {"EntryDate": date(2026, 10, 5), "Status": 50, "EntryNumber": 7}
    booked = [{"AmountDC": number, "LineNumber": number} for number in range(1, 62)]
    month.save("purchaseentry/PurchaseEntries", PurchaseEntryLines=booked, **day)
    alter("PurchaseEntries", with_lines("PurchaseEntryLines", lines))
    [period] = [one for one in month.known if one.name == "2026/10"]
    rows = journal.read(month.customer.exact, DIVISION, period)
    assert sorted(row.amount or 0 for row in rows) == list(range(1, 62))


def test_amounts_that_are_missing_doubled_or_too_large_are_unknown(
    month: Month, alter: Alter
) -> None:
    for code, kind in (("1999", 90), ("1300", 20), ("1600", 22)):
        month.account(code, kind)
    month.opening("1999", 50)
    month.booked(1, ("1999", -100, None))
    assert month.light("suspense", **SUSPENSE) is RED
    opening = "CurrentYear/AfterEntry"
    # -100 and twice 50 would be nothing
    alter(opening, lambda answer: replace(answer, rows=answer.rows * 2))
    assert month.light("suspense", **SUSPENSE) is UNKNOWN
    for name in ("Amount", "GLAccountCode"):
        alter(opening, without(name))
        assert month.light("suspense", **SUSPENSE) is UNKNOWN
    alter(opening, lambda answer: replace(answer, rows=[{**answer.rows[0], "Amount": "1e35"}]))
    assert month.light("suspense", **SUSPENSE) is UNKNOWN
    terms: list[dict[str, Any]] = [{"HID": "1", "Amount": None}, {"HID": None, "Amount": 5}]
    for row in terms:
        alter("ReceivablesList", lambda answer, row=row: replace(answer, rows=[row]))  # type: ignore[misc]
        assert month.light("terms") is UNKNOWN


def test_lines_without_a_count_are_unknown(month: Month, alter: Alter) -> None:
    month.account("4000", 121)
    for number, center in enumerate(("A", "A", None)):
        month.booked(number, ("4000", 10, center), ("1300", -10, None))
    assert month.light("cost_centers") is RED
    alter("ReportingBalance", without("Count"))
    assert month.light("cost_centers") is UNKNOWN


def test_an_account_without_lines_proves_no_other(month: Month) -> None:
    month.account("1998", 90)
    month.account("1999", 90)
    with month.store.quietly():
        for number in range(241):
            month.booked(number, ("1999", 1, None), ("4000", -1, None))
    month.rules.balance_off[DIVISION, "1999"] = Decimal(-241)
    assert month.light("suspense", suspense=("1998", "1999")) is UNKNOWN


def test_an_open_journal_without_its_period_is_open(month: Month, alter: Alter) -> None:
    month.journal("20", 12)
    month.close_journals("20")
    assert month.light("journals") is GREEN
    alter(
        "JournalStatusList",
        lambda answer: replace(
            answer, rows=[*answer.rows, {**answer.rows[0], "Period": None, "Status": 0}]
        ),
    )
    assert month.light("journals") is RED
