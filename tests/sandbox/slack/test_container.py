"""The container: what @slack/types and slack_sdk's ContainerBlock allow."""

from copy import deepcopy
from typing import Any

import pytest
from slack_sdk.models.blocks import ContainerBlock

from exact_slack.sandbox.page.blocks import block_html
from exact_slack.sandbox.page.text import render_text
from exact_slack.sandbox.slack.blocks.judge import judge

LEAF = {"type": "text", "text": "older"}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [LEAF]}],
}
TABLE: dict[str, Any] = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
CONTAINER: dict[str, Any] = {
    "type": "container",
    "title": {"type": "plain_text", "text": "12 more"},
    "subtitle": {"type": "mrkdwn", "text": "older than 60 days", "verbatim": True},
    "width": "full",
    "is_collapsible": True,
    "default_collapsed": True,
    "child_blocks": [RICH],
}


def test_one_is_taken_by_the_sandbox_and_by_slacks_own_class() -> None:
    assert judge([CONTAINER]) is None
    assert judge([{**CONTAINER, "title": None, "rich_text_title": RICH}]) is None
    given = {name: value for name, value in CONTAINER.items() if name != "type"}
    ContainerBlock(**given).to_dict()


@pytest.mark.parametrize(
    "changed",
    [
        {"title": None},
        {"title": {"type": "mrkdwn", "text": "12 more"}},
        {"title": {"type": "plain_text", "text": "x" * 151}},
        {"rich_text_title": {"type": "plain_text", "text": "12 more"}},
        {"subtitle": {"type": "mrkdwn", "text": "x" * 151}},
        {"icon": {"type": "button"}},
        {"width": "huge"},
        {"is_collapsible": "yes"},
        {"is_collapsible": False},
        {"has_header_divider": True},
        {"child_blocks": None},
        {"child_blocks": []},
        {"child_blocks": [{"type": "divider"}] * 11},
        {"child_blocks": [CONTAINER]},
        {"child_blocks": [{"type": "markdown", "text": "a"}]},
        {"child_blocks": [{"type": "data_table", "caption": "a", "rows": TABLE["rows"] * 2}]},
        {"child_blocks": [{"type": "data_visualization"}]},
        {"child_blocks": [{"type": "rich_text"}]},
        {"colour": "red"},
    ],
)
def test_what_is_no_container_is_refused_by_its_place(changed: dict[str, Any]) -> None:
    refused = judge([{"type": "divider"}, {**deepcopy(CONTAINER), **changed}])
    assert refused is not None and refused.error == "invalid_blocks"
    assert all("[json-pointer:/blocks/1" in error for error in refused.errors)


def test_what_it_holds_counts_with_the_rest_of_the_message() -> None:
    long = {**RICH, "elements": [{"type": "rich_text_section", "elements": [LEAF] * 100}]}
    assert judge([{**CONTAINER, "child_blocks": [long]}], all_text=400) is not None
    refused = judge([TABLE, {**CONTAINER, "child_blocks": [TABLE]}])
    assert refused is not None and refused.messages == ["only_one_table_allowed"]


def test_the_page_opens_and_closes_it() -> None:
    drawn = block_html(CONTAINER, str)
    assert "<details><summary><b>12 more</b>" in drawn and "older" in drawn
    assert "<details open>" in block_html({**CONTAINER, "default_collapsed": False}, str)
    assert "<details" not in block_html({**CONTAINER, "is_collapsible": False}, str)
    told = render_text({"text": "x", "blocks": [CONTAINER]})
    assert "▸ 12 more\nolder than 60 days\n  older\n" in told
