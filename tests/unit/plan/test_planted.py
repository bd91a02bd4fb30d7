"""What was planted is found with the right comparison, and what only looks like it is not."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from exact_slack.documents.compared.order import OrderLine
from exact_slack.documents.compared.period import Period
from exact_slack.documents.document import Account, Document, Line
from exact_slack.documents.moment import ServerMs
from tests.unit.plan.company import (
    DAY,
    DIVISION,
    NEW,
    OLD,
    TODAY,
    Company,
    card,
    goes,
    purchase,
)

BRANCH = Account("s2", "400013", "Van Dijk Breda")
STRANGER = Account("s3", "400077", "Jansen B.V.")
NOBODY = Account("c9", "100700", "Noordzee Retail")
Play = Callable[[Company], Document]
"""Sends documents; the last one is the one that is judged."""


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path)
    with closing(made.ledger):
        yield made


def _twice(first: str, again: str, days: int = 0, **values: object) -> Play:
    """Two purchases of one supplier and amount, so many days apart."""

    def play(company: Company) -> Document:
        company.sends(purchase(1, reference=first, date=date(2026, 11, 20) - timedelta(days)))
        return company.sends(purchase(2, reference=again, **values))

    return play


def _in_past(company: Company) -> Document:
    """Exact had the first one before the ledger began."""
    company.sends(purchase(9, account=STRANGER))
    with company.ledger.transaction():
        company.ledger.purchases.note_past(purchase(1, reference="2026/0099", created=ServerMs(5)))
    return company.sends(purchase(2, reference="2026-99"))


def _elsewhere(company: Company) -> Document:
    """Another division got it, under a card with the same VAT number."""
    there = purchase(1, reference="2026/0099", account=BRANCH)
    company.sends(replace(there, ref=replace(there.ref, division=234567)))
    with company.ledger.transaction():
        company.ledger.suppliers.set(DIVISION, {"s1": "NL 8010.20.304.B01"})
        company.ledger.suppliers.set(234567, {"s2": "NL801020304B01"})
    return company.sends(purchase(2, reference="2026-99"))


def _own_there(company: Company) -> Document:
    """Each company got its own invoice of the same amount."""
    _elsewhere(company)
    return company.sends(purchase(3, reference="2026-100"))


def _paid_before(company: Company) -> Document:
    company.sends(goes(company.sends(purchase(1)), OLD, 50))
    return company.sends(goes(company.sends(purchase(2)), NEW))


def _paid_as_ever(company: Company) -> Document:
    company.sends(goes(company.sends(purchase(1)), OLD, 50))
    return company.sends(goes(company.sends(purchase(2)), OLD))


def _taken_back(company: Company) -> Document:
    _paid_before(company)
    return company.sends(replace(goes(purchase(2), NEW, 20), modified=ServerMs(99)))


def _card_moved(company: Company) -> Document:
    company.asks("[payee_changed], kind: bank_account")
    company.sends(purchase(1))
    company.sends(card("k1", OLD, modified=ServerMs(1)))
    return company.sends(card("k1", NEW))


def _customer_moved(company: Company) -> Document:
    company.sends(card("k1", OLD, account=NOBODY, modified=ServerMs(1)))
    return company.sends(card("k1", NEW, account=NOBODY))


def _two_own_one(company: Company, other: Account) -> Document:
    company.sends(goes(company.sends(purchase(1, account=other)), OLD))
    return company.sends(goes(company.sends(purchase(2)), OLD))


def _rent(company: Company) -> Document:
    """Each month the same amount, without a number."""
    for month in (8, 9, 10):
        company.sends(purchase(month, reference="Rent", date=date(2026, month, 20)))
    return company.sends(purchase(11, reference="Rent"))


def _weekly(company: Company) -> Document:
    for week in (1, 2, 3):
        day = date(2026, 11, 20) - timedelta(weeks=4 - week)
        company.sends(purchase(week, reference="", date=day))
    return company.sends(purchase(4, reference="", date=date(2026, 11, 20)))


def _instalments(company: Company) -> Document:
    """One invoice in two terms."""
    bill = company.sends(purchase(1))
    first = goes(bill, OLD)
    company.sends(first)
    second = replace(first, ref=replace(first.ref, guid="term-2"), amount_dc=Decimal(60))
    return company.sends(second)


def _credited(company: Company) -> Document:
    """It was wrong, was credited, and came anew."""
    company.sends(purchase(1, reference="2026/0099"))
    company.sends(purchase(2, reference="2026/0099", amount_dc=Decimal(-121), amount=Decimal(-121)))
    return company.sends(purchase(3, reference="2026/0099"))


def _rejected(company: Company) -> Document:
    company.sends(purchase(1, reference="2026/0099", status_code=5))
    return company.sends(purchase(2, reference="2026/0099"))


def _booked(company: Company) -> Document:
    """The entry that was made from an invoice."""
    company.sends(purchase(1, kind="purchase_invoice", reference="2026/0099"))
    return company.sends(purchase(1, reference="2026/0099"))


def _about_to_be_paid(company: Company) -> Document:
    company.sends(goes(company.sends(purchase(1, reference="2026/0099")), OLD, 50))
    return company.sends(goes(company.sends(purchase(2, reference="2026-99")), OLD))


def _first_is_paid(company: Company) -> Document:
    """Of two the first one is selected, and the second will not be paid."""
    first = company.sends(purchase(1, reference="2026/0099"))
    company.sends(purchase(2, reference="2026-99"))
    return company.sends(goes(first, OLD))


def _billed(quantity: int, price: str, orders: bool = True) -> tuple[Line, ...]:
    return (
        Line(
            "1",
            order_line="l1" if orders else "",
            quantity=Decimal(quantity),
            item_quantity=Decimal(quantity),
            net_price=Decimal(price),
        ),
    )


def _ordered(before: int, lines: tuple[Line, ...], **order: object) -> Play:
    """An invoice for an order of 10 at 9.50, of which some were billed before."""

    def play(company: Company) -> Document:
        known = OrderLine("l1", "4711", Decimal(10), price=Decimal("9.5"), **order)  # type: ignore[arg-type]
        with company.ledger.transaction():
            company.ledger.orders.set_lines(DIVISION, [known])
        for number in (1, 2):
            bill = _billed(before, "9.5") if number == 1 else _billed(0, "9.5")
            company.sends(
                purchase(number, kind="purchase_invoice", lines=bill, amount_dc=Decimal(number))
            )
        return company.sends(purchase(3, kind="purchase_invoice", lines=lines))

    return play


def _sold(owed: int, line: int | None) -> Play:
    def play(company: Company) -> Document:
        old = replace(purchase(1, kind="sales_entry"), account=NOBODY)
        term = goes(old, OLD, 20)
        term = replace(term, ref=replace(term.ref, kind=term.ref.kind.RECEIPT))
        company.sends(replace(term, amount_dc=Decimal(owed)))
        with company.ledger.transaction():
            credit = None if line is None else Decimal(line)
            company.ledger.receivables.set_credit_lines(DIVISION, {NOBODY.id: credit}, TODAY)
        return company.sends(purchase(2, kind="sales_entry", account=NOBODY))

    return play


def _dated(day: date, closed: int | None) -> Play:
    """An entry with a date in October, which was closed so long before it was entered."""

    def play(company: Company) -> Document:
        october = Period(2026, 10, date(2026, 10, 1), date(2026, 10, 31))
        with company.ledger.transaction():
            company.ledger.periods.set(DIVISION, [october])
            at = None if closed is None else ServerMs(DAY - closed)
            company.ledger.periods.closed(DIVISION, october, at)
        return company.sends(purchase(1, date=day))

    return play


TWIN = "26600001 of 20 Nov 2026"
PLANTED: dict[str, tuple[str, Play, str]] = {
    "other punctuation": ("duplicate_invoice", _twice("2026/0099", "2026-99"), TWIN),
    "other case and blanks": ("duplicate_invoice", _twice("INV-0042", "inv 42"), TWIN),
    "leading zeros": ("duplicate_invoice", _twice("000123", "123"), TWIN),
    "months later": (
        "duplicate_invoice",
        _twice("A-17", "a17", 200),
        "26600001 of 4 May 2026",
    ),
    "a wrong digit": ("duplicate_invoice", _twice("F260178", "F260118"), TWIN),
    "two digits swapped": ("duplicate_invoice", _twice("F260178", "F260718"), TWIN),
    "a digit is missing": ("duplicate_invoice", _twice("F260178", "F26018"), TWIN),
    "no reference": (
        "duplicate_invoice",
        _twice("F260178", "", 3),
        "26600001 of 17 Nov 2026",
    ),
    "neither has one": ("duplicate_invoice", _twice("", "", 6), "26600001 of 14 Nov 2026"),
    "an invoice and a second entry": (
        "duplicate_invoice",
        _twice("2026/0099", "2026-99", kind="purchase_invoice"),
        TWIN,
    ),
    "of before the ledger": ("duplicate_invoice", _in_past, TWIN),
    "of another division": ("duplicate_invoice", _elsewhere, "26600001 of 20 Nov 2026 in 234567"),
    "about to be paid": (
        "duplicate_invoice",
        _about_to_be_paid,
        f"about to be paid although 26600001 was paid on 3 Nov 2026; {TWIN}",
    ),
    "paid elsewhere": (
        "payee_changed",
        _paid_before,
        "account NL··4300, last paid on NL··4567 until 3 Nov 2026",
    ),
    "a supplier's card moved": (
        "payee_changed",
        _card_moved,
        "account NL··4300; was NL··4567; changed 24 Nov 2026 by P. Claes",
    ),
    "a number of two": (
        "shared_payee",
        lambda c: _two_own_one(c, STRANGER),
        "NL··4567 is also that of Jansen B.V.",
    ),
    "just below": (
        "below_limit",
        lambda c: c.sends(purchase(1, amount_dc=Decimal(9800))),
        "limit €10,000.00",
    ),
    "more than ordered": (
        "over_order",
        _ordered(8, _billed(3, "9.5")),
        "order 4711: 2 left, 3 billed",
    ),
    "more than ordered, by Exact's count": (
        "over_order",
        _ordered(0, _billed(3, "9.5"), invoiced=Decimal(9)),
        "order 4711: 1 left, 3 billed",
    ),
    "dearer": (
        "over_order",
        _ordered(0, _billed(3, "10.25")),
        "order 4711: price 9.5, 10.25 billed",
    ),
    "not received": (
        "not_received",
        _ordered(2, _billed(3, "9.5"), received=Decimal(4)),
        "order 4711: 2 received and not billed yet, 3 billed",
    ),
    "no order": (
        "no_order",
        _ordered(1, _billed(1, "9.5", orders=False)),
        "2 of the latest 2 named one",
    ),
    "over the credit line": (
        "over_credit",
        _sold(900, 1000),
        "€1,021.00 open, credit line €1,000.00",
    ),
    "after the close": (
        "backdated",
        _dated(date(2026, 10, 28), 1000),
        "dated 28 Oct 2026, in a period that is closed (2026/10)",
    ),
}  # fmt: skip

INNOCENT: dict[str, tuple[str, Play]] = {
    "monthly rent": ("duplicate_invoice", _rent),
    "a weekly bill without a number": ("duplicate_invoice", _weekly),
    "numbers that follow each other": ("duplicate_invoice", _twice("F260178", "F260179", 7)),
    "another amount": (
        "duplicate_invoice",
        _twice("2026/0099", "2026-99", amount=Decimal(99), amount_dc=Decimal(99)),
    ),
    "another supplier": ("duplicate_invoice", _twice("2026/0099", "2026-99", account=STRANGER)),
    "another number, as large": ("duplicate_invoice", _twice("F260178", "G991", 3)),
    "instalments": ("duplicate_invoice", _instalments),
    "a credit, and the invoice anew": ("duplicate_invoice", _credited),
    "rejected, and entered anew": ("duplicate_invoice", _rejected),
    "an invoice and its entry": ("duplicate_invoice", _booked),
    "each company its own": ("duplicate_invoice", _own_there),
    "the one of two that is paid": ("duplicate_invoice", _first_is_paid),
    "paid as ever": ("payee_changed", _paid_as_ever),
    "a selection taken back": ("payee_changed", _taken_back),
    "a customer's account": ("payee_changed", _customer_moved),
    "two branches of one supplier": ("shared_payee", lambda c: _two_own_one(c, BRANCH)),
    "the rest of an order": ("over_order", _ordered(4, _billed(6, "9.5"), invoiced=Decimal(10))),
    "a cent dearer": ("over_order", _ordered(0, _billed(3, "9.504"))),
    "all received": ("not_received", _ordered(4, _billed(6, "9.5"), received=Decimal(10))),
    "within the credit line": ("over_credit", _sold(800, 1000)),
    "no credit line": ("over_credit", _sold(80_000, None)),
    "before the close": ("backdated", _dated(date(2026, 10, 28), -1000)),
    "an open period": ("backdated", _dated(date(2026, 10, 28), None)),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_what_was_planted_is_found(company: Company, case: str) -> None:
    name, play, told = PLANTED[case]
    assert company.told(play(company), name) == told


@pytest.mark.parametrize("case", INNOCENT)
def test_what_only_looks_like_it_is_not(company: Company, case: str) -> None:
    name, play = INNOCENT[case]
    judged = play(company)
    assert name not in company.fired(judged)
