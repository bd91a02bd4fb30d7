"""Bars by category: Slack's block data_visualization.

Shape and limits as collected in the fact sheets: at most two charts a message, of six series and
twenty categories each, with names of 20 characters."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from exact_slack.rendering.blocks import Block, clean

CHART: Final = "data_visualization"
CHARTS, SERIES = 2, 6
_NAME, _TITLE = 20, 50
LARGEST = Decimal(10) ** 15
"""Amounts beyond it have no cents as a JSON number; they are not drawn."""


def bars(
    title: str,
    series: Sequence[tuple[str, Mapping[Any, Decimal]]],
    categories: Mapping[Any, str],
    unit: str,
) -> Block | None:
    """A bar for each series and category; None where there is nothing to draw."""
    labels = _distinct(categories.values())
    names = _distinct(name for name, _ in series)
    values = [amount for _, amounts in series for amount in amounts.values()]
    if any(abs(value) >= LARGEST for value in values) or not any(values):
        return None
    data = [
        {
            "name": name,
            "data": [
                {"label": label, "value": as_number(amounts.get(key, Decimal(0)))}
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


def names_in(block: Block) -> int:
    """Characters of all names in a chart; 0 for other blocks."""
    if block["type"] != CHART:
        return 0
    series = block["chart"]["series"]
    labels = sum(len(point["label"]) for entry in series for point in entry["data"])
    categories = sum(map(len, block["chart"]["axis_config"]["categories"]))
    return len(block["title"]) + labels + categories + sum(len(entry["name"]) for entry in series)


def as_number(value: Decimal) -> int | float:
    """The JSON number with these cents."""
    whole = value.to_integral_value()
    return int(whole) if whole == value else float(round(value, 2))


def short_names(companies: Sequence[tuple[str, int]]) -> list[str]:
    """Companies as a chart can name them, by name and number; with the number where the names
    differ only in what is cut off."""
    short = [clean(name or str(code), _NAME) for name, code in companies]
    if len(set(short)) == len(short):
        return short
    room = (_NAME - len(f" {code}") for _, code in companies)
    return [
        f"{clean(name, most)} {code}" if name else str(code)
        for (name, code), most in zip(companies, room, strict=True)
    ]


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
