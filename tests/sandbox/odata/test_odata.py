"""$filter, $select, $orderby, $expand and $top: what is accepted, what is refused."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from exact_slack.sandbox.exact.shapes import Row, catalogue
from exact_slack.sandbox.odata.filter import parse_filter
from exact_slack.sandbox.odata.literals import ODataError
from exact_slack.sandbox.odata.odata import parse_literal, parse_query

ENTRIES = catalogue()["purchaseentry/PurchaseEntries"]
RECEIVABLES = catalogue()["cashflow/Receivables"]
KEY = "0a1b2c3d-0000-4000-8000-00000000000f"

ROW: Row = {
    "EntryID": KEY,
    "AmountDC": Decimal("121.10"),
    "Currency": "EUR",
    "Description": "it's 50% <here>",
    "EntryNumber": 26700031,
    "Modified": datetime.fromisoformat("2026-11-24T08:15:02.617"),
    "Reversal": False,
    "Status": 20,
    "SupplierName": "Van Dijk",
    "YourRef": None,
}


@pytest.mark.parametrize(
    "text",
    [
        "Status eq 20",
        "Status eq 20L",
        "20 eq Status",
        "20 lt EntryNumber",
        "Status ne 50 and Currency eq 'EUR'",
        "Status eq 50 or Status eq 5 or Status eq 20",
        "not (Status eq 50)",
        "not Status eq 50",
        "Status eq 50 and Status eq 5 or Currency eq 'EUR'",
        "(Status eq 20) and ((Currency eq 'EUR'))",
        "AmountDC ge 121.1 and AmountDC lt 121.11",
        "AmountDC gt 121",
        "AmountDC eq 121.10M",
        "AmountDC gt -1",
        "Modified ge datetime'2026-11-24T08:15:02.617'",
        "Modified le datetime'2026-11-24T08:15:02.6170000'",
        "Modified gt datetime'2026-11-24'",
        "Modified gt datetime'2026-11-24T08:15'",
        f"EntryID eq guid'{KEY.upper()}'",
        "Description eq 'it''s 50% <here>'",
        "YourRef eq null",
        "SupplierName ne null",
        "Reversal eq false",
        "not Reversal",
        "substringof('Dijk', SupplierName)",
        "substringof('Dijk', SupplierName) eq true",
        "startswith(SupplierName, 'Van') and endswith(SupplierName,'Dijk')",
        "startswith(SupplierName, 'Jan') eq false",
        "Currency eq 'EUR   '",
    ],
)
def test_filters_that_let_the_row_through(text: str) -> None:
    test, _ = parse_filter(ENTRIES, text)
    assert test(ROW) is True


@pytest.mark.parametrize(
    "text",
    [
        "Status eq 50",
        "YourRef eq 'x'",
        "YourRef ne 'x'",
        "not (YourRef eq 'x')",
        "Status eq 50 or YourRef eq 'x'",
        "Modified gt datetime'2026-11-24T08:15:02.617'",
        "SupplierName eq 'van dijk'",
        "SupplierName eq ' Van Dijk'",
    ],
)
def test_filters_that_keep_the_row_back(text: str) -> None:
    test, _ = parse_filter(ENTRIES, text)
    assert test(ROW) is not True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Status",
        "Status eq",
        "Status eq 20 and",
        "Status eq 20 Currency eq 'EUR'",
        "Status == 20",
        "(Status eq 20",
        "Status eq 20)",
        "Status EQ 20",
        "Status eq '20'",
        "Currency eq EUR",
        "Currency eq 20",
        "Modified gt '2026-11-24'",
        f"Modified gt guid'{KEY}'",
        "Modified gt datetime'yesterday'",
        "Modified gt datetime'2026-11-24T08:15:02Z'",
        "Modified gt datetime'2026-13-24'",
        "EntryID eq guid'123'",
        f"EntryID eq '{KEY}'",
        f"EntryID gt guid'{KEY}'",
        "YourRef gt null",
        "AmountDC eq AmountFC",
        "1 eq 1",
        "PurchaseEntryLines/AmountFC gt 5",
        "tolower(SupplierName) eq 'van dijk'",
        "substringof(SupplierName, 'Dijk')",
        "substringof('1', Status)",
        "startswith(SupplierName, 'Van') eq 1",
        "Description eq 'it's'",
        "Reversal gt false",
    ],
)
def test_filters_that_are_refused(text: str) -> None:
    with pytest.raises(ODataError):
        parse_filter(ENTRIES, text)


@pytest.mark.parametrize(
    "query", ["$filter=Amount eq 1", "$select=EntryID,Amount", "$orderby=Amount", "$expand=Amount"]
)
def test_unknown_fields(query: str) -> None:
    text = r"Type '\S+\.PurchaseEntry' does not have a property named 'Amount'\."
    with pytest.raises(ODataError, match=text):
        parse_query(ENTRIES, query)


@pytest.mark.parametrize(
    "query",
    [
        "$skip=60",
        "$top=x",
        "$top=-1",
        "$wrong=1",
        "$top=1&$top=2",
        "$format=xml",
        "$inlinecount=yes",
        "$orderby=Modified up",
        "$orderby=PurchaseEntryLines",
        "$expand=Status",
        "$select=PurchaseEntryLines/AmountFC",
        "$select=Status/AmountFC",
        "$skiptoken=x",
        "$select=PurchaseEntryLines/Nonsense&$expand=PurchaseEntryLines",
    ],
)
def test_refused_options(query: str) -> None:
    with pytest.raises(ODataError):
        parse_query(ENTRIES, query)


def test_options_are_taken_apart() -> None:
    query = parse_query(
        ENTRIES,
        "%24select=EntryID,PurchaseEntryLines/AmountFC&$expand=PurchaseEntryLines&$top=5&$skip=0"
        "&$orderby=Modified%20desc,+EntryNumber&$inlinecount=allpages"
        f"&$skiptoken=datetime'2026-11-24T08%3A15%3A02.617',null,guid'{KEY}'&other=1",
    )
    assert query.select == ("EntryID", "PurchaseEntryLines")
    assert query.select_lines == ("AmountFC",)
    assert query.expand == {"PurchaseEntryLines"}
    assert (query.top, query.count) == (5, True)
    assert [(part.field, part.descending) for part in query.order] == [
        ("Modified", True),
        ("EntryNumber", False),
    ]
    assert query.after is not None
    assert [mark.value for mark in query.after] == [ROW["Modified"], None, KEY]


def test_filter_reports_its_fields() -> None:
    _, fields = parse_filter(RECEIVABLES, "IsFullyPaid eq true or Status eq 50")
    assert fields == {"IsFullyPaid", "Status"}


def test_function_parameters() -> None:
    assert parse_literal("'TransactionLines'", "String") == "TransactionLines"
    with pytest.raises(ODataError):
        parse_literal("TransactionLines", "String")
    with pytest.raises(ODataError):
        parse_literal("'a' 'b'", "String")
