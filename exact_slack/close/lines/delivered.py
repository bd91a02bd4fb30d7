"""`delivered`: every routed document of the period is in its channels. Exact is asked for them once
all other lines are green, before that the ledger."""

from collections.abc import Iterator

from exact_slack.close.books import Books, NotKnown
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Item, Judged, Said, green, red

WORDS = table(
    """
title | Delivered to Slack | Bezorgd in Slack | Zugestellt in Slack | Remis dans Slack | Entregado en Slack
left | {n} documents are not in their channels: exact-slack status --verify tells. | {n} documenten staan niet in hun kanaal: exact-slack status --verify zegt welke. | {n} Belege sind nicht in ihren Kanälen: exact-slack status --verify zeigt sie. | {n} documents ne sont pas dans leurs canaux : exact-slack status --verify les nomme. | {n} documentos no están en sus canales: exact-slack status --verify los nombra.
left_one | 1 document is not in its channels: exact-slack status --verify tells. | 1 document staat niet in zijn kanaal: exact-slack status --verify zegt welk. | 1 Beleg ist nicht in seinen Kanälen: exact-slack status --verify zeigt ihn. | 1 document n’est pas dans ses canaux : exact-slack status --verify le nomme. | 1 documento no está en sus canales: exact-slack status --verify lo nombra.
verified | Compared with Exact: nothing is missing. | Vergeleken met Exact: er ontbreekt niets. | Mit Exact verglichen: es fehlt nichts. | Comparé à Exact : il ne manque rien. | Comparado con Exact: no falta nada.
by_ledger | By the ledger nothing is missing; Exact is asked once the other lines are green. | Volgens het grootboek van exact-slack ontbreekt niets; Exact wordt gevraagd zodra de andere regels groen zijn. | Laut exact-slack fehlt nichts; Exact wird gefragt, sobald die anderen Zeilen grün sind. | Selon exact-slack il ne manque rien ; Exact est interrogé dès que les autres lignes sont vertes. | Según exact-slack no falta nada; se pregunta a Exact cuando las demás líneas están en verde.
too_late | Not known: documents are read from {day} on, after the period. | Niet bekend: documenten worden pas gelezen vanaf {day}, na de periode. | Nicht bekannt: Belege werden erst ab {day} gelesen, nach der Periode. | Inconnu : les documents ne sont lus que depuis le {day}, après la période. | No se sabe: los documentos se leen solo desde el {day}, después del período.
not_read | Not known before the first poll. | Niet bekend voor de eerste poll. | Nicht bekannt vor dem ersten poll. | Inconnu avant le premier poll. | No se sabe antes del primer poll.
not_compared | Not known: not all could be compared with Exact. | Niet bekend: niet alles kon met Exact worden vergeleken. | Nicht bekannt: nicht alles ließ sich mit Exact vergleichen. | Inconnu : tout n’a pas pu être comparé à Exact. | No se sabe: no todo se pudo comparar con Exact.
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


def judge(books: Books) -> Iterator[Judged]:
    """Last of all: it may cost many calls."""
    stuck = books.deliveries(books.code, books.period, books.others_green)
    if stuck.first_day:
        raise NotKnown(Said("too_late", day=stuck.first_day))
    if stuck.never_read:
        raise NotKnown(Said("not_read"))
    if stuck.gaps:
        items = tuple(map(Item, stuck.gaps[:10]))
        yield red(Said("left", n=len(stuck.gaps)), count=len(stuck.gaps), items=items)
    elif stuck.problem:
        raise NotKnown(Said("not_compared"))
    else:
        yield green(Said("verified" if stuck.asked else "by_ledger"))


LINE = LineKind(200, WORDS, judge)
