"""The message of a report: readable in five languages, and within Slack's limits whatever is
open, with and without Slack's newer blocks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_slack.documents.standing import (
    Balance,
    Because,
    Bucket,
    Change,
    Gap,
    Lacking,
    Moved,
    Report,
    Shift,
    Since,
    Term,
    TermKind,
)
from exact_slack.documents.subjects import Side, Subject
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.exact.standing import Outstanding
from exact_slack.rendering.chart import CHART
from exact_slack.rendering.message import Message
from exact_slack.rendering.report.message import ReportContext, report
from exact_slack.reports.codec import from_json, to_json
from exact_slack.reports.judge import cash, standings
from exact_slack.reports.plan import Plan
from exact_slack.reports.read import Reading
from exact_slack.reports.since import debtor, late_accounts, since
from tests.unit.rendering.test_golden import LOCALES, _compare
from tests.unit.rendering.test_limits import _TEXT, _fits

TODAY = dt.date(2026, 11, 30)
NEWER = frozenset({"data_table", "data_visualization"})


def _term(number: int, amount: str, days: int | None, side: Side = Side.RECEIVABLE) -> Term:
    due = None if days is None else TODAY - dt.timedelta(days=days)
    owed = Decimal(amount)
    kind = TermKind.INVOICE if owed > 0 else TermKind.CREDIT
    account = ("Bouwmarkt De Peel", "Café 't Hoekje", "Hotel Zuiderzicht")[number % 3]
    return Term(
        123456, side, str(number), account, account, f"266000{number:02}", f"R{number}", due, "EUR",
        owed, kind,
    )  # fmt: skip


def _terms() -> list[Term]:
    dollars = replace(_term(5, "86.24", 40), own_currency="USD", own_amount=Decimal(100))
    return [
        _term(1, "112883.01", -6), _term(2, "1908.60", 37), _term(3, "-36.60", 33),
        _term(4, "249.77", 27), dollars, _term(6, "16824.42", 95, Side.PAYABLE),
        _term(7, "318.93", None, Side.PAYABLE),
    ]  # fmt: skip


def _name(number: int) -> str:
    return ("DC Venlo", "DC Antwerpen", *[f"Hollander Groothandel {n}" for n in range(20)])[number]


def _made(subject: Subject, terms: Sequence[Term], *, off: str = "0", divisions: int = 1) -> Report:
    plan = Plan(subject, None, tuple(range(123456, 123456 + divisions)), "monday")
    found = []
    for number, code in enumerate(plan.divisions):
        mine = [replace(term, division=code) for term in terms[number::divisions]]
        sides = {side: [term for term in mine if term.side is side] for side in Side}
        sums = [sum((t.amount for t in sides[side]), Decimal(0)) for side in Side]
        overview = (Outstanding("EUR", sums[0] + Decimal(off), sums[1]),)
        bank = Balance(code, "20", "Bank", "EUR", Decimal("41800.75"), TODAY, number % 2 == 1)
        info = DivisionInfo(code, _name(number), "EUR", "active")
        found.append(Reading(info, sides, overview, balances=[bank]))
    return Report(
        subject,
        None,
        "monday",
        TODAY,
        ()
        if subject is Subject.CASH
        else tuple(s for r in found for s in standings(r, plan, TODAY)),
        tuple(c for r in found for c in cash(r, TODAY)) if subject is Subject.CASH else (),
        tuple(term for one in found for some in one.terms.values() for term in some),
    )


def _since() -> Since:
    terms = _terms()
    moved = tuple(Moved(change, terms[n], terms[n].amount) for n, change in enumerate(Change))
    moved_by = Decimal("1908.60")
    shift = Shift("Hotel Zuiderzicht", Side.RECEIVABLE, "EUR", Bucket.DAYS_60, moved_by, 123457)
    return Since(dt.date(2026, 11, 23), moved, (terms[1],), shift)


def _gaps() -> tuple[Gap, ...]:
    """Each reason, and each thing that may be lacking, at least once."""
    reasons, scope = list(Because), "Financial payables"
    return tuple(
        Gap(lacking, reasons[n % len(reasons)], 123456, "DC Venlo", scope, 400)
        for n, lacking in enumerate(Lacking)
    )


def sample_report(subject: Subject) -> Report:
    """One of two companies for the pictures, with what became of its terms in a week."""
    terms = [
        _term(1, "18350.00", -12), _term(2, "9120.40", -3), _term(3, "6408.60", 4),
        _term(4, "4310.75", 2), _term(5, "3075.20", 33), _term(6, "-436.60", 35),
        _term(7, "2249.77", 66), _term(8, "5120.00", -20, Side.PAYABLE),
        _term(9, "7430.15", -9, Side.PAYABLE),
    ]  # fmt: skip
    made = _made(subject, terms, divisions=2)
    if subject is Subject.CASH:
        return made
    owed = tuple(one for one in made.standings if one.side is Side.RECEIVABLE)
    terms = [term for term in made.terms if term.side is Side.RECEIVABLE]
    gone = replace(_term(10, "1210.00", 12), division=123457)
    last = TODAY - dt.timedelta(days=7)
    read = {(term.division, term.side) for term in terms}
    before = [*terms[:2], replace(terms[2], amount=terms[2].amount + 500), *terms[3:], gone]
    late = late_accounts(before, last) - {debtor(terms[1])}
    changed = since(before, last, terms, TODAY, ever_late=late, read=read)
    largest = sorted(terms, key=lambda term: -abs(term.amount))
    return replace(made, side=Side.RECEIVABLE, standings=owed, terms=tuple(largest), since=changed)


@pytest.mark.parametrize("locale", LOCALES)
def test_reports_read_as_before(locale: str) -> None:
    aging = replace(_made(Subject.AGING, _terms(), off="12.34"), since=_since())
    messages: dict[str, Message | None] = {
        "aging": report(aging, ReportContext(locale, listed=True)),
        "aging in plain blocks": report(aging, ReportContext(locale, without=NEWER)),
        "due of several": report(
            _made(Subject.DUE, _terms(), divisions=2), ReportContext(locale, several=True)
        ),
        "cash": report(_made(Subject.CASH, _terms()), ReportContext(locale)),
        "aging of several": report(
            replace(_made(Subject.AGING, _terms(), divisions=2), since=_since(), gaps=_gaps()),
            ReportContext(locale, several=True),
        ),
        "nothing": report(_made(Subject.AGING, []), ReportContext(locale)),
    }
    _compare(f"report.{locale[:2]}", messages)


def test_a_report_comes_back_from_the_ledger_as_it_was() -> None:
    for subject in Subject:
        found = replace(_made(subject, _terms(), off="1.5"), since=_since(), remarks=("x",))
        found = replace(found, gaps=_gaps())
        assert from_json(to_json(found)) == found


def test_a_report_kept_before_there_were_gaps_says_its_remarks() -> None:
    kept = replace(_made(Subject.AGING, []), remarks=("Exact refuses it.",))
    assert report(kept, ReportContext("nl_NL")).text.endswith("\nExact refuses it.")


def test_what_is_lacking_is_said_in_the_language_of_the_report() -> None:
    made = replace(_made(Subject.AGING, []), remarks=("Exact refuses it.",))
    for one in _gaps():
        told = [
            report(replace(made, gaps=(one,)), ReportContext(locale)).text.splitlines()[-1]
            for locale in LOCALES
        ]
        assert len(set(told)) == len(LOCALES), told
        assert not any("refuses" in line or "because_" in line for line in told[1:])


_AMOUNT = st.decimals("-1e13", "1e13", places=2) | st.sampled_from([Decimal("9e45"), Decimal(0)])
_TERM = st.builds(
    Term,
    division=st.just(123456),
    side=st.sampled_from(Side),
    key=st.uuids().map(str),
    account_id=st.uuids().map(str),
    account=_TEXT,
    number=_TEXT,
    reference=_TEXT,
    due=st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)),
    currency=st.sampled_from(["EUR", "USD", "JPY", "", "XYZ"]),
    amount=_AMOUNT,
    kind=st.sampled_from(TermKind),
    own_currency=st.sampled_from(["", "GBP"]),
    own_amount=st.none() | _AMOUNT,
)
_GAP = st.builds(
    Gap, st.sampled_from(Lacking), st.sampled_from(Because), st.just(123456), _TEXT, _TEXT
)
_CHANGES = st.lists(st.builds(Moved, st.sampled_from(Change), _TERM, _AMOUNT), max_size=15)


@given(
    terms=st.lists(_TERM, max_size=12),
    times=st.sampled_from([1, 1, 30]),
    moved=_CHANGES,
    subject=st.sampled_from(Subject),
    locale=st.sampled_from(LOCALES),
    divisions=st.sampled_from([1, 3, 14]),
    without=st.frozensets(st.sampled_from(sorted(NEWER))),
    gaps=st.lists(_GAP, max_size=15),
)
def test_any_report_fits_into_slack(
    terms: list[Term],
    times: int,
    moved: list[Moved],
    subject: Subject,
    locale: str,
    divisions: int,
    without: frozenset[str],
    gaps: list[Gap],
) -> None:
    changed = Since(TODAY, tuple(moved), tuple(terms[:3]), None)
    made = _made(subject, terms * times, divisions=divisions)
    found = replace(made, since=changed, gaps=tuple(gaps))
    _fits(report(found, ReportContext(locale, True, divisions > 1, without)))


def test_companies_that_a_chart_cannot_tell_apart_bear_their_numbers() -> None:
    """And what is beyond six series is summed up."""
    terms = [_term(n, f"{n + 1}.00", 5) for n in range(9)]
    made = _made(Subject.AGING, terms, divisions=9)
    (chart,) = [
        block
        for block in report(made, ReportContext("en_GB", several=True)).blocks
        if block["type"] == CHART
    ]
    assert {
        series["name"]: sum(point["value"] for point in series["data"])
        for series in chart["chart"]["series"]
    } == {
        "Hollander Gr… 123464": 9,
        "Hollander Gr… 123463": 8,
        "Hollander Gr… 123462": 7,
        "Hollander Gr… 123461": 6,
        "Hollander Gr… 123460": 5,
        "… and 4 more": 10,
    }


def test_five_thousand_terms_show_the_largest_and_sum_up_the_rest() -> None:
    terms = [_term(n % 99, f"{n + 1}.01", n % 120 - 20) for n in range(5000)]
    message = report(_made(Subject.AGING, terms), ReportContext("en_GB"))
    _fits(message)
    assert "€5,000.01" in message.text
    assert "more, together" in message.text
    total = sum((term.amount for term in terms), Decimal(0))
    assert f"€{total:,.2f}" in message.text


@pytest.mark.parametrize("terms", [98, 99, 100, 101])
@pytest.mark.parametrize("without", [frozenset(), frozenset({"data_table"}), NEWER])
def test_a_table_holds_a_hundred_rows_with_its_head(terms: int, without: frozenset[str]) -> None:
    short = [replace(_term(1, "1.00", 1), account="A", number="1") for _ in range(terms)]
    _fits(report(_made(Subject.AGING, short), ReportContext("en_GB", without=without)))
