"""What the list of a digest says beside what the document says itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from exact_slack.documents.document import Account
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.incoming.cursors import ACCOUNT
from exact_slack.plan.listed.digest_lines import code_of
from tests.unit.plan.company import DIVISION, Company, payment, purchase

NAMELESS = Account("s1", "", "Van Dijk")
"""As an entry has it: Exact gives its account's id and name, and no code."""


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def test_the_code_of_an_account_is_that_of_any_document_of_it(company: Company) -> None:
    entry = purchase(1, account=NAMELESS)
    assert code_of(company.ledger, company.sends(entry)) == ""
    company.sends(payment(replace(entry, account=Account("s1", "400012", "Van Dijk")), 20))
    company.sends(replace(entry, modified=ServerMs(9), description="changed"))
    company.sends(purchase(2, account=NAMELESS))
    assert code_of(company.ledger, entry) == "400012"
    assert company.ledger.finding.by_account("400012")  # and it is found by it


def test_the_code_that_exact_was_asked_for_is_told_too(company: Company) -> None:
    entry = company.sends(purchase(1, account=NAMELESS))
    company.ledger.cursors.set_lookups(DIVISION, ACCOUNT, {"s1": "400012\tVan Dijk"}, 1.0)
    assert code_of(company.ledger, entry) == "400012"
    assert code_of(company.ledger, replace(entry, account=Account("s2", "", "Peeters"))) == ""
