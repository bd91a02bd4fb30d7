"""The digest as a message and as a list: readable in five languages, within Slack's limits, and
every sum the same in both."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_slack.documents.kinds import Kind
from exact_slack.documents.samples import SAMPLES
from exact_slack.rendering import digest_list, digest_rows
from exact_slack.rendering.digest import DigestContext, digest
from exact_slack.rendering.digest_rows import Line, Part, line_of
from exact_slack.rendering.files import Missing, missing
from exact_slack.rendering.message import Message
from tests.unit.rendering.test_golden import LOCALES, _compare
from tests.unit.rendering.test_limits import _DOCUMENT, _MONEY, _SLOW, _TEXT, _fits

SINCE = int(dt.datetime(2026, 11, 1, 8, 30, tzinfo=dt.UTC).timestamp() * 1000)
DUE = int(dt.datetime(2026, 12, 1, 8, 30, tzinfo=dt.UTC).timestamp() * 1000)


def _context(locale: str, **more: Any) -> DigestContext:
    known = DigestContext(locale, "month-end", "month", SINCE, DUE)
    return replace(known, **more)


def _month() -> list[Line]:
    """A month of one of each kind, some in another company and currency, some no longer there."""
    found = [
        line_of(document, Part.COUNTED, "Acme Logistics", ("new_supplier",))
        for document in SAMPLES.values()
    ]
    first = found[0]
    foreign = replace(
        first, key="f", number="26700040", division=234567, division_name="Acme Retail",
        currency="USD", amount=Decimal("990.00"), exceptions=("overdue", "no_cost_center"),
    )  # fmt: skip
    told = (Decimal("100.00"), "EUR")
    return [
        *found,
        foreign,
        replace(first, key="g", number="26700041", part=Part.CHANGED, told=told),
        replace(first, key="h", number="26700042", part=Part.DELETED, told=told),
        replace(first, key="i", number="26700043", part=Part.DELETED),
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_digests_read_as_before(locale: str) -> None:
    one_kind = [row for row in _month() if row.kind is Kind.PURCHASE_ENTRY and row.division < 2e5]
    daily = _context(locale, route="purchases", every="day", mention="S0123ABCD")
    messages: dict[str, Message | None] = {
        "a month": digest(
            _month(), _context(locale, listed=True, waiting=3, silenced=(("migration", 2),))
        ),
        "a day of one kind": digest(one_kind, daily),
        "a week with one document": digest(one_kind[:1], replace(daily, every="week")),
    }
    for problem in Missing:
        messages[problem.value] = missing(problem, "invoice.pdf", "word_of_slack", 10, "", locale)
    _compare(f"digest.{locale[:2]}", messages)


@pytest.mark.parametrize("locale", ["en_GB", "nl_NL"])
def test_lists_read_as_before(locale: str) -> None:
    into = io.BytesIO()
    size = digest_list.write(_month(), locale, into)
    assert size == len(into.getvalue())
    text = into.getvalue().decode("utf-8-sig")
    _compare(f"digest_list.{locale[:2]}", {"list": Message(text.replace("\r\n", "\n"))})


_LINE = st.builds(
    line_of,
    _DOCUMENT,
    st.sampled_from(Part),
    _TEXT,
    st.lists(st.sampled_from(["new_supplier", "overdue", "rejected"]), unique=True).map(tuple),
    _MONEY,
    st.none() | st.tuples(_MONEY, st.sampled_from(["EUR", ""])),
)
_ROWS = st.lists(_LINE, max_size=6).flatmap(
    lambda rows: st.integers(1, 12).map(lambda n: _spread(rows * n))
)


def _spread(rows: Sequence[Line]) -> list[Line]:
    return [replace(row, division=1 + number % 40) for number, row in enumerate(rows)]


@_SLOW
@given(
    rows=_ROWS,
    locale=st.sampled_from(LOCALES),
    route=_TEXT,
    silenced=st.lists(st.tuples(_TEXT, st.integers(1, 9)), max_size=9).map(tuple),
)
def test_any_digest_fits_into_slack(
    rows: list[Line], locale: str, route: str, silenced: tuple[tuple[str, int], ...]
) -> None:
    context = _context(locale, route=route, silenced=silenced, waiting=7, mention="here")
    _fits(digest(rows, context), "<!here>")


@_SLOW
@given(rows=_ROWS)
def test_the_list_adds_up_to_the_message(rows: list[Line]) -> None:
    into = io.BytesIO()
    digest_list.write(rows, "en_GB", into)
    read = list(csv.reader(io.StringIO(into.getvalue().decode("utf-8-sig"), newline="")))[1:]
    at = {name: number for number, name in enumerate(digest_list.COLUMNS)}
    amounts: dict[str, Decimal] = {}
    centers: Decimal = Decimal(0)
    with localcontext(prec=100):
        for row in read:
            if row[at["amount"]]:
                currency = row[at["currency"]]
                amounts[currency] = amounts.get(currency, Decimal(0)) + Decimal(row[at["amount"]])
            centers += Decimal(row[at["per_cost_center"]] or 0)
        counted = digest_rows.counted(rows)
        said: dict[str, Decimal] = {}
        for group in digest_rows.by_kind(counted).values():
            for currency, total in group.sums.items():
                said[currency] = said.get(currency, Decimal(0)) + total
        by_division: dict[str, Decimal] = {}
        for (*_, currency), group in digest_rows.by_division(counted).items():
            for total in group.sums.values():
                by_division[currency] = by_division.get(currency, Decimal(0)) + total
        shares = sum(
            (t for found in digest_rows.by_center(counted).values() for *_, t in found), Decimal(0)
        )
    assert amounts == said == by_division
    assert centers == shares
    assert len([r for r in read if r[at["kind"]]]) == len(read)


@_SLOW
@given(row=_LINE)
def test_a_line_survives_the_ledger(row: Line) -> None:
    assert Line.from_json(row.to_json()) == row


def test_text_that_a_spreadsheet_would_run_stays_text() -> None:
    row = replace(_month()[0], reference="=HYPERLINK(1)", description="+1\n+2", account="@x")
    into = io.BytesIO()
    digest_list.write([row], "en_GB", into)
    text = into.getvalue().decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text and "'+1 +2" in text and "'@x" in text
