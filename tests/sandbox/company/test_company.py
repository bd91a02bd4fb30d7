"""The sample company and its business day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from exact_slack.sandbox.company.company import DIVISIONS, MANY_LINES, TRICKY, seed_company
from exact_slack.sandbox.company.pdf import small_pdf
from exact_slack.sandbox.day import business_day
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.exact.shapes import Row, catalogue
from exact_slack.sandbox.exact.store import VERSION, ExactStore
from tests.sandbox.conftest import Client

NOON = datetime.fromisoformat("2026-11-24T12:00:00")
KINDS = (
    "salesinvoice/SalesInvoices",
    "salesentry/SalesEntries",
    "purchase/PurchaseInvoices",
    "purchaseentry/PurchaseEntries",
    "purchaseorder/PurchaseOrders",
    "generaljournalentry/GeneralJournalEntries",
    "financialtransaction/BankEntries",
    "financialtransaction/CashEntries",
    "cashflow/Payments",
    "cashflow/Receivables",
    "project/CostTransactions",
)


def seeded(seed: int = 7) -> ExactStore:
    store = ExactStore(clock=lambda: NOON)
    seed_company(store, seed)
    return store


def everything(store: ExactStore) -> list[tuple[int, str, Row]]:
    return [(d, name, row) for d in DIVISIONS for name in KINDS for row in store.rows(d, name)]


@pytest.mark.parametrize("division", DIVISIONS)
def test_every_kind_in_every_division(division: int) -> None:
    store = seeded()
    counts = {name: len(store.rows(division, name)) for name in KINDS}
    assert min(counts.values()) >= 1
    assert 30 <= sum(counts.values()) <= 60
    assert all(row["Modified"] <= NOON for _, _, row in everything(store))


def test_the_same_seed_gives_the_same_company() -> None:
    assert everything(seeded()) == everything(seeded())
    assert everything(seeded()) != everything(seeded(8))


def total(rows: list[Row], name: str) -> Decimal:
    return sum((row[name] for row in rows), Decimal(0))


def test_headers_are_the_sum_of_their_lines() -> None:
    store = seeded()
    for division, name, row in everything(store):
        shape = catalogue()[name]
        if shape.lines is None:
            continue
        lines = store.lines(division, name, row[shape.key])
        assert lines, (name, row)
        if "AmountFC" in row and "VATAmountFC" in row:
            with_vat = total(lines, "AmountFC") + total(lines, "VATAmountFC")
            assert row["AmountFC"] == with_vat
        if name.endswith("GeneralJournalEntries"):
            assert total(lines, "AmountDC") == 0


def test_the_awkward_documents_are_there() -> None:
    store = seeded()
    rows = everything(store)
    entries = [(d, row) for d, name, row in rows if name.endswith("PurchaseEntries")]
    assert {row["Status"] for _, row in entries} == {5, 20, 50}
    assert any(row["Type"] == 31 and row["AmountDC"] < 0 for _, row in entries)
    assert any(row["Currency"] == "USD" and row["AmountDC"] < row["AmountFC"] for _, row in entries)
    assert any(row["Description"] == TRICKY for _, row in entries)
    assert any(len(row["Description"] or "") > 800 for _, row in entries)
    lines = {d: store.rows(d, "purchaseentry/PurchaseEntryLines") for d in DIVISIONS}
    for division, row in entries:
        own = [line for line in lines[division] if line["EntryID"] == row["EntryID"]]
        if all("CostCenter" not in line for line in own):
            break
    else:
        pytest.fail("no entry without a cost center")
    per_invoice = Counter(
        row["InvoiceID"]
        for d in DIVISIONS
        for row in store.rows(d, "salesinvoice/SalesInvoiceLines")
    )
    assert max(per_invoice.values()) == MANY_LINES
    invoices = [row for _, name, row in rows if name == "salesinvoice/SalesInvoices"]
    assert {row["Status"] for row in invoices} == {10, 20, 50}
    for row in invoices:
        assert ("InvoiceNumber" in row) == (row["Status"] == 50)
    orders = [row for _, name, row in rows if name.endswith("PurchaseOrders")]
    assert {10, 20} <= {row["ReceiptStatus"] for row in orders}


@pytest.mark.parametrize("division", DIVISIONS)
def test_invoices_and_their_entries_share_document_and_number(division: int) -> None:
    store = seeded()
    entries = {row["Document"]: row for row in store.rows(division, "salesentry/SalesEntries")}
    for invoice in store.rows(division, "salesinvoice/SalesInvoices"):
        if invoice["Status"] == 50:
            entry = entries[invoice["Document"]]
            assert entry["InvoiceNumber"] == entry["EntryNumber"] == invoice["InvoiceNumber"]
            assert entry["AmountDC"] == invoice["AmountDC"]
    bought = {row["Document"]: row for row in store.rows(division, "purchaseentry/PurchaseEntries")}
    processed = [r for r in store.rows(division, "purchase/PurchaseInvoices") if r["Status"] == 50]
    for invoice in processed:
        assert bought[invoice["Document"]]["EntryNumber"] == invoice["EntryNumber"]
    assert processed


@pytest.mark.parametrize("division", DIVISIONS)
def test_terms_belong_to_entries(division: int) -> None:
    store = seeded()
    unknown = 0
    for endpoint, source in (
        ("cashflow/Payments", "purchaseentry/PurchaseEntries"),
        ("cashflow/Receivables", "salesentry/SalesEntries"),
    ):
        terms = store.rows(division, endpoint)
        assert {row["Status"] for row in terms} == {20, 50}
        for term in terms:
            entry = store.get(division, source, term["TransactionEntryID"])
            unknown += entry is None
            if entry is not None:
                assert term["TransactionAmountDC"] == entry["AmountDC"]
            assert (term["Status"] == 50) == ("EndDate" in term)
            if "Receivables" in endpoint:
                assert term["IsFullyPaid"] == (term["Status"] == 50)
    assert unknown == (1 if division == 345678 else 0)


def test_documents_have_a_pdf() -> None:
    store = seeded()
    for division in DIVISIONS:
        documents = store.rows(division, "documents/Documents")
        attachments = store.rows(division, "documents/DocumentAttachments")
        assert {row["Document"] for row in attachments} == {row["ID"] for row in documents}
        for row in attachments:
            assert row["Attachment"].startswith(b"%PDF-1.4") and row["FileName"].endswith(".pdf")
            assert row["FileSize"] == len(row["Attachment"])
    pdf = small_pdf("(Été) \\ 1")
    offset = int(pdf.split(b"startxref\n")[1].split(b"\n")[0])
    assert pdf[offset:].startswith(b"xref") and b"\\(\xc9t\xe9\\)" in pdf


def snapshot(store: ExactStore) -> dict[tuple[int, str, Any], Row]:
    return {(d, name, row[catalogue()[name].key]): row for d, name, row in everything(store)}


def test_the_first_fifteen_steps_bring_every_kind() -> None:
    store = seeded()
    before = snapshot(store)
    steps = list(business_day(store))
    for step in steps[:15]:
        step.apply()
    new = {key for key in snapshot(store) if key not in before}
    assert {name for _, name, _ in new} == set(KINDS)
    assert {division for division, _, _ in new} == set(DIVISIONS)


def visible(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in (VERSION, "Modified")}


def test_every_step_does_something() -> None:
    store = seeded()
    steps = list(business_day(store))
    assert len(steps) >= 25
    assert len({step.description for step in steps}) == len(steps)
    seen: Counter[str] = Counter()
    for step in steps:
        before = snapshot(store)
        step.apply()
        after = snapshot(store)
        seen["new"] += any(key not in before for key in after)
        seen["deleted"] += any(key not in after for key in before)
        moved = [k for k in after if k in before and after[k][VERSION] != before[k][VERSION]]
        seen["changed"] += any(visible(after[k]) != visible(before[k]) for k in moved)
        seen["paid"] += any(k[1].startswith("cashflow") and after[k]["Status"] == 50 for k in moved)
        seen["same"] += bool(moved) and all(visible(after[k]) == visible(before[k]) for k in moved)
        assert before != after, step.description
    assert min(seen[word] for word in ("new", "deleted", "changed", "paid", "same")) >= 2


def test_a_second_day_follows_the_first() -> None:
    store = seeded()
    days = []
    for _ in range(2):
        days.append([step.description for step in business_day(store)])
        for step in business_day(store):
            step.apply()
    assert set(days[0]) != set(days[1])


def test_the_whole_company_over_the_wire(exact: ExactSandbox, client: Client) -> None:
    seed_company(exact.store)
    for division in DIVISIONS:
        for name in KINDS:
            shape = catalogue()[name]
            query = f"{name}?$select={','.join(shape.fields)}"
            if shape.lines:
                query += f"&$expand={shape.lines.name}"
            rows = client.rows(query, division)
            assert len(rows) == len(exact.store.rows(division, name))
