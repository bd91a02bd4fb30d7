"""`manual`: what Exact cannot answer, in the words of the config. Each is a reply in the thread of
the close, and green while a person's check mark stands on it."""

from collections.abc import Iterator
from dataclasses import replace

from exact_slack.close.books import Books, Ticked
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Judged, Said, green, red, unknown

WORDS = table(
    """
title | By hand | Met de hand | Von Hand | À la main | A mano
open | Nobody has ticked it in its thread. | Nog niemand heeft het in de thread aangevinkt. | Niemand hat es im Thread abgehakt. | Personne ne l’a coché dans le fil. | Nadie lo ha marcado en el hilo.
done | Ticked by {text}. | Aangevinkt door {text}. | Abgehakt von {text}. | Coché par {text}. | Marcado por {text}.
no_slack | Not known: Slack does not say ({text}). | Niet bekend: Slack zegt het niet ({text}). | Nicht bekannt: Slack sagt es nicht ({text}). | Inconnu : Slack ne le dit pas ({text}). | No se sabe: Slack no lo dice ({text}).
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


def judge(books: Books) -> Iterator[Judged]:
    """Nothing where the config has none."""
    for words in dict.fromkeys(books.wishes.manual):
        yield replace(_judged(books.ticks.get(words, Ticked())), title=words)


def _judged(ticked: Ticked) -> Judged:
    if ticked.problem:
        return unknown(Said("no_slack", text=ticked.problem))
    return green(Said("done", text=ticked.by)) if ticked.by else red(Said("open"))


LINE = LineKind(100, WORDS, judge)
