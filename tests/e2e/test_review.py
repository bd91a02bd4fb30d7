"""Findings of reviews from outside, each with the steps that showed it."""

from datetime import timedelta
from typing import Any

import pytest

from exact_slack.ledger.ledger import Ledger
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = pytest.mark.usefixtures("hands")
PAYMENTS = "cashflow/Payments"
POST = "chat.postMessage"
BLIND = ("chat:write", "channels:read")


def _change(rig: Rig, row: Any, reference: str) -> None:
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": reference})


def _all_kinds(rig: Rig, **routes: str) -> None:
    if routes:
        rig.routes = "".join(
            f"  - name: {kind}\n    when: {{kind: {kind}}}\n    channel: '#{channel}'\n"
            for kind, channel in routes.items()
        )
    else:
        rig.routes = '  - name: feed\n    when: {kind: "*"}\n    channel: "#feed"\n'
    rig.write_config()
    rig.poll()


def _term(rig: Rig, entry: str, **values: object) -> str:
    row = {"TransactionEntryID": entry, "AmountDC": 121.0, "AmountFC": 121.0, "Status": 20}
    return str(rig.exact.store.upsert(DIVISION, PAYMENTS, {**row, **values})["ID"])


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


def test_a_history_that_fails_ends_the_run(rig: Rig) -> None:
    rig.poll()
    rig.slack.faults.add(POST, "reset", times=1, when="after")
    rig.slack.faults.add("conversations.history", "status", times=99, when="before", status=500)
    rig.entry(2)
    assert rig.run("poll").code == 75
    rig.slack.faults.clear()
    rig.poll()
    assert len(rig.messages()) == 1


