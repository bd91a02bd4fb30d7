"""The inside of a `rich_text` block.

Structure after docs.slack.dev, rich text block, and the public @slack/types.
"""

from __future__ import annotations

from typing import Any

from exact_slack.sandbox.slack.blocks.check import Check, Findings

STYLES = "bold italic strike code underline"
LONGEST_TEXT = None
"""No length of a single leaf is documented; the message's total bounds it."""


def rich_text(findings: Findings, value: Any, pointer: str) -> None:
    """Check a `rich_text` block; its `block_id` is checked with the other blocks'."""
    if findings.obj(value, pointer, ["elements"], "block_id"):
        findings.items_of(value["elements"], f"{pointer}/elements", None, _element)


def _element(findings: Findings, value: Any, pointer: str) -> None:
    findings.typed(value, pointer, _ELEMENTS)


def _section(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["elements"]):
        findings.items_of(value["elements"], f"{pointer}/elements", None, _leaf)


def _bordered(findings: Findings, value: Any, pointer: str) -> None:
    """Check a quote or a preformatted text."""
    if findings.obj(value, pointer, ["elements"], "border language"):
        findings.maybe_number(value, "border", pointer)
        findings.items_of(value["elements"], f"{pointer}/elements", None, _leaf)


def _list(findings: Findings, value: Any, pointer: str) -> None:
    if not findings.obj(value, pointer, ["style", "elements"], "indent offset border"):
        return
    findings.one_of(value, "style", pointer, "bullet ordered")
    for key in ("indent", "offset", "border"):
        findings.maybe_number(value, key, pointer)
    findings.items_of(value["elements"], f"{pointer}/elements", None, _list_item)


def _list_item(findings: Findings, value: Any, pointer: str) -> None:
    findings.typed(value, pointer, {"rich_text_section": _section})


def _leaf(findings: Findings, value: Any, pointer: str) -> None:
    findings.typed(value, pointer, _LEAVES)


def _style(findings: Findings, value: dict[str, Any], pointer: str) -> None:
    style = value.get("style")
    if style is None:
        return
    if findings.obj(style, f"{pointer}/style", [], STYLES):
        for key in style:
            findings.maybe_bool(style, key, f"{pointer}/style")


def _text(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["text"], "style"):
        findings.string(value["text"], f"{pointer}/text", LONGEST_TEXT, text=True)
    _style(findings, value, pointer)


def _link(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["url"], "text unsafe style"):
        findings.string(value["url"], f"{pointer}/url", 3000)
        if value.get("text") is not None:
            findings.string(value["text"], f"{pointer}/text", LONGEST_TEXT, text=True)
    _style(findings, value, pointer)


def _with(*required: str, optional: str = "style") -> Check:
    """Check a leaf that has a few string fields and nothing else."""

    def check(findings: Findings, value: Any, pointer: str) -> None:
        if findings.obj(value, pointer, required, optional):
            for key in required:
                findings.string(value[key], f"{pointer}/{key}", None)
        _style(findings, value, pointer)

    return check


def _broadcast(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["range"], "style"):
        findings.one_of(value, "range", pointer, "here channel everyone")


def _date(findings: Findings, value: Any, pointer: str) -> None:
    if findings.obj(value, pointer, ["timestamp", "format"], "url fallback style"):
        findings.maybe_number(value, "timestamp", pointer)
        findings.string(value["format"], f"{pointer}/format", None)


_ELEMENTS: dict[str, Check] = {
    "rich_text_section": _section,
    "rich_text_list": _list,
    "rich_text_preformatted": _bordered,
    "rich_text_quote": _bordered,
}
_LEAVES: dict[str, Check] = {
    "text": _text,
    "link": _link,
    "emoji": _with("name", optional="unicode style skin_tone"),
    "user": _with("user_id"),
    "usergroup": _with("usergroup_id"),
    "channel": _with("channel_id"),
    "color": _with("value"),
    "team": _with("team_id"),
    "broadcast": _broadcast,
    "date": _date,
}
