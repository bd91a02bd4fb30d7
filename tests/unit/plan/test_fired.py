"""Only those exceptions are looked for that somebody asks for: most are a look at what came before,
and what is not switched on costs nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from exact_slack.documents.exceptions import ABOUT_MONEY, FIRES, ExceptionKind
from exact_slack.documents.kinds import Kind
from exact_slack.ledger.log import Happened
from exact_slack.routing import exceptions
from exact_slack.routing.exceptions import Found, Given
from tests.unit.plan.company import OLD, Company, goes, purchase


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path)
    with closing(made.ledger):
        yield made


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each exception was looked for."""
    counted: Counter[str] = Counter()

    def counting(name: str, original: Callable[[Given], Found]) -> Callable[[Given], Found]:
        def count(given: Given) -> Found:
            counted[name] += 1
            return original(given)

        return count

    for name, original in list(exceptions._FOUND_BY.items()):
        monkeypatch.setitem(exceptions._FOUND_BY, name, counting(name, original))
    return counted


def _of(kind: Kind) -> set[ExceptionKind]:
    return {name for name, kinds in FIRES.items() if kind in kinds}


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("below_limit", {"below_limit"}),
        ("[new_supplier, awaiting_approval]", {"new_supplier"}),  # that is of orders
        ('"duplicate_*"', {"duplicate_invoice", "duplicate_reference"}),
        ('["duplicate_*", "!over*"]', {"duplicate_invoice", "duplicate_reference", "overdue"}),
        ('"*"', _of(Kind.PURCHASE_ENTRY)),
        ('"!overdue"', _of(Kind.PURCHASE_ENTRY)),  # all others are told, and it is barred
    ],
)
def test_an_exception_is_looked_for_where_a_route_takes_or_bars_it(
    company: Company, looked: Counter[str], asked: str, wanted: set[str]
) -> None:
    company.asks(asked)
    company.sends(purchase(1))
    assert set(looked) == wanted


def test_what_routes_of_other_kinds_ask_for_is_not_looked_for(
    company: Company, looked: Counter[str]
) -> None:
    company.asks('"*", kind: sales_entry')
    company.sends(purchase(1))
    assert not looked


def test_what_is_asked_for_is_looked_for_once_and_what_fires_once_more_for_the_log(
    company: Company, looked: Counter[str]
) -> None:
    company.asks("[below_limit, new_supplier, overdue]")
    company.sends(purchase(1))
    assert looked == {"below_limit": 1, "new_supplier": 2, "overdue": 1}


def test_a_payment_run_looks_at_where_its_money_goes(
    company: Company, looked: Counter[str]
) -> None:
    first = company.sends(purchase(1))
    company.asks_for("{name: runs, when: {kind: payment}, group: batch, channel: '#runs'}")
    looked.clear()
    company.sends(goes(first, OLD))
    assert set(looked) == ABOUT_MONEY


def test_what_nobody_asks_for_any_more_is_not_said_to_be_over(company: Company) -> None:
    first = company.sends(purchase(1))
    stored = company.ledger.documents.get(first.ref)
    assert stored is not None
    company.asks("rejected")
    company.sends(purchase(1, description="another"))
    found = company.ledger.log.latest(stored.id, Happened.EXCEPTION)
    assert found is not None
    assert not found.body.get("resolved")
