"""Payments under their invoices, deletions, shared heads, heads deleted in Slack."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(2)]
PAYMENTS, RECEIPTS = "cashflow/Payments", "cashflow/Receivables"
ROUTES = """\
  - name: feed
    when: {kind: "*"}
    channel: "#feed"
"""


def _all_kinds(rig: Rig, **channels: str) -> None:
    """One route for everything, or one for each of these kinds."""
    rig.routes = (
        "".join(
            f"  - name: {kind}\n    when: {{kind: {kind}}}\n    channel: '#{channel}'\n"
            for kind, channel in channels.items()
        )
        or ROUTES
    )
    rig.write_config()
    rig.poll()


def _term(rig: Rig, entry: str, **values: object) -> str:
    row = {
        "TransactionEntryID": entry,
        "InvoiceNumber": 1,
        "AccountName": "Van Dijk",
        "AmountDC": 121.0,
        "AmountFC": 121.0,
        "Currency": "EUR",
        "Status": 20,
        **values,
    }
    return str(rig.exact.store.upsert(DIVISION, PAYMENTS, row)["ID"])


def test_a_payment_is_a_reply_under_its_invoice_shown_in_the_channel(rig: Rig) -> None:
    _all_kinds(rig)
    entry = rig.entry(1)["EntryID"]
    term = _term(rig, entry)
    rig.poll()
    assert "Status: Open" in rig.heads()[0].text
    assert not rig.replies()
    paid = rig.exact.store.now() + timedelta(days=1)
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": term, "Status": 50, "EndDate": paid})
    rig.poll()
    assert len(rig.heads()) == 1
    assert rig.replies()[0].reply_broadcast
    assert "Paid" in rig.replies()[0].text
    assert rig.heads()[0].text.startswith("Paid · Purchase entry 1")


def test_an_invoice_whose_entry_is_not_read_shows_what_is_open_of_it(rig: Rig) -> None:
    """A term names the entry; where only invoices are read, its number and relation lead there."""
    rig.routes = ROUTES.replace('"*"', "[purchase_invoice, payment]")
    rig.write_config()
    rig.poll()
    supplier = "11111111-1111-1111-1111-111111111111"
    invoice = {"EntryNumber": 1, "Supplier": supplier, "YourRef": "VD-7", "Journal": "60",
               "Amount": 121.0, "Currency": "EUR", "Status": 50, "Type": 8033}  # fmt: skip
    rig.exact.store.upsert(DIVISION, "purchase/PurchaseInvoices", invoice)
    entry = "99999999-9999-9999-9999-999999999999"
    terms = [_term(rig, entry, Account=supplier, AmountDC=amount) for amount in (100.0, 21.0)]
    _term(rig, entry, Account=supplier, InvoiceNumber=2)
    rig.poll()
    assert "Still open" not in rig.heads()[0].text
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": terms[0], "Status": 50})
    rig.poll()
    assert "Still open: €21.00 of €121.00" in rig.heads()[0].text
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": terms[1], "Status": 50})
    rig.poll()
    assert rig.heads()[0].text.startswith("Paid · Purchase invoice 1")
    assert len(rig.replies()) == 2


def test_a_payment_without_a_known_invoice_is_a_message_of_its_own(rig: Rig) -> None:
    _all_kinds(rig)
    _term(rig, "99999999-9999-9999-9999-999999999999", InvoiceNumber=77)
    rig.poll()
    assert "Payment" in rig.heads()[0].text
    assert "Open" in rig.heads()[0].text


@pytest.mark.parametrize("path", [PAYMENTS, RECEIPTS])
def test_a_deleted_term_with_a_head_of_its_own_is_told(rig: Rig, path: str) -> None:
    _all_kinds(rig)
    row = {"AmountDC": 121.0, "AmountFC": 121.0, "Currency": "EUR", "Status": 50}
    row |= {"InvoiceNumber": 77, "AccountName": "Van Dijk"}
    term = rig.exact.store.upsert(DIVISION, path, row)["ID"]
    rig.poll()
    assert len(rig.heads()) == 1
    rig.exact.store.delete(DIVISION, path, term)
    rig.run("status", "--verify", "1d", "--heal")
    rig.poll("--deletions")
    assert "Deleted in Exact Online" in rig.heads()[0].text
    (reply,) = rig.replies()
    assert "Deleted in Exact Online" in reply.text


def test_a_deletion_strikes_the_head_through(rig: Rig) -> None:
    _all_kinds(rig)
    invoices = "salesinvoice/SalesInvoices"
    row = rig.exact.store.upsert(DIVISION, invoices, {"Status": 10, "AmountDC": 5.0})
    rig.poll()
    rig.exact.store.delete(DIVISION, invoices, row["InvoiceID"])
    rig.poll("--deletions")
    assert "Deleted in Exact Online" in rig.heads()[0].text
    assert "Deleted in Exact Online" in rig.replies()[0].text


def test_an_invoice_and_its_entry_share_one_head(rig: Rig) -> None:
    _all_kinds(rig)
    customer = "22222222-2222-2222-2222-222222222222"
    both = {"Journal": "70", "AmountDC": 9.0, "AmountFC": 9.0, "Currency": "EUR"}
    rig.exact.store.upsert(
        DIVISION,
        "salesinvoice/SalesInvoices",
        {"InvoiceNumber": 5, "InvoiceTo": customer, "InvoiceToName": "K", "Status": 50, **both},
    )
    rig.poll()
    rig.exact.store.upsert(
        DIVISION,
        "salesentry/SalesEntries",
        {"EntryNumber": 5, "InvoiceNumber": 5, "Customer": customer, "Status": 20, **both},
    )
    rig.poll()
    assert len(rig.heads()) == 1
    assert "Booked as" not in rig.heads()[0].text  # its own number goes without saying


def test_a_head_deleted_in_slack_is_posted_anew(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    rig.slack.store.delete_message("feed", rig.heads()[0].ts)
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW"})
    rig.poll()
    assert len(rig.heads()) == 1
    assert "NEW" in rig.heads()[0].text


def test_all_kinds_in_the_company_are_posted(rig: Rig) -> None:
    from exact_slack.documents.kinds import Kind
    from exact_slack.ledger.ledger import Ledger
    from exact_slack.sandbox.company.company import seed_company

    seed_company(rig.exact.store)
    rig.routes = ROUTES
    rig.write_config()
    rig.run("poll", "--since", "400d", "--max-posts", "0")
    ledger = Ledger(rig.state)
    rows = ledger.db.rows("SELECT DISTINCT kind FROM documents")
    ledger.close()
    assert {row["kind"] for row in rows} == {k.value for k in Kind if k is not Kind.BANK_ACCOUNT}


def test_an_exception_route_says_why(rig: Rig) -> None:
    rig.slack.store.add_channel("odd")
    rig.routes = """\
  - name: odd
    when: {kind: purchase_entry, exception: [no_cost_center, duplicate_reference]}
    channel: "#odd"
