"""Which way a term goes: by what it is, whatever signs a list has."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_slack.documents.standing import TermKind
from exact_slack.documents.subjects import Side
from exact_slack.exact.standing import Listed, Origin, Place
from exact_slack.reports.direction import Known, directed

DUE = dt.date(2026, 11, 1)
ACCOUNT = "11111111-1111-1111-1111-111111111111"
INVOICE = {Side.RECEIVABLE: 20, Side.PAYABLE: 30}
CREDIT = {Side.RECEIVABLE: 21, Side.PAYABLE: 31}
CASH_FLOW = 40


def row(number: int, amount: Decimal, journal: str = "60") -> Listed:
    place = Place(str(number), ACCOUNT)
    return Listed(str(number), place, journal, "Acme", str(number), "", DUE, "EUR", amount)


def origin(listed: Listed, type_: int, of_transaction: Decimal, currency: str = "EUR") -> Origin:
    return Origin(
        listed.place,
        listed.journal,
        listed.due,
        listed.amount,
        currency,
        type_,
        of_transaction,
        None,
    )


AMOUNTS = st.lists(
    st.tuples(
        st.sampled_from(["invoice", "credit", "payment"]),
        st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2),
    ),
    min_size=1,
    max_size=30,
)


@given(
    terms=AMOUNTS,
    side=st.sampled_from(Side),
    signs=st.sampled_from([1, -1]),
    transaction_signs=st.sampled_from([1, -1]),
    complete=st.booleans(),
)
def test_the_sign_of_the_list_says_nothing(
    terms: list[tuple[str, Decimal]],
    side: Side,
    signs: int,
    transaction_signs: int,
    complete: bool,
) -> None:
    """Two lists of the same terms, one with what is owed positive and one with it negative."""
    types = {"invoice": INVOICE[side], "credit": CREDIT[side], "payment": CASH_FLOW}
    rows, origins, expected = [], [], []
    for number, (what, size) in enumerate(terms, start=1):
        owed = size if what == "invoice" else -size
        listed = row(number, signs * owed)
        rows.append(listed)
        expected.append(owed)
        if complete or what != "invoice":
            origins.append(origin(listed, types[what], transaction_signs * owed))
    found = directed(1, side, rows, Known(origins, complete))
    assert [term.amount for term in found] == expected
    assert [term.kind.value for term in found] == [what for what, _ in terms]


def test_a_list_without_signs_is_read_by_what_its_terms_are() -> None:
    rows = [row(1, Decimal(100)), row(2, Decimal(30)), row(3, Decimal(20))]
    origins = [
        origin(rows[1], 21, Decimal(-30)),
        origin(rows[2], 21, Decimal(-20)),
    ]
    found = directed(
        1, Side.RECEIVABLE, rows, Known([origin(rows[0], 20, Decimal(100)), *origins], True)
    )
    assert [term.amount for term in found] == [100, -30, -20]


@pytest.mark.parametrize(
    ("raw", "overview", "expected"),
    [
        ([-100, 30], 70, [100, -30]),
        ([100, -30], 70, [100, -30]),
        ([-100, -50, 30], -120, [100, 50, -30]),
        ([-50], None, [-50]),
    ],
)
def test_without_the_terms_the_overview_says_which_way_the_list_goes(
    raw: list[int], overview: int | None, expected: list[int]
) -> None:
    rows = [row(number, Decimal(amount)) for number, amount in enumerate(raw, start=1)]
    total = None if overview is None else Decimal(overview)
    found = directed(1, Side.PAYABLE, rows, Known(None), overview=total)
    if overview is None:  # nothing says what a lone negative amount is: it counts as owed
        expected = [abs(amount) for amount in expected]
    assert [term.amount for term in found] == expected
    assert {term.kind for term in found} == {TermKind.OTHER}


def test_foreign_terms_keep_both_amounts() -> None:
    rows = [row(1, Decimal("-86.24")), row(2, Decimal("-10"))]
    dollars = Origin(
        rows[0].place, "60", DUE, Decimal("-86.24"), "USD", 20, Decimal("86.24"), Decimal("-100")
    )
    found = directed(1, Side.RECEIVABLE, rows, Known([dollars]), own=[dollars])
    assert (found[0].currency, found[0].amount) == ("EUR", Decimal("86.24"))
    assert (found[0].own_currency, found[0].own_amount) == ("USD", Decimal(100))
    assert (found[1].own_currency, found[1].own_amount) == ("", None)


def test_parts_of_one_invoice_find_their_own_amounts() -> None:
    """Two terms of one entry: the nearest by due date and size."""
    one, two = row(1, Decimal("-86.24")), row(1, Decimal("-43.12"))
    found = directed(
        1,
        Side.RECEIVABLE,
        [one, two],
        Known([]),
        own=[
            Origin(two.place, "60", DUE, two.amount, "USD", 20, None, Decimal(-50)),
            Origin(one.place, "60", DUE, one.amount, "USD", 20, None, Decimal(-100)),
        ],
    )
    assert [term.own_amount for term in found] == [100, 50]
