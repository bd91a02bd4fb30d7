"""Charts and tables of data: what Slack's pages allow, and what a workspace has not got yet."""

from copy import deepcopy
from typing import Any

import pytest

from exact_slack.sandbox.slack.blocks.judge import judge

CHART: dict[str, Any] = {
    "type": "data_visualization",
    "title": "Open receivables, EUR",
    "chart": {
        "type": "bar",
        "series": [
            {
                "name": "Open",
                "data": [{"label": "<= 30", "value": 8500.5}, {"label": "31 - 60", "value": 12}],
            }
        ],
        "axis_config": {"categories": ["<= 30", "31 - 60"], "y_label": "EUR"},
    },
}
TABLE: dict[str, Any] = {
    "type": "data_table",
    "caption": "Ten largest",
    "page_size": 10,
    "row_header_column_index": 0,
    "rows": [
        [{"type": "raw_text", "text": "Customer"}, {"type": "raw_text", "text": "Open"}],
        [
            {"type": "raw_text", "text": "Jansen"},
            {"type": "raw_number", "value": 12.5, "text": "12,50"},
        ],
    ],
}


def test_both_are_taken() -> None:
    assert judge([CHART, CHART, TABLE]) is None


def test_what_has_not_reached_the_workspace_is_refused_by_its_place() -> None:
    refused = judge([TABLE, CHART], unsupported={"data_visualization"})
    assert refused is not None and refused.error == "invalid_blocks"
    assert "/blocks/1" in refused.errors[0]


def test_more_than_slack_shows_is_refused() -> None:
    assert judge([CHART, CHART, CHART]) is not None
    assert judge([TABLE, TABLE]) is not None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("title",), "x" * 51),
        (("chart", "type"), "pyramid"),
        (("chart", "series", 0, "name"), "x" * 21),
        (("chart", "series", 0, "data"), []),
        (("chart", "series", 0, "data", 0, "value"), "12"),
        (("chart", "axis_config", "categories"), ["31 - 60", "<= 30"]),
        (("chart", "axis_config", "categories"), ["a", "a"]),
    ],
)
def test_a_chart_that_is_none(path: tuple[Any, ...], value: Any) -> None:
    assert judge([_changed(CHART, path, value)]) is not None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("caption",), ""),
        (("rows",), TABLE["rows"][:1]),
        (("rows", 1), TABLE["rows"][1][:1]),
        (("rows", 1, 1, "value"), "12"),
        (("rows",), [TABLE["rows"][0], *[TABLE["rows"][1]] * 101]),
    ],
)
def test_a_table_that_is_none(path: tuple[Any, ...], value: Any) -> None:
    assert judge([_changed(TABLE, path, value)]) is not None


def _changed(block: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = deepcopy(block)
    place: Any = changed
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return changed
