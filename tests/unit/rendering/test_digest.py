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
from hypothesis import given, settings
from hypothesis import strategies as st

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.samples import SAMPLES
from exact_slack.rendering.chart import CHART
from exact_slack.rendering.digest import list as digest_list
from exact_slack.rendering.digest import rows as digest_rows
from exact_slack.rendering.digest.message import DigestContext, digest
from exact_slack.rendering.digest.rows import Line, Part, line_of
from exact_slack.rendering.digest.trend import Before
from exact_slack.rendering.files import Missing, missing
from exact_slack.rendering.message import Message
from tests.examples import TIMES
from tests.unit.rendering.test_golden import LOCALES, _compare
from tests.unit.rendering.test_limits import _DOCUMENT, _MONEY, _TEXT, _fits

SINCE = int(dt.datetime(2026, 11, 1, 8, 30, tzinfo=dt.UTC).timestamp() * 1000)
DUE = int(dt.datetime(2026, 12, 1, 8, 30, tzinfo=dt.UTC).timestamp() * 1000)


def _context(locale: str, **more: Any) -> DigestContext:
    known = DigestContext(locale, "month-end", "month", SINCE, DUE)
    return replace(known, **more)


def _month() -> list[Line]:
    """A month of one of each kind, some in another company and currency, some no longer there."""
    found = [
        replace(line_of(document, Part.COUNTED, "Acme Logistics"), exceptions=("new_supplier",))
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


def _earlier() -> tuple[Before, ...]:
    """Three months before, the latest first, each with a little more."""
    entry = next(row for row in _month() if row.kind is Kind.PURCHASE_ENTRY)
    shares = [
        ("DC-VEN Venlo", Decimal(7000)),
        ("DC-LYO Lyon", Decimal("-120.50")),
        ("", Decimal(9)),
    ]
    return tuple(
        Before(
            (dt.date(2026, month, 1), dt.date(2026, month, 30)),
            (replace(entry, key=str(month), shares=tuple(shares[: 11 - month])),),
        )
        for month in (10, 9, 8)
    )


def sample_digest() -> Message:
    """A month of purchases beside three others, for the picture."""
    entry = next(row for row in _month() if row.kind is Kind.PURCHASE_ENTRY)

    def month(number: int, *shares: int) -> Before:
        day = dt.date(2026, number, 1)
        centers = ("DC-VEN Venlo", "DC-ANT Antwerpen", "HQ Head office", "")
        named = tuple((name, Decimal(v)) for name, v in zip(centers, shares, strict=True))
        total = sum((share for _, share in named), Decimal(0))
        line = replace(
            entry, key=str(number), number=f"2670{number:04}", exceptions=(), date=day,
            amount=total, amount_dc=total, size=total, shares=named,
        )  # fmt: skip
        return Before((day, day.replace(day=30)), (line,))

    now = month(11, 41_200, 23_750, 8_900, 640)
    earlier = (
        month(10, 36_480, 25_100, 9_320, 0),
        month(9, 33_900, 21_040, 12_750, 380),
        month(8, 29_150, 22_600, 7_480, 0),
    )
    context = _context("en_GB", route="purchases", listed=True, covers=now.days)
    return digest(now.rows, replace(context, before=earlier[0], earlier=earlier))


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
    before = Before((dt.date(2026, 10, 1), dt.date(2026, 10, 31)), tuple(_month()[:5]))
    messages["a month and the one before"] = digest(_month(), _context(locale, before=before))
    months = _context(locale, earlier=_earlier())
    messages["a month beside three"] = digest(one_kind, months)
    messages["a month beside three in plain blocks"] = digest(
        one_kind, replace(months, without=frozenset({CHART}))
    )
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


def _line(
    document: Document,
    part: Part,
    name: str,
    exceptions: tuple[str, ...],
    open_amount: Decimal | None,
    told: Line | None,
) -> Line:
    row = line_of(document, part, name)
    row = replace(row, exceptions=exceptions, open_amount=open_amount)
    return row.after(told) if told else row


_LINE = st.builds(
    _line,
    _DOCUMENT,
    st.sampled_from(Part),
    _TEXT,
    st.lists(st.sampled_from(["new_supplier", "overdue", "rejected"]), unique=True).map(tuple),
    _MONEY,
    st.none() | st.builds(line_of, _DOCUMENT, st.just(Part.COUNTED), _TEXT),
)
_ROWS = st.lists(_LINE, max_size=6).flatmap(
    lambda rows: st.integers(1, 12).map(lambda n: _spread(rows * n))
)


def _spread(rows: Sequence[Line]) -> list[Line]:
    return [replace(row, division=1 + number % 40) for number, row in enumerate(rows)]


def test_each_kind_is_compared_with_the_period_before() -> None:
    """Also a kind that only one of both has; sums in the currency of the companies."""
    first, *rest = [row for row in _month() if row.part is Part.COUNTED]
    now = [
        replace(first, amount_dc=Decimal(120), company_currency="EUR", key=str(n)) for n in (1, 2)
    ]
    then = replace(first, amount_dc=Decimal(300), company_currency="EUR")
    other = next(row for row in rest if row.kind is not first.kind)
    only_then = replace(other, amount_dc=Decimal(50), company_currency="EUR")
    days = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
    said = digest(now, _context("en_GB", before=Before(days, (then, only_then)))).text
    lines = said.splitlines()
    start = lines.index("Compared with 1 Oct 2026 – 31 Oct 2026") + 1
    told = sorted(line.partition(": ")[2] for line in lines[start : start + 2])
    assert told == [
        "0; before 1 · €50.00; difference -1 · -€50.00",
        "2 · €240.00; before 1 · €300.00; difference +1 · -€60.00",
    ]


@settings(max_examples=9 * TIMES)  # a chart of four months is drawn for each
@given(
    rows=_ROWS,
    earlier=st.lists(_ROWS, max_size=3),
    locale=st.sampled_from(LOCALES),
    route=_TEXT,
    every=st.sampled_from(["day", "week", "month"]),
    silenced=st.lists(st.tuples(_TEXT, st.integers(1, 9)), max_size=9).map(tuple),
    without=st.sampled_from([frozenset(), frozenset({CHART})]),
)
def test_any_digest_fits_into_slack(
    rows: list[Line],
    earlier: list[list[Line]],
    locale: str,
    route: str,
    every: str,
    silenced: tuple[tuple[str, int], ...],
    without: frozenset[str],
) -> None:
    context = _context(locale, route=route, silenced=silenced, waiting=7, mention="here")
    days = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
    times = tuple(Before(days, tuple(lines)) for lines in earlier)
    before = times[0] if times else None
    context = replace(context, every=every, before=before, earlier=times, without=without)
    _fits(digest(rows, context), "<!here>")


@settings(max_examples=9 * TIMES)
@given(rows=_ROWS, earlier=st.lists(_ROWS, max_size=3))
def test_the_bars_of_a_time_add_up_to_its_cost_centers(
    rows: list[Line], earlier: list[list[Line]]
) -> None:
    """In the currency of the chart, but for what a JSON number cannot say."""
    days = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
    rows = [replace(row, shares_currency="EUR") for row in rows]
    times = [[replace(row, shares_currency="EUR") for row in lines] for lines in earlier]
    context = _context("en_GB", earlier=tuple(Before(days, tuple(lines)) for lines in times))
    for block in digest(rows, context).blocks:
        if block["type"] != CHART:
            continue
        kind = next(k for k in Kind if f"({k.label})" in block["title"])
        series = block["chart"]["series"]
        assert len(series) == len(earlier) + 1
        for one, lines in zip(series, [*reversed(times), rows], strict=True):
            expected = Decimal(0)
            for row in lines:
                if row.kind is kind and row.part is Part.COUNTED:
                    expected += sum((share for _, share in row.shares), Decimal(0))
            drawn = sum(Decimal(str(point["value"])) for point in one["data"])
            assert abs(drawn - expected) < Decimal("0.1"), (drawn, expected)


def test_a_chart_has_the_cost_centers_of_four_months() -> None:
    """Those of this month first, the largest first; what names none last."""
    rows = [row for row in _month() if row.kind is Kind.PURCHASE_ENTRY and row.division < 2e5]
    message = digest(rows, _context("en_GB", earlier=_earlier()))
    (chart,) = [block for block in message.blocks if block["type"] == CHART]
    assert chart["title"] == "Per cost center (Purchase entry), EUR"
    drawn = {
        series["name"]: {point["label"]: point["value"] for point in series["data"]}
        for series in chart["chart"]["series"]
    }
    centers = "DC-VEN Venlo", "DC-ANT Antwerpen", "DC-LYO Lyon", "without cost center"
    values = {
        "Aug 2026": (7000, 0, -120.5, 9),
        "Sept 2026": (7000, 0, -120.5, 0),
        "Oct 2026": (7000, 0, 0, 0),
        "Nov 2026": (16000, 4578.52, 0, 0),
    }
    assert drawn == {
        name: dict(zip(centers, amounts, strict=True)) for name, amounts in values.items()
    }
    assert "Per cost center (Purchase entry, Sept 2026): DC-VEN Venlo €7,000.00" in message.text


def test_a_lone_cost_center_is_no_chart() -> None:
    first = replace(_month()[0], shares=(("DC-VEN Venlo", Decimal(1)),))
    assert not any(b["type"] == CHART for b in digest([first], _context("en_GB")).blocks)


def test_more_cost_centers_than_bars_are_summed_up() -> None:
    shares = tuple((f"C{number:02}", Decimal(number)) for number in range(1, 21))
    row = replace(_month()[0], shares=shares)
    (chart,) = [b for b in digest([row], _context("en_GB")).blocks if b["type"] == CHART]
    (series,) = chart["chart"]["series"]
    assert [point["label"] for point in series["data"]] == [
        *(f"C{number:02}" for number in range(20, 12, -1)),
        "… and 12 more",
    ]
    assert series["data"][-1]["value"] == sum(range(1, 13))


@settings(max_examples=9 * TIMES)
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
        net = digest_rows.group(counted)
        company: dict[str, Decimal] = {}
        for row in read:
            if row[at["amount_dc"]]:
                currency = row[at["company_currency"]]
                known = company.get(currency, Decimal(0))
                company[currency] = known + Decimal(row[at["amount_dc"]])
        shares = sum(
            (t for found in digest_rows.by_center(counted).values() for *_, t in found), Decimal(0)
        )
    assert amounts == said == net.sums
    assert company == net.company
    assert centers == shares
    assert len([r for r in read if r[at["kind"]]]) == len(read)


@given(row=_LINE)
def test_a_line_survives_the_ledger(row: Line) -> None:
    assert Line.from_json(row.to_json()) == row


def test_text_that_a_spreadsheet_would_run_stays_text() -> None:
    row = replace(_month()[0], reference="=HYPERLINK(1)", description="+1\n+2", account="@x")
    into = io.BytesIO()
    digest_list.write([row], "en_GB", into)
    text = into.getvalue().decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text and "'+1 +2" in text and "'@x" in text


@pytest.mark.parametrize(
    ("reference", "kept"),
    [
        ("24952000000010910141", "'24952000000010910141"),
        ("12E5", "'12E5"),
        ("1.5e3", "'1.5e3"),
        ("007", "'007"),
        ("3/4", "'3/4"),
        ("2026-11-24", "'2026-11-24"),
        ("1.10", "'1.10"),
        ("MAR1", "'MAR1"),
        ("26700031", "26700031"),
        ("0", "0"),
        ("VD-88120", "VD-88120"),
        ("12EX5", "12EX5"),
    ],
)
def test_a_text_that_a_spreadsheet_would_change_stays_text(reference: str, kept: str) -> None:
    into = io.BytesIO()
    digest_list.write([replace(_month()[0], reference=reference)], "en_GB", into)
    rows = list(csv.reader(io.StringIO(into.getvalue().decode("utf-8-sig"), newline="")))
    assert rows[1][digest_list.COLUMNS.index("reference")] == kept


@pytest.mark.parametrize(
    ("locale", "amount", "separator"),
    [("en_GB", "12450.00", ","), ("de_CH", "12450.00", ";"), ("de_DE", "12450,00", ";")],
)
def test_amounts_have_the_decimals_of_the_locale(locale: str, amount: str, separator: str) -> None:
    into = io.BytesIO()
    digest_list.write(_month()[:1], locale, into)
    text = io.StringIO(into.getvalue().decode("utf-8-sig"), newline="")
    rows = list(csv.reader(text, delimiter=separator))
    assert rows[1][digest_list.COLUMNS.index("amount")] == amount


def test_nothing_left_open_has_no_sign() -> None:
    """As of a credit note that is settled."""
    row = replace(_month()[0], open_amount=-Decimal("0.00"))
    into = io.BytesIO()
    digest_list.write([row], "en_GB", into)
    listed = next(csv.DictReader(io.StringIO(into.getvalue().decode("utf-8-sig"), newline="")))
    assert listed["Still open, company currency"] == "0.00"


def test_a_row_has_what_a_controller_files() -> None:
    document = replace(
        SAMPLES["purchase_entry"], amount_dc=Decimal("11000.50"), year=2026, period=11
    )
    first, second = document.lines
    lines = (
        replace(first, vat=Decimal("1680.00"), vat_rate=Decimal(21)),
        replace(second, vat=Decimal("480.74"), vat_rate=Decimal(9)),
    )
    row = line_of(replace(document, lines=lines), Part.COUNTED, "Acme")
    row = replace(row, link="https://x.example/y")
    into = io.BytesIO()
    digest_list.write([row], "en_GB", into)
    table = list(csv.reader(io.StringIO(into.getvalue().decode("utf-8-sig"), newline="")))[1:]
    found = [dict(zip(digest_list.COLUMNS, values, strict=True)) for values in table]
    assert [one["vat"] for one in found] == ["1680.00", "480.74"]
    assert [one["vat_rate"] for one in found] == ["21", "9"]
    assert [one["gl_account"] for one in found] == ["7010", "7010"]
    assert [one["cost_center"] for one in found] == ["DC-VEN", "DC-ANT"]
    assert [one["cost_center_name"] for one in found] == ["Venlo", "Antwerpen"]
    assert [one["amount_dc"] for one in found] == ["11000.50", ""]
    assert found[0]["journal"] == "70 Purchases"
    assert found[0]["period"] == "'2026/11"
    assert found[0]["account_code"] == "400012"
    assert found[0]["link"] == "https://x.example/y"


def test_an_exception_has_name_amount_company_and_link() -> None:
    rows = [replace(row, link="https://start.exactonline.nl/docs/x") for row in _month()]
    message = digest(rows, _context("en_GB"))
    (line,) = [one for one in message.text.splitlines() if one.startswith("overdue: 1")]
    assert line == (
        "overdue: 1 · Purchase entry 26700040 · Van Dijk Verpakkingen · US$990.00 · Acme Retail"
    )
    assert "'url': 'https://start.exactonline.nl/docs/x'" in str(message.blocks)


def test_kinds_are_rows_and_companies_columns() -> None:
    message = digest(_month(), _context("en_GB"))
    (table,) = [block for block in message.blocks if block["type"] == "table"]
    cells = [[cell["text"] for cell in row] for row in table["rows"]]
    assert cells[0] == ["Kind", "Acme Logistics (123456)", "Acme Retail (234567)", "Total"]
    assert [row[0] for row in cells[1:]][-1] == "Total"
    assert len(cells) == 2 + len({row.kind for row in digest_rows.counted(_month())})


def test_a_change_that_leaves_the_amount_says_what_changed() -> None:
    before = _month()[0]
    shares = (("DC-LYO Lyon", before.shares[0][1]), *before.shares[1:])
    told = (before.amount, before.currency)
    row = replace(before, part=Part.CHANGED, told=told, told_shares=before.shares, shares=shares)
    text = digest([row], _context("en_GB")).text
    assert "DC-VEN Venlo €8,000.00 → nothing, DC-LYO Lyon nothing → €8,000.00" in text


@pytest.mark.parametrize("covers", [None, (dt.date(2026, 12, 1), dt.date(2026, 12, 31))])
def test_a_digest_names_its_rule_and_its_credit_notes(covers: Any) -> None:
    text = digest(_month(), _context("en_GB", covers=covers)).text
    rule = "Counted: what was first seen" if covers is None else "Counted: what belongs to 1 Dec"
    assert text.splitlines()[2].startswith(rule)
    assert "credit notes: 1, -€121.00" in text
