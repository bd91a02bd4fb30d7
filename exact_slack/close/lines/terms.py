"""`terms`: what is open, by Exact's own lists, is what stands on the control accounts (G/L type 20
and 22), both as of now and after entry."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from exact_slack.close.balances import (
    ACCOUNTS,
    BALANCES,
    LINES,
    OPENING,
    balances,
    cents,
    current_year,
)
from exact_slack.close.books import Books, NotKnown, TooMuch
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Item, Judged, Said, green, red, worst
from exact_slack.documents.subjects import Side
from exact_slack.exact.standing import LISTS, OVERVIEW
from exact_slack.exact.values import Unreadable, currency_code, figure, integer, text

_TYPES: Final = {Side.RECEIVABLE: 20, Side.PAYABLE: 22}
_OF_ALL: Final = {
    Side.RECEIVABLE: "OutstandingReceivableInvoiceAmount",
    Side.PAYABLE: "OutstandingPayableInvoiceAmount",
}
_PAGES: Final = 4
_LAST: Final = 999
"""Later than any period of a year."""
WORDS = table(
    """
title | Open terms and control accounts | Openstaande posten en tussenrekeningen debiteuren/crediteuren | Offene Posten und Sammelkonten | Postes ouverts et comptes collectifs | Partidas abiertas y cuentas de control
receivable | Open receivables {amount}, control accounts {other}. | Openstaande debiteuren {amount}, grootboek {other}. | Offene Debitoren {amount}, Sammelkonten {other}. | Clients ouverts {amount}, comptes collectifs {other}. | Clientes abiertos {amount}, cuentas de control {other}.
payable | Open payables {amount}, control accounts {other}. | Openstaande crediteuren {amount}, grootboek {other}. | Offene Kreditoren {amount}, Sammelkonten {other}. | Fournisseurs ouverts {amount}, comptes collectifs {other}. | Proveedores abiertos {amount}, cuentas de control {other}.
done | They are the same. | Ze zijn gelijk. | Sie sind gleich. | Ils sont égaux. | Son iguales.
no_account | Not known: there is no control account. | Niet bekend: er is geen debiteuren- of crediteurenrekening. | Nicht bekannt: es gibt kein Sammelkonto. | Inconnu : il n’y a pas de compte collectif. | No se sabe: no hay cuenta de control.
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


def judge(books: Books) -> Iterator[Judged]:
    """Sizes are compared: no source says which sign the lists have (docs/reports.md)."""
    accounts = _accounts(books)
    codes = [code for kinds in accounts.values() for code in kinds]
    if not codes:
        raise NotKnown(Said("no_account"))
    on_accounts = balances(books, codes, current_year(books), _LAST)
    why, items, off = [], [], Decimal(0)
    for side, names in accounts.items():
        balance = sum((on_accounts[code] for code in names), Decimal(0))
        terms = _open(books, side)
        # the lists may write what is owed with a minus: the reading that is nearer is taken
        ours = min(terms, -terms, key=lambda total: abs(total - balance))
        difference = ours - balance
        if cents(difference):
            sign = -1 if side is Side.PAYABLE else 1
            why.append(Said(side.value, amount=sign * ours, other=sign * balance))
            items += [Item(f"{code} {name}", on_accounts[code]) for code, name in names.items()]
            off += abs(difference)
    if why:
        yield red(*why, count=len(why), amount=off, items=worst(items))
    else:
        yield green(Said("done"))


def _accounts(books: Books) -> dict[Side, dict[str, str]]:
    kinds = " or ".join(f"Type eq {number}" for number in _TYPES.values())
    params = {"$filter": kinds, "$select": "Code,Description,Type"}
    rows = books.rows(ACCOUNTS, params, pages=2)
    return {
        side: {
            text(row, "Code"): text(row, "Description")
            for row in rows
            if integer(row, "Type") == number
        }
        for side, number in _TYPES.items()
    }


def _open(books: Books, side: Side) -> Decimal:
    """The sum of the side's list; where that is long, Exact's own total of it."""
    params = {"$select": "HID,Amount"}
    try:
        rows = books.rows(LISTS[side], params, _PAGES)
    except TooMuch:
        return _total(books, side)
    terms = {text(row, "HID"): figure(row, "Amount") for row in rows}
    if "" in terms:
        raise Unreadable("HID")
    return sum(terms.values(), Decimal(0))


def _total(books: Books, side: Side) -> Decimal:
    """TooMuch where it has other currencies than the company's: they do not add up."""
    names = ",".join(("CurrencyCode", *_OF_ALL.values()))
    rows = books.once(OVERVIEW, lambda: books.rows(OVERVIEW, {"$select": names}, pages=1))
    currencies = {currency_code({"Currency": row.get("CurrencyCode")}) for row in rows}
    if len(currencies) > 1 or not rows:
        raise TooMuch(LISTS[side])
    return sum((figure(row, _OF_ALL[side]) for row in rows), Decimal(0))


_LISTS = (*LISTS.values(),)
LINE = LineKind(80, WORDS, judge, (ACCOUNTS, BALANCES, LINES, *OPENING.values(), *_LISTS))
