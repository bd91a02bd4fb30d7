"""`config check --online`: who is found through `people`, and who is not."""

from dataclasses import dataclass

from exact_slack.app.addressees import addressees
from exact_slack.app.customer import Customer
from exact_slack.config.people import Role, is_group
from exact_slack.deliver.people import GONE, why_unreachable
from exact_slack.documents.document import Document
from exact_slack.routing.addressees import known
from exact_slack.slack.client import SlackClient
from exact_slack.slack.incoming.reactions import User, user
from exact_slack.slack.outcome import Outcome

_LATEST = 200
"""Documents of each kind that are looked at."""
_NAMED = 10


@dataclass(slots=True)
class Entry:
    """An entry of `people`. `problem` is "" where somebody reads what it leads to."""

    role: str
    key: str
    id: str
    problem: str = ""


@dataclass(slots=True)
class Unmatched:
    """Somebody, or a cost center, that documents name and no entry fits."""

    role: str
    name: str
    problem: str


def entries(customer: Customer, client: SlackClient) -> tuple[list[Entry], str]:
    """Each entry that routes go by; and what Slack did not tell."""
    config, listed, untold = customer.config, list[Entry](), ""
    writes = {route.to_people for route in config.routes}
    asked: dict[str, str] = {}
    for role in Role:
        if role not in config.roles():
            continue
        for key, slack_id in config.people.of(role).items():
            entry = Entry(role.value, key, slack_id)
            listed.append(entry)
            if is_group(slack_id):
                no_one = "a user group gets no direct messages"
                entry.problem = no_one if role in writes else ""
                continue
            if slack_id not in asked:
                answer = user(client, slack_id)
                untold = untold or _untold(answer)
                asked[slack_id] = _problem(answer)
            entry.problem = asked[slack_id]
    return listed, untold


def _problem(answer: User | Outcome) -> str:
    return why_unreachable(answer) if isinstance(answer, User) else GONE.get(answer.error, "")


def _untold(answer: User | Outcome) -> str:
    return "" if isinstance(answer, User) or answer.error in GONE else answer.error


def unmatched(customer: Customer) -> list[Unmatched]:
    """Whom the latest documents name, and no entry fits. Of two with one name, neither is."""
    config, ledger = customer.config, customer.ledger
    people = addressees(config, ledger)
    if people is None:
        return []
    by_place: dict[tuple[str, str], Unmatched] = {}
    for document in _latest(customer):
        for role in sorted(config.roles()):
            who = known(role, document)
            name = who.name.strip() or who.id
            if name and people.find(role, document) is None:
                shared = role is not Role.COST_CENTER and ledger.exact_people.is_shared(name)
                why = "several users of Exact have this name" if shared else "no entry fits"
                by_place.setdefault((role, name), Unmatched(role.value, name, why))
    return list(by_place.values())


def _latest(customer: Customer) -> list[Document]:
    config = customer.config
    return [
        stored.document
        for kind in config.routed_kinds()
        for stored in customer.ledger.documents.latest(config.exact.divisions, kind, _LATEST)
    ]


def sentences(entries: list[Entry], missing: list[Unmatched]) -> list[str]:
    """What of that somebody should look at."""
    said = [f"people.{e.role}: {e.key} ({e.id}): {e.problem}." for e in entries if e.problem]
    for role, why in dict.fromkeys((entry.role, entry.problem) for entry in missing):
        names = [entry.name for entry in missing if (entry.role, entry.problem) == (role, why)]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        said.append(f"people.{role}: {', '.join(names[:_NAMED])}{more}: {why}.")
    return said