def test_a_channel_that_was_replaced_gets_the_heads_anew(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    old = rig.slack.store.channel("feed").id
    rig.slack.store.rename(old, "feed-old")
    rig.slack.store.archive(old)
    rig.slack.store.add_channel("feed")
    _change(rig, row, "B")
    rig.entry(3)
    for _ in range(3):
        rig.run("poll")
    assert len(rig.heads()) == 2
    assert rig.run("poll").code == 0


def test_since_never_jumps_over_a_gap(rig: Rig) -> None:
    rig.poll()
    ledger = Ledger(rig.state)
    with ledger.transaction():
        ledger.db.run("UPDATE cursors SET newest=newest-172800000, floor=floor-172800000")
    ledger.close()
    early = rig.exact.store.now() - timedelta(hours=30)
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryNumber": 7}, modified=early)
    rig.entry(8)
    assert rig.poll("--since", "1h")["posted"] == 2


@pytest.mark.parametrize("gone", [False, True])
def test_what_happens_while_a_send_is_held_is_told_after_all(rig: Rig, gone: bool) -> None:
    invoices = "salesinvoice/SalesInvoices"
    _all_kinds(rig)
    scopes = rig.slack.store.scopes
    rig.slack.store.scopes = BLIND
    rig.slack.faults.add(POST, "reset", times=1, when="after")
    row = rig.exact.store.upsert(DIVISION, invoices, {"Status": 20, "YourRef": "FIRST"})
    assert rig.run("poll").code == 1
    key = row["InvoiceID"]
    if gone:
        rig.exact.store.delete(DIVISION, invoices, key)
    else:
        rig.exact.store.upsert(DIVISION, invoices, {"InvoiceID": key, "YourRef": "SECOND"})
    rig.run("poll", "--deletions")
    rig.slack.store.scopes = scopes
    assert rig.run("replay", "--held").code == 0
    assert len(rig.heads()) == 1
    assert ("Deleted" if gone else "SECOND") in rig.heads()[0].text


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


def test_what_waits_for_a_channel_that_left_the_config_goes_where_the_rules_say(rig: Rig) -> None:
    rig.poll()
    rig.slack.store.archive("feed")
    rig.entry(2)
    assert rig.run("poll").code == 1
    assert rig.run("status", "--verify", "1d").code == 1
    rig.slack.store.add_channel("new")
    rig.routes = rig.routes.replace("#feed", "#new")
    rig.write_config()
    assert rig.run("poll").code == 0
    assert len(rig.messages("new")) == 1
    assert rig.run("status").code == 0


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
    assert "Still open: €0.00" in invoice.text
    assert any(reply.thread_ts == invoice.ts for reply in rig.replies())


def test_a_channel_archived_and_back_shows_the_present_state(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    rig.slack.store.archive("feed")
    _change(rig, row, "B")
    rig.run("poll")
    rig.slack.store.unarchive("feed")
    rig.poll()
    assert "Reference: B" in rig.heads()[0].text


@pytest.mark.parametrize("by_id", [False, True])
def test_a_channel_with_a_new_name_keeps_its_heads(rig: Rig, by_id: bool) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    channel = rig.slack.store.channel("feed").id
    rig.slack.store.rename(channel, "finance")
    rig.routes = rig.routes.replace('"#feed"', channel if by_id else '"#finance"')
    rig.write_config()
    _change(rig, row, "B")
    rig.poll()
    assert len(rig.heads("finance")) == 1
    _change(rig, row, "C")
    rig.poll()
    assert len(rig.heads("finance")) == 1
    assert "Reference: C" in rig.heads("finance")[0].text


def test_two_names_of_one_channel_are_one_channel(rig: Rig) -> None:
    channel = rig.slack.store.channel("feed").id
    rig.routes += f"  - name: twin\n    when: {{kind: purchase_entry}}\n    channel: {channel}\n"
    rig.write_config()
    rig.poll()
    rig.entry(2)
    rig.entry(3)
    rig.poll()
    assert len(rig.heads()) == 2
    assert rig.slack.violations == 0


@pytest.mark.parametrize("policy", ["hold", "repost"])
def test_a_dead_token_during_a_look_up_decides_nothing(rig: Rig, policy: str) -> None:
    rig.extra = f"on_ambiguous: {policy}\n"
    rig.write_config()
    rig.poll()
    rig.entry(2)
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_call"}).code == -9
    rig.slack.store.revoke_token()
    assert rig.run("poll").code == 3
    rig.slack.store.restore_token()
    rig.poll()
    assert len(rig.messages()) == 1


def test_replay_of_one_document_twice_tells_it_once(rig: Rig) -> None:
    _all_kinds(rig)
    entry = rig.entry(1)
    rig.poll()
    term = _term(rig, entry["EntryID"])
    _pay(rig, term)
    ledger = Ledger(rig.state)
    ledger.close()
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


def test_a_change_after_a_crash_is_told_once_and_right(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2, YourRef="A")
    rig.poll()
    _change(rig, row, "B")
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_claim:2"}).code == -9
    _change(rig, row, "C")
    rig.poll()
    assert len(rig.replies()) == 1
    assert "A → C" in rig.replies()[0].text


def test_a_head_that_nobody_saw_needs_no_reply(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_claim"}).code == -9
    _change(rig, row, "C")
    rig.poll()
    assert "Reference: C" in rig.heads()[0].text
    assert not rig.replies()


def test_many_crashes_before_the_call_need_no_person(rig: Rig) -> None:
    rig.poll()
    rig.entry(2)
    for _ in range(3):
        assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_claim"}).code == -9
    assert rig.poll()["held"] == 0
    assert len(rig.messages()) == 1


@pytest.mark.parametrize("word", ["99999999999999999999", "²"])
def test_odd_ids_are_wrong_usage(rig: Rig, word: str) -> None:
    rig.poll()
    assert rig.run("replay", word).code == 2


def test_a_flood_is_told_after_a_crash_too(rig: Rig) -> None:
    rig.extra = "flood_limit: 2\n"
    rig.write_config()
    rig.poll()
    for number in range(5):
        rig.entry(number)
    assert rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_page_commit"}).code == -9
    rig.run("poll")
    rig.run("poll")
    assert sum("replay --held" in message.text for message in rig.messages()) == 1


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
