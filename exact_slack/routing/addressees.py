"""The right person: whom a message about a document mentions, and to whom it goes."""

from collections import defaultdict
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import NamedTuple, Protocol

from exact_slack.config.people import ByRole, People, Role, is_group
from exact_slack.config.route import Route
from exact_slack.documents.document import Document, Line


class Directory(Protocol):
    """What is known of people on both sides."""

    def is_shared(self, name: str) -> bool:
        """Whether several users of Exact have this full name."""

    def is_unreachable(self, slack_id: str) -> bool:
        """Whether Slack says that somebody left, or is a bot."""


class Nobody:
    """A directory of which nothing is known."""

    def is_shared(self, name: str) -> bool:
        """Not that anybody knew."""
        return False

    def is_unreachable(self, slack_id: str) -> bool:
        """Not that anybody knew."""
        return False


class Known(NamedTuple):
    """How Exact calls somebody, or a cost center: its id or code, and a name."""

    id: str
    name: str


def known(role: Role, document: Document) -> Known:
    """Who, or which cost center, a document names for a role."""
    match role:
        case Role.CREATOR:
            return Known(document.creator_id, document.creator)
        case Role.ACCOUNT_MANAGER:
            return Known(document.account_manager_id, document.account_manager)
        case Role.COST_CENTER:
            return _largest(document)


def _largest(document: Document) -> Known:
    """The cost center with the largest share, of equal ones that of the first line."""
    shares: dict[Known, Decimal] = defaultdict(Decimal)
    for line in document.lines:
        if line.cost_center:
            shares[Known(line.cost_center, line.cost_center_name)] += _size(line)
    return max(shares, key=lambda center: shares[center], default=Known("", ""))


def _size(line: Line) -> Decimal:
    amount = line.amount_dc if line.amount_dc is not None else line.amount
    return abs(amount or Decimal(0))


class Addressees:
    """Finds people through the section `people`."""

    def __init__(self, people: People, directory: Directory) -> None:
        self._people = people
        self._directory = directory

    def find(self, role: Role, document: Document) -> str | None:
        """The Slack id of the entry that fits first; None where none does. Of people a full name
        fits that only one of them has, or Exact's id; of cost centers code or name, with globs."""
        who = known(role, document)
        for key, slack_id in self._people.of(role).items():
            if self._fits(key, who, role):
                return slack_id
        return None

    def _fits(self, key: str, who: Known, role: Role) -> bool:
        wanted = _plain(key)
        if role is Role.COST_CENTER:
            names = (_plain(value) for value in who if value.strip())
            return any(fnmatchcase(name, wanted) for name in names)
        if who.id and wanted.strip("{}") == _plain(who.id):
            return True
        return wanted == _plain(who.name) and not self._directory.is_shared(who.name)

    def mention(self, wanted: str | ByRole | None, *documents: Document) -> str | None:
        """Whom a message about these mentions: somebody only if it is the same for all."""
        if not isinstance(wanted, ByRole):
            return wanted
        people = {self.find(wanted.person, document) for document in documents}
        return (people.pop() if len(people) == 1 else None) or wanted.otherwise

    def route(self, route: Route, document: Document) -> Route:
        """The route as it is for a document: its channel is that of a person, where one is found
        who can be written to."""
        if not isinstance(route.address, ByRole):
            return route
        slack_id = self.find(route.address.person, document)
        if slack_id is None or is_group(slack_id) or self._directory.is_unreachable(slack_id):
            return route
        return route.model_copy(update={"address": slack_id})


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
