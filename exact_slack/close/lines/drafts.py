"""`drafts`: what is dated in the period and not processed, and what was rejected."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from exact_slack.close.books import Books, TooMuch, in_period
from exact_slack.close.registry import LineKind
from exact_slack.close.words import table
from exact_slack.documents.closing import Item, Judged, Said, green, red, worst
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.values import integer, money, number, text
from exact_slack.exact.wire.odata import Row
from exact_slack.foreign import visible

_REJECTED: Final = 5
_PAGES: Final = 2
WORDS = table(
    """
title | Everything processed | Alles verwerkt | Alles verarbeitet | Tout est traité | Todo procesado
open | {n} documents are not processed. | {n} documenten zijn niet verwerkt. | {n} Belege sind nicht verarbeitet. | {n} documents ne sont pas traités. | {n} documentos no están procesados.
open_one | 1 document is not processed. | 1 document is niet verwerkt. | 1 Beleg ist nicht verarbeitet. | 1 document n’est pas traité. | 1 documento no está procesado.
rejected | rejected | afgekeurd | abgelehnt | rejeté | rechazado
done | Nothing dated in the period is left to process. | Niets met een datum in de periode is nog te verwerken. | Nichts mit Datum in der Periode ist noch zu verarbeiten. | Rien de daté dans la période ne reste à traiter. | No queda nada por procesar con fecha del período.
not_asked | {text} could not be read. | {text} was niet te lezen. | {text} war nicht lesbar. | {text} n’a pas pu être lu. | No se pudo leer {text}.
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents of one kind are, and their fields. `date` is "" where the header has none:
    then its period tells."""

    path: str
    statuses: tuple[int, ...]
    date: str = ""
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ("EntryNumber",)
    amounts: tuple[str, ...] = ()

    @property
    def fields(self) -> str:
        """What is read of each."""
        return ",".join(dict.fromkeys((*self.numbers, *self.names, *self.amounts, "Status")))

    def condition(self, books: Books) -> str:
        """Which of them are the period's, and not processed."""
        period = books.period
        place = f"FinancialYear eq {period.year} and FinancialPeriod eq {period.number}"
        when = in_period(period, self.date) if self.date else place
        status = " or ".join(f"Status eq {status}" for status in self.statuses)
        return f"{when} and ({status})"

    def item(self, row: Row) -> Item:
        """What a person knows it by."""
        name = f"{number(row, *self.numbers)} {visible(text(row, *self.names))}".strip()
        said = Said("rejected") if integer(row, "Status") == _REJECTED else None
        return Item(name, money(row, *self.amounts) if self.amounts else None, said)


SOURCES: Final = (
    Source(
        "salesinvoice/SalesInvoices",
        (10, 20),
        "InvoiceDate",
        ("InvoiceToName",),
        ("InvoiceNumber", "OrderNumber"),
        ("AmountDC",),
    ),
    Source("salesentry/SalesEntries", (20,), "EntryDate", ("CustomerName",), amounts=("AmountDC",)),
    Source(
        "purchaseentry/PurchaseEntries",
        (_REJECTED, 20),
        "EntryDate",
        ("SupplierName",),
        amounts=("AmountDC",),
    ),
    Source(
        "purchase/PurchaseInvoices",
        (10, 20),
        "InvoiceDate",
        ("YourRef",),
        amounts=("AmountDC", "Amount"),
    ),
    Source("generaljournalentry/GeneralJournalEntries", (_REJECTED, 20)),
    Source("financialtransaction/CashEntries", (20,)),
)


def judge(books: Books) -> Iterator[Judged]:
    """Red whatever else cannot be read, if anything is found; green only if all was read."""
    items: list[Item] = []
    count, amount, whole = 0, Decimal(0), True
    refused: list[ExactRefused] = []
    unread: list[str] = []
    for source in SOURCES:
        params = {"$filter": source.condition(books), "$select": source.fields}
        try:
            drafts = books.listed(source.path, params, _PAGES)
        except ExactRefused as error:
            refused.append(error)
            continue
        items += map(source.item, drafts.rows)
        count, whole = count + drafts.count, whole and drafts.is_whole
        unread += [] if drafts.is_whole else [source.path]
    amount = sum((item.amount or Decimal(0) for item in items), Decimal(0))
    if count:
        why = [
            Said("open", n=count),
            *(Said("not_asked", text=source.endpoint) for source in refused),
        ]
        yield red(*why, count=count, amount=amount if whole else None, items=worst(items))
    elif refused:
        raise refused[0]
    elif unread:
        raise TooMuch(unread[0])
    else:
        yield green(Said("done"))


LINE = LineKind(30, WORDS, judge, tuple(source.path for source in SOURCES))
