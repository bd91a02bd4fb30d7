"""Metrics as Prometheus's text format 0.0.4 has them.

The library prometheus-client would bring a registry of process-wide counters; ours come out of the
ledger, so that all that is left of it is to write lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf

PREFIX = "exact_slack_"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus 3 refuses an answer that does not say so."""


class Type(StrEnum):
    """What a monitor may do with it."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Sample:
    """One line. `suffix` is that of a histogram's parts."""

    value: float
    labels: Mapping[str, str]
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name without the prefix, its type, what it says, and its samples."""

    name: str
    type: Type
    help: str
    samples: tuple[Sample, ...]


def text(families: Iterable[Family], customer: str) -> str:
    """All of them; every line bears the customer's name, and the last one ends, too."""
    return "".join(_family(family, customer) for family in families)


def _family(family: Family, customer: str) -> str:
    name = PREFIX + family.name
    lines = [f"# HELP {name} {family.help}", f"# TYPE {name} {family.type}"]
    lines += [_line(name, sample, customer) for sample in family.samples]
    return "\n".join(lines) + "\n"


def _line(name: str, sample: Sample, customer: str) -> str:
    labels = {"customer": customer, **sample.labels}
    inside = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items())
    return f"{name}{sample.suffix}{{{inside}}} {number(sample.value)}"


def number(value: float) -> str:
    """A value, or the bound of a bucket."""
    if value == inf:
        return "+Inf"
    return str(int(value)) if value == int(value) else repr(value)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
