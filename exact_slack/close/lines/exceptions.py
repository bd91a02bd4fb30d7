"""`exceptions`: nothing dated up to the period's end is still in the queue of triage."""

from collections.abc import Iterator

from exact_slack.close.books import Books, NotKnown, first_day
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Item, Judged, Said, green, red, worst
from exact_slack.ledger.triage.item import Item as Queued

WORDS = table(
    """
title | Exceptions | Uitzonderingen | Auffälliges | Anomalies | Excepciones
left | {n} documents are still in the queue. | {n} documenten staan nog in de wachtrij. | {n} Belege stehen noch in der Warteschlange. | {n} documents sont encore dans la file. | {n} documentos siguen en la cola.
left_one | 1 document is still in the queue. | 1 document staat nog in de wachtrij. | 1 Beleg steht noch in der Warteschlange. | 1 document est encore dans la file. | 1 documento sigue en la cola.
done | The queue is empty. | De wachtrij is leeg. | Die Warteschlange ist leer. | La file est vide. | La cola está vacía.
no_triage | Not known: no route has triage. | Niet bekend: geen route heeft triage. | Nicht bekannt: keine Route hat triage. | Inconnu : aucune route n’a de triage. | No se sabe: ninguna ruta tiene triage.
too_late | Not known: documents are read from {day} on, after the period. | Niet bekend: documenten worden pas gelezen vanaf {day}, na de periode. | Nicht bekannt: Belege werden erst ab {day} gelesen, nach der Periode. | Inconnu : les documents ne sont lus que depuis le {day}, après la période. | No se sabe: los documentos se leen solo desde el {day}, después del período.
not_read | Not known before the first poll. | Niet bekend voor de eerste poll. | Nicht bekannt vor dem ersten poll. | Inconnu avant le premier poll. | No se sabe antes del primer poll.
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


def judge(books: Books) -> Iterator[Judged]:
    """From the ledger alone."""
    kinds = books.config.routed_kinds()
    if any(books.ledger.cursors.get(books.code, kind) is None for kind in kinds):
        raise NotKnown(Said("not_read"))
    if day := first_day(books.ledger, kinds, books.code, books.period):
        raise NotKnown(Said("too_late", day=day))
    if not books.config.has_triage():
        raise NotKnown(Said("no_triage"))
    items = [
        item for unfinished in books.ledger.items.unfinished() if (item := _item(books, unfinished))
    ]
    if items:
        yield red(Said("left", n=len(items)), count=len(items), items=worst(items))
    else:
        yield green(Said("done"))


def _item(books: Books, queued: Queued) -> Item | None:
    """None for what is another company's, dated later, or no longer asked for."""
    head = books.ledger.deliveries.get(queued.head_id)
    routes = books.config.routes
    if head.document_id is None or not any(
        route.triage is not None and route.channel == head.channel for route in routes
    ):
        return None
    stored = books.ledger.documents.by_id(head.document_id)
    document = stored.document
    if document.ref.division != books.code:
        return None
    if document.date is not None and document.date > books.period.end:
        return None
    name = f"{document.number} {document.account.label}".strip()
    return Item(name, document.total_dc or document.total)


LINE = LineKind(90, WORDS, judge)
