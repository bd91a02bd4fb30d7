"""Judges Block Kit blocks as Slack would, with every documented limit.

Sources: docs.slack.dev, Block Kit reference (blocks, elements, composition
objects), and the public @slack/types package. Blocks that the sandbox cannot
judge are refused as unsupported. Lengths are counted in code points; how Slack
counts is not documented.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from exact_slack.sandbox.slack.blocks.check import Check, Finding, Findings
from exact_slack.sandbox.slack.blocks.container import TITLE, container
from exact_slack.sandbox.slack.blocks.data import data_table, data_visualization
from exact_slack.sandbox.slack.blocks.rich_text import rich_text

BLOCKS = 50
BLOCK_ID = 255
SECTION_TEXT = 3000
SECTION_FIELDS, SECTION_FIELD = 10, 2000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
BUTTON_TEXT, BUTTON_VALUE, URL, ACTION_ID, ACCESSIBILITY_LABEL = 75, 2000, 3000, 255, 75
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
ALT_TEXT = 2000
TABLE_ROWS, TABLE_CELLS, TABLE_COLUMN_SETTINGS, TABLE_TEXT = 100, 20, 20, 10_000
MARKDOWN_TEXT = 12_000
ALL_TEXT = 12_000
"""Not documented: the figure Slack's staff gave in a public issue of bolt-js."""


