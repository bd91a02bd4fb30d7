"""Small builders of Slack blocks that keep its limits and never let foreign text be markup.

Foreign text goes into plain_text, rich_text leaves and raw_text cells only; limits are those of
docs.slack.dev (Block Kit reference, table block)."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from exact_slack.foreign import is_visible, visible

Block = dict[str, Any]
HEADER_MAX = 150
TEXT_MAX = 3_900
"""chat.update refuses more than 4,000 characters of `text`."""
BUDGET = 8_900
"""Characters in all blocks together: Slack refuses somewhere above 9,600 (bolt-js #2867)."""
URL_MAX = 2_500
EMPTY = "–"
"""What stands where there is nothing: Slack refuses empty strings."""

_NESTED = (dict, list)
_SPACE = re.compile(r"[^\S\xa0\u202f]+")
"""All white space but the kind that keeps an amount together."""
_NOT_IN_A_LINK = re.compile(r'[\s<>|"\\]')


def clean(text: str, most: int) -> str:
    """Foreign text on one line, as it may be shown, cut with "…"; never empty."""
    squeezed = _SPACE.sub(" ", visible(text)).strip()
    if len(squeezed) * 2 > most and units(squeezed) > most:
        squeezed = _first(squeezed, most - 1).rstrip() + "…"
    return squeezed or EMPTY


def units(text: str) -> int:
    """How long a text is for those who count as JavaScript does: most emoji count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _first(text: str, most: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[: most * 2].decode("utf-16-le", "ignore")


def escape(text: str) -> str:
    """The only three escapes Slack knows, for `text`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut_escaped(text: str, most: int = TEXT_MAX) -> str:
    """Escaped text at its limit, never cut in the middle of an escape."""
    if units(text) <= most:
        return text
    kept = _first(text, most - 1)
    ampersand = kept.rfind("&", max(0, len(kept) - 5))
    if ampersand > kept.rfind(";"):
        kept = kept[:ampersand]
    return kept + "…"


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def header(text: str) -> Block:
    """A header block."""
    return {"type": "header", "text": _plain(clean(text, HEADER_MAX))}


def context(text: str) -> Block:
    """A small grey line."""
    return {"type": "context", "elements": [_plain(text)]}


def buttons(block_id: str, value: str, shown: Iterable[tuple[str, str]]) -> Block:
    """A row of buttons: what each is called when it is clicked, and what stands on it."""
    elements = [
        {"type": "button", "action_id": action, "text": _plain(label), "value": value}
        for action, label in shown
    ]
    return {"type": "actions", "block_id": block_id, "elements": elements}


def footer(url: str, label: str, text: str) -> Block | None:
    """A small grey line: a link of ours, and a text; None where there is neither."""
    address = safe_address(url)
    elements = []
    if address:
        marked = f"<{escape(address)}|{escape(label)}>"
        elements.append({"type": "mrkdwn", "text": marked, "verbatim": True})
    if text:
        elements.append(_plain(text))
    return {"type": "context", "elements": elements} if elements else None


def leaf(text: str, *, bold: bool = False, strike: bool = False) -> Block:
    """A text leaf of a rich_text section."""
    style = {name: True for name, on in (("bold", bold), ("strike", strike)) if on}
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def rich(leaves: Iterable[Block]) -> Block:
    """A rich_text block of one section."""
    section = {"type": "rich_text_section", "elements": list(leaves)}
    return {"type": "rich_text", "elements": [section]}


def pairs(rows: Iterable[tuple[str, str]], *, strike: bool = False) -> Block:
    """Label and value, one row each; a row without a label is its value alone."""
    leaves: list[Block] = []
    for label, value in rows:
        if leaves:
            leaves.append(leaf("\n"))
        leaves += [leaf(f"{label}: ", bold=True)] if label else []
        leaves.append(leaf(value, strike=strike))
    return rich(leaves)


def flow(lines: Iterable[Sequence[tuple[str, str]]], *, strike: bool = False) -> list[Block]:
    """Leaves of lines on which labelled values stand side by side."""
    leaves: list[Block] = []
    for rows in lines:
        leaves += [leaf("\n")] if leaves else []
        for place, (label, value) in enumerate(rows):
            leaves += [leaf(" · ")] if place else []
            leaves += [leaf(f"{label}: ", bold=True)] if label else []
            leaves.append(leaf(value, strike=strike))
    return leaves


def one_a_line(leaves: Iterable[Block]) -> list[Block]:
    """The leaves, each on a line of its own."""
    lines = [part for each in leaves for part in (leaf("\n"), each)]
    return lines[1:]


def container(title: str, inside: Sequence[Block]) -> Block:
    """Blocks that a reader opens, closed at first; never a table."""
    return {
        "type": "container",
        "title": _plain(clean(title, HEADER_MAX)),
        "width": "full",
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": list(inside),
    }


def mentioning(who: str | None, leaves: Sequence[Block]) -> list[Block]:
    """The same, after the mention of somebody whom the config names."""
    if not who:
        return list(leaves)
    first = [{**each, "text": f" {each['text']}"} for each in leaves[:1]]
    return [_mention_leaf(who), *first, *leaves[1:]]


def with_dots(groups: Iterable[Sequence[Block]]) -> list[Block]:
    """The groups that are not empty, with a dot between them."""
    leaves: list[Block] = []
    for group in groups:
        if group:
            leaves += [leaf(" · "), *group] if leaves else group
    return leaves


def joined(rows: Iterable[tuple[str, str]], most: int = 200) -> str:
    """The same line as text, each value cut."""
    shown = ((label, clean(value, most)) for label, value in rows)
    return " · ".join(f"{label}: {value}" if label else value for label, value in shown)


def safe_address(url: str) -> str:
    """The address, or "" where it is none that a browser should open."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc or len(url) > URL_MAX:
        return ""
    return "" if _NOT_IN_A_LINK.search(url) or not is_visible(url) else url


def link_leaves(url: str, label: str) -> list[Block]:
    """A leaf that leads there; none where the address is none to open."""
    return [{"type": "link", "url": url, "text": label}] if safe_address(url) else []


def link(url: str, label: str) -> Block | None:
    """A link of its own; None where the address is none to open."""
    leaves = link_leaves(url, label)
    return rich(leaves) if leaves else None


def linked(text: str, url: str) -> Block:
    """A leaf that leads there, or the text alone if the address is none to open."""
    return next(iter(link_leaves(url, text)), leaf(text))


def mention(who: str) -> str:
    """A mention that the config asks for, in Slack's markup."""
    if who == "here":
        return "<!here>"
    return f"<!subteam^{who}>" if who.startswith("S") else f"<@{who}>"


def _mention_leaf(who: str) -> Block:
    if who == "here":
        return {"type": "broadcast", "range": "here"}
    if who.startswith("S"):
        return {"type": "usergroup", "usergroup_id": who}
    return {"type": "user", "user_id": who}


def mention_block(who: str) -> Block:
    """A section that mentions somebody of the config."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": mention(who), "verbatim": True}}


def _cell(text: str, strike: bool) -> Block:
    if strike:
        return rich([leaf(text or EMPTY, strike=True)])
    return {"type": "raw_text", "text": text or EMPTY}


def table(rows: list[list[str]], right: set[int], *, strike: bool = False) -> Block:
    """A table; the columns in `right` are aligned to the right, `strike` crosses out its body."""
    settings = [{"align": "right" if i in right else "left"} for i in range(len(rows[0]))]
    cells = [[_cell(text, strike and bool(i)) for text in row] for i, row in enumerate(rows)]
    return {"type": "table", "column_settings": settings, "rows": cells}


def size(blocks: Iterable[Block]) -> int:
    """How many characters of text the blocks hold, however Slack counts them: an escaped one may be
    five."""
    texts: list[str] = []
    for block in blocks:
        _texts(block, texts)
    text = "".join(texts)
    return units(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def _texts(value: Any, into: list[str]) -> None:
    """Collect the texts of an element, or of a row of cells."""
    if isinstance(value, list):
        for inner in value:
            _texts(inner, into)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name == "text" and isinstance(inner, str):
                into.append(inner)
            elif isinstance(inner, _NESTED):
                _texts(inner, into)
