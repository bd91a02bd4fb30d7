"""`config check` beyond the file: exceptions that fire on most of what their route takes, seen in
the ledger's latest documents. What is told of nearly everything says nothing."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date

from exact_slack.app.customer import Customer
from exact_slack.app.today import today
from exact_slack.config.file.source import read
from exact_slack.config.match import matches
from exact_slack.config.model import Config
from exact_slack.config.route import Route
from exact_slack.documents.event import Event
from exact_slack.documents.exceptions import BY_TIME, FIRES, ExceptionKind
from exact_slack.documents.kinds import Kind
from exact_slack.errors import ExactSlackError
from exact_slack.ledger.compared.history import Earlier
from exact_slack.ledger.ledger import FILE, Ledger
from exact_slack.routing import exceptions
from exact_slack.routing.rules import Occasion, first_failure

_LATEST = 50
"""Documents of each kind that are looked at."""
_ENOUGH = 10
"""From fewer than so many nothing is concluded."""


def seen_too_often(customer: Customer) -> list[str]:
    """The same for a customer; nothing where there is no ledger yet, or none that can be read."""
    if not any(map(_asked, customer.config.routes)) or not (customer.state / FILE).exists():
        return []
    try:
        with closing(Ledger(customer.state, reading=True)) as ledger:
            return too_often(customer.config, ledger, today(customer.config, customer.clock))
    except ExactSlackError:  # `status` tells what is the matter with it
        return []


def too_often(config: Config, ledger: Ledger, day: date) -> list[str]:
    """A sentence for each exception of a route that fired on more than half of the documents that
    its other conditions take. A due date comes to everything, and is left out."""
    judged = _judged(config, ledger, day)
    source = read(config.path)
    sentences: list[str] = []
    for index, route in enumerate(config.routes):
        place = ("routes", index, "when", "exception")
        for name, fired, taken in _often(route, judged):
            sentences.append(
                f"{config.path}:{source.line(place)}: routes[{index}].when.exception: {name} fired"
                f" on {fired} of the latest {taken} documents that the other keys take: what is"
                " told of most of them says little. Let kind, division or amount take fewer, or"
                " leave it out."
            )
    return sentences


def _judged(config: Config, ledger: Ledger, day: date) -> list[Occasion]:
    """The latest documents of each kind that an exception is asked of, and what fires on them."""
    names = {name for route in config.routes for name in _asked(route)}
    kinds = [
        kind
        for kind in Kind
        if any(kind in FIRES[name] for name in names)
        and any(_asked(route) and _takes(route, kind) for route in config.routes)
    ]
    occasions: list[Occasion] = []
    for kind in kinds:
        for stored in ledger.documents.latest(config.exact.divisions, kind, _LATEST):
            history = Earlier(ledger.db, stored)
            given = exceptions.Given(stored.document, history, config.exceptions, day)
            fired = tuple(exceptions.find(given))
            occasions.append(Occasion(stored.document, Event.CREATED, fired))
    return occasions


def _often(route: Route, judged: list[Occasion]) -> Iterator[tuple[ExceptionKind, int, int]]:
    others = route.when.model_copy(update={"exception": None, "event": None})
    for name in _asked(route):
        taken: Counter[bool] = Counter()
        for occasion in judged:
            if occasion.document.kind in FIRES[name]:
                plain = replace(occasion, exceptions=())
                if not first_failure(others, plain):
                    taken[name in occasion.exceptions] += 1
        if taken.total() >= _ENOUGH and 2 * taken[True] > taken.total():
            yield name, taken[True], taken.total()


def _asked(route: Route) -> list[ExceptionKind]:
    """The exceptions that a route takes documents for, but for those that a day brings."""
    patterns = [p for p in route.when.exception or () if not p.startswith("!")]
    wanted = route.when.exception or ()
    return [n for n in FIRES if patterns and matches(wanted, n) and n not in BY_TIME]


def _takes(route: Route, kind: Kind) -> bool:
    return route.when.takes(kind)