"""
    rig.write_config()
    rig.poll()
    rig.entry(1, YourRef="SAME")
    rig.entry(2, YourRef="SAME")
    rig.entry(3, PurchaseEntryLines=[{"AmountDC": 1.0, "AmountFC": 1.0}])
    rig.poll()
    noticed = sorted(message.text.split("\n")[1] for message in rig.heads("odd"))
    assert [line.split(" (")[0] for line in noticed] == [
        "Noticed: no cost center",
        "Noticed: reference used before",
    ]


def _change(rig: Rig, row: Any, reference: str) -> None:
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": reference})


def _pay(rig: Rig, term: str, paid: bool = True) -> None:
    end = rig.exact.store.now() if paid else None
    status = 50 if paid else 20
    row = {"ID": term, "Status": status, "EndDate": end}
    rig.exact.store.upsert(DIVISION, PAYMENTS, row)


def test_a_reply_whose_head_was_deleted_while_nobody_knew(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    _change(rig, row, "B")
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_claim:2"}).code == -9
    rig.slack.store.delete_message("feed", rig.heads()[0].ts)
    assert rig.run("poll").code == 0
    assert len(rig.heads()) == 1


def test_a_recreated_invoice_has_a_head_of_its_own(rig: Rig) -> None:
    _all_kinds(rig)
    invoices, account = "salesinvoice/SalesInvoices", "22222222-2222-2222-2222-222222222222"
    shared = {"Journal": "70", "AmountDC": 9.0}
    number = {"InvoiceNumber": 5, "InvoiceTo": account, "Status": 50}
    first = rig.exact.store.upsert(DIVISION, invoices, {**number, **shared})
    rig.exact.store.upsert(
        DIVISION,
        "salesentry/SalesEntries",
        {"EntryNumber": 5, "InvoiceNumber": 5, "Customer": account, "Status": 20, **shared},
    )
    rig.poll()
    rig.exact.store.delete(DIVISION, invoices, first["InvoiceID"])
    rig.poll("--deletions")
    rig.exact.store.upsert(DIVISION, invoices, {**number, **shared, "YourRef": "SECOND"})
    rig.poll()
    assert sum("SECOND" in head.text for head in rig.heads()) == 1


def test_a_payment_with_a_route_of_its_own_is_told_there_too(rig: Rig) -> None:
    rig.slack.store.add_channel("treasury")
    _all_kinds(rig, purchase_entry="feed", payment="treasury")
    term = _term(rig, rig.entry(1)["EntryID"])
    rig.poll()
    assert not rig.messages("treasury")
    _pay(rig, term)
    rig.poll()
    assert len(rig.replies()) == 1
    assert len(rig.messages("treasury")) == 1


def test_a_payment_known_before_its_invoice(rig: Rig) -> None:
    _all_kinds(rig)
    key = "33333333-3333-3333-3333-333333333333"
    term = _term(rig, key)
    rig.poll()
    rig.entry(1, EntryID=key)
    rig.poll()
    _pay(rig, term)
    rig.poll()
    invoice = next(head for head in rig.heads() if "Purchase entry" in head.text)
    assert invoice.text.startswith("Paid · ")
    assert any(reply.thread_ts == invoice.ts for reply in rig.replies())


def test_replay_of_one_document_twice_tells_it_once(rig: Rig) -> None:
    _all_kinds(rig)
    entry = rig.entry(1)
    rig.poll()
    term = _term(rig, entry["EntryID"])
    _pay(rig, term)
    rig.poll()
    assert rig.run("replay", term, term, "--since", "1d").code == 0
    assert len(rig.replies()) == 1


def test_paid_unpaid_paid_while_nobody_could_see_it(rig: Rig) -> None:
    _all_kinds(rig)
    term = _term(rig, rig.entry(1)["EntryID"])
    rig.poll()
    rig.exact.limits.on = False
    rig.slack.store.archive("feed")
    for paid in (True, False, True):
        _pay(rig, term, paid)
        rig.run("poll")
    rig.slack.store.unarchive("feed")
    rig.poll()
    assert len(rig.replies()) == 1
    assert "Paid" in rig.replies()[0].text


def test_a_route_for_deletions_gets_them(rig: Rig) -> None:
    rig.slack.store.add_channel("gone")
    rig.routes = """\
  - name: gone
    when: {kind: sales_invoice, event: deleted}
    channel: "#gone"
