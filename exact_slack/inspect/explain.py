"""`route explain` and `route test`: the rules at work, without a call to anybody."""

from dataclasses import dataclass
from pathlib import Path

from exact_slack.app.addressees import addressees
from exact_slack.app.customer import Customer
from exact_slack.config.cases import Case, load_cases
from exact_slack.config.file.source import Location, read
from exact_slack.errors import BadRequest
from exact_slack.inspect.subjects import Subject
from exact_slack.ledger.outgoing.states import State
from exact_slack.rendering.evidence import evidence_text
from exact_slack.rendering.words.locale import Words
from exact_slack.routing.cases import Result, judge_case
from exact_slack.routing.explain import Explanation, explain

_ENGLISH = "en_GB"
"""Commands speak English."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message that stands, or waits, for a document."""

    channel: str
    route: str
    state: State
    sentence: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One document, what every route says of it, its messages so far, and what else matters."""

    subject: Subject
    explanations: tuple[Explanation, ...]
    messages: tuple[Told, ...]
    notes: tuple[str, ...]

    def compared(self) -> dict[str, str]:
        """What each exception that fires was compared with, in words; "" where the document itself
        says it."""
        document = self.subject.document
        currency, words = document.company_currency or document.currency, Words(_ENGLISH)
        return {
            name: evidence_text(evidence, currency, words)
            for name, evidence in self.subject.compared.items()
        }

    def as_json(self) -> dict[str, object]:
        """One element of `route explain --json`."""
        return {
            **self.subject.as_json(),
            "compared": self.compared(),
            "routes": [_explanation_json(explanation) for explanation in self.explanations],
            "messages": [
                {
                    "channel": m.channel,
                    "route": m.route,
                    "state": m.state.value,
                    "reason": m.sentence,
                }
                for m in self.messages
            ],
            "notes": list(self.notes),
        }


def _explanation_json(explanation: Explanation) -> dict[str, object]:
    return {
        "route": explanation.route.name,
        "channel": explanation.route.channel,
        "takes": explanation.taken,
        "posts": explanation.posts,
        "failed": explanation.key,
        "found": explanation.found,
        "wanted": explanation.wanted,
        "note": explanation.note,
    }


def explained(customer: Customer, subject: Subject) -> Explained:
    """What the rules make of a document."""
    config, ledger = customer.config, customer.ledger if subject.stored else None
    explanations = explain(config.routes, subject.occasion, addressees(config, ledger))
    return Explained(
        subject,
        tuple(explanations),
        tuple(_messages(customer, subject)),
        tuple(_notes(customer, subject)),
    )


def _messages(customer: Customer, subject: Subject) -> list[Told]:
    if subject.stored is None:
        return []
    heads = customer.ledger.deliveries.heads(subject.stored.subject_id)
    return [Told(head.channel, head.route, head.state, head.sentence) for head in heads]


def _notes(customer: Customer, subject: Subject) -> list[str]:
    """What decides beside the rules: kinds that are not read, documents that share a message."""
    notes: list[str] = []
    document, stored = subject.document, subject.stored
    if document.kind not in customer.config.routed_kinds():
        notes.append(f"no route names the kind {document.kind}: it is not read at all")
    if stored is None:
        return notes
    documents = customer.ledger.documents
    if stored.subject_id != stored.id:
        first = documents.by_id(stored.subject_id).document
        notes.append(f"it shares the message of {first.label}: where that stands, no second comes")
    if document.is_term:
        invoice = customer.ledger.together.settled_by(document)
        if invoice and customer.ledger.deliveries.heads(invoice.subject_id):
            notes.append(
                f"it is told under the messages of {invoice.document.label}; a route gets one of "
                "its own only in a channel without those, once it is paid, if it names the kind"
            )
    return notes


# -- route test --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tested:
    """One case with the place where it stands."""

    place: str
    result: Result

    def as_json(self) -> dict[str, object]:
        """One element of `route test --json`."""
        case, result = self.result.case, self.result
        return {
            "name": case.name,
            "place": self.place,
            "ok": result.holds,
            "routes": list(result.routes),
            "channels": list(result.channels),
            "expected_routes": None if case.routes is None else list(case.routes),
            "expected_channels": None if case.channels is None else list(case.channels),
            "faults": list(result.faults),
        }


def tested(customer: Customer, file: Path | None) -> list[Tested]:
    """Judge the cases of `file`, or of the config. BadRequest where there are none; ConfigError
    names the file, line and key of a case that cannot be read."""
    config = customer.config
    before: Location
    cases: tuple[Case, ...]
    if file is not None:
        cases, source = load_cases(file, config.known())
        before = ()
    else:
        cases, source, before = config.tests, read(config.path), ("tests",)
    if not cases:
        raise BadRequest(
            f"{config.path}: there are no cases.",
            "Write some under the key `tests`, or name a file of them.",
        )
    division, people = config.exact.divisions[0], addressees(config, None)
    return [
        Tested(
            f"{source.path}:{source.line((*before, index))}",
            judge_case(case, config.routes, division, config.exceptions, people),
        )
        for index, case in enumerate(cases)
    ]
