"""Judges the blocks for data: a chart, and a table that readers sort.

Sources: docs.slack.dev, Block Kit reference (data_table, data_visualization), @slack/types; where
sources disagree on a number, the smaller one counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from exact_slack.sandbox.slack.blocks.check import Check, Findings

CHARTS = 2
_ROWS, _COLUMNS, _CELL_TEXT = 101, 20, 10_000
_SERIES, _CATEGORIES, _NAME, _TITLE = 6, 20, 20, 50


def data_table(cell: Check) -> Check:
    """The check of a data_table, whose cells are those of a table."""

    def row(found: Findings, value: Any, pointer: str) -> None:
        found.items_of(value, pointer, _COLUMNS, cell)

    def check(found: Findings, value: Any, pointer: str) -> None:
        found.tables += 1
        optional = "page_size row_header_column_index block_id"
        if not found.obj(value, pointer, ["caption", "rows"], optional):
            return
        found.string(value["caption"], f"{pointer}/caption", None, text=True)
        for name in ("page_size", "row_header_column_index"):
            found.maybe_number(value, name, pointer)
        before = found.text_length
        found.items_of(value["rows"], f"{pointer}/rows", _ROWS, row)
        if found.text_length - before > _CELL_TEXT:
            found.add(f"{pointer}/rows", f"must be less than {_CELL_TEXT + 1} characters")
        rows = [one for one in value["rows"] if isinstance(one, list)]
        if len(rows) < 2:
            found.add(f"{pointer}/rows", "no fewer than 2 items allowed")
        if len({len(one) for one in rows}) > 1:
            found.add(f"{pointer}/rows", "all rows must have the same number of cells")
        if rows and any(isinstance(c, dict) and c.get("type") == "rich_text" for c in rows[0]):
            found.add(f"{pointer}/rows/0", "the header takes no rich_text", "unsupported_type")

    return check


def data_visualization(found: Findings, value: Any, pointer: str) -> None:
    """The check of a chart."""
    found.charts += 1
    if found.charts > CHARTS:
        found.add(pointer, f"no more than {CHARTS} items allowed")
    if not found.obj(value, pointer, ["title", "chart"], "block_id"):
        return
    found.string(value["title"], f"{pointer}/title", _TITLE, text=True)
    chart, place = value["chart"], f"{pointer}/chart"
    if not isinstance(chart, dict):
        found.add(place, "must provide an object", "wrong_type")
    elif chart.get("type") == "pie":
        if found.obj(chart, place, ["segments"]):
            found.items_of(chart["segments"], f"{place}/segments", _SERIES, _segment)
    elif chart.get("type") in ("bar", "area", "line"):
        if found.obj(chart, place, ["series", "axis_config"]):
            _axes(found, chart, place)
    else:
        found.add(f"{place}/type", "must be one of: pie, bar, area, line", "enum")


def _segment(found: Findings, value: Any, pointer: str) -> None:
    if found.obj({"type": "", **value}, pointer, ["label", "value"]):
        found.string(value["label"], f"{pointer}/label", _NAME, text=True)
        _number(found, value["value"], f"{pointer}/value", lambda number: number > 0)


def _axes(found: Findings, chart: dict[str, Any], pointer: str) -> None:
    axes = chart["axis_config"]
    if not found.obj(axes, f"{pointer}/axis_config", ["categories"], "x_label y_label"):
        return

    def name(found: Findings, value: Any, pointer: str) -> None:
        found.string(value, pointer, _NAME, text=True)

    categories = axes["categories"]
    found.items_of(categories, f"{pointer}/axis_config/categories", _CATEGORIES, name)
    _unique(found, categories, f"{pointer}/axis_config/categories")
    for label in ("x_label", "y_label"):
        found.maybe_string(axes, label, f"{pointer}/axis_config", _TITLE)

    def series(found: Findings, value: Any, pointer: str) -> None:
        if not found.obj(value, pointer, ["name", "data"]):
            return
        found.string(value["name"], f"{pointer}/name", _NAME, text=True)
        labels = [point.get("label") for point in value["data"]]
        if labels != categories:
            found.add(f"{pointer}/data", "must have one value for each category, in order")
        for index, point in enumerate(value["data"]):
            _number(found, point.get("value"), f"{pointer}/data/{index}/value", math.isfinite)

    found.items_of(chart["series"], f"{pointer}/series", _SERIES, series)
    _unique(found, [one.get("name") for one in chart["series"]], f"{pointer}/series")


def _unique(found: Findings, names: list[Any], pointer: str) -> None:
    if len(set(names)) < len(names):
        found.add(pointer, "must be unique", "duplicate")


def _number(found: Findings, value: Any, pointer: str, fits: Callable[[float], bool]) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not fits(value):
        found.add(pointer, "must provide a number", "wrong_type")
