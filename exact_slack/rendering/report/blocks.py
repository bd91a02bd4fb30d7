"""Slack's newer blocks: a chart, and a table that its readers sort: one a message, of a hundred
rows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from exact_slack.documents.standing import Report
from exact_slack.documents.subjects import Side, Subject
from exact_slack.rendering.blocks import EMPTY, Block, clean
from exact_slack.rendering.chart import CHARTS, LARGEST, SERIES, as_number, bars, short_names
from exact_slack.rendering.lines import add_up
from exact_slack.rendering.words.locale import Words

TABLE: Final = "data_table"
_CAPTION = 150
Rows = Sequence[Sequence[tuple[str, Decimal | None]]]


def data_table(caption: str, rows: Rows) -> Block:
    """A table of texts and numbers, the head first."""
    return {
        "type": TABLE,
        "caption": clean(caption, _CAPTION),
        "page_size": 10,
        "row_header_column_index": 0,
        "rows": [[_cell(text, value) for text, value in row] for row in rows],
    }


def _cell(text: str, value: Decimal | None) -> Block:
    if value is None or abs(value) >= LARGEST:
        return {"type": "raw_text", "text": text or EMPTY}
    return {"type": "raw_number", "value": as_number(value), "text": text or EMPTY}


def charts(report: Report, words: Words) -> list[Block]:
    """One for each side, in the currency that most is open in; `cash`: one, in and out."""
    if report.subject is Subject.CASH:
        return _cash(report, words)
    blocks = []
    for side in Side:
        chart = _ages(report, side, words)
        blocks += [chart] if chart else []
    return blocks[:CHARTS]


def _ages(report: Report, side: Side, words: Words) -> Block | None:
    mine = [standing for standing in report.standings if standing.side is side and standing.count]
    if not mine:
        return None
    totals: dict[str, Decimal] = {}
    for standing in mine:
        totals[standing.currency] = totals.get(standing.currency, Decimal(0)) + abs(standing.open)
    currency = max(totals, key=lambda name: totals[name])
    shown = sorted((o for o in mine if o.currency == currency), key=lambda o: -abs(o.open))
    categories = [bucket for bucket, _ in shown[0].buckets]
    most = len(shown) if len(shown) <= SERIES else SERIES - 1
    names = short_names([(o.name, o.division) for o in shown[:most]])
    series = [(name, dict(o.buckets)) for name, o in zip(names, shown, strict=False)]
    if rest := shown[most:]:
        together = {name: add_up(dict(o.buckets)[name] for o in rest) for name in categories}
        series.append((words.label("more_documents", n=len(rest)), together))
    title = f"{words.label(side)}, {currency}" if currency else words.label(side)
    return bars(title, series, {name: words.label(name) for name in categories}, currency)


def _cash(report: Report, words: Words) -> list[Block]:
    currencies = [cash.currency for cash in report.cash]
    if not currencies:
        return []
    currency = max(currencies, key=currencies.count)
    mine = [cash for cash in report.cash if cash.currency == currency]
    weeks = mine[0].weeks
    days = {number: words.date(week.begin) for number, week in enumerate(weeks)}
    both = [
        (
            words.label("cash_in"),
            [sum((c.weeks[n].incoming for c in mine), Decimal(0)) for n in days],
        ),
        (
            words.label("cash_out"),
            [sum((c.weeks[n].outgoing for c in mine), Decimal(0)) for n in days],
        ),
    ]
    series = [(name, dict(enumerate(amounts))) for name, amounts in both]
    title = f"{words.label('report_cash')}, {currency}" if currency else words.label("report_cash")
    chart = bars(title, series, days, currency)
    return [chart] if chart else []
