"""Sums, ages and ties: each against a plain computation of its own."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_slack.documents.standing import AGES, Bucket, Term, TermKind
from exact_slack.documents.subjects import Side, Subject
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.exact.standing import Outstanding
from exact_slack.reports.judge import cash, standings
from exact_slack.reports.plan import Plan
from exact_slack.reports.read import Reading

TODAY = dt.date(2026, 11, 30)
DIVISION = DivisionInfo(123456, "Venlo", "EUR", "active")
AGING = Plan(Subject.AGING, None, (123456,))
DUE = Plan(Subject.DUE, None, (123456,))


def term(
    amount: str | Decimal,
    days: int | None = 0,
    side: Side = Side.RECEIVABLE,
    currency: str = "EUR",
    key: str = "1",
) -> Term:
    """`days` overdue."""
    due = None if days is None else TODAY - dt.timedelta(days=days)
    kind = TermKind.INVOICE
    return Term(123456, side, key, "a", "Acme", key, "", due, currency, Decimal(amount), kind)


def reading(*terms: Term, overview: tuple[Outstanding, ...] | None = None) -> Reading:
    by_side = {side: [t for t in terms if t.side is side] for side in Side}
    return Reading(DIVISION, by_side, overview)


TERMS = st.lists(
    st.builds(
        term,
        st.decimals(Decimal(-9999), Decimal(9999), places=2),
        st.one_of(st.none(), st.integers(-60, 200)),
        st.sampled_from(Side),
        st.sampled_from(["EUR", "USD", "GBP"]),
    ),
    max_size=40,
)


@given(TERMS)
def test_the_ages_add_up_to_what_is_open(terms: list[Term]) -> None:
    for one in standings(reading(*terms), AGING, TODAY):
        mine = [t for t in terms if (t.side, t.currency) == (one.side, one.currency)]
        expected = dict.fromkeys(AGES, Decimal(0))
        for t in mine:
            days = (TODAY - t.due).days if t.due else 0
            last = [0, 30, 60, 90]
            expected[AGES[sum(days > edge for edge in last)]] += t.amount
        assert dict(one.buckets) == expected
        assert one.open == sum(expected.values())
        assert one.overdue == one.open - expected[Bucket.NOT_DUE]
        assert one.count == len(mine)


@given(TERMS)
def test_what_falls_due_holds_the_days_up_to_it(terms: list[Term]) -> None:
    for one in standings(reading(*terms), DUE, TODAY):
        for bucket, amount in one.buckets:
            last = TODAY + dt.timedelta(days=int(bucket.removeprefix("next_")))
            expected = sum(
                t.amount
                for t in terms
                if (t.side, t.currency) == (one.side, one.currency)
                and t.due is not None
                and TODAY <= t.due <= last
            )
            assert amount == expected


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (None, "not_due"), (-1, "not_due"), (0, "not_due"), (1, "d1_30"), (30, "d1_30"),
        (31, "d31_60"), (60, "d31_60"), (61, "d61_90"), (90, "d61_90"), (91, "over_90"),
    ],
)  # fmt: skip
def test_the_edges_of_the_ages(days: int | None, bucket: str) -> None:
    [one, _] = standings(reading(term("5", days)), AGING, TODAY)
    assert [name.value for name, amount in one.buckets if amount] == [bucket]


@pytest.mark.parametrize(
    ("exact", "ties", "difference"),
    [
        ("30.00", True, "0"),
        ("-30.00", True, "0"),  # no source says which sign the overview has
        ("30.03", True, "-0.03"),  # a cent a row
        ("30.04", False, "-0.04"),
        ("20.00", False, "10"),
        ("0", False, "30"),
    ],
)
def test_ties(exact: str, ties: bool, difference: str) -> None:
    terms = [term("10.00"), term("15.00"), term("5.00")]
    overview = (Outstanding("EUR", Decimal(exact), Decimal(0)),)
    [one, other] = standings(reading(*terms, overview=overview), AGING, TODAY)
    assert (one.ties, one.difference) == (ties, Decimal(difference))
    assert (other.ties, other.difference, other.count) == (True, Decimal(0), 0)


def test_each_currency_has_its_own_sum_and_tie() -> None:
    overview = (
        Outstanding("EUR", Decimal(10), Decimal(0)),
        Outstanding("USD", Decimal(7), Decimal(0)),
        Outstanding("CHF", Decimal(3), Decimal(0)),
    )
    found = standings(
        reading(term("10"), term("8", currency="USD"), overview=overview), AGING, TODAY
    )
    assert [
        (o.currency, o.open, o.ties, o.difference) for o in found if o.side == "receivable"
    ] == [
        ("EUR", Decimal(10), True, Decimal(0)),
        ("CHF", Decimal(0), False, Decimal(-3)),
        ("USD", Decimal(8), False, Decimal(1)),
    ]


def test_nothing_to_compare_with_is_no_tie_and_no_mistake() -> None:
    [one, _] = standings(reading(term("10")), AGING, TODAY)
    assert (one.ties, one.difference) == (None, None)
    moving = reading(term("10"), overview=(Outstanding("EUR", Decimal(10), Decimal(0)),))
    moving.steady = False
    [one, _] = standings(moving, AGING, TODAY)
    assert one.ties is None


def test_four_weeks_from_today_without_what_is_overdue() -> None:
    terms = [
        term("1", 0), term("2", -6), term("4", -7), term("8", -27), term("16", -28),
        term("32", 1), term("64", None), term("100", -3, Side.PAYABLE),
        term("-10", -3, Side.PAYABLE),
    ]  # fmt: skip
    [one] = cash(reading(*terms), TODAY)
    weeks = [(int(w.incoming), int(w.outgoing)) for w in one.weeks]
    assert weeks == [(3, 90), (4, 0), (0, 0), (8, 0)]
    assert one.weeks[0].begin == TODAY and one.weeks[-1].end == TODAY + dt.timedelta(days=27)
