"""Draws Block Kit blocks as HTML; everything from outside is escaped."""

from __future__ import annotations

from html import escape
from typing import Any

from exact_slack.sandbox.page.chart import chart_html
from exact_slack.sandbox.page.markup import Name, Span, rich_leaves, safe_url, text_object

ALIGNMENTS = ("left", "center", "right")
_STYLE_TAGS = {"bold": "b", "italic": "i", "strike": "s", "underline": "u"}


def spans_html(spans: list[Span]) -> str:
    """Return the HTML of spans; line ends become breaks."""
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    text = escape(span.text).replace("\n", "<br>")
    if span.kind == "link":
        text = f'<a href="{escape(span.url)}" target="_blank" rel="noopener noreferrer">{text}</a>'
    elif span.kind == "mention":
        text = f'<span class="mention">{text}</span>'
    elif span.kind == "code":
        text = f"<code>{text}</code>"
    elif span.kind == "pre":
        text = f"<pre>{escape(span.text)}</pre>"
    elif span.kind == "quote":
        text = f'<span class="quote">{text}</span>'
    for style in sorted(span.styles & set(_STYLE_TAGS)):
        text = f"<{_STYLE_TAGS[style]}>{text}</{_STYLE_TAGS[style]}>"
    return text


def block_html(block: dict[str, Any], name: Name) -> str:
    """Return the HTML of one block."""
    draw = _DRAWERS.get(block["type"], _unknown)
    return f'<div class="block block-{escape(block["type"])}">{draw(block, name)}</div>'


def _text(obj: dict[str, Any], name: Name) -> str:
    return spans_html(text_object(obj, name))


def _header(block: dict[str, Any], name: Name) -> str:
    return f"<h3>{_text(block['text'], name)}</h3>"


def _section(block: dict[str, Any], name: Name) -> str:
    parts = []
    if block.get("text"):
        parts.append(f'<div class="section-text">{_text(block["text"], name)}</div>')
    if block.get("fields"):
        fields = "".join(f'<div class="field">{_text(f, name)}</div>' for f in block["fields"])
        parts.append(f'<div class="fields">{fields}</div>')
    accessory = block.get("accessory")
    if not accessory:
        return "".join(parts)
    drawn = _button(accessory) if accessory["type"] == "button" else _image(accessory, name)
    text = "".join(parts)
    return f'<div class="with-accessory"><div>{text}</div><div>{drawn}</div></div>'


def _context(block: dict[str, Any], name: Name) -> str:
    drawn = (
        _image(element, name) if element["type"] == "image" else _text(element, name)
        for element in block["elements"]
    )
    return "".join(f'<span class="context-element">{html}</span>' for html in drawn)


def _divider(block: dict[str, Any], name: Name) -> str:
    return "<hr>"


def _actions(block: dict[str, Any], name: Name) -> str:
    return "".join(_button(element) for element in block["elements"])


def _button(element: dict[str, Any]) -> str:
    label = escape(element["text"]["text"])
    style = f"button {escape(element.get('style') or '')}".strip()
    url = safe_url(element.get("url") or "")
    if url:
        link = f'href="{escape(url)}" target="_blank" rel="noopener noreferrer"'
        return f'<a class="{style}" {link}>{label}</a>'
    return f'<button type="button" class="{style}" disabled>{label}</button>'


def _image(block: dict[str, Any], name: Name) -> str:
    """Name an image instead of loading it: the page asks nothing of other servers."""
    return f'<span class="image">{escape(block["alt_text"])}</span>'


def _markdown(block: dict[str, Any], name: Name) -> str:
    """Show Markdown as it was written."""
    return f'<div class="markdown">{escape(block["text"])}</div>'


def _table(block: dict[str, Any], name: Name) -> str:
    settings = [setting or {} for setting in block.get("column_settings") or []]
    head, *body = block["rows"]
    rows = "".join(_row(row, settings, name, "td") for row in body)
    head_row = _row(head, settings, name, "th")
    return (
        f'<div class="table-scroll" tabindex="0"><table><thead>{head_row}</thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _data_table(block: dict[str, Any], name: Name) -> str:
    """As a table with its caption; numbers stand to the right. Nothing is sorted here."""
    numbers = {
        index
        for row in block["rows"][1:]
        for index, cell in enumerate(row)
        if cell["type"] == "raw_number"
    }
    settings = [
        {"align": "right" if index in numbers else "left"} for index in range(len(block["rows"][0]))
    ]
    drawn = _table({"rows": block["rows"], "column_settings": settings}, name)
    return f'<div class="section-text"><b>{escape(block["caption"])}</b></div>{drawn}'


def _container(block: dict[str, Any], name: Name) -> str:
    """Blocks under a title that opens and closes them."""
    if block.get("rich_text_title"):
        title = _rich_text(block["rich_text_title"], name)
    else:
        title = f"<b>{_text(block['title'], name)}</b>"
    if block.get("subtitle"):
        title += f" <small>{_text(block['subtitle'], name)}</small>"
    inside = "".join(block_html(child, name) for child in block["child_blocks"])
    if not block.get("is_collapsible"):
        return f"<div>{title}</div>{inside}"
    state = "" if block.get("default_collapsed") else " open"
    return f"<details{state}><summary>{title}</summary>{inside}</details>"


def _chart(block: dict[str, Any], name: Name) -> str:
    return chart_html(block)


def _row(row: list[dict[str, Any]], settings: list[dict[str, Any]], name: Name, tag: str) -> str:
    cells = []
    for index, cell in enumerate(row):
        setting = settings[index] if index < len(settings) else {}
        align = setting.get("align") if setting.get("align") in ALIGNMENTS else "left"
        wrapped = " wrapped" if setting.get("is_wrapped") else ""
        html = _rich_text(cell, name) if cell["type"] == "rich_text" else escape(cell["text"])
        scope = ' scope="col"' if tag == "th" else ""
        cells.append(f'<{tag}{scope} class="{align}{wrapped}">{html}</{tag}>')
    return f"<tr>{''.join(cells)}</tr>"


def _rich_text(block: dict[str, Any], name: Name) -> str:
    return "".join(_rich_element(element, name) for element in block["elements"])


def _rich_element(element: dict[str, Any], name: Name) -> str:
    kind = element["type"]
    if kind == "rich_text_list":
        tag = "ol" if element.get("style") == "ordered" else "ul"
        indent = min(int(element.get("indent") or 0), 8)
        items = "".join(
            f"<li>{spans_html(rich_leaves(item['elements'], name))}</li>"
            for item in element["elements"]
        )
        return f'<{tag} class="indent-{indent}">{items}</{tag}>'
    html = spans_html(rich_leaves(element["elements"], name))
    if kind == "rich_text_preformatted":
        return f"<pre>{html}</pre>"
    if kind == "rich_text_quote":
        return f'<blockquote class="quote">{html}</blockquote>'
    return f'<div class="rich-section">{html}</div>'


def _unknown(block: dict[str, Any], name: Name) -> str:
    return f'<span class="image">{escape(block["type"])}</span>'


_DRAWERS = {
    "header": _header,
    "section": _section,
    "context": _context,
    "divider": _divider,
    "actions": _actions,
    "image": _image,
    "markdown": _markdown,
    "table": _table,
    "data_table": _data_table,
    "data_visualization": _chart,
    "rich_text": _rich_text,
    "container": _container,
}
