"""The right person, found with what the ledger knows of people."""

from exact_slack.config.model import Config
from exact_slack.config.people import ByRole
from exact_slack.config.route import Route
from exact_slack.documents.document import Document
from exact_slack.ledger.ledger import Ledger
from exact_slack.routing.addressees import Addressees, Directory, Nobody


class Acquainted:
    """A directory over the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def is_shared(self, name: str) -> bool:
        """Whether several users of Exact have this full name."""
        return self._ledger.exact_people.is_shared(name)

    def is_unreachable(self, slack_id: str) -> bool:
        """Whether Slack said that somebody left, or is a bot."""
        person = self._ledger.people.get(slack_id)
        return person is not None and (person.is_gone or person.is_bot)


def addressees(config: Config, ledger: Ledger | None) -> Addressees | None:
    """Who finds people; None where no route goes by them."""
    if not config.roles():
        return None
    directory: Directory = Acquainted(ledger) if ledger else Nobody()
    return Addressees(config.people, directory)


def mention_of(
    config: Config, ledger: Ledger | None, route: Route | None, *documents: Document
) -> str | None:
    """Whom a message of a route mentions that is about these documents."""
    wanted = route.mention if route else None
    if not isinstance(wanted, ByRole):
        return wanted
    addressing = addressees(config, ledger)
    return addressing.mention(wanted, *documents) if addressing else wanted.otherwise
