"""Draws a chart (data_visualization): bars by category, in HTML and in characters."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

_HEIGHT, _BAR, _GAP, _LEFT, _FOOT = 120, 26, 18, 8, 34
_COLOURS = ("#1264a3", "#2eb67d", "#e8a317", "#e01e5a", "#7c3085", "#36c5f0")
_LABEL = 92
"""Room for the name of a category."""
_LONGEST = 30


def _points(chart: dict[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Series, category and value, whatever sort of chart it is."""
    for segment in chart.get("segments") or ():
        yield "", segment["label"], float(segment["value"])
    for series in chart.get("series") or ():
        for point in series["data"]:
            yield series["name"], point["label"], float(point["value"])


def chart_html(block: dict[str, Any]) -> str:
    """The chart as SVG, with its numbers in the title of each bar."""
    points = list(_points(block["chart"]))
    names = list(dict.fromkeys(name for name, _, _ in points))
    labels = list(dict.fromkeys(label for _, label, _ in points))
    top = max((abs(value) for _, _, value in points), default=0.0) or 1.0
    group = max(_BAR * len(names) + _GAP, _LABEL)
    width, parts = _LEFT + group * len(labels), []
    for name, label, value in points:
        tall = max(round(abs(value) / top * _HEIGHT), 1 if value else 0)
        left = _LEFT + labels.index(label) * group + names.index(name) * _BAR
        colour = _COLOURS[names.index(name) % len(_COLOURS)]
        tip = escape(f"{name} {label}: {value:,.2f}".strip())
        faded = ' fill-opacity="0.4"' if value < 0 else ""
        parts.append(
            f'<rect x="{left}" y="{_HEIGHT - tall + 8}" width="{_BAR - 4}" height="{tall}"'
            f' fill="{colour}"{faded}><title>{tip}</title></rect>'
        )
    for index, label in enumerate(labels):
        left = _LEFT + index * group
        parts.append(
            f'<text x="{left}" y="{_HEIGHT + 24}" font-size="11" fill="currentColor">'
            f"{escape(label)}</text>"
        )
    named = [(n, name) for n, name in enumerate(names) if name]
    legend = "".join(
        f'<span class="context-element">{_square(n)} {escape(name)}</span> ' for n, name in named
    )
    title, high = escape(block["title"]), _HEIGHT + _FOOT
    size = f'width="{width}" height="{high}" viewBox="0 0 {width} {high}"'
    drawn = f'<svg role="img" aria-label="{title}" {size}>{"".join(parts)}</svg>'
    return f'<div class="section-text"><b>{title}</b></div>{drawn}<div>{legend}</div>'


def _square(number: int) -> str:
    """In the colour of a series: the page takes no style of an element."""
    fill = _COLOURS[number % len(_COLOURS)]
    return f'<svg width="10" height="10"><rect width="10" height="10" fill="{fill}"/></svg>'


def chart_text(block: dict[str, Any]) -> list[str]:
    """The chart in characters."""
    points = list(_points(block["chart"]))
    top = max((abs(value) for _, _, value in points), default=0.0) or 1.0
    lines = [f"[chart] {block['title']}"]
    for name, label, value in points:
        bar = "█" * max(round(abs(value) / top * _LONGEST), 1 if value else 0)
        sign = "- " if value < 0 else ""
        lines.append(f"  {label:<20} {sign}{bar} {name}".rstrip())
    return lines
