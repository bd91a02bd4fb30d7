"""docs/benchmarks.md and its plot, from what was measured."""

import math
import os
import platform
from collections.abc import Iterable
from pathlib import Path

from bench.figures import Figure, Section, Table

DOCUMENT = Path("docs/benchmarks.md")
PLOT = Path("docs/growth.svg")
_INTRO = """\
# What it costs, measured

`make bench` measures whole processes against the sandbox over real sockets and writes this page;
`python -m bench calls` measures one part again. Every figure is the median of its runs, with the
lowest and the highest beside it. Ratios pair both sides in one run. The sandbox is not Exact or
Slack: these are the calls that exact-slack makes and the work that it does itself.

"""
_WIDTH, _HEIGHT, _EDGE = 640, 320, 68
_COLORS = ("#1264a3", "#e8912d", "#2bac76")


def as_text(section: Section) -> str:
    """A section as Markdown."""
    parts = [_figures(section.figures)] if section.figures else []
    parts += [_table(table) for table in section.tables]
    return "\n".join(parts)


def write(sections: Iterable[Section]) -> None:
    """The whole document."""
    sections = list(sections)
    figures = [figure for section in sections for figure in section.figures]
    parts = [_INTRO, _machine(sections), "\n## The marks\n", _figures(figures)]
    for section in sections:
        parts += [_table(table) for table in section.tables]
        if section.series:
            PLOT.write_text(_plot(section.series), encoding="utf-8")
            parts.append(f"\n![How cost grows with the changes]({PLOT.name})\n")
    DOCUMENT.write_text("".join(f"{part.rstrip()}\n" for part in parts), encoding="utf-8")


def _machine(sections: list[Section]) -> str:
    times = ", ".join(f"{section.name} {section.measured}" for section in sections)
    return (
        f"Machine: {os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python "
        f"{platform.python_version()}; shared with other work, so times are upper bounds.\n"
        f"Measured: {times}."
    )


def _figures(figures: list[Figure]) -> str:
    rows = [
        (
            figure.name + (f" ({figure.note})" if figure.note else ""),
            figure.shown(figure.middle),
            f"{figure.shown(min(figure.values))} – {figure.shown(max(figure.values))}"
            f" ({len(figure.values)})",
            figure.mark,
            {True: "yes", False: "**no**", None: ""}[figure.holds],
        )
        for figure in figures
    ]
    return _rows(("figure", "median", "lowest – highest (runs)", "mark", "holds"), rows)


def _table(table: Table) -> str:
    note = f"\n{table.note}\n" if table.note else ""
    return f"\n## {table.title}\n\n{_rows(table.head, table.rows)}{note}"


def _rows(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *(list(row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _plot(series: dict[str, list[tuple[float, float]]]) -> str:
    """Both axes by powers of ten, so that straight lines are proportional growth."""
    points = [point for line in series.values() for point in line]
    xs, ys = ([math.log10(max(value, 1.0)) for value in axis] for axis in zip(*points, strict=True))
    low_x, high_x = math.floor(min(xs)), math.ceil(max(xs))
    low_y, high_y = math.floor(min(ys)), math.ceil(max(ys))

    def place(x: float, y: float) -> str:
        across = (math.log10(max(x, 1.0)) - low_x) / (high_x - low_x)
        up = (math.log10(max(y, 1.0)) - low_y) / (high_y - low_y)
        left = _EDGE + across * (_WIDTH - 2 * _EDGE)
        return f"{left:.1f},{_HEIGHT - _EDGE - up * (_HEIGHT - 2 * _EDGE):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
    ]
    for power in range(low_x, high_x + 1):
        x, y = place(10**power, 10**low_y).split(",")
        parts.append(f'<text x="{x}" y="{float(y) + 18}" text-anchor="middle">{10**power:,}</text>')
    for power in range(low_y, high_y + 1):
        x, y = place(10**low_x, 10**power).split(",")
        parts.append(f'<text x="{float(x) - 6}" y="{y}" text-anchor="end">{10**power:,}</text>')
        parts.append(f'<line x1="{x}" x2="{_WIDTH - _EDGE}" y1="{y}" y2="{y}" stroke="#dddddd"/>')
    for color, (name, line) in zip(_COLORS, series.items(), strict=False):
        path = " ".join(place(x, y) for x, y in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        x, y = place(*line[-1]).split(",")
        parts.append(
            f'<text x="{x}" y="{float(y) - 6}" fill="{color}" text-anchor="end">{name}</text>'
        )
    parts.append(
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 12}" text-anchor="middle">changes in one poll</text>'
    )
    return "\n".join([*parts, "</svg>\n"])
