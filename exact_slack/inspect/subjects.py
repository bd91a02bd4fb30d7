"""Which document a person means (`route explain`, `preview`): one of the ledger or a sample, with
its event and exceptions as the rules saw them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exact_slack.app.customer import Customer
from exact_slack.app.today import today
from exact_slack.documents.document import Document
from exact_slack.documents.event import Event
from exact_slack.documents.exceptions import Evidence, ExceptionKind
from exact_slack.documents.samples import RUNS, SAMPLES
from exact_slack.errors import BadRequest
from exact_slack.ledger.compared.history import Earlier
from exact_slack.ledger.documents.stored import Stored
from exact_slack.routing import exceptions
from exact_slack.routing.cases import NoHistory
from exact_slack.routing.exceptions import Given
from exact_slack.routing.rules import Occasion


@dataclass(frozen=True, slots=True)
class Subject:
    """One document to look at, and what its exceptions were compared with. `stored` is None for a
    sample."""

    occasion: Occasion
    compared: Mapping[str, Evidence]
    stored: Stored | None = None
    run: tuple[Document, ...] = ()
    """Of a sample: the payments that are one run."""

    @property
    def document(self) -> Document:
        """The document itself."""
        return self.occasion.document

    def as_json(self) -> dict[str, object]:
        """What says which document it is."""
        document = self.document
        return {
            "division": document.ref.division,
            "kind": document.kind.value,
            "number": document.number,
            "key": document.ref.guid,
            "account": document.account.label,
            "event": self.occasion.event.value,
            "exceptions": list(self.occasion.exceptions),
        }


def subjects(
    customer: Customer, name: str | None, sample: str | None, event: str | None
) -> list[Subject]:
    """The documents with a key or number, in every division that has one; or a sample.
    BadRequest where there is none. Without `event`: deleted or paid where the document is that,
    else created."""
    day = today(customer.config, customer.clock)
    if sample is not None:
        return [_sampled(customer, sample, event, day)]
    documents = customer.ledger.documents.find(name or "")
    if not documents:
        raise BadRequest(
            f"{name}: the ledger has no document with this key or number.",
            "Only kinds that a route names are read; --sample KIND needs no ledger.",
        )
    return [_stored(customer, stored, event, day) for stored in documents]


def _stored(customer: Customer, stored: Stored, event: str | None, today: date) -> Subject:
    document = stored.document
    # a reference that was changed to one already used makes the earlier document the later one
    shown = {
        name for h in customer.ledger.deliveries.heads(stored.subject_id) for name in h.exceptions
    }
    renamed = ExceptionKind.DUPLICATE_REFERENCE in shown
    history = Earlier(customer.ledger.db, stored, renamed=renamed)
    fired = exceptions.find(Given(document, history, customer.config.exceptions, today))
    happened = Event(event) if event else _event(document, stored.deleted)
    return Subject(Occasion(document, happened, tuple(fired)), fired, stored)


def _sampled(customer: Customer, sample: str, event: str | None, today: date) -> Subject:
    from dataclasses import replace

    division = customer.config.exact.divisions[0]
    samples = RUNS[sample] if sample in RUNS else (SAMPLES[sample],)
    documents = [
        replace(document, ref=replace(document.ref, division=division)) for document in samples
    ]
    document, run = documents[0], tuple(documents) if sample in RUNS else ()
    tuning, day = customer.config.exceptions, document.date or today
    fired = exceptions.find(Given(document, NoHistory(), tuning, day))
    happened = Event(event) if event else _event(document, deleted=False)
    return Subject(Occasion(document, happened, tuple(fired)), fired, run=run)


def _event(document: Document, deleted: bool) -> Event:
    if deleted:
        return Event.DELETED
    settlement = document.settlement
    return Event.PAID if settlement and settlement.paid else Event.CREATED
