"""One believable document of each kind, and of some states: for a look at a message, a rule or a
template before anything real has arrived. No real company is meant."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from exact_slack.account_number import AccountNumber
from exact_slack.documents.document import Account, Bank, Document, Line, Settlement
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref

DIVISION = 123456
_CREATED = 1_795_514_700_000
_DAY = dt.date(2026, 11, 24)
_DUE = dt.date(2026, 12, 24)
_VENLO = {"cost_center": "DC-VEN", "cost_center_name": "Venlo"}
_ANTWERP = {"cost_center": "DC-ANT", "cost_center_name": "Antwerpen"}
_PACKAGING = {"gl_account": "7010", "gl_account_name": "Packaging"}
_FREIGHT = {"gl_account": "4500", "gl_account_name": "Freight"}
_STORAGE = {"gl_account": "8010", "gl_account_name": "Storage"}
_VAN_DIJK = Account("b5a4d4a2-0000-4000-8000-000000000001", "400012", "Van Dijk Verpakkingen")
_LAKES = Account("b5a4d4a2-0000-4000-8000-000000000002", "400090", "Great Lakes Pallets Inc.")
_CARRIER = Account("b5a4d4a2-0000-4000-8000-000000000004", "400120", "Jansen Transport B.V.")
_RETAIL = Account("b5a4d4a2-0000-4000-8000-000000000003", "100700", "Noordzee Retail B.V.")
_LINK = "https://start.exactonline.nl/docs/DocView.aspx?DocumentID={c4f2}&_Division_=123456"


def _line(number: int, description: str, amount: str, **more: Any) -> Line:
    value = Decimal(amount)
    fields: dict[str, Any] = {"amount": value, "amount_dc": value}
    return Line(key=str(number), number=number, description=description, **(fields | more))


def _document(kind: Kind, number: str, amount: str | None, **more: Any) -> Document:
    value = None if amount is None else Decimal(amount)
    key = f"5a3c1e00-0000-4000-8000-{len(kind):04d}{number.zfill(8)[-8:]}"
    fields: dict[str, Any] = {
        "ref": Ref(DIVISION, kind, key),
        "modified": _CREATED + 60_000,
        "created": _CREATED,
        "number": number,
        "status_code": 20,
        "date": _DAY,
        "currency": "EUR",
        "company_currency": "EUR",
        "amount": value,
        "amount_dc": value,
        "creator": "Anna de Vries",
    }
    return Document(**(fields | more))


_PURCHASE_ENTRY = _document(
    Kind.PURCHASE_ENTRY,
    "26700031",
    "12450.00",
    vat=Decimal("2160.74"),
    due_date=_DUE,
    reference="VD-88120",
    description="Packaging for the peak season",
    account=_VAN_DIJK,
    journal="70",
    journal_name="Purchases",
    url=_LINK,
    lines=(
        _line(1, "Pallet boxes", "8000.00", quantity=Decimal(400), **_VENLO, **_PACKAGING),
        _line(2, "Stretch film", "2289.26", quantity=Decimal(120), **_ANTWERP, **_PACKAGING),
    ),
)
_PURCHASE_INVOICE = _document(
    Kind.PURCHASE_INVOICE,
    "26600007",
    "1815.00",
    vat=Decimal("315.00"),
    due_date=dt.date(2026, 12, 8),
    reference="VD-88164",
    account=_VAN_DIJK,
    journal="70",
    journal_name="Purchases",
    lines=(
        _line(1, "Pallets", "1200.00", quantity=Decimal(150), **_VENLO, **_PACKAGING),
        _line(2, "Delivery", "300.00", **_VENLO, **_FREIGHT),
    ),
)
_SALES_INVOICE = _document(
    Kind.SALES_INVOICE,
    "26300114",
    "4114.00",
    status_code=50,
    vat=Decimal("714.00"),
    due_date=_DUE,
    reference="PO 55120",
    description="Storage and handling, November",
    account=_RETAIL,
    order_number="1880",
    lines=(
        _line(1, "Storage, 340 pallet places", "2900.00", item="STO", **_VENLO, **_STORAGE),
        _line(2, "Handling", "500.00", item="HAN", **_ANTWERP, **_STORAGE),
    ),
)
_SALES_ENTRY = _document(
    Kind.SALES_ENTRY,
    "26400005",
    "605.00",
    status_code=50,
    vat=Decimal("105.00"),
    due_date=_DUE,
    account=_RETAIL,
    journal="40",
    journal_name="Sales",
    lines=(
        _line(
            1,
            "Extra shift, week 47",
            "500.00",
            cost_unit="W47",
            cost_unit_name="Week 47",
            **_VENLO,
            **_STORAGE,
        ),
    ),
)
_PURCHASE_ORDER = _document(
    Kind.PURCHASE_ORDER,
    "1881",
    "1161.60",
    status_code=10,
    receipt_date=dt.date(2026, 12, 1),
    receipt_code=10,
    invoice_code=10,
    approval_code=2,
    account=_VAN_DIJK,
    notes="Deliver at gate 3. Call first.",
    lines=(
        _line(
            1,
            "Shrink film",
            "960.00",
            quantity=Decimal(12),
            received=Decimal(0),
            unit_price=Decimal(80),
            project="Peak season",
            **_VENLO,
        ),
    ),
)
_JOURNAL_ENTRY = _document(
    Kind.JOURNAL_ENTRY,
    "26900002",
    None,
    journal="90",
    journal_name="General journal",
    description="Accrued freight, November",
    lines=(
        _line(1, "Freight not yet invoiced", "7500.25", **_VENLO, **_FREIGHT),
        _line(2, "Freight not yet invoiced", "-7500.25", gl_account="1999"),
    ),
)
_BANK_ENTRY = _document(
    Kind.BANK_ENTRY,
    "26200011",
    None,
    status_code=50,
    opening_balance=Decimal("40500.00"),
    closing_balance=Decimal("32164.00"),
    creator="Bas Jansen",
    journal="20",
    journal_name="Bank",
    lines=(
        _line(
            1, "VD-88120", "-12450.00", account="Van Dijk Verpakkingen", our_ref="26700031"
        ),
        _line(2, "26300114", "4114.00", account="Noordzee Retail B.V.", our_ref="26300114"),
    ),
)  # fmt: skip
_CASH_ENTRY = _document(
    Kind.CASH_ENTRY,
    "26100003",
    None,
    opening_balance=Decimal("150.00"),
    closing_balance=Decimal("127.40"),
    journal="10",
    journal_name="Cash",
    lines=(_line(1, "Coffee for the night shift", "-22.60", **_VENLO, gl_account="4700"),),
)
_COST_TRANSACTION = _document(
    Kind.COST_TRANSACTION,
    "311",
    "89.90",
    amount_dc=None,
    status_code=10,
    account=_RETAIL,
    project="Warehouse move",
    item="Travel",
    quantity=Decimal(1),
    description="Train to Antwerpen",
)
_RECEIPT = _document(
    Kind.RECEIPT,
    "26300114",
    "4114.00",
    due_date=_DUE,
    account=_RETAIL,
    settlement=Settlement("", "26300114", Decimal("4114.00")),
)
_PAYMENT = _document(
    Kind.PAYMENT,
    "26700031",
    "12450.00",
    status_code=50,
    account=_VAN_DIJK,
    reference="VD-88120",
    settlement=Settlement(
        "",
        "26700031",
        Decimal("12450.00"),
        paid=True,
        paid_on=dt.date(2026, 12, 18),
        payee=AccountNumber("NL··1234"),
    ),
)
_BANK_ACCOUNT = _document(
    Kind.BANK_ACCOUNT,
    "NL··4417",
    None,
    ref=Ref(DIVISION, Kind.BANK_ACCOUNT, "5a3c1e00-0000-4000-8000-001200004417"),
    status_code=None,
    date=None,
    currency="",
    account=_VAN_DIJK,
    modifier="Pieter Claes",
    bank=Bank(AccountNumber("NL··4417"), holder="Van Dijk Verpakkingen", bic="ABNANL2A", main=True),
)
_OF_KINDS = (
    _PURCHASE_ENTRY,
    _PURCHASE_INVOICE,
    _SALES_INVOICE,
    _SALES_ENTRY,
    _PURCHASE_ORDER,
    _JOURNAL_ENTRY,
    _BANK_ENTRY,
    _CASH_ENTRY,
    _COST_TRANSACTION,
    _BANK_ACCOUNT,
    _RECEIPT,
    _PAYMENT,
)

SAMPLES: dict[str, Document] = {
    **{document.kind.value: document for document in _OF_KINDS},
    "draft": replace(_SALES_INVOICE, number="", status_code=10, date=None, reference=""),
    "credit_note": replace(
        _SALES_ENTRY,
        number="26400006",
        credit=True,
        amount=Decimal("-121.00"),
        amount_dc=Decimal("-121.00"),
        vat=Decimal("-21.00"),
        reference="Return 9",
        lines=(_line(1, "Damaged goods", "-100.00", **_VENLO, **_STORAGE),),
    ),
    "foreign_currency": _document(
        Kind.PURCHASE_INVOICE,
        "26600008",
        "1300.00",
        amount_dc=Decimal("1210.40"),
        currency="USD",
        due_date=dt.date(2026, 12, 8),
        reference="INV-4471",
        account=_LAKES,
        lines=(
            _line(1, "Pallets", "1000.00", amount_dc=Decimal("931.08"), **_VENLO, **_PACKAGING),
            _line(2, "Shipping", "300.00", amount_dc=Decimal("279.32"), **_ANTWERP, **_FREIGHT),
        ),
    ),
    "rejected": replace(
        _PURCHASE_ENTRY, number="26700032", status_code=5, reference="VD-88121", notes="Wrong order"
    ),
    "partly_received": replace(
        _PURCHASE_ORDER,
        number="1882",
        status_code=20,
        receipt_code=20,
        lines=tuple(replace(line, received=Decimal(5)) for line in _PURCHASE_ORDER.lines),
    ),
}
"""By the name that `--sample` takes: each kind, and some states."""


def _selected(number: str, amount: str, account: Account, payee: str) -> Document:
    """A payment that is chosen to be paid, and not sent to the bank yet."""
    settlement = Settlement(
        "",
        number,
        Decimal(amount),
        payee=AccountNumber(payee),
        paid_from=AccountNumber("NL··4300"),
        selected=ServerMs(_CREATED),
        selector="Anna de Vries",
        batch_number="3",
    )
    return _document(
        Kind.PAYMENT,
        number,
        amount,
        status_code=30,
        due_date=_DUE,
        account=account,
        settlement=settlement,
    )


RUNS: dict[str, tuple[Document, ...]] = {
    "payment_run": (
        _selected("26700040", "12450.00", _VAN_DIJK, "NL··4417"),
        _selected("26600019", "1210.40", _LAKES, "BE··0187"),
        _selected("26600024", "363.00", _CARRIER, "NL··6789"),
    ),
}
"""What `--sample` takes beside `SAMPLES`: payments that are one message."""


def samples_of(kinds: frozenset[Kind]) -> dict[str, Document]:
    """The samples of these kinds."""
    return {name: document for name, document in SAMPLES.items() if document.kind in kinds}
