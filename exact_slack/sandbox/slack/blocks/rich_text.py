"""The inside of a `rich_text` block.

Structure after docs.slack.dev, rich text block, and the public @slack/types.
"""

from __future__ import annotations

from typing import Any

from exact_slack.sandbox.slack.blocks.check import Check, Findings

STYLES = "bold italic strike code underline"
LONGEST_TEXT = None
"""No length of a single leaf is documented; the message's total bounds it."""


def rich_text(found: Findings, value: Any, pointer: str) -> None:
    """Check a `rich_text` block; its `block_id` is checked with the other blocks'."""
    if found.obj(value, pointer, ["elements"], "block_id"):
        found.items_of(value["elements"], f"{pointer}/elements", None, _element)


def _element(found: Findings, value: Any, pointer: str) -> None:
    found.typed(value, pointer, _ELEMENTS)


def _section(found: Findings, value: Any, pointer: str) -> None:
    if found.obj(value, pointer, ["elements"]):
        found.items_of(value["elements"], f"{pointer}/elements", None, _leaf)


def _bordered(found: Findings, value: Any, pointer: str) -> None:
    """Check a quote or a preformatted text."""
    if found.obj(value, pointer, ["elements"], "border language"):
        found.maybe_number(value, "border", pointer)
        found.items_of(value["elements"], f"{pointer}/elements", None, _leaf)


def _list(found: Findings, value: Any, pointer: str) -> None:
    if not found.obj(value, pointer, ["style", "elements"], "indent offset border"):
        return
    found.one_of(value, "style", pointer, "bullet ordered")
    for key in ("indent", "offset", "border"):
        found.maybe_number(value, key, pointer)
    found.items_of(value["elements"], f"{pointer}/elements", None, _list_item)


def _list_item(found: Findings, value: Any, pointer: str) -> None:
    found.typed(value, pointer, {"rich_text_section": _section})


def _leaf(found: Findings, value: Any, pointer: str) -> None:
    found.typed(value, pointer, _LEAVES)


def _style(found: Findings, value: dict[str, Any], pointer: str) -> None:
    style = value.get("style")
    if style is None:
        return
    if found.obj(style, f"{pointer}/style", [], STYLES):
        for key in style:
            found.maybe_bool(style, key, f"{pointer}/style")


def _text(found: Findings, value: Any, pointer: str) -> None:
    if found.obj(value, pointer, ["text"], "style"):
        found.string(value["text"], f"{pointer}/text", LONGEST_TEXT, text=True)
    _style(found, value, pointer)


def _link(found: Findings, value: Any, pointer: str) -> None:
    if found.obj(value, pointer, ["url"], "text unsafe style"):
        found.string(value["url"], f"{pointer}/url", 3000)
        if value.get("text") is not None:
            found.string(value["text"], f"{pointer}/text", LONGEST_TEXT, text=True)
    _style(found, value, pointer)


def _with(*required: str, optional: str = "style") -> Check:
    """Check a leaf that has a few string fields and nothing else."""

    def check(found: Findings, value: Any, pointer: str) -> None:
        if found.obj(value, pointer, required, optional):
            for key in required:
                found.string(value[key], f"{pointer}/{key}", None)
        _style(found, value, pointer)

    return check


def _broadcast(found: Findings, value: Any, pointer: str) -> None:
    if found.obj(value, pointer, ["range"], "style"):
        found.one_of(value, "range", pointer, "here channel everyone")


def _date(found: Findings, value: Any, pointer: str) -> None:
    if found.obj(value, pointer, ["timestamp", "format"], "url fallback style"):
        found.maybe_number(value, "timestamp", pointer)
        found.string(value["format"], f"{pointer}/format", None)


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
