"""Of which documents a channel tells: what `status --verify` counts as posted."""

from pathlib import Path

import pytest

from exact_slack.documents.kinds import Kind
from tests.unit.plan.company import Company, payment, purchase


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path)
    made.asks_for("{name: all, when: {kind: '*'}, channel: '#feed'}")
    return made


def _post(company: Company) -> None:
    company.ledger.db.run("UPDATE deliveries SET state='posted', ts='1.0' WHERE action='head'")


@pytest.mark.parametrize("kind", [Kind.PURCHASE_ENTRY, Kind.PURCHASE_INVOICE])
@pytest.mark.parametrize("status", [20, 30, 40])
def test_that_a_term_is_open_its_invoice_tells(company: Company, kind: Kind, status: int) -> None:
    invoice = company.sends(purchase(1, kind=kind))
    term = company.sends(payment(invoice, status))
    told = company.ledger.together.is_told
    assert (told(invoice), told(term)) == (False, False)
    _post(company)
    assert (told(invoice), told(term)) == (True, True)


def test_that_it_was_paid_a_message_of_its_own_tells(company: Company) -> None:
    invoice = company.sends(purchase(1))
    term = company.sends(payment(invoice, 50))
    _post(company)
    assert not company.ledger.together.is_told(term)


def test_a_term_of_an_invoice_that_nobody_knows_is_told_by_its_own(company: Company) -> None:
    term = company.sends(payment(purchase(1), 20))
    assert not company.ledger.together.is_told(term)
    _post(company)
    assert company.ledger.together.is_told(term)
