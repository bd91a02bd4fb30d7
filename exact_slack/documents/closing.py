"""A month's end: its lines, each green, red or unknown, as Exact Online answers them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from exact_slack.documents.compared.period import Period
from exact_slack.documents.kinds import Kind


class Light(StrEnum):
    """How a line stands. What cannot be answered is unknown, and never green."""

    GREEN = "green"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence: a word of its line (or one that all lines have), and what stands in it."""

    word: str
    n: int = 0
    amount: Decimal | None = None
    other: Decimal | None = None
    day: dt.date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One of what a line found, by name."""

    name: str
    amount: Decimal | None = None
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What one line found. `title`: of a line that people tick, what they say by it. `count` may
    be more than the items, which are the worst."""

    light: Light
    why: tuple[Said, ...]
    count: int = 0
    amount: Decimal | None = None
    items: tuple[Item, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a period's close, by its name."""

    name: str
    judged: Judged

    @property
    def light(self) -> Light:
        """How it stands."""
        return self.judged.light

    @property
    def key(self) -> tuple[str, str]:
        """What it is called among the others."""
        return self.name, self.judged.title


@dataclass(frozen=True, slots=True)
class Closing:
    """How the close of one period stands in one company. `others`: the companies that one message
    each tells of, and whether each is ready."""

    division: int
    name: str
    currency: str
    period: Period
    lines: tuple[Line, ...]
    others: tuple[tuple[str, bool], ...] = ()

    @property
    def ready(self) -> bool:
        """Whether nothing is red or unknown."""
        return all(line.light is Light.GREEN for line in self.lines)


WORST = 10
"""So many of what a line found are named."""


def green(
    *why: Said, count: int = 0, amount: Decimal | None = None, items: tuple[Item, ...] = ()
) -> Judged:
    """A line that is in order."""
    return Judged(Light.GREEN, why, count, amount, items)


def red(
    *why: Said, count: int = 0, amount: Decimal | None = None, items: tuple[Item, ...] = ()
) -> Judged:
    """A line that somebody has to put right."""
    return Judged(Light.RED, why, count, amount, items)


def unknown(*why: Said) -> Judged:
    """A line that cannot be answered."""
    return Judged(Light.UNKNOWN, why)


def worst(items: list[Item]) -> tuple[Item, ...]:
    """The largest amounts first."""
    by_size = sorted(items, key=lambda item: (-abs(item.amount or Decimal(0)), item.name))
    return tuple(by_size[:WORST])


@dataclass(frozen=True, slots=True)
class Posting:
    """A line of the invoice journal: of a processed sales or purchase entry that is dated in the
    period. Amounts are the company's currency; `amount` is without VAT."""

    kind: Kind
    number: str
    date: dt.date | None
    account: str
    reference: str
    description: str
    gl_account: str
    gl_name: str
    cost_center: str
    cost_center_name: str
    cost_unit: str
    amount: Decimal | None
    vat: Decimal | None
