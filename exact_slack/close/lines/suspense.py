"""`suspense`: the accounts that the config names are zero at the period's end, after entry."""

from collections.abc import Iterator
from decimal import Decimal

from exact_slack.close.balances import ACCOUNTS, BALANCES, LINES, OPENING, balances, cents, named
from exact_slack.close.books import Books, NotKnown
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Item, Judged, Said, green, red, worst
from exact_slack.foreign import visible

WORDS = table(
    """
title | Suspense accounts | Tussenrekeningen | Verrechnungskonten | Comptes d’attente | Cuentas transitorias
left | {n} accounts are not zero. | {n} rekeningen zijn niet nul. | {n} Konten sind nicht null. | {n} comptes ne sont pas à zéro. | {n} cuentas no están a cero.
left_one | 1 account is not zero. | 1 rekening is niet nul. | 1 Konto ist nicht null. | 1 compte n’est pas à zéro. | 1 cuenta no está a cero.
done | All are zero. | Alle zijn nul. | Alle sind null. | Tous sont à zéro. | Todas están a cero.
no_account | Not known: there is no account {text}. | Niet bekend: er is geen rekening {text}. | Nicht bekannt: ein Konto {text} gibt es nicht. | Inconnu : il n’y a pas de compte {text}. | No se sabe: no existe la cuenta {text}.
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


def judge(books: Books) -> Iterator[Judged]:
    """Nothing where the config names no account. One that does not exist is not zero."""
    codes = tuple(dict.fromkeys(books.wishes.suspense))
    if not codes:
        return
    names = named(books, codes)
    if missing := [code for code in codes if code not in names]:
        raise NotKnown(Said("no_account", text=", ".join(missing)))
    sums = balances(books, codes, books.period.year, books.period.number)
    items = [
        Item(visible(f"{code} {names[code]}".strip()), amount)
        for code, amount in sums.items()
        if cents(amount)
    ]
    if items:
        total = sum((item.amount or Decimal(0) for item in items), Decimal(0))
        yield red(Said("left", n=len(items)), count=len(items), amount=total, items=worst(items))
    else:
        yield green(Said("done"))


LINE = LineKind(70, WORDS, judge, (ACCOUNTS, BALANCES, LINES, *OPENING.values()))