@dataclass(frozen=True)
class Refused:
    """Why blocks are refused: Slack's error name and its sentences."""

    error: str
    errors: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def parse_blocks(value: Any) -> list[dict[str, Any]] | None:
    """Return blocks given as a list or as its JSON; None when it is neither."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    if isinstance(value, list) and all(isinstance(block, dict) for block in value):
        return value
    return None


def judge(
    blocks: list[dict[str, Any]],
    all_text: int = ALL_TEXT,
    unsupported: Collection[str] = (),
) -> Refused | None:
    """Return why Slack would refuse a message's blocks, or None. `unsupported`: types that have
    not reached this workspace."""
    findings = Findings()
    for index, block in enumerate(blocks):
        if block.get("type") in unsupported:
            findings.add(f"/blocks/{index}/type", f"unsupported type: {block['type']}")
    if len(blocks) > BLOCKS:
        findings.add("/blocks", f"no more than {BLOCKS} items allowed")
    for index, block in enumerate(blocks):
        _block(findings, block, f"/blocks/{index}")
    if findings.items:
        errors = [str(item) for item in findings.items]
        messages = [f"[ERROR] {error}" for error in errors]
        return Refused("invalid_blocks", errors, messages, findings.items)
    if findings.tables > 1:
        # docs.slack.dev, table block: one table a message.
        return Refused("invalid_attachments", messages=["only_one_table_allowed"])
    if findings.text_length > all_text or findings.markdown_length > MARKDOWN_TEXT:
        return Refused("msg_blocks_too_long")
    return None


def _block(findings: Findings, value: Any, pointer: str) -> None:
    findings.typed(value, pointer, _BLOCKS)
    block_id = value.get("block_id") if isinstance(value, dict) else None
    if block_id is None:
        return
    findings.string(block_id, f"{pointer}/block_id", BLOCK_ID)
    if isinstance(block_id, str):
        if block_id in findings.block_ids:
            findings.add(f"{pointer}/block_id", f"block_id already exists: {block_id}", "duplicate")
        findings.block_ids.add(block_id)


def text_object(longest: int, kinds: str = "plain_text mrkdwn") -> Check:
    """Return a check for a text object of at most `longest` characters."""

    def check(findings: Findings, value: Any, pointer: str) -> None:
        if not isinstance(value, dict) or value.get("type") not in kinds.split():
            findings.add(
                pointer, f"must be a text object of type {kinds.replace(' ', ' or ')}", "enum"
            )
            return
        only = "emoji" if value["type"] == "plain_text" else "verbatim"
        if findings.obj(value, pointer, ["text"], only):
            findings.string(value["text"], f"{pointer}/text", longest, text=True)
        findings.maybe_bool(value, only, pointer)

    return check


_PLAIN = "plain_text"


def _section(findings: Findings, value: Any, pointer: str) -> None:
    if not findings.obj(value, pointer, [], "text fields accessory expand block_id"):
        return
    findings.maybe_bool(value, "expand", pointer)
    if value.get("text") is None and value.get("fields") is None:
        findings.add(pointer, "missing required field: text or fields", "missing_field")
    if value.get("text") is not None:
        text_object(SECTION_TEXT)(findings, value["text"], f"{pointer}/text")
    if value.get("fields") is not None:
        field_check = text_object(SECTION_FIELD)
        findings.items_of(value["fields"], f"{pointer}/fields", SECTION_FIELDS, field_check)
    if value.get("accessory") is not None:
        findings.typed(value["accessory"], f"{pointer}/accessory", _ACCESSORIES)


def _header(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["text"], "block_id"):
        text_object(HEADER_TEXT, _PLAIN)(findings, value["text"], f"{pointer}/text")


def _divider(findings: Findings, value: Any, pointer: str) -> None:
    findings.obj(value, pointer, [], "block_id")


def _context(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["elements"], "block_id"):
        findings.items_of(value["elements"], f"{pointer}/elements", CONTEXT_ELEMENTS, _in_context)


def _in_context(findings: Findings, value: Any, pointer: str) -> None:
    text = text_object(SECTION_TEXT)
    findings.typed(value, pointer, {"plain_text": text, "mrkdwn": text, "image": _image_element})


def _actions(findings: Findings, value: Any, pointer: str) -> None:
    if not findings.obj(value, pointer, ["elements"], "block_id"):
        return
    findings.items_of(value["elements"], f"{pointer}/elements", ACTIONS_ELEMENTS, _in_actions)
    if isinstance(value["elements"], list):
        _unique_action_ids(findings, value["elements"], pointer)


def _in_actions(findings: Findings, value: Any, pointer: str) -> None:
    findings.typed(value, pointer, {"button": _button})


def _unique_action_ids(findings: Findings, elements: list[Any], pointer: str) -> None:
    ids = [element.get("action_id") for element in elements if isinstance(element, dict)]
    given = [action_id for action_id in ids if isinstance(action_id, str)]
    for action_id in sorted({a for a in given if given.count(a) > 1}):
        findings.add(f"{pointer}/elements", f"action_id already exists: {action_id}", "duplicate")


def _button(findings: Findings, value: Any, pointer: str) -> None:
    optional = "action_id url value style confirm accessibility_label"
    if not findings.obj(value, pointer, ["text"], optional):
        return
    text_object(BUTTON_TEXT, _PLAIN)(findings, value["text"], f"{pointer}/text")
    findings.maybe_string(value, "action_id", pointer, ACTION_ID)
    findings.maybe_string(value, "url", pointer, URL)
    findings.maybe_string(value, "value", pointer, BUTTON_VALUE)
    findings.maybe_string(value, "accessibility_label", pointer, ACCESSIBILITY_LABEL)
    findings.one_of(value, "style", pointer, "primary danger")
    if value.get("confirm") is not None:
        _confirm(findings, value["confirm"], f"{pointer}/confirm")


def _confirm(findings: Findings, value: Any, pointer: str) -> None:
    if not findings.obj(value, pointer, ["title", "text", "confirm", "deny"], "style"):
        return
    text_object(CONFIRM_TITLE, _PLAIN)(findings, value["title"], f"{pointer}/title")
    text_object(CONFIRM_TEXT)(findings, value["text"], f"{pointer}/text")
    for key in ("confirm", "deny"):
        text_object(CONFIRM_BUTTON, _PLAIN)(findings, value[key], f"{pointer}/{key}")


def _image(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["alt_text"], "image_url slack_file title block_id"):
        _image_source(findings, value, pointer)
    if value.get("title") is not None:
        text_object(ALT_TEXT, _PLAIN)(findings, value["title"], f"{pointer}/title")


def _image_element(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["alt_text"], "image_url slack_file"):
        _image_source(findings, value, pointer)


def _image_source(findings: Findings, value: dict[str, Any], pointer: str) -> None:
    findings.string(value["alt_text"], f"{pointer}/alt_text", ALT_TEXT)
    findings.maybe_string(value, "image_url", pointer, URL)
    if value.get("image_url") is None and value.get("slack_file") is None:
        findings.add(pointer, "missing required field: image_url or slack_file", "missing_field")


def _markdown(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["text"], "block_id"):
        findings.string(value["text"], f"{pointer}/text", MARKDOWN_TEXT, text=True)
        findings.markdown_length += len(value["text"]) if isinstance(value["text"], str) else 0


def _table(findings: Findings, value: Any, pointer: str) -> None:
    findings.tables += 1
    if not findings.obj(value, pointer, ["rows"], "column_settings block_id"):
        return
    before = findings.text_length
    findings.items_of(value["rows"], f"{pointer}/rows", TABLE_ROWS, _row)
    if findings.text_length - before > TABLE_TEXT:
        findings.add(f"{pointer}/rows", f"must be less than {TABLE_TEXT + 1} characters")
    _even_rows(findings, value["rows"], f"{pointer}/rows")
    settings = value.get("column_settings")
    if settings is not None:
        place = f"{pointer}/column_settings"
        findings.items_of(settings, place, TABLE_COLUMN_SETTINGS, _column_setting)


def _row(findings: Findings, value: Any, pointer: str) -> None:
    findings.items_of(value, pointer, TABLE_CELLS, _cell)


def _cell(findings: Findings, value: Any, pointer: str) -> None:
    findings.typed(value, pointer, _CELLS)


def _even_rows(findings: Findings, rows: Any, pointer: str) -> None:
    """Refuse ragged rows: not documented for `table`, so nothing should rely on them."""
    if not isinstance(rows, list):
        return
    if len({len(row) for row in rows if isinstance(row, list)}) > 1:
        findings.add(pointer, "all rows must have the same number of cells")


def _column_setting(findings: Findings, value: Any, pointer: str) -> None:
    if value is None:
        return  # docs.slack.dev, table block: null keeps a column's default
    if not isinstance(value, dict):
        findings.add(pointer, "must provide an object", "wrong_type")
        return
    for key in sorted(set(value) - {"align", "is_wrapped"}):
        findings.add(pointer, f"invalid additional property: {key}", "unknown_property")
    findings.one_of(value, "align", pointer, "left center right")
    findings.maybe_bool(value, "is_wrapped", pointer)


def _raw_text(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["text"]):
        findings.string(value["text"], f"{pointer}/text", None, text=True)


def _raw_number(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["value", "text"]):
        findings.string(value["text"], f"{pointer}/text", None, text=True)
        if isinstance(value["value"], bool) or not isinstance(value["value"], int | float):
            findings.add(f"{pointer}/value", "must provide a number", "wrong_type")


_ACCESSORIES: dict[str, Check] = {"button": _button, "image": _image_element}
_CELLS: dict[str, Check] = {
    "raw_text": _raw_text,
    "raw_number": _raw_number,
    "rich_text": rich_text,
}
_BLOCKS: dict[str, Check] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "markdown": _markdown,
    "table": _table,
    "data_table": data_table(_cell),
    "data_visualization": data_visualization,
    "rich_text": rich_text,
    "container": container(
        _block, text_object(TITLE, _PLAIN), text_object(TITLE), rich_text, {"image": _image_element}
    ),
}
