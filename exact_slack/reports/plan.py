"""What a report reads, before anything is read: which divisions and lists, and how many calls."""

from dataclasses import dataclass
from math import ceil

from exact_slack.documents.subjects import Side, Subject

_OVERVIEWS = 2
"""Before the lists and after them."""
_PAGE = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for. `name` is that of the config's report, "" for one that has none."""

    subject: Subject
    side: Side | None
    divisions: tuple[int, ...]
    name: str = ""

    @property
    def sides(self) -> tuple[Side, ...]:
        """The lists that are read; cash goes both ways."""
        return (self.side,) if self.side else tuple(Side)

    @property
    def banks(self) -> bool:
        """Whether the bank journals are read."""
        return self.subject is Subject.CASH


def calls(plan: Plan, terms: int, journals: int = 1) -> int:
    """The calls that a division needs where it has so many open terms: the overview twice, a page
    for each 60 of them, and what is no plain invoice; a call each for journals and balances."""
    pages = max(ceil(terms / _PAGE), len(plan.sides))
    banks = 1 + journals if plan.banks else 0
    return _OVERVIEWS + pages + len(plan.sides) + banks
