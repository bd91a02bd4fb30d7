"""Slack's newer blocks: a chart, and a table that its readers sort.

Shapes and limits as collected in the fact sheets: at most two charts of six series and twenty
categories each, names of 20 characters, one table of a hundred rows."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from exact_slack.documents.standing import Report, Side, Subject
from exact_slack.rendering.blocks import EMPTY, Block, clean
from exact_slack.rendering.words.locale import Words

CHART: Final = "data_visualization"
TABLE: Final = "data_table"
_CHARTS, _SERIES = 2, 6
_NAME, _TITLE, _CAPTION = 20, 50, 150
_LARGEST = Decimal(10) ** 15
"""Amounts beyond it have no cents as a JSON number; they are not drawn."""
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
    if value is None or abs(value) >= _LARGEST:
        return {"type": "raw_text", "text": text or EMPTY}
    return {"type": "raw_number", "value": _number(value), "text": text or EMPTY}


def _number(value: Decimal) -> int | float:
    """The JSON number with these cents."""
    whole = value.to_integral_value()
    return int(whole) if whole == value else float(round(value, 2))


def charts(report: Report, words: Words) -> list[Block]:
    """One for each side, in the currency that most is open in; `cash`: one, in and out."""
    if report.subject is Subject.CASH:
        return _cash(report, words)
    blocks = []
    for side in Side:
        chart = _ages(report, side, words)
        blocks += [chart] if chart else []
    return blocks[:_CHARTS]


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
    series = [
        (standing.name or str(standing.division), dict(standing.buckets))
        for standing in shown[:_SERIES]
    ]
    title = f"{words.label(side)}, {currency}" if currency else words.label(side)
    return _bars(title, series, {name: words.label(name) for name in categories}, currency)


def _bars(
    title: str,
    series: Sequence[tuple[str, Mapping[Any, Decimal]]],
    categories: Mapping[Any, str],
    unit: str,
) -> Block | None:
    labels = _distinct(categories.values())
    names = _distinct(name for name, _ in series)
    values = [amount for _, amounts in series for amount in amounts.values()]
    if any(abs(value) >= _LARGEST for value in values) or not any(values):
        return None
    data = [
        {
            "name": name,
            "data": [
                {"label": label, "value": _number(amounts.get(key, Decimal(0)))}
                for key, label in zip(categories, labels, strict=True)
            ],
        }
        for name, (_, amounts) in zip(names, series, strict=True)
    ]
    axes = {"categories": labels, **({"y_label": clean(unit, _TITLE)} if unit else {})}
    return {
        "type": CHART,
        "title": clean(title, _TITLE),
        "chart": {"type": "bar", "series": data, "axis_config": axes},
    }


def _distinct(names: Iterable[str]) -> list[str]:
    """Short names, each another one."""
    labels: list[str] = []
    for name in names:
        short, number = clean(name, _NAME), 2
        while short in labels:
            short = f"{clean(name, _NAME - len(str(number)) - 1)} {number}"
            number += 1
        labels.append(short)
    return labels


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
    chart = _bars(title, series, days, currency)
    return [chart] if chart else []
