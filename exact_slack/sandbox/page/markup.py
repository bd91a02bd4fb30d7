"""Reads Slack's markup (mrkdwn) and rich text into spans that any medium can draw.

Source: docs.slack.dev, formatting message text. Text objects without
`verbatim` get links and mentions made of bare URLs and `@here`; text in
`plain_text`, `raw_text` and rich text leaves is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["text", "link", "mention", "code", "pre", "quote"]
Name = Callable[[str], str]
"""Turns an id of a user, group or channel into what is shown."""


@dataclass(frozen=True)
class Span:
    """A run of text in one style."""

    text: str
    kind: Kind = "text"
    url: str = ""
    styles: frozenset[str] = frozenset()


EMOJI = {
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "warning": "⚠️",
    "x": "❌",
    "bell": "🔔",
    "rotating_light": "🚨",
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳",
    "moneybag": "💰",
    "euro": "💶",
    "page_facing_up": "📄",
    "paperclip": "📎",
    "pencil2": "✏️",
    "pencil": "📝",
    "memo": "📝",
    "wastebasket": "🗑️",
    "receipt": "🧾",
    "link": "🔗",
    "arrow_right": "➡️",
    "large_red_circle": "🔴",
    "red_circle": "🔴",
    "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "large_green_circle": "🟢",
    "information_source": "ℹ️",
    "calendar": "📅",
    "package": "📦",
    "bank": "🏦",
    "repeat": "🔁",
}
_EMOJI = re.compile(r":([a-z0-9_+-]+):")
_TOKEN = re.compile(r"```(.+?)```|`([^`\n]+)`|<([^<>\n]+)>", re.DOTALL)
_STYLED = re.compile(r"(?<!\w)([*_~])(?=\S)([^\n]+?)(?<=\S)\1(?!\w)")
_STYLES = {"*": "bold", "_": "italic", "~": "strike"}
_HELD = re.compile("\0(\\d+)\0")
_BARE = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)])|(?<!\w)@(here|channel|everyone)\b")
_SAFE_URL = re.compile(r"(https?://|mailto:)", re.IGNORECASE)


def safe_url(url: str) -> str:
    """Return the address when a browser may follow it, else nothing."""
    return url if _SAFE_URL.match(url) else ""


def unescape(text: str) -> str:
    """Undo the three escapes Slack knows."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def with_emoji(text: str) -> str:
    """Draw the emoji whose short names are known."""
    return _EMOJI.sub(lambda match: EMOJI.get(match[1], match[0]), text)


def mrkdwn(text: str, name: Name, *, auto: bool = True) -> list[Span]:
    """Return the spans of a mrkdwn text; `auto` makes links of bare addresses and `@here`."""
    spans: list[Span] = []
    for index, line in enumerate(_lines(text.replace("\0", ""))):
        if index:
            spans.append(Span("\n"))
        quoted = next((mark for mark in ("&gt;", ">") if line.startswith(mark)), "")
        leaves = list(_inline(line.removeprefix(quoted).lstrip() if quoted else line, name, auto))
        spans += [_quoted(span) for span in leaves] if quoted else leaves
    return spans


def _quoted(span: Span) -> Span:
    return replace(span, kind="quote") if span.kind == "text" else span


def _lines(text: str) -> list[str]:
    """Split at line ends outside of code blocks."""
    parts = re.split(r"(```.+?```)", text, flags=re.DOTALL)
    lines = [""]
    for index, part in enumerate(parts):
        pieces = [part] if index % 2 else part.split("\n")
        lines[-1] += pieces[0]
        lines += pieces[1:]
    return lines


def _inline(text: str, name: Name, auto: bool) -> Iterator[Span]:
    held: list[Span] = []

    def hold(match: re.Match[str]) -> str:
        held.append(_token(match, name))
        return f"\0{len(held) - 1}\0"

    return _styled(_TOKEN.sub(hold, text), held, auto, frozenset())


def _token(match: re.Match[str], name: Name) -> Span:
    """Return the span of a code or of what stands in angle brackets."""
    block, code, inner = match.groups()
    if block is not None:
        return Span(unescape(block.strip("\n")), "pre")
    if code is not None:
        return Span(unescape(code), "code")
    target, _, label = inner.partition("|")
    label = unescape(label)
    if target.startswith("@"):
        return Span("@" + (label or name(target[1:])).lstrip("@"), "mention")
    if target.startswith("#"):
        return Span("#" + (label or name(target[1:])).lstrip("#"), "mention")
    if target.startswith("!"):
        return _special(target[1:], label, name)
    url = unescape(target)
    shown = label or url.removeprefix("mailto:")
    return Span(shown, "link", safe_url(url)) if safe_url(url) else Span(f"<{unescape(inner)}>")


