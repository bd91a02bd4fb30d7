"""`doctor` looks at what the close assumes of Exact, and says what it just did."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from exact_slack.app.customer import customer
from exact_slack.config.load import load
from exact_slack.exact.catalogue import scope_of
from exact_slack.inspect.doctor.close_points import POINTS
from exact_slack.inspect.doctor.points import NOT_TRIED, Context, seen
from exact_slack.inspect.online.findings import Division, Online
from tests.e2e.rig import DIVISION
from tests.unit.close.month import Month, month

ORDERS = "purchaseorder/PurchaseOrders"
Looked = dict[str, tuple[bool | None, str]]


@pytest.fixture(name="month")
def _month(tmp_path: Path) -> Iterator[Month]:
    with month(tmp_path) as made:
        made.rig.extra = "timezone: UTC\nclose: [{channel: '#feed', suspense: ['1999']}]\n"
        made.rig.write_config()
        yield made


def looked(month: Month, *refused: str) -> Looked:
    with customer(load(month.rig.config), month.clock) as one:
        asked = Online(divisions=[Division(DIVISION)])
        context = Context(one, asked, exact=True, slack=True, refused=set(refused))
        found = seen(POINTS, context)
    return {one.name.removeprefix("close "): (one.holds, one.saw) for one in found}


def _books(month: Month) -> None:
    """Something of all that is looked at."""
    for code, kind in (("20", 12), ("60", 20), ("90", 90)):
        month.journal(code, kind)
    month.close_journals("20", "60")
    month.statement(1, date(2026, 10, 30))
    month.vat_return(9)
    month.order(1, received=12, billed=2)
    month.order(2, received=10, billed=10, QuantityInPurchaseUnits=1)
    month.account("1999", 90)
    month.account("1300", 20)
    month.booked(1, ("1300", 100, None), ("1999", -100, None))
    month.opening("1300", 250)


def test_what_the_sandbox_does_is_as_assumed(month: Month) -> None:
    _books(month)
    found = looked(month)
    assert {name for name, (holds, _) in found.items() if holds is False} == set()
    untried = {name for name, (_, saw) in found.items() if (None, saw) == NOT_TRIED[::-1]}
    assert len(untried) == 4
    assert {name for name, (holds, _) in found.items() if holds is None} - untried == {
        "terms in currencies"
    }
    assert found["journal rows"][1].startswith("3 of 3 journals have a row")
    assert found["sums"][1] == "they do not differ, on 2 accounts"
    assert "Account" not in str(found) and "250" not in str(found)  # neither a name nor an amount


def test_before_there_is_anything_it_says_so(month: Month) -> None:
    found = looked(month)
    assert {name for name, (holds, _) in found.items() if holds} <= {
        "period ends", "bank order", "filters", "future periods", "sums",
    }  # fmt: skip
    assert all(saw and holds is not False for holds, saw in found.values())


def test_what_is_otherwise_is_told(month: Month) -> None:
    _books(month)
    month.vat_return(12, Year=2027)
    month.order(3, received=1, billed=1, QuantityInPurchaseUnits=1)
    month.order(4, received=2, billed=2, QuantityInPurchaseUnits=2)
    month.order(5, received=3, billed=3, QuantityInPurchaseUnits=3)
    month.opening("1300", 1, year=2025)
    month.save("openingbalance/CurrentYear/AfterEntry", GLAccountCode="1300", ReportingYear=2026)
    month.booked(2, ("1300", 5, None), ("1999", -5, None), Type=4711)
    found = looked(month)
    assert {name for name, (holds, _) in found.items() if holds is False} == {
        "returns", "order units", "opening balances", "movement types",
    }  # fmt: skip


def test_what_is_refused_is_asked_once_and_hides_nothing_else(month: Month) -> None:
    _books(month)
    scope = scope_of(ORDERS)
    month.rules.missing_scopes.add(scope)
    month.rig.exact.server.clear_requests()
    found = looked(month)
    assert found["received quantity"] == (None, "not answered (ScopeMissing)")
    assert found["order units"] == (None, "it may not be read")
    assert found["journal rows"][0] is True
    refused = [r.path for r in month.rig.exact.server.requests if r.status >= 400]
    assert len(refused) == 1
    assert looked(month, ORDERS)["received quantity"] == (None, "it may not be read")
