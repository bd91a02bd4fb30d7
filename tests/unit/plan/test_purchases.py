"""Exceptions that look at money before it leaves, from what the ledger knows."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from exact_slack.documents.document import Account, Bank
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.plan.fired import fired_now
from tests.unit.plan.company import (
    DIVISION,
    NEW,
    OLD,
    TODAY,
    Company,
    card,
    goes,
    number_of,
    purchase,
)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path)
    with closing(made.ledger):
        yield made


def test_a_payment_to_another_account_says_where_the_last_one_went(company: Company) -> None:
    company.asks("[payee_changed]")
    first, second = company.sends(purchase(1)), company.sends(purchase(2))
    paid = company.sends(goes(first, OLD, 50))
    same = company.sends(goes(second, OLD))
    assert company.told(paid, "payee_changed") is None
    assert company.told(same, "payee_changed") is None
    third = company.sends(purchase(3))
    odd = company.sends(goes(third, NEW))
    told = company.told(odd, "payee_changed")
    assert told == "account NL··4300, last paid on NL··4567 until 3 Nov 2026"
    company.sends(replace(goes(third, NEW, 20), modified=ServerMs(99)))
    stored = company.ledger.documents.get(odd.ref)
    assert stored is not None
    assert not fired_now(company.config, company.ledger, stored, ("payee_changed",))


def test_the_account_of_a_payment_that_was_changed_lately_is_named(company: Company) -> None:
    company.asks("[payee_changed]")
    first, second = company.sends(purchase(1)), company.sends(purchase(2))
    company.sends(goes(first, OLD, 50))
    company.sends(card("c1", OLD, modified=ServerMs(1)))
    changed = company.sends(card("c1", NEW))
    assert company.told(changed, "payee_changed") is None  # it is read, and not routed
    chosen = company.sends(goes(second, NEW))
    told = "account NL··4300, last paid on NL··4567 until 3 Nov 2026; changed 24 Nov 2026"
    assert company.told(chosen, "payee_changed") == f"{told} by P. Claes"


def test_a_payment_that_stands_is_judged_again_when_the_account_changes(company: Company) -> None:
    company.asks("[payee_changed]")
    first = company.sends(purchase(1))
    company.sends(card("c1", OLD, modified=ServerMs(1)))
    company.sends(card("c2", number_of("NL02RABO0123456789"), modified=ServerMs(1)))
    chosen = company.sends(goes(first, NEW))
    assert company.told(chosen, "payee_changed") is None
    company.sends(card("c1", NEW))
    told = "account NL··4300; was NL··4567; changed 24 Nov 2026 by P. Claes"
    assert company.told(chosen, "payee_changed") == told


def test_a_selected_payment_whose_account_got_another_number_meanwhile(company: Company) -> None:
    company.asks("[payee_changed]")
    first, second = company.sends(purchase(1)), company.sends(purchase(2))
    company.sends(goes(first, OLD, 50))
    company.sends(card("c1", OLD, modified=ServerMs(1)))
    chosen = company.sends(goes(second, OLD))
    company.sends(card("c1", OLD, bank=Bank(OLD, main=False, blocked=True)))
    company.sends(card("c2", number_of("NL02RABO0123456789")))
    assert company.told(chosen, "payee_changed") is None
    company.sends(card("c1", NEW))
    told = "account NL··4300; was NL··4567; changed 24 Nov 2026 by P. Claes"
    assert company.told(chosen, "payee_changed") == told
    stored = company.ledger.documents.get(Ref(DIVISION, Kind.PAYMENT, "term-26600001"))
    assert stored is not None  # that went out before
    assert not fired_now(company.config, company.ledger, stored, ("payee_changed",))


def test_what_is_no_changed_account_of_a_supplier(company: Company) -> None:
    company.asks("[payee_changed], kind: bank_account")
    customer = Account("c1", "100700", "Noordzee Retail")
    company.sends(card("k1", OLD, account=customer, modified=ServerMs(1)))
    changed = company.sends(card("k1", NEW, account=customer))
    assert company.told(changed, "payee_changed") is None
    company.sends(purchase(1))
    company.sends(card("c1", OLD, modified=ServerMs(1)))
    blocked = company.sends(card("c1", OLD, bank=Bank(OLD, main=False, blocked=True)))
    assert company.told(blocked, "payee_changed") is None
    moved = company.sends(card("c1", NEW))
    told = "account NL··4300; was NL··4567; changed 24 Nov 2026 by P. Claes"
    assert company.told(moved, "payee_changed") == told


def test_an_account_number_of_two_suppliers(company: Company) -> None:
    company.asks("shared_payee")
    other = Account("s2", "400099", "Jansen B.V.")
    branch = Account("s3", "400013", "Van Dijk Breda")
    company.sends(goes(company.sends(purchase(1, account=branch)), OLD))
    same = company.sends(goes(company.sends(purchase(2)), OLD))
    assert company.told(same, "shared_payee") is None
    odd = company.sends(goes(company.sends(purchase(3, account=other)), OLD))
    assert company.told(odd, "shared_payee") == "NL··4567 is also that of Van Dijk Breda"


def test_a_duplicate_that_is_about_to_be_paid_is_told_again(company: Company) -> None:
    company.asks("duplicate_invoice")
    first = company.sends(purchase(1, reference="2026/0099"))
    company.sends(goes(first, OLD, 50))
    again = company.sends(purchase(2, reference="2026-99"))
    chosen = company.sends(goes(again, OLD))
    told = "about to be paid although 26600001 was paid on 3 Nov 2026; 26600001 of 20 Nov 2026"
    assert company.told(chosen, "duplicate_invoice") == told
    assert len(company.heads(chosen)) == 1


def test_a_purchase_that_is_there_twice_says_which_it_repeats(company: Company) -> None:
    company.sends(purchase(1, reference="2026/0099", date=date(2026, 11, 3)))
    again = company.sends(purchase(2, reference="2026-99"))
    other = company.sends(purchase(3, reference="2026-99", account=Account("s2", "", "Other")))
    assert company.told(again, "duplicate_invoice") == "26600001 of 3 Nov 2026"
    assert company.told(again, "duplicate_reference") is None
    assert company.told(other, "duplicate_invoice") is None


def test_what_the_ledger_had_before_the_exception_was_asked_for_counts(company: Company) -> None:
    company.asks("overdue")
    company.sends(purchase(1, reference="2026/0099"))
    assert not company.ledger.purchases.are_kept()
    company.asks("duplicate_invoice")
    again = company.sends(purchase(2, reference="2026-99"))
    assert company.told(again, "duplicate_invoice") == "26600001 of 20 Nov 2026"


def test_an_invoice_and_its_entry_a_rejected_and_a_deleted_one_are_no_duplicates(
    company: Company,
) -> None:
    company.sends(purchase(1, kind="purchase_invoice", reference="A-1"))
    entry = company.sends(purchase(1, reference="A-1"))
    assert company.told(entry, "duplicate_invoice") is None
    company.sends(purchase(2, reference="B-1", status_code=5, amount_dc=Decimal(200)))
    again = company.sends(purchase(3, reference="B-1", amount_dc=Decimal(200)))
    assert company.told(again, "duplicate_invoice") is None
    gone = company.sends(purchase(4, reference="C-1", amount_dc=Decimal(300)))
    stored = company.ledger.documents.get(gone.ref)
    assert stored is not None
    with company.ledger.transaction():
        company.planner.deleted(stored, TODAY, 1.0)
    again = company.sends(purchase(5, reference="C-1", amount_dc=Decimal(300)))
    assert company.told(again, "duplicate_invoice") is None


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("below_limit", {"amount_dc": Decimal("9500")}, "limit €10,000.00"),
        ("below_limit", {"amount_dc": Decimal("-480")}, "limit €500.00"),
        ("below_limit", {"amount_dc": Decimal("9499.99")}, None),
        ("below_limit", {"amount_dc": Decimal("10000")}, None),
        ("backdated", {"date": date(2026, 10, 23)}, "dated 23 Oct 2026, entered 24 Nov 2026"),
        ("backdated", {"date": date(2026, 10, 24)}, None),
        (
            "awaiting_approval",
            {"kind": "purchase_order", "status_code": 10, "approval_code": 0},
            "",
        ),
        (
            "awaiting_approval",
            {"kind": "purchase_order", "status_code": 10, "approval_code": 2},
            None,
        ),
        (
            "awaiting_approval",
            {"kind": "purchase_order", "status_code": 40, "approval_code": 0},
            None,
        ),
    ],
)
def test_what_the_document_itself_says(
    company: Company, name: str, values: dict[str, object], told: str | None
) -> None:
    assert company.told(company.sends(purchase(1, **values)), name) == told


def test_a_supplier_that_billed_nothing_for_a_year(company: Company) -> None:
    first = company.sends(purchase(1, date=date(2025, 11, 19)))
    assert company.told(first, "dormant_supplier") is None
    later = company.sends(purchase(2, amount_dc=Decimal(99)))
    assert company.told(later, "dormant_supplier") == "the last one of 19 Nov 2025"
    third = company.sends(purchase(3, amount_dc=Decimal(98)))
    assert company.told(third, "dormant_supplier") is None
