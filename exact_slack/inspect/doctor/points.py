"""An open point of what we know of a service, and how to look at it.

No public source settles these; whoever has a real account does, with one command. What was seen
is told in our own words and numbers of calls: never a name, an amount or an address, so that it can
be mailed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exact_slack.app.customer import Customer
from exact_slack.errors import ExactSlackError
from exact_slack.inspect.doctor.findings import Assumption
from exact_slack.inspect.online.findings import Online

if TYPE_CHECKING:
    from exact_slack.close.books import Books

Seen = tuple[str, bool | None]
"""What the service did, and whether that is as assumed."""
NOT_TRIED: Seen = ("not tried: it would change something", None)


@dataclass(slots=True)
class Context:
    """What can be looked at. `exact`, `slack`: whether they can be asked."""

    customer: Customer
    asked: Online
    exact: bool
    slack: bool
    refused: set[str] = field(default_factory=set)
    """Endpoints that refused something: they are not asked again."""
    books: "Books | None" = None
    """What a close reads, once something of it was looked at."""

    @property
    def division(self) -> int:
        """The division that is asked."""
        usable = [division.division for division in self.asked.divisions if not division.problem]
        return (usable or list(self.customer.config.exact.divisions))[0]


@dataclass(frozen=True, slots=True)
class Point:
    """An open point. `needs_exact`, `needs_slack`: looking at it is a call."""

    name: str
    assumed: str
    breaks: str
    look: Callable[[Context], Seen]
    needs_exact: bool = False
    needs_slack: bool = False

    def seen(self, context: Context) -> Assumption:
        """Look at it. What goes wrong on the way says nothing of it."""
        saw, holds = self._looked(context)
        return Assumption(self.name, self.assumed, self.breaks, saw, holds)

    def _looked(self, context: Context) -> Seen:
        if (self.needs_exact and not context.exact) or (self.needs_slack and not context.slack):
            return "not asked: something else must be mended first", None
        try:
            return self.look(context)
        except ExactSlackError as error:
            return f"not answered ({type(error).__name__})", None


def seen(points: Iterable[Point], context: Context) -> list[Assumption]:
    """All of them."""
    return [point.seen(context) for point in points]
