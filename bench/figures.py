"""What the bench measures, as data: figures with their marks, and tables."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

RESULTS = Path(".bench/results")
"""Each section's latest results, so that one can be measured again without the others."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: a value from each run, and the mark that the median is held to."""

    name: str
    values: tuple[float, ...]
    mark: str = ""
    limit: float | None = None
    at_least: bool = False
    digits: int = 0
    unit: str = ""
    note: str = ""

    @property
    def middle(self) -> float:
        """The median of the runs."""
        return median(self.values)

    @property
    def holds(self) -> bool | None:
        """Whether the median keeps its mark; None where there is none."""
        if self.limit is None:
            return None
        return self.middle >= self.limit if self.at_least else self.middle <= self.limit

    def shown(self, value: float) -> str:
        """A value with its digits and unit."""
        return f"{value:,.{self.digits}f}{self.unit}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table beside the figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(slots=True)
class Section:
    """What one part of the bench found. `series` are the points of the plot, by line."""

    name: str
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    series: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    measured: str = ""

    def save(self) -> None:
        """Keep it for the report."""
        RESULTS.mkdir(parents=True, exist_ok=True)
        path = RESULTS / f"{self.name}.json"
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


def load(names: Iterable[str]) -> list[Section]:
    """The kept sections of these names, in this order; those never measured are left out."""
    return [_section(path) for name in names if (path := RESULTS / f"{name}.json").exists()]


def _section(path: Path) -> Section:
    values = json.loads(path.read_text(encoding="utf-8"))
    return Section(
        name=values["name"],
        figures=[Figure(**{**one, "values": tuple(one["values"])}) for one in values["figures"]],
        tables=[
            Table(one["title"], tuple(one["head"]), tuple(map(tuple, one["rows"])), one["note"])
            for one in values["tables"]
        ],
        series={name: [(x, y) for x, y in points] for name, points in values["series"].items()},
        measured=values["measured"],
    )
