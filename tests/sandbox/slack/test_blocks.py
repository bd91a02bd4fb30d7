"""The judge of blocks: every documented limit, at the edge and one past it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exact_slack.sandbox.slack.blocks.judge import Refused, judge, parse_blocks

Block = dict[str, Any]


def plain(text: str = "x", **more: Any) -> Block:
    return {"type": "plain_text", "text": text, **more}


def mrkdwn(text: str = "x", **more: Any) -> Block:
    return {"type": "mrkdwn", "text": text, **more}


def section(**values: Any) -> Block:
    return {"type": "section", **(values or {"text": mrkdwn()})}


def header(text: str = "x") -> Block:
    return {"type": "header", "text": plain(text)}


def context(count: int) -> Block:
    return {"type": "context", "elements": [mrkdwn()] * count}


def button(**values: Any) -> Block:
    return {"type": "button", "text": plain(), **values}


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def cell(text: str = "x") -> Block:
    return {"type": "raw_text", "text": text}


def table(rows: int = 1, cells: int = 1, text: str = "x", **values: Any) -> Block:
    return {"type": "table", "rows": [[cell(text)] * cells] * rows, **values}


def rich(*leaves: Block) -> Block:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(leaves)}],
    }


def leaf(text: str = "x", **more: Any) -> Block:
    return {"type": "text", "text": text, **more}


def image(**values: Any) -> Block:
    return {"type": "image", "alt_text": "a", "image_url": "https://e.example/i.png", **values}


def first(blocks: list[Block]) -> str:
    refused = judge(blocks)
    assert refused is not None
    assert refused.error == "invalid_blocks"
    assert refused.messages == [f"[ERROR] {text}" for text in refused.errors]
    return refused.errors[0]


GOOD: list[Block] = [
    section(text=mrkdwn("x" * 3000, verbatim=True), block_id="b" * 255, expand=True),
    section(text=plain("x", emoji=False)),
    section(fields=[mrkdwn("x" * 500)] * 10),
    section(fields=[plain("x" * 2000)]),
    section(text=mrkdwn(), accessory=button(action_id="a")),
    section(text=mrkdwn(), accessory=image()),
    header("x" * 150),
    context(10),
    {"type": "context", "elements": [image(), plain()]},
    {"type": "divider"},
    actions(*[button(action_id=str(n)) for n in range(25)]),
    actions(button(text=plain("x" * 75), url="u" * 3000, value="v" * 2000, action_id="a" * 255)),
    actions(button(style="primary", accessibility_label="x" * 75)),
    image(title=plain(), alt_text="x" * 2000),
    {"type": "markdown", "text": "x" * 12_000},
    table(rows=100, cells=20),
    table(rows=1, cells=1, text="x" * 10_000),
    table(column_settings=[{"align": "right", "is_wrapped": True}, None] * 10),
    {"type": "table", "rows": [[{"type": "raw_number", "value": 1.5, "text": "1,50"}]]},
    {"type": "table", "rows": [[rich(leaf("x", style={"bold": True}))]]},
    rich(leaf(), {"type": "link", "url": "https://e.example", "text": "x"}),
    rich({"type": "emoji", "name": "bell"}, {"type": "broadcast", "range": "here"}),
    rich({"type": "user", "user_id": "U1"}, {"type": "usergroup", "usergroup_id": "S1"}),
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": 1,
                "elements": [{"type": "rich_text_section", "elements": [leaf()]}],
            },
            {"type": "rich_text_quote", "elements": [leaf()]},
            {"type": "rich_text_preformatted", "elements": [leaf()], "border": 0},
        ],
    },
]


@pytest.mark.parametrize("block", GOOD)
def test_blocks_at_the_limit_pass(block: Block) -> None:
    assert judge([block]) is None


BAD: list[tuple[Block, str]] = [
    (
        section(text=mrkdwn("x" * 3001)),
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (section(text=mrkdwn("")), "must be more than 0 characters"),
    (section(text={"type": "mrkdwn"}), "missing required field: text"),
    (section(text="words"), "must be a text object"),
    (section(text=mrkdwn(emoji=True)), "invalid additional property: emoji"),
    (section(text=plain(verbatim=True)), "invalid additional property: verbatim"),
    (section(expand="yes", text=mrkdwn()), "must provide a boolean"),
    ({"type": "section"}, "missing required field: text or fields"),
    (section(fields=[mrkdwn()] * 11), "no more than 10 items allowed"),
    (section(fields=[]), "no fewer than 1 items allowed"),
    (section(fields=[mrkdwn("x" * 2001)]), "less than 2001 characters"),
    (section(text=mrkdwn(), colour="red"), "invalid additional property: colour"),
    (section(text=mrkdwn(), accessory={"type": "slider"}), "unsupported type: slider"),
    (header("x" * 151), "less than 151 characters"),
    ({"type": "header", "text": mrkdwn()}, "must be a text object of type plain_text"),
    (context(11), "no more than 10 items allowed"),
    ({"type": "context", "elements": [button()]}, "unsupported type: button"),
    (actions(*[button(action_id=str(n)) for n in range(26)]), "no more than 25 items"),
    (actions(button(text=plain("x" * 76))), "less than 76 characters"),
    (actions(button(text=mrkdwn())), "must be a text object of type plain_text"),
    (actions(button(url="u" * 3001)), "less than 3001 characters"),
    (actions(button(value="v" * 2001)), "less than 2001 characters"),
    (actions(button(action_id="a" * 256)), "less than 256 characters"),
    (actions(button(accessibility_label="x" * 76)), "less than 76 characters"),
    (actions(button(style="loud")), "must be one of: primary, danger"),
    (actions(button(action_id="a"), button(action_id="a")), "action_id already exists: a"),
    (actions(button(confirm={"title": plain("x" * 101)})), "missing required field: text"),
    ({"type": "divider", "block_id": "b" * 256}, "less than 256 characters"),
    ({"type": "image", "alt_text": "a"}, "image_url or slack_file"),
    (image(alt_text="x" * 2001), "less than 2001 characters"),
    ({"type": "markdown", "text": ""}, "more than 0 characters"),
    (table(rows=101), "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    (table(cells=21), "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    (table(text=""), "more than 0 characters"),
    (table(text="x" * 10_001), "must be less than 10001 characters"),
    (table(rows=0), "no fewer than 1 items"),
    (table(column_settings=[{}] * 21), "no more than 20 items"),
    (table(column_settings=[{"align": "top"}]), "must be one of: left, center, right"),
    (table(column_settings=[{"width": 3}]), "invalid additional property: width"),
    ({"type": "table", "rows": [[cell()], [cell(), cell()]]}, "same number of cells"),
    ({"type": "table", "rows": [[mrkdwn()]]}, "unsupported type: mrkdwn"),
    ({"type": "table", "rows": [[{"type": "raw_number", "text": "1"}]]}, "missing required"),
    (
        {"type": "table", "rows": [[{"type": "raw_number", "value": "1", "text": "1"}]]},
        "must provide a number",
    ),
    (rich(leaf("")), "more than 0 characters"),
    (rich(leaf(style={"loud": True})), "invalid additional property: loud"),
    (rich(), "no fewer than 1 items"),
    (rich({"type": "link", "text": "x"}), "missing required field: url"),
    ({"type": "rich_text", "elements": [leaf()]}, "unsupported type: text"),
    ({"type": "hologram"}, "unsupported type: hologram [json-pointer:/blocks/0/type]"),
    ({"text": mrkdwn()}, "missing required field: type"),
]


@pytest.mark.parametrize(("block", "expected"), BAD)
def test_blocks_past_the_limit_are_refused(block: Block, expected: str) -> None:
    refused = judge([block])
    assert refused is not None
    assert refused.error == "invalid_blocks"
    assert any(expected in text for text in refused.errors), refused.errors


def test_fifty_blocks_and_no_more() -> None:
    assert judge([section()] * 50) is None
    assert first([section()] * 51) == "no more than 50 items allowed [json-pointer:/blocks]"


def test_block_ids_are_unique() -> None:
    twice = [{"type": "divider", "block_id": "a"}] * 2
    assert first(twice) == "block_id already exists: a [json-pointer:/blocks/1/block_id]"


def test_one_table_a_message() -> None:
    refused = judge([table(), table()])
    assert refused == Refused("invalid_attachments", messages=["only_one_table_allowed"])


@pytest.mark.parametrize(
    "fill",
    [
        lambda n: [section(text=mrkdwn("x" * n))],
        lambda n: [section(fields=[plain("x" * (n // 2))] * 2)],
        lambda n: [{"type": "markdown", "text": "x" * n}],
        lambda n: [rich(leaf("x" * n))],
    ],
)
def test_all_text_together_has_a_limit(fill: Callable[[int], list[Block]]) -> None:
    rest = [section(text=mrkdwn("y" * 2500))] * 4
    assert judge(rest + fill(2000)) is None
    refused = judge(rest + fill(2002))
    assert refused is not None
    assert refused.error == "msg_blocks_too_long"


def test_blocks_as_text_or_list() -> None:
    assert parse_blocks('[{"type":"divider"}]') == [{"type": "divider"}]
    assert parse_blocks([]) == []
    for wrong in ("{}", "[1]", "no", 3, [None]):
        assert parse_blocks(wrong) is None


@pytest.mark.parametrize("junk", [None, 3, "x", [], {}, [[]], {"type": None}, {"type": []}])
def test_junk_anywhere_is_refused_not_a_crash(junk: Any) -> None:
    wholes: list[Block] = [
        section(text=junk),
        section(fields=[junk]),
        {"type": "context", "elements": junk},
        {"type": "actions", "elements": [junk]},
        actions(button(confirm=junk or 1)),
        {"type": "table", "rows": junk},
        {"type": "table", "rows": [junk]},
        {"type": "table", "rows": [[junk]]},
        {"type": "rich_text", "elements": [junk]},
        rich(junk),
        {"type": "header", "text": junk, "block_id": junk},
    ]
    for block in wholes:
        assert judge([block]) is not None
