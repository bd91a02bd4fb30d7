"""Documents of every kind as a company has them, and messages in a form that people can read."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from exact_slack.account_number import AccountNumber
from exact_slack.documents.document import Account, Bank, Document, Line, Settlement
from exact_slack.documents.kinds import STATUS_WORDS, Kind
from exact_slack.documents.ref import Ref
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.message import Message

CREATED = 1_795_514_700_000
URL = "https://start.exactonline.nl/docs/DocView.aspx?DocumentID={c4f2}&_Division_=123456"
PAGE = "https://start.exactonline.nl/docs/MenuPortal.aspx?_Division_=123456"


def line(number: int, description: str, amount: str, **more: Any) -> Line:
    """A line whose amount is the same in both currencies."""
    value = Decimal(amount)
    known: dict[str, Any] = {
        "key": str(number),
        "number": number,
        "amount": value,
        "amount_dc": value,
    }
    return Line(**(known | more), description=description)


def document(kind: Kind, number: str, amount: str | None, **more: Any) -> Document:
    """A document in euros, as last read on 24 November 2026."""
    value = None if amount is None else Decimal(amount)
    known: dict[str, Any] = {
        "ref": Ref(123456, kind, "0f1e2d3c-0000-4000-8000-000000000001"),
        "modified": CREATED + 60_000,
        "created": CREATED,
        "number": number,
        "status_code": 20,
        "date": dt.date(2026, 11, 24),
        "currency": "EUR",
        "company_currency": "EUR",
        "amount": value,
        "amount_dc": value,
        "creator": "Anna de Vries",
    }
    return Document(**(known | more))


_VENLO = {"cost_center": "DC-VENLO", "cost_center_name": "Venlo"}
_ANTWERP = {"cost_center": "DC-ANTW", "cost_center_name": "Antwerp"}
_FREIGHT = {"gl_account": "4500", "gl_account_name": "Freight"}
_VAN_DIJK = Account("a1", "400012", "Van Dijk Transport B.V.")
_ACME = Account("a2", "1007", "Acme <Retail> & Sons")

SAMPLES: dict[Kind, tuple[Document, HeadContext]] = {
    Kind.PURCHASE_ENTRY: (
        document(
            Kind.PURCHASE_ENTRY,
            "26700031",
            "2480.50",
            vat=Decimal("430.50"),
            due_date=dt.date(2026, 12, 24),
            reference="VD_88120_*1",
            description="Freight week 47",
            account=_VAN_DIJK,
            journal="70",
            journal_name="Purchases",
            url=URL,
            lines=(
                line(1, "Venlo to Hamburg", "1200", quantity=Decimal(4), **_VENLO, **_FREIGHT),
                line(2, "Antwerp to Lyon", "800", quantity=Decimal("2.5"), **_ANTWERP, **_FREIGHT),
                line(3, "Toll", "50", gl_account="4510", gl_account_name="Toll"),
            ),
        ),
        HeadContext(
            "",
            mention="S0123ABCD",
            open_amount=Decimal("2480.50"),
            terms_total=Decimal("2480.50"),
            exceptions=("duplicate_reference", "due_soon"),
        ),
    ),
    Kind.PURCHASE_INVOICE: (
        document(
            Kind.PURCHASE_INVOICE,
            "26600007",
            "1300.00",
            amount_dc=Decimal("1210.40"),
            currency="USD",
            status_code=50,
            due_date=dt.date(2026, 12, 8),
            reference="INV-4471",
            account=Account("a3", "400090", "Great Lakes Pallets Inc."),
            lines=(
                line(1, "Pallets", "1000", cost_unit="PAL", cost_unit_name="Pallets", **_VENLO),
                line(2, "Shipping", "300", **_ANTWERP),
            ),
        ),
        HeadContext("", booked_as="26700032", paid=True, open_amount=Decimal(0)),
    ),
    Kind.SALES_INVOICE: (
        document(
            Kind.SALES_INVOICE,
            "",
            "605.00",
            status_code=10,
            vat=Decimal("105.00"),
            description="Storage November",
            account=_ACME,
            order_number="1880",
            lines=(line(1, "Storage", "500", quantity=Decimal(100), item="STORE", **_VENLO),),
        ),
        HeadContext(""),
    ),
    Kind.SALES_ENTRY: (
        document(
            Kind.SALES_ENTRY,
            "26400005",
            "-121.00",
            credit=True,
            status_code=50,
            vat=Decimal("-21.00"),
            account=_ACME,
            reference="Return 9",
            lines=(line(1, "Returned goods", "-100", **_VENLO, gl_account="8000"),),
        ),
        HeadContext("", deleted=True),
    ),
    Kind.PURCHASE_ORDER: (
        document(
            Kind.PURCHASE_ORDER,
            "1881",
            "960.00",
            receipt_date=dt.date(2026, 12, 1),
            receipt_code=20,
            invoice_code=10,
            approval_code=2,
            account=_VAN_DIJK,
            notes="Deliver at gate 3.\nCall first.",
            lines=(
                line(
                    1,
                    "Shrink film",
                    "960",
                    quantity=Decimal(12),
                    received=Decimal(5),
                    unit_price=Decimal(80),
                    project="Peak season",
                    **_VENLO,
                ),
            ),
        ),
        HeadContext(""),
    ),
    Kind.JOURNAL_ENTRY: (
        document(
            Kind.JOURNAL_ENTRY,
            "26900002",
            None,
            journal="90",
            journal_name="General journal",
            description="Accrued freight",
            lines=(
                line(1, "Accrual", "750.25", **_VENLO, **_FREIGHT),
                line(2, "Accrual", "-750.25", gl_account="1999", gl_account_name="Accruals"),
            ),
        ),
        HeadContext(""),
    ),
    Kind.BANK_ENTRY: (
        document(
            Kind.BANK_ENTRY,
            "26200011",
            None,
            opening_balance=Decimal("10500.00"),
            closing_balance=Decimal("8140.50"),
            journal="20",
            journal_name="ING",
            status_code=50,
            lines=(
                line(1, "Invoice VD-88120", "-2480.50", account="Van Dijk", our_ref="26700031"),
                line(2, "Payment", "121", account="Acme", date=dt.date(2026, 11, 23)),
            ),
        ),
        HeadContext(""),
    ),
    Kind.CASH_ENTRY: (
        document(
            Kind.CASH_ENTRY,
            "26100003",
            None,
            opening_balance=Decimal("150.00"),
            closing_balance=Decimal("127.40"),
            journal="10",
            journal_name="Cash",
            lines=(line(1, "Coffee", "-22.60", **_VENLO, gl_account="4700"),),
        ),
        HeadContext(""),
    ),
    Kind.COST_TRANSACTION: (
        document(
            Kind.COST_TRANSACTION,
            "311",
            "89.90",
            amount_dc=None,
            status_code=2,
            account=_ACME,
            project="Warehouse move",
            item="Travel",
            quantity=Decimal(1),
            description="Train to Antwerp",
        ),
        HeadContext("", exceptions=("rejected",)),
    ),
    Kind.BANK_ACCOUNT: (
        document(
            Kind.BANK_ACCOUNT,
            "NL··4417",
            None,
            status_code=None,
            date=None,
            currency="",
            account=_VAN_DIJK,
            bank=Bank(AccountNumber("NL··4417"), "Van Dijk B.V.", "ABNANL2A", main=True),
        ),
        HeadContext(""),
    ),
    Kind.RECEIPT: (
        document(
            Kind.RECEIPT,
            "26400001",
            "605.00",
            due_date=dt.date(2026, 12, 24),
            account=_ACME,
            settlement=Settlement("e1", "26400001", Decimal("605.00")),
        ),
        HeadContext(""),
    ),
    Kind.PAYMENT: (
        document(
            Kind.PAYMENT,
            "26700031",
            "2480.50",
            status_code=50,
            account=_VAN_DIJK,
            reference="VD_88120_*1",
            settlement=Settlement(
                "e2", "26700031", Decimal("2480.50"), True, dt.date(2026, 12, 18)
            ),
        ),
        HeadContext("", paid=True),
    ),
}


def sample(kind: Kind, locale: str) -> tuple[Document, HeadContext]:
    """A document of a kind, and what the flow knows of it, for a locale."""
    found, context = SAMPLES[kind]
    return found, replace(context, locale=locale, link=found.url or PAGE)


def later(before: Document) -> Document:
    """The same document after somebody worked on it."""
    lines = before.lines
    if lines:
        first = replace(lines[0], cost_center="DC-LYON", cost_center_name="Lyon")
        lines = (first, *lines[2:], line(9, "Surcharge", "12.75", **_ANTWERP))
    due = dt.date(2026, 12, 31)
    known = [code for code in STATUS_WORDS[before.kind] if code != before.status_code]
    status = known[-1] if known else None
    return replace(before, due_date=due, reference="R-2", status_code=status, lines=lines)


def readable(message: Message) -> str:
    """A message for people: its text, then its blocks."""
    drawn = [part for block in message.blocks for part in _draw(block)]
    return "\n".join([message.text, "", *(f"| {row}" for row in drawn)])


def _draw(block: dict[str, Any]) -> list[str]:
    kind = block["type"]
    if kind == "header":
        return [f"# {block['text']['text']}"]
    if kind == "section" and "fields" in block:
        return [_one_line(field["text"]) for field in block["fields"]]
    if kind == "section":
        return [f"mrkdwn {block['text']['text']}"]
    if kind == "context":
        return [f"({' '.join(element['text'] for element in block['elements'])})"]
    if kind == "table":
        return _draw_table(block)
    if kind == "data_table":
        rows = [" | ".join(cell["text"] for cell in row) for row in block["rows"]]
        return [f"sortable: {block['caption']}", *rows]
    if kind == "data_visualization":
        bars = [
            f"{series['name']}: {', '.join(str(point['value']) for point in series['data'])}"
            for series in block["chart"]["series"]
        ]
        axis = " | ".join(block["chart"]["axis_config"]["categories"])
        return [f"chart: {block['title']}", axis, *bars]
    if kind == "container":
        assert block["is_collapsible"] and block["default_collapsed"]
        inside = [row for child in block["child_blocks"] for row in _draw(child)]
        return [f"> {block['title']['text']}", *(f"  {row}" for row in inside)]
    assert kind == "rich_text"
    return _leaves(block).split("\n")


def _draw_table(block: dict[str, Any]) -> list[str]:
    align = " ".join("<>"[setting["align"] == "right"] for setting in block["column_settings"])
    rows = [" ¦ ".join(map(_cell, row)) for row in block["rows"]]
    return [f"table {align}", *(f"  {row}" for row in rows)]


def _cell(cell: dict[str, Any]) -> str:
    return str(cell["text"]) if cell["type"] == "raw_text" else _leaves(cell)


def _one_line(text: str) -> str:
    return "[" + text.replace("\n", " ") + "]"


def _leaves(block: dict[str, Any]) -> str:
    return "".join(map(_leaf, block["elements"][0]["elements"]))


def _leaf(leaf: dict[str, Any]) -> str:
    if leaf["type"] == "link":
        return f"<{leaf['url']}|{leaf['text']}>"
    if leaf["type"] in ("user", "usergroup", "broadcast"):
        return f"@{next(value for name, value in leaf.items() if name != 'type')}"
    text = str(leaf["text"])
    for style, mark in (("bold", "**"), ("strike", "~~")):
        if leaf.get("style", {}).get(style):
            text = f"{mark}{text}{mark}"
    return text
