"""A payment run is one message, whatever becomes of its payments."""

from typing import Any

import pytest

from tests.e2e.rig import DIVISION, Rig

PAYMENTS = "cashflow/Payments"
ROUTES = """\
  - name: purchases
    when: {kind: [purchase_entry, payment]}
    channel: "#feed"
  - name: payment runs
    when: {kind: payment}
    channel: "#odd"
    group: batch
"""
pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(2)]
_SELECTOR = "44444444-4444-4444-4444-444444444444"
_SELECTED = {"Status": 30, "PaymentSelector": _SELECTOR, "PaymentSelectorFullName": "Anna"}


def _terms(rig: Rig, count: int, **values: Any) -> list[str]:
    """So many invoices, each with the payment that it waits for."""
    rig.slack.store.add_channel("odd")
    rig.routes = ROUTES
    rig.write_config()
    rig.poll()
    return [_term(rig, number, **values) for number in range(1, count + 1)]


def _term(rig: Rig, number: int, **values: Any) -> str:
    entry = rig.entry(number)["EntryID"]
    amounts = {"AmountDC": 121.0, "AmountFC": 121.0, "Currency": "EUR", "Status": 20}
    row = {"TransactionEntryID": entry, "InvoiceNumber": number, "AccountName": "Van Dijk"}
    return str(rig.exact.store.upsert(DIVISION, PAYMENTS, {**row, **amounts, **values})["ID"])


def _select(rig: Rig, term: str, **values: Any) -> None:
    day = rig.exact.store.now().replace(hour=9, minute=0, second=0, microsecond=0)
    chosen = {**_SELECTED, "PaymentSelected": day, **values}
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": term, **chosen})


def _runs(rig: Rig) -> list[str]:
    return [head.text for head in rig.heads("odd")]


def test_a_run_of_sixty_is_one_message_and_a_quiet_reply_for_each_payment(rig: Rig) -> None:
    *terms, late = _terms(rig, 61)
    rig.poll()
    assert not _runs(rig)
    for term in terms:
        _select(rig, term)
    assert rig.poll()["posted"] == 1
    (told,) = _runs(rig)
    assert told.startswith("Payment run · 60 payments · €7,260.00\nSelected: ")
    assert "Anna · Status: 60 selected" in told
    _select(rig, late)
    assert rig.poll()["posted"] == 0
    assert "61 payments · €7,381.00" in _runs(rig)[0]
    for term in (*terms, late):  # the bank file is made: now they bear a code
        sent = {"Status": 40, "CashflowTransactionBatchCode": "B-7", "PaymentBatchNumber": 3}
        rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": term, **sent})
    rig.poll()
    assert len(_runs(rig)) == 1
    assert _runs(rig)[0].startswith("Payment run 3 · 61 payments")
    assert "61 sent to the bank" in _runs(rig)[0]
    assert not rig.replies()
    for term in (*terms, late):
        rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": term, "Status": 50})
    assert rig.poll()["posted"] == 61
    replies = rig.replies()
    assert len({reply.thread_ts for reply in replies}) == 61
    assert not any(reply.reply_broadcast for reply in replies)
    assert "61 paid" in _runs(rig)[0]
    assert len(rig.heads()) == 61


def test_a_payment_taken_out_of_its_run_is_an_open_term_again(rig: Rig) -> None:
    terms = _terms(rig, 2)
    for term in terms:
        _select(rig, term)
    rig.poll()
    assert "2 payments" in _runs(rig)[0]
    for number, term in enumerate(terms):
        off = {"PaymentSelector": None, "PaymentSelected": None, "PaymentSelectorFullName": None}
        rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": term, "Status": 20, **off})
        rig.poll()
        assert (("1 payment ·", "taken back")[number]) in _runs(rig)[0]
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": terms[0], "Status": 50})
    rig.poll()
    assert [reply.reply_broadcast for reply in rig.replies()] == [True]


def test_what_another_person_selects_is_another_run(rig: Rig) -> None:
    terms = _terms(rig, 2)
    _select(rig, terms[0])
    _select(rig, terms[1], PaymentSelector="55555555-5555-5555-5555-555555555555")
    rig.poll()
    assert len(_runs(rig)) == 2
    assert all("1 payment ·" in told for told in _runs(rig))