"""
    rig.write_config()
    rig.poll()
    row = rig.exact.store.upsert(DIVISION, "salesinvoice/SalesInvoices", {"Status": 20})
    rig.poll()
    assert not rig.messages("gone")
    rig.exact.store.delete(DIVISION, "salesinvoice/SalesInvoices", row["InvoiceID"])
    rig.poll("--deletions")
    assert "Deleted" in rig.heads("gone")[0].text


def test_from_draft_to_paid_an_invoice_causes_one_message_that_notifies(rig: Rig) -> None:
    """Beyond that one quiet reply and one edit a change, and the reply of its payment."""
    _all_kinds(rig)
    supplier: dict[str, Any] = {"Supplier": "11111111-1111-1111-1111-111111111111"}
    same = {"YourRef": "VD-9", "Journal": "60", "Amount": 121.0, "Currency": "EUR"}
    store, invoices = rig.exact.store, "purchase/PurchaseInvoices"
    draft = {**supplier, **same, "EntryNumber": 9, "Status": 10, "Type": 8033}
    invoice = store.upsert(DIVISION, invoices, draft)["ID"]
    rig.poll()
    rows: dict[str, Any] = {}

    def enter() -> None:
        rows["entry"] = rig.entry(9, **supplier, YourRef="VD-10", Status=20)["EntryID"]

    def owe() -> None:
        account = supplier["Supplier"]
        rows["term"] = _term(rig, rows["entry"], InvoiceNumber=9, Account=account)

    def change(endpoint: str, key: str, **values: object) -> None:
        store.upsert(DIVISION, endpoint, {"ID": key, **values})

    steps: tuple[Callable[[], None], ...] = (
        lambda: change(invoices, invoice, Status=20),
        lambda: change(invoices, invoice, YourRef="VD-10"),
        lambda: change(invoices, invoice, Status=50),
        enter,
        owe,
        lambda: change(PAYMENTS, rows["term"], Status=30),
        lambda: change(PAYMENTS, rows["term"], Status=40),
        lambda: change(PAYMENTS, rows["term"], Status=50),
    )
    for number, step in enumerate(steps):
        step()
        done = rig.poll()
        assert (done["updated"] <= 1, done["posted"] <= 1) == (True, True), number
    assert len(rig.heads()) == 1
    assert ["· Paid" in reply.text for reply in rig.replies() if reply.reply_broadcast] == [True]
    quiet = [reply.text for reply in rig.replies() if not reply.reply_broadcast]
    assert len(quiet) == 2, quiet  # it is no draft any more; another reference


def test_a_compact_head_has_two_lines_and_its_first_reply_the_rest(rig: Rig) -> None:
    rig.routes = ROUTES + "    layout: compact\n"
    rig.write_config()
    rig.poll()
    row = rig.entry(1, YourRef="VD-1")
    rig.poll()
    (head,), (rest,) = rig.heads(), rig.replies()
    assert [block["type"] for block in head.blocks or []] == ["rich_text"]
    assert str(head.blocks).count("\\n") == 1
    assert not rest.reply_broadcast
    assert "table" in [block["type"] for block in rest.blocks or []]
    assert "Small" in rest.text
    for _ in range(2):  # it is told once, and what changes as ever
        _change(rig, row, "VD-2")
        rig.poll()
    assert "VD-2" in str(rig.heads()[0].blocks)
    assert [reply.text.split(":")[0] for reply in rig.replies()[1:]] == ["Changed"]
