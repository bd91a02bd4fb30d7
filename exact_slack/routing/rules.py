"""The rules: a document, an event and its exceptions against the `when` of each route."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exact_slack.config.match import matches
from exact_slack.config.route import Route, When
from exact_slack.documents.document import Document
from exact_slack.documents.event import Event
from exact_slack.documents.exceptions import SAYS_MORE_THAN
from exact_slack.routing.addressees import Addressees


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the rules look at: the document, the event, and the exceptions that fired."""

    document: Document
    event: Event
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one route says. `failed` is the first condition that did not hold, "" if taken."""

    route: Route
    failed: str = ""

    @property
    def taken(self) -> bool:
        """Whether the route takes the document."""
        return not self.failed


def _accounts(o: Occasion) -> tuple[str, ...]:
    account = o.document.account
    return tuple(filter(None, (account.code, account.name, account.id)))


def _of_lines(*names: str) -> Callable[[Occasion], tuple[str, ...]]:
    def values(o: Occasion) -> tuple[str, ...]:
        texts = (getattr(line, name) for line in o.document.lines for name in names)
        return tuple(dict.fromkeys(filter(None, texts)))

    return values


def _currency(o: Occasion) -> tuple[str, ...]:
    """The document's, the company's where it names none: as the message shows it."""
    return tuple(filter(None, (o.document.currency or o.document.company_currency,)))


def _status(o: Occasion) -> tuple[str, ...]:
    d = o.document
    code = "" if d.status_code is None else str(d.status_code)
    return tuple(filter(None, (code, d.status_word, d.status_name)))


def _projects(o: Occasion) -> tuple[str, ...]:
    return tuple(filter(None, (o.document.project, *_of_lines("project")(o))))


_VALUES: dict[str, Callable[[Occasion], tuple[str, ...]]] = {
    "kind": lambda o: (o.document.kind.value,),
    "division": lambda o: (str(o.document.ref.division),),
    "event": lambda o: (o.event.value,),
    "currency": _currency,
    "account": _accounts,
    "cost_center": _of_lines("cost_center", "cost_center_name"),
    "cost_unit": _of_lines("cost_unit", "cost_unit_name"),
    "gl_account": _of_lines("gl_account", "gl_account_name"),
    "journal": lambda o: tuple(filter(None, (o.document.journal, o.document.journal_name))),
    "project": _projects,
    "status": _status,
    "creator": lambda o: tuple(filter(None, (o.document.creator,))),
    "exception": lambda o: o.exceptions,
}


def found(key: str, occasion: Occasion) -> tuple[str, ...]:
    """What the document has for a key of `when`."""
    if key != "amount":
        return _VALUES[key](occasion)
    amount = occasion.document.comparable_amount
    return () if amount is None else (f"{amount:f}",)


def first_failure(when: When, occasion: Occasion) -> str:
    """The first key of `when` that does not hold, or ""."""
    for key, values in _VALUES.items():
        patterns: Sequence[str] | None = getattr(when, key)
        if key == "kind" and not when.takes(occasion.document.kind):
            return key
        if patterns is not None and not matches(patterns, *values(occasion)):
            return key
    if when.amount is not None:
        amount = occasion.document.comparable_amount
        if amount is None or not any(
            all(comparison.holds(amount) for comparison in every) for every in when.amount
        ):
            return "amount"
    return ""


def announces(route: Route, event: Event) -> bool:
    """Whether an event makes a message of its own: a deletion is told under the messages that
    are there already, unless the route asks for deletions."""
    return event is not Event.DELETED or route.when.event is not None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all routes say of an occasion. A document that is read is judged once."""

    occasion: Occasion
    verdicts: tuple[Verdict, ...]
    """In the order of the config."""

    def routes(self) -> list[Route]:
        """The routes that take it; in each channel only the first, so it is one message there.
        Digests are no messages of the document: each collects for itself."""
        taken: dict[tuple[str, str], Route] = {}
        for verdict in self.verdicts:
            if verdict.taken and announces(verdict.route, self.occasion.event):
                route = verdict.route
                taken.setdefault((route.channel, route.name if route.digest else ""), route)
        return list(taken.values())

    def asked_for(self, channel: str) -> tuple[str, ...]:
        """The exceptions for which routes take it to a channel: its one message there says them
        all, whichever of the routes words it."""
        if not self.occasion.exceptions:
            return ()
        asking = [
            verdict.route.when.exception
            for verdict in self.verdicts
            if verdict.taken and verdict.route.channel == channel and not verdict.route.digest
        ]
        names = [
            name
            for name in self.occasion.exceptions
            if any(asked and matches(asked, name) for asked in asking)
        ]
        more = {covers for name in names if (covers := SAYS_MORE_THAN.get(name))}
        return tuple(name for name in names if name not in more)


def judge(
    routes: Sequence[Route], occasion: Occasion, addressees: Addressees | None = None
) -> Judgement:
    """What every route says. `addressees`: who finds people; without, nobody is found."""
    verdicts: list[Verdict] = []
    for given in routes:
        route = addressees.route(given, occasion.document) if addressees else given
        failed = first_failure(route.when, occasion)
        if not failed and route.otherwise and any(v.taken for v in verdicts):
            failed = "otherwise"
        verdicts.append(Verdict(route, failed))
    return Judgement(occasion, tuple(verdicts))