def test_what_is_odd_in_a_run_is_named_first_and_told_aloud_where_the_run_stands(rig: Rig) -> None:
    supplier = {"Account": "66666666-6666-6666-6666-666666666666"}
    was, other = "NL91ABNA0417164300", "NL02ABNA0123456789"
    paid, first, late = _terms(rig, 3, **supplier, AccountBankAccountNumber=was)
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": paid, "Status": 50})
    rig.poll()
    _select(rig, first, AccountBankAccountNumber=other)
    rig.poll()
    alone, run = _runs(rig)
    assert alone.startswith("Payment 1 · Van Dijk")  # it was in no run
    title, odd, *_ = run.split("\n")
    assert title.startswith("Payment run · 1 payment")
    assert odd.startswith("Noticed: Payment 2 · Van Dijk: ")
    assert "NL··6789" in odd
    assert not rig.replies("odd")
    _select(rig, late, AccountBankAccountNumber=other)
    rig.poll()
    (told,) = rig.replies("odd")
    assert told.reply_broadcast
    assert "NL··6789" in told.text
    assert len(_runs(rig)) == 2


def test_a_run_is_grouped_whatever_route_comes_first_in_its_channel(rig: Rig) -> None:
    rig.slack.store.add_channel("odd")
    rig.routes = ROUTES.replace("#odd", "#feed")
    rig.write_config()
    rig.poll()
    terms = [_term(rig, number) for number in (1, 2)]
    for term in terms:
        _select(rig, term)
    rig.poll()
    (run,) = (head for head in rig.heads() if head.text.startswith("Payment run"))
    rig.slack.store.delete_message(run.channel, run.ts)  # somebody deletes it: it is posted anew
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": terms[0], "Status": 40})
    rig.poll()
    (again,) = (head for head in rig.heads() if head.text.startswith("Payment run"))
    assert again.ts != run.ts
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": terms[1], "Status": 40})
    rig.poll()
    (again,) = (head for head in rig.heads() if head.text.startswith("Payment run"))
    assert "2 sent to the bank" in again.text


def test_where_its_run_stands_a_payment_has_no_message_of_its_own_whatever_is_odd(
    rig: Rig,
) -> None:
    """Also where another route of the channel asks for just that; another channel gets it."""
    rig.slack.store.add_channel("odd")
    rig.slack.store.add_channel("alarms")
    alarm = (
        "  - {{name: {0}, when: {{kind: payment, exception: payee_changed}}, channel: '#{0}'}}\n"
    )
    rig.routes = alarm.format("odd") + ROUTES + alarm.format("alarms")
    rig.write_config()
    rig.poll()
    account = {"Account": "66666666-6666-6666-6666-666666666666"}
    was, other = "NL91ABNA0417164300", "NL02ABNA0123456789"
    paid, *terms = [
        _term(rig, number, **account, AccountBankAccountNumber=was) for number in (1, 2, 3)
    ]
    rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": paid, "Status": 50})
    rig.poll()
    before = len(rig.heads("odd"))
    for number, term in enumerate(terms, 1):  # selected with it, then changed while in the run
        if number == 2:
            _select(rig, term)
            rig.poll()
        _select(rig, term, AccountBankAccountNumber=other)
        rig.poll()
        assert len(rig.heads("odd")) == before + 1
        assert len(rig.heads("alarms")) == number
    assert _runs(rig)[-1].count("Noticed: Payment") == 2


def test_preview_shows_the_run_where_that_is_one_message(rig: Rig) -> None:
    terms = _terms(rig, 2)
    for term in terms:
        _select(rig, term)
    rig.poll()
    shown = rig.run("preview", terms[0], "--route", "payment runs", "--json").json["messages"]
    (run,) = rig.heads("odd")
    assert [one["payload"]["text"] for one in shown] == [run.text]
    sample = rig.run("preview", "--sample", "payment_run", "--route", "payment runs").out
    assert "Payment run 3 · 3 payments · €14,023.40" in sample
    dutch = rig.run("preview", terms[0], "--route", "payment runs", "--locale", "nl_NL").out
    assert "Betaalrun · 2 betalingen" in dutch
