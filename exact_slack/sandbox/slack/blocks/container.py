"""Judges the `container`: blocks under a title that readers open and close.

Sources: @slack/types and slack_sdk 3.48 (ContainerBlock), docs.slack.dev, container block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exact_slack.sandbox.slack.blocks.check import Check, Findings

CHILDREN = 10
TITLE = 150
INSIDE = frozenset(
    [
        "actions",
        "context",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
        "table",
        "video",
    ]
)
"""The types that may stand in one: no data_table, no data_visualization, none in another."""
_OPTIONAL = (
    "title rich_text_title subtitle icon width is_collapsible default_collapsed has_header_divider"
    " block_id"
)


def container(
    block: Check, title: Check, subtitle: Check, rich_title: Check, icon: Mapping[str, Check]
) -> Check:
    """The check of a container; `block`: that of a child."""

    def child(findings: Findings, value: Any, pointer: str) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if isinstance(kind, str) and kind not in INSIDE:
            findings.add(f"{pointer}/type", f"unsupported type: {kind}", "unsupported_type")
        else:
            block(findings, value, pointer)

    def check(findings: Findings, value: Any, pointer: str) -> None:
        if not findings.obj(value, pointer, ["child_blocks"], _OPTIONAL):
            return
        if value.get("title") is None and value.get("rich_text_title") is None:
            findings.add(pointer, "missing required field: title", "missing_field")
        for name, judge in (("title", title), ("subtitle", subtitle)):
            if value.get(name) is not None:
                judge(findings, value[name], f"{pointer}/{name}")
        if value.get("rich_text_title") is not None:
            place = f"{pointer}/rich_text_title"
            findings.typed(value["rich_text_title"], place, {"rich_text": rich_title})
        if value.get("icon") is not None:
            findings.typed(value["icon"], f"{pointer}/icon", dict(icon))
        findings.one_of(value, "width", pointer, "narrow standard wide full")
        _switches(findings, value, pointer)
        findings.items_of(value["child_blocks"], f"{pointer}/child_blocks", CHILDREN, child)

    return check


def _switches(findings: Findings, value: dict[str, Any], pointer: str) -> None:
    for name in ("is_collapsible", "default_collapsed", "has_header_divider"):
        findings.maybe_bool(value, name, pointer)
    folds = value.get("is_collapsible") is True
    if value.get("default_collapsed") and not folds:
        findings.add(f"{pointer}/default_collapsed", "requires is_collapsible")
    if value.get("has_header_divider") and folds:
        findings.add(f"{pointer}/has_header_divider", "only without is_collapsible")
