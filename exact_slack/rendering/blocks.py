"""Small builders of Slack blocks that keep its limits and never let foreign text be markup.

Foreign text goes into plain_text, rich_text leaves and raw_text cells only; limits are those of
docs.slack.dev (Block Kit reference, table block)."""

import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

Block = dict[str, Any]
HEADER_MAX = 150
TEXT_MAX = 3_900
"""chat.update refuses more than 4,000 characters of `text`."""
BUDGET = 8_500
"""Characters in all blocks together: Slack refuses somewhere above 9,600 (bolt-js #2867)."""

_TURNS = "\u202a\u202b\u202d\u202e"
"""Characters that turn the direction of what follows: they can make a text lie."""


def clean(text: str, most: int) -> str:
    """Foreign text without control characters, cut with "…"; never empty."""
    kept = "".join(" " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or _visible(c))
    squeezed = " ".join(kept.split())
    if len(squeezed) > most:
        squeezed = squeezed[: most - 1].rstrip() + "…"
    return squeezed or "–"


def _visible(char: str) -> bool:
    return (
        unicodedata.category(char) not in ("Cc", "Cs", "Cn")
        and char not in "\u202a\u202b\u202d\u202e"
    )


def escape(text: str) -> str:
    """The only three escapes Slack knows, for `text`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def header(text: str) -> Block:
    """A header block."""
    shown = clean(text, HEADER_MAX)
    return {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": False}}


def leaf(text: str, *, bold: bool = False, strike: bool = False) -> Block:
    """A text leaf of a rich_text section."""
    style = {name: True for name, on in (("bold", bold), ("strike", strike)) if on}
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def rich(leaves: Iterable[Block]) -> Block:
    """A rich_text block of one section."""
    section = {"type": "rich_text_section", "elements": list(leaves)}
    return {"type": "rich_text", "elements": [section]}


def pairs(rows: Iterable[tuple[str, str]], *, strike: bool = False) -> Block:
    """Label and value, one row each."""
    leaves: list[Block] = []
    for label, value in rows:
        if leaves:
            leaves.append(leaf("\n"))
        leaves += [leaf(f"{label}: ", bold=True), leaf(value, strike=strike)]
    return rich(leaves)


def link(url: str, label: str) -> Block | None:
    """A link of its own, or None where the address is none."""
    parts = urlsplit(url)
    safe = parts.scheme in ("http", "https") and parts.netloc and len(url) <= 2_500
    if not safe or any(c.isspace() or c in '<>|"' for c in url):
        return None
    return rich([{"type": "link", "url": url, "text": label}])


def mention(who: str) -> str:
    """A mention that the config asks for, in Slack's markup."""
    if who == "here":
        return "<!here>"
    return f"<!subteam^{who}>" if who.startswith("S") else f"<@{who}>"


def mention_block(who: str) -> Block:
    """A section that mentions somebody of the config."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": mention(who), "verbatim": True}}


def table(rows: list[list[str]], right: set[int]) -> Block:
    """A table; the columns in `right` are aligned to the right."""
    settings = [{"align": "right" if i in right else "left"} for i in range(len(rows[0]))]
    cells = [[{"type": "raw_text", "text": text or "–"} for text in row] for row in rows]
    return {"type": "table", "column_settings": settings, "rows": cells}


def size(blocks: Iterable[Block]) -> int:
    """How many characters of text the blocks hold."""
    return sum(_size(block) for block in blocks)


def _size(value: Any) -> int:
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_size(v) for v in value.values() if isinstance(v, dict | list))
    return sum(_size(item) for item in value)