def _special(command: str, label: str, name: Name) -> Span:
    """Return the span of `<!here>`, `<!subteam^S…>` or `<!date^…|fallback>`."""
    word, _, rest = command.partition("^")
    if word == "date":
        return Span(label or rest)
    if word == "subteam":
        return Span("@" + (label or name(rest)).lstrip("@"), "mention")
    return Span("@" + (word or label), "mention")


def _styled(text: str, held: list[Span], auto: bool, styles: frozenset[str]) -> Iterator[Span]:
    position = 0
    for match in _STYLED.finditer(text):
        yield from _leaves(text[position : match.start()], held, auto, styles)
        yield from _styled(match[2], held, auto, styles | {_STYLES[match[1]]})
        position = match.end()
    yield from _leaves(text[position:], held, auto, styles)


def _leaves(text: str, held: list[Span], auto: bool, styles: frozenset[str]) -> Iterator[Span]:
    for index, part in enumerate(_HELD.split(text)):
        if index % 2:
            yield replace(held[int(part)], styles=styles)
        elif part:
            yield from _bare(with_emoji(unescape(part)), auto, styles)


def _bare(text: str, auto: bool, styles: frozenset[str]) -> Iterator[Span]:
    """Make links and mentions of bare text, as Slack does unless told not to."""
    position = 0
    for match in _BARE.finditer(text) if auto else ():
        if match.start() > position:
            yield Span(text[position : match.start()], styles=styles)
        url, word = match.groups()
        yield Span(url, "link", url, styles) if url else Span(f"@{word}", "mention", "", styles)
        position = match.end()
    if position < len(text):
        yield Span(text[position:], styles=styles)


def text_object(obj: dict[str, Any], name: Name) -> list[Span]:
    """Return the spans of a text object."""
    if obj["type"] == "mrkdwn":
        return mrkdwn(obj["text"], name, auto=not obj.get("verbatim", False))
    text = obj["text"]
    return [Span(with_emoji(text) if obj.get("emoji", True) else text)]


def rich_leaves(elements: list[dict[str, Any]], name: Name) -> list[Span]:
    """Return the spans of a rich text section's leaves."""
    return [_rich_leaf(leaf, name) for leaf in elements]


def _rich_leaf(leaf: dict[str, Any], name: Name) -> Span:
    styles = frozenset(key for key, value in (leaf.get("style") or {}).items() if value is True)
    kind = leaf["type"]
    if kind == "link":
        url = safe_url(leaf["url"])
        return Span(leaf.get("text") or leaf["url"], "link" if url else "text", url, styles)
    if kind == "text":
        return Span(leaf["text"], "code" if "code" in styles else "text", "", styles)
    if kind == "emoji":
        return Span(EMOJI.get(leaf["name"], f":{leaf['name']}:"), styles=styles)
    if kind == "broadcast":
        return Span(f"@{leaf['range']}", "mention", styles=styles)
    if kind == "channel":
        return Span(f"#{name(leaf['channel_id'])}", "mention", styles=styles)
    if kind in ("user", "usergroup"):
        return Span(f"@{name(leaf[f'{kind}_id'])}", "mention", styles=styles)
    return Span(str(leaf.get("fallback") or leaf.get("value") or ""), styles=styles)


def message_spans(text: str, name: Name, *, is_mrkdwn: bool, parse: str, names: bool) -> list[Span]:
    """Return the spans of a message's top-level text.

    docs.slack.dev, formatting message text: addresses become links unless
    `parse` is none; `@here` becomes a mention only with `parse` full or
    `link_names`.
    """
    if not is_mrkdwn:
        return [Span(unescape(text))]
    spans = mrkdwn(text, name, auto=parse != "none")
    if parse == "full" or names:
        return spans
    return [_calm(span, text) for span in spans]


def _calm(span: Span, text: str) -> Span:
    """Turn a mention made of a bare word back into text."""
    made_up = span.kind == "mention" and f"<!{span.text[1:]}" not in text
    bare = span.text in ("@here", "@channel", "@everyone")
    return replace(span, kind="text") if made_up and bare else span


def plain(spans: list[Span]) -> str:
    """Return the text of spans without any style."""
    return "".join(span.text for span in spans)
