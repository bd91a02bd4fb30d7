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

    def row(findings: Findings, value: Any, pointer: str) -> None:
        findings.items_of(value, pointer, _COLUMNS, cell)

    def check(findings: Findings, value: Any, pointer: str) -> None:
        findings.tables += 1
        optional = "page_size row_header_column_index block_id"
        if not findings.obj(value, pointer, ["caption", "rows"], optional):
            return
        findings.string(value["caption"], f"{pointer}/caption", None, text=True)
        for name in ("page_size", "row_header_column_index"):
            findings.maybe_number(value, name, pointer)
        before = findings.text_length
        findings.items_of(value["rows"], f"{pointer}/rows", _ROWS, row)
        if findings.text_length - before > _CELL_TEXT:
            findings.add(f"{pointer}/rows", f"must be less than {_CELL_TEXT + 1} characters")
        rows = [row for row in value["rows"] if isinstance(row, list)]
        if len(rows) < 2:
            findings.add(f"{pointer}/rows", "no fewer than 2 items allowed")
        if len({len(cells) for cells in rows}) > 1:
            findings.add(f"{pointer}/rows", "all rows must have the same number of cells")
        if rows and any(isinstance(c, dict) and c.get("type") == "rich_text" for c in rows[0]):
            findings.add(f"{pointer}/rows/0", "the header takes no rich_text", "unsupported_type")

    return check


def data_visualization(findings: Findings, value: Any, pointer: str) -> None:
    """The check of a chart."""
    findings.charts += 1
    if findings.charts > CHARTS:
        findings.add(pointer, f"no more than {CHARTS} items allowed")
    if not findings.obj(value, pointer, ["title", "chart"], "block_id"):
        return
    findings.string(value["title"], f"{pointer}/title", _TITLE, text=True)
    chart, place = value["chart"], f"{pointer}/chart"
    if not isinstance(chart, dict):
        findings.add(place, "must provide an object", "wrong_type")
    elif chart.get("type") == "pie":
        if findings.obj(chart, place, ["segments"]):
            findings.items_of(chart["segments"], f"{place}/segments", _SERIES, _segment)
    elif chart.get("type") in ("bar", "area", "line"):
        if findings.obj(chart, place, ["series", "axis_config"]):
            _axes(findings, chart, place)
    else:
        findings.add(f"{place}/type", "must be one of: pie, bar, area, line", "enum")


def _segment(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj({"type": "", **value}, pointer, ["label", "value"]):
        findings.string(value["label"], f"{pointer}/label", _NAME, text=True)
        _number(findings, value["value"], f"{pointer}/value", lambda number: number > 0)


def _axes(findings: Findings, chart: dict[str, Any], pointer: str) -> None:
    axes = chart["axis_config"]
    if not findings.obj(axes, f"{pointer}/axis_config", ["categories"], "x_label y_label"):
        return

    def name(findings: Findings, value: Any, pointer: str) -> None:
        findings.string(value, pointer, _NAME, text=True)

    categories = axes["categories"]
    findings.items_of(categories, f"{pointer}/axis_config/categories", _CATEGORIES, name)
    _unique(findings, categories, f"{pointer}/axis_config/categories")
    for label in ("x_label", "y_label"):
        findings.maybe_string(axes, label, f"{pointer}/axis_config", _TITLE)

    def series(findings: Findings, value: Any, pointer: str) -> None:
        if not findings.obj(value, pointer, ["name", "data"]):
            return
        findings.string(value["name"], f"{pointer}/name", _NAME, text=True)
        labels = [point.get("label") for point in value["data"]]
        if labels != categories:
            findings.add(f"{pointer}/data", "must have one value for each category, in order")
        for index, point in enumerate(value["data"]):
            _number(findings, point.get("value"), f"{pointer}/data/{index}/value", math.isfinite)

    findings.items_of(chart["series"], f"{pointer}/series", _SERIES, series)
    _unique(findings, [series.get("name") for series in chart["series"]], f"{pointer}/series")


def _unique(findings: Findings, names: list[Any], pointer: str) -> None:
    if len(set(names)) < len(names):
        findings.add(pointer, "must be unique", "duplicate")


def _number(findings: Findings, value: Any, pointer: str, fits: Callable[[float], bool]) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not fits(value):
        findings.add(pointer, "must provide a number", "wrong_type")
