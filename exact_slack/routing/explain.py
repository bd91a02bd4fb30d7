"""Why a route takes a document, or why not: what was found, and what was wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

from exact_slack.config.route import Comparison, Route, When
from exact_slack.documents.event import Event
from exact_slack.routing.addressees import Addressees
from exact_slack.routing.rules import Judgement, Occasion, Verdict, announces, found, judge


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one route says. `key` is the first condition that failed, "" where it takes the
    document; `posts` whether it causes a message, and `note` why not although it takes it."""

    route: Route
    key: str = ""
    found: str = ""
    wanted: str = ""
    posts: bool = False
    note: str = ""

    @property
    def taken(self) -> bool:
        """Whether the route takes the document."""
        return not self.key

    def sentence(self) -> str:
        """The failed condition in words, or the note."""
        if self.taken:
            return self.note
        return f"{self.key}: found {self.found}, wanted {self.wanted}"


def explained(judgement: Judgement, verdict: Verdict) -> tuple[str, str, str]:
    """Why a route does not take it: the condition, what was found, what was wanted."""
    if verdict.failed == "otherwise":
        taker = next(each.route.name for each in judgement.verdicts if each.taken)
        return "otherwise", f"the route {taker!r}", "no earlier route that takes it"
    occasion = judgement.occasion
    values = " / ".join(_readable(verdict.failed, occasion)) or "nothing"
    return verdict.failed, values, wanted_text(verdict.route.when, verdict.failed)


def explain(
    routes: Sequence[Route], occasion: Occasion, addressees: Addressees | None = None
) -> list[Explanation]:
    """What every route says, in the order of the config."""
    explanations: list[Explanation] = []
    judgement = judge(routes, occasion, addressees)
    for verdict in judgement.verdicts:
        route = verdict.route
        earlier = [explanation for explanation in explanations if explanation.taken]
        if verdict.failed:
            explanations.append(Explanation(route, *explained(judgement, verdict)))
        else:
            note = _silent(route, occasion.event, earlier)
            explanations.append(Explanation(route, posts=not note, note=note))
    return explanations


def _readable(key: str, occasion: Occasion) -> list[str]:
    """What the document has there, but for Exact's id of the account, which says nothing to a
    person."""
    return [value for value in found(key, occasion) if value != occasion.document.account.id]


def _silent(route: Route, event: Event, earlier: list[Explanation]) -> str:
    """Why a route that takes the document still causes no message of its own."""
    if not announces(route, event):
        return (
            "a deletion is told under the messages that are there; `event: deleted` asks for more"
        )
    if route.digest:
        return ""  # it collects for itself, whatever else its channel gets
    own = (r for r in earlier if r.posts and not r.route.digest)
    same = next((r for r in own if r.route.channel == route.channel), None)
    return f"the route {same.route.name!r} posts it to {route.channel} already" if same else ""


def wanted_text(when: When, key: str) -> str:
    """A condition in words: "EUR or USD", "anything but 60", ">= 1000 and < 5000"."""
    if key == "amount":
        return " or ".join(map(_range_text, when.amount or ()))
    patterns: tuple[str, ...] = getattr(when, key) or ()
    plain = " or ".join(p for p in patterns if not p.startswith("!"))
    barred = " or ".join(p[1:] for p in patterns if p.startswith("!"))
    if not barred:
        return plain
    return f"{plain}, but not {barred}" if plain else f"anything but {barred}"


def _range_text(every: tuple[Comparison, ...]) -> str:
    return " and ".join(f"{comparison.operator} {comparison.amount:f}" for comparison in every)
