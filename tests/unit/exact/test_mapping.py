"""From Exact's JSON to documents."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_slack.documents.codec import fingerprint, from_json, to_json
from exact_slack.documents.document import Account, Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.documents.samples import SAMPLES
from exact_slack.exact.catalogue import ENDPOINTS, Endpoint, scope_of
from exact_slack.exact.mapping import to_document
from exact_slack.exact.reader import _list_params
from exact_slack.exact.wire.odata import build_url
from tests.unit.exact_support import DIVISION, K1, K2, K3, entry, wire

MODIFIED = 1_795_507_201_617
DAY = wire(1_795_478_400_000)


def document(kind: Kind, row: dict[str, Any]) -> Document:
    endpoint = ENDPOINTS[kind]
    return to_document(
        endpoint, DIVISION, {endpoint.key: K1, "Modified": wire(MODIFIED), **row}, "EUR"
    )


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=lambda e: e.kind.value)
def test_an_address_is_short_enough_for_exact(endpoint: Endpoint) -> None:
    params = _list_params(endpoint, set(), ServerMs(1_795_507_201_617), ServerMs(1_795_507_201_617))
    root = "https://start.exactonline.co.uk"
    assert len(build_url(root, 1234567890, endpoint.path, params)) < 6000


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=lambda e: e.kind.value)
def test_only_fields_that_exact_has_are_asked_for(endpoint: Endpoint) -> None:
    known = json.loads(
        files("exact_slack.sandbox.exact").joinpath("entities.json").read_text("utf-8")
    )
    header = known[endpoint.path]
    assert header["key"] == endpoint.key
    assert set(endpoint.fields) <= set(header["fields"])
    assert {endpoint.key, "Modified"} <= set(endpoint.fields)
    if endpoint.lines:
        assert set(endpoint.line_fields) <= set(known[endpoint.lines_path]["fields"])
        assert {"ID", endpoint.line_link} <= set(endpoint.line_fields)


def test_every_kind_has_an_endpoint() -> None:
    assert set(ENDPOINTS) == set(Kind)
    assert scope_of("purchaseentry/PurchaseEntryLines") == "Financial accounting"
    assert scope_of("current/Me") == ""


def test_a_purchase_entry_with_lines() -> None:
    line = {
        "ID": K2.upper(),
        "LineNumber": 1,
        "AmountFC": Decimal("100.0"),
        "AmountDC": Decimal("90.9"),
        "VATAmountFC": 21,
        "GLAccountCode": "4000",
        "GLAccountDescription": "Office",
        "CostCenter": "MKT",
        "CostCenterDescription": "Marketing",
        "ProjectDescription": "Fair",
        "Quantity": 2,
    }
    row = entry(
        K1.upper(),
        YourRef=" INV-7 ",
        Supplier=K3,
        SupplierName="Bakker BV",
        EntryDate=DAY,
        DueDate=wire(1_798_070_400_000),
        Type=30,
        Status="50",
        Journal="70",
        Document="{" + K2.upper() + "}",
        PurchaseEntryLines={"results": [{**line, "ID": K3, "LineNumber": 2}, line]},
    )
    found = to_document(ENDPOINTS[Kind.PURCHASE_ENTRY], DIVISION, row, "EUR")
    assert found.ref == Ref(DIVISION, Kind.PURCHASE_ENTRY, K1)
    assert (found.number, found.reference, found.journal) == ("26600012", "INV-7", "70")
    assert found.account == Account(K3, "", "Bakker BV")
    assert (found.date, found.due_date) == (dt.date(2026, 11, 24), dt.date(2026, 12, 24))
    assert (found.status_word, found.credit, found.document_id) == ("processed", False, K2)
    assert found.modified == MODIFIED
    assert [one.number for one in found.lines] == [1, 2]
    first = found.lines[0]
    assert (first.key, first.amount, first.amount_dc) == (K2, Decimal(100), Decimal("90.9"))
    assert (first.cost_center, first.cost_center_name) == ("MKT", "Marketing")
    assert (first.project, first.quantity, first.vat) == ("Fair", Decimal(2), Decimal(21))


@pytest.mark.parametrize(
    ("kind", "row", "credit"),
    [
        (Kind.SALES_INVOICE, {"Type": 8021}, True),
        (Kind.SALES_INVOICE, {"Type": 8020}, False),
        (Kind.PURCHASE_INVOICE, {"Type": 8034}, True),
        (Kind.SALES_ENTRY, {"Type": 21}, True),
        (Kind.PURCHASE_ENTRY, {"Type": 30, "AmountDC": -5}, True),
        (Kind.PURCHASE_ORDER, {"AmountDC": -5}, False),
    ],
)
def test_credit_notes(kind: Kind, row: dict[str, Any], credit: bool) -> None:
    assert document(kind, row).credit is credit


def test_an_invoice_has_no_number_until_it_is_printed() -> None:
    draft = document(Kind.SALES_INVOICE, {"InvoiceNumber": None, "OrderNumber": 12})
    assert (draft.number, draft.order_number) == ("", "12")
    assert document(Kind.SALES_INVOICE, {"InvoiceNumber": 26700001}).number == "26700001"


def test_a_purchase_order_has_its_own_statuses() -> None:
    row = {
        "OrderNumber": 7,
        "OrderStatus": 20,
        "ApprovalStatus": 2,
        "ReceiptStatus": 20,
        "InvoiceStatus": 10,
        "SupplierCode": "                40",
        "SupplierName": "Bakker",
        "VATAmount": "21.00",
        "PurchaseOrderLines": [{"ID": K2, "ReceivedQuantity": 1, "Quantity": 3}],
    }
    found = document(Kind.PURCHASE_ORDER, row)
    assert (found.number, found.order_number, found.status_word) == ("7", "", "partial")
    assert (found.approval_code, found.receipt_code, found.invoice_code) == (2, 20, 10)
    assert found.account.code == "40"
    assert found.vat == Decimal(21)
    assert found.lines[0].received == Decimal(1)


def test_a_journal_entry_takes_from_its_first_line_what_it_lacks() -> None:
    lines = [
        {"ID": K3, "LineNumber": 2, "Date": wire(0), "Description": "second", "AmountDC": -5},
        {"ID": K2, "LineNumber": 1, "Date": DAY, "Description": "Accrual", "AmountDC": 5,
         "CreatorFullName": "Ann", "Document": K1, "OurRef": 0},
    ]  # fmt: skip
    found = document(
        Kind.JOURNAL_ENTRY,
        {"EntryNumber": 1, "JournalCode": "90", "GeneralJournalEntryLines": {"results": lines}},
    )
    assert (found.date, found.description) == (dt.date(2026, 11, 24), "Accrual")
    assert (found.creator, found.document_id, found.journal) == ("Ann", K1, "90")
    assert found.comparable_amount == Decimal(5)
    assert found.lines[0].our_ref == ""


def test_a_bank_entry_has_balances_and_the_date_of_its_first_line() -> None:
    row = {
        "OpeningBalanceFC": Decimal("10.10"),
        "ClosingBalanceFC": -3,
        "BankStatementDocument": K3,
        "BankEntryLines": [{"ID": K2, "Date": DAY, "OurRef": 26700001, "AccountName": "Bakker"}],
    }
    found = document(Kind.BANK_ENTRY, row)
    assert (found.opening_balance, found.closing_balance) == (Decimal("10.1"), Decimal(-3))
    assert (found.date, found.document_id) == (dt.date(2026, 11, 24), K3)
    assert (found.lines[0].our_ref, found.lines[0].account) == ("26700001", "Bakker")


def test_a_cost_transaction() -> None:
    row = {
        "HourStatus": 20,
        "AmountFC": 80,
        "ItemDescription": "Travel",
        "ProjectDescription": "Fair",
        "Quantity": 4,
        "Date": DAY,
        "Notes": "by train",
    }
    found = document(Kind.COST_TRANSACTION, row)
    assert (found.status_word, found.item, found.project) == ("final", "Travel", "Fair")
    assert (found.comparable_amount, found.quantity, found.notes) == (
        Decimal(80),
        Decimal(4),
        "by train",
    )


@pytest.mark.parametrize(
    ("kind", "row", "paid"),
    [
        (Kind.PAYMENT, {"Status": 20}, False),
        (Kind.PAYMENT, {"Status": 40}, False),
        (Kind.PAYMENT, {"Status": 50}, True),
        (Kind.PAYMENT, {"Status": 20, "EndDate": DAY}, True),
        (Kind.RECEIPT, {"Status": 20, "IsFullyPaid": True}, True),
        (Kind.RECEIPT, {"Status": 20, "IsFullyPaid": False, "LastPaymentDate": DAY}, False),
    ],
)
def test_when_a_term_is_paid(kind: Kind, row: dict[str, Any], paid: bool) -> None:
    settlement = document(kind, row).settlement
    assert settlement is not None
    assert settlement.paid is paid
    assert paid or settlement.paid_on is None


def test_a_receivable_still_to_come_is_negative_and_shown_absolute() -> None:
    row = {
        "AmountDC": Decimal("-121.00"),
        "AmountFC": -121,
        "TransactionAmountDC": 121,
        "TransactionEntryID": K2.upper(),
        "InvoiceNumber": 26700001,
        "IsFullyPaid": True,
        "LastPaymentDate": DAY,
        "EndDate": wire(0),
        "Account": K3,
        "AccountCode": "       40",
        "AccountName": "Jansen",
        "Document": K1,
    }
    found = document(Kind.RECEIPT, row)
    assert (found.amount_dc, found.amount, found.credit) == (Decimal(121), Decimal(121), False)
    assert found.account == Account(K3, "40", "Jansen")
    assert found.document_id == ""  # a bank file, not the invoice
    assert found.settlement is not None
    assert found.settlement.entry_id == K2
    assert found.settlement.invoice_number == "26700001"
    assert found.settlement.invoice_amount_dc == Decimal(121)
    assert found.settlement.paid_on == dt.date(2026, 11, 24)
    assert found.settlement.end_date == dt.date(1970, 1, 1)


@pytest.mark.parametrize("kind", [Kind.PAYMENT, Kind.RECEIPT])
@pytest.mark.parametrize("amount", [Decimal(-121), Decimal(121)])
@pytest.mark.parametrize(
    ("said", "credit"),
    [
        ({"TransactionType": 21}, True),
        ({"TransactionType": 31, "TransactionAmountDC": 500}, True),
        ({"TransactionAmountDC": -500}, True),
        ({"TransactionType": 20, "TransactionAmountDC": -500}, True),
        ({"TransactionType": 30, "TransactionAmountDC": 500}, False),
        ({}, False),
    ],
)
def test_the_term_of_a_credit_note_is_negative(
    kind: Kind, amount: Decimal, said: dict[str, Any], credit: bool
) -> None:
    """Whatever sign the term has, which is that of the cash flow."""
    found = document(kind, {"AmountDC": amount, "AmountFC": amount, **said})
    shown = Decimal(-121 if credit else 121)
    assert (found.credit, found.amount, found.amount_dc) == (credit, shown, shown)


@pytest.mark.parametrize("kind", [Kind.PAYMENT, Kind.RECEIPT])
def test_a_term_of_an_older_ledger_has_not_changed(kind: Kind) -> None:
    """They were known without a sign, and only a receipt as a credit note."""
    found = document(kind, {"AmountDC": 121, "TransactionAmountDC": -500, "TransactionType": 21})
    assert found.settlement is not None
    older = replace(
        found,
        amount_dc=Decimal(121),
        credit=kind is Kind.RECEIPT,
        settlement=replace(found.settlement, invoice_amount_dc=Decimal(500)),
    )
    assert fingerprint(older) == fingerprint(found)


@pytest.mark.parametrize(
    ("kind", "lines", "total", "total_dc"),
    [
        (Kind.BANK_ENTRY, ((-12450, -11000), (4114, 3600)), -8336, -7400),
        (Kind.BANK_ENTRY, ((100, None), (50, 45)), 150, None),
        (Kind.BANK_ENTRY, ((None, 90), (None, -45)), -8336, 45),
        (Kind.BANK_ENTRY, (), -8336, None),
        (Kind.CASH_ENTRY, ((-22, -20),), -22, -20),
        (Kind.JOURNAL_ENTRY, ((750, 700), (-750, -700)), 750, 700),
    ],
)
def test_what_an_entry_moved_by_in_its_currency_and_in_the_companys(
    kind: Kind,
    lines: tuple[tuple[int | None, int | None], ...],
    total: int,
    total_dc: int | None,
) -> None:
    rows = [
        {"ID": f"{n}", "LineNumber": n, "AmountFC": fc, "AmountDC": dc}
        for n, (fc, dc) in enumerate(lines, 1)
    ]
    row = {"Currency": "USD", "OpeningBalanceFC": 40500, "ClosingBalanceFC": 32164}
    found = document(kind, {**row, str(ENDPOINTS[kind].lines): rows})
    assert found.total == Decimal(total)
    assert found.total_dc == (None if total_dc is None else Decimal(total_dc))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("121.0", "121"),
        ("121.00000000001", "121"),
        ("1E+3", "1000"),
        ("-0.0", "0"),
        ("0.1000000000000000055", "0.1"),
        ("12345678901234567890.12", "12345678901234567890.12"),
        (" 7.50 ", "7.5"),
    ],
)
def test_amounts_lose_their_noise(sent: str, shown: str) -> None:
    for value in (Decimal(sent.strip()), sent):
        assert str(document(Kind.PURCHASE_ENTRY, {"AmountDC": value}).amount_dc) == shown


@pytest.mark.parametrize(
    "value", [None, "", "abc", True, {}, [], "NaN", Decimal("Infinity"), "1E999999999999999999999"]
)
def test_what_is_no_amount_is_none(value: Any) -> None:
    assert document(Kind.PURCHASE_ENTRY, {"AmountDC": value}).amount_dc is None


HUGE = ("1E1000000", "-1E999999999", "7" * 4301, "1E41")


@pytest.mark.parametrize("name", ["AmountDC", "AmountFC", "VATAmountFC"])
@pytest.mark.parametrize("sent", HUGE)
def test_a_number_that_no_amount_can_be_is_told_with_the_key(name: str, sent: str) -> None:
    for value in (sent, Decimal(sent)):
        for row in ({name: value}, {"PurchaseEntryLines": [{"AmountFC": value}]}):
            with pytest.raises(ValueError, match=f"{K1} with an unusable Amount|{K1}.*{name}"):
                document(Kind.PURCHASE_ENTRY, row)


@pytest.mark.parametrize("sent", [*HUGE, "0E1000000", "1E-1000000", "-1E-999999999"])
def test_any_number_is_a_text_or_a_code(sent: str) -> None:
    for value in (sent, Decimal(sent)):
        row = {"EntryNumber": value, "YourRef": value, "Status": value, "Type": value}
        found = document(Kind.PURCHASE_ENTRY, row)
        assert len(found.reference) <= 4301
        assert found.status_code in (None, 0)


@pytest.mark.parametrize(
    "lines", [None, [], {"results": []}, {"__deferred": {"uri": "x"}}, {}, "x", {"results": None}]
)
def test_lines_in_any_shape(lines: Any) -> None:
    assert document(Kind.PURCHASE_ENTRY, {"PurchaseEntryLines": lines}).lines == ()


def test_a_line_that_is_no_object_does_no_harm() -> None:
    assert len(document(Kind.PURCHASE_ENTRY, {"PurchaseEntryLines": [None, {"ID": K2}]}).lines) == 2


@pytest.mark.parametrize(
    "row",
    [
        {"EntryID": None},
        {"EntryID": "not-a-guid"},
        {"EntryID": 7},
        {"Modified": None},
        {"Modified": "soon"},
        {"Modified": 5},
    ],
)
def test_a_row_without_key_or_modified_is_an_error(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="without a usable"):
        document(Kind.PURCHASE_ENTRY, row)


def test_text_that_no_file_could_hold_is_mended() -> None:
    found = document(Kind.PURCHASE_ENTRY, {"Description": "a\ud800b\0\r\nc"})
    assert found.description == "a?b\nc"


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(),
    st.text(max_size=20),
    st.just(DAY),
    st.just(wire(10**17)),
    st.just(K2),
    st.lists(st.dictionaries(st.sampled_from(["ID", "AmountDC", "Date"]), st.text(), max_size=2)),
    st.dictionaries(st.sampled_from(["results", "__deferred"]), st.none()),
)


@given(kind=st.sampled_from(list(Kind)), data=st.data())
def test_any_row_with_key_and_modified_is_a_document(kind: Kind, data: st.DataObject) -> None:
    endpoint = ENDPOINTS[kind]
    names = [n for n in endpoint.fields if n not in (endpoint.key, "Modified")]
    values = data.draw(st.lists(_VALUES, min_size=7, max_size=7))
    row = {name: values[index % 7] for index, name in enumerate(names)}
    if endpoint.lines:
        row[endpoint.lines] = values[0]
    try:
        found = document(kind, row)
    except ValueError as error:
        assert K1 in str(error)
        return
    assert fingerprint(from_json(to_json(found))) == fingerprint(found)


def test_the_ledgers_words_stay_when_a_field_gets_a_better_name() -> None:
    """Otherwise every document of a ledger of today would count as changed."""
    document = SAMPLES["purchase_entry"]
    assert '"ref":{"division":123456,"kind":"purchase_entry","key":"5a3c1e00-' in to_json(document)
    assert fingerprint(document) == "e43b560a7ea24be510f26dc93f5bd785"
