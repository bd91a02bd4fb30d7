"""Exact's own lists of what is open, its overview of their totals, and its bank journals.

ReceivablesList and PayablesList have a row for each open payment term, in the company's currency
(picqer/exact-php-client #650). The sign of their amounts is told differently by every source, so
it is taken over as it is; `reports/direction.py` finds out what it means."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Final

from exact_slack.documents.standing import Balance
from exact_slack.documents.subjects import Side
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.values import currency_code, date, integer, money, number, text
from exact_slack.exact.wire.client import ExactClient
from exact_slack.exact.wire.odata import Row, collection, guid
from exact_slack.exact.wire.paging import follow_all
from exact_slack.foreign import visible

OVERVIEW: Final = "read/financial/OutstandingInvoicesOverview"
LISTS: Final = {
    Side.RECEIVABLE: "read/financial/ReceivablesList",
    Side.PAYABLE: "read/financial/PayablesList",
}
TERMS: Final = {Side.RECEIVABLE: "cashflow/Receivables", Side.PAYABLE: "cashflow/Payments"}
JOURNALS: Final = "financial/Journals"
BANK_ENTRIES: Final = "financialtransaction/BankEntries"
_OPEN: Final = {
    Side.RECEIVABLE: "IsFullyPaid eq false",  # recorded: TimPelgrim/exactonline-mcp
    Side.PAYABLE: "Status ne 50",  # payments have no IsFullyPaid; 50 is matched
}
INVOICE: Final = {Side.RECEIVABLE: 20, Side.PAYABLE: 30}
"""`TransactionType` of the side's invoices."""
_TERM_FIELDS: Final = (
    "EntryNumber,InvoiceNumber,Account,Journal,DueDate,AmountDC,Currency,TransactionType,"
    "TransactionAmountDC"
)
_BANK: Final = 12
"""The type of a bank journal."""
_PROCESSED: Final = 50
_BANK_OPTIONS: Final = {
    "$expand": "BankEntryLines",
    "$orderby": "FinancialYear desc,FinancialPeriod desc,EntryNumber desc",
}
"""What not every tenant may take; left out from the last one on."""


_LOOKS: Final = {
    OVERVIEW: {"$select": "CurrencyCode"},
    **{path: {"$select": "HID"} for path in LISTS.values()},
    **{TERMS[side]: {"$filter": _OPEN[side], "$select": "DueDate"} for side in Side},
    JOURNALS: {"$filter": f"Type eq {_BANK}", "$select": "Code"},
    BANK_ENTRIES: {"$filter": "JournalCode eq ''", "$select": "EntryNumber"},
}
"""For each endpoint a question that shows whether it may be read."""


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Exact's own totals in one currency."""

    currency: str
    receivable: Decimal
    payable: Decimal

    def of(self, side: Side) -> Decimal:
        """The total of one side."""
        return self.receivable if side is Side.RECEIVABLE else self.payable


@dataclass(frozen=True, slots=True)
class Place:
    """What a row of a list and a row of the terms have in common."""

    entry: str
    account: str

    def __bool__(self) -> bool:
        return bool(self.entry)


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of ReceivablesList or PayablesList, its amount with the sign that it came with."""

    key: str
    place: Place
    journal: str
    account: str
    number: str
    reference: str
    due: dt.date | None
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Origin:
    """What the term of cashflow says of itself: the transaction it comes from, its own currency."""

    place: Place
    journal: str
    due: dt.date | None
    amount: Decimal
    currency: str
    type: int | None
    of_transaction: Decimal | None
    own_amount: Decimal | None


class StandingReader:
    """Reads the lists, one request at a time."""

    def __init__(self, client: ExactClient) -> None:
        self._client = client
        self._bank_options = list(_BANK_OPTIONS)

    def overview(self, division: int) -> tuple[Outstanding, ...]:
        """Exact's totals, by currency."""
        names = "OutstandingReceivableInvoiceAmount,OutstandingPayableInvoiceAmount"
        rows = self._rows(division, OVERVIEW, {"$select": f"CurrencyCode,{names}"})
        receivable, payable = names.split(",")
        totals = [
            Outstanding(
                _currency(row),
                money(row, receivable) or Decimal(0),
                money(row, payable) or Decimal(0),
            )
            for row in rows
        ]
        return tuple(sorted(totals, key=lambda total: total.currency))

    def listed(self, division: int, side: Side) -> list[Listed]:
        """Every open term, once: a list that changes while it is paged may show one twice."""
        select = (
            "HID,AccountCode,AccountId,AccountName,Amount,CurrencyCode,DueDate,EntryNumber,"
            "InvoiceNumber,JournalCode,YourRef"
        )
        terms: dict[str, Listed] = {}
        for row in self._rows(division, LISTS[side], {"$select": select}):
            term = _listed(row)
            terms.setdefault(term.key or f"row {len(terms)}", term)
        return list(terms.values())

    def special(self, division: int, side: Side, currency: str) -> list[Origin]:
        """The open terms that are no plain invoice in the company's currency: credits, payments
        that nothing is matched with, and foreign ones."""
        different = f"TransactionType ne {INVOICE[side]}"
        if currency:
            different = f"({different} or Currency ne '{_quoted(currency)}')"
        return self._terms(division, side, different)

    def all_terms(self, division: int, side: Side) -> list[Origin]:
        """Every open term."""
        return self._terms(division, side)

    def own_amounts(self, division: int, side: Side, currency: str) -> list[Origin]:
        """The foreign terms, with their amounts in their own currency."""
        return self._terms(division, side, f"Currency ne '{_quoted(currency)}'", ",AmountFC")

    def _terms(self, division: int, side: Side, more: str = "", field: str = "") -> list[Origin]:
        condition = f"{_OPEN[side]} and {more}" if more else _OPEN[side]
        params = {"$filter": condition, "$select": _TERM_FIELDS + field}
        return [_origin(row) for row in self._rows(division, TERMS[side], params)]

    def balances(self, division: int) -> list[Balance]:
        """The latest closing balance of each bank journal."""
        params = {
            "$filter": f"Type eq {_BANK}",
            "$select": "Code,Description,Currency",
        }
        journals = [row for row in self._rows(division, JOURNALS, params) if text(row, "Code")]
        journals.sort(key=lambda row: text(row, "Code"))
        return [self._balance(division, row) for row in journals]

    def _balance(self, division: int, journal: Row) -> Balance:
        """A statement has no date of its own: the newest is that of the latest period, then of the
        latest line, then of the highest number."""
        code = text(journal, "Code")
        newest = max(self._latest_period(division, code), key=_newest, default={})
        return Balance(
            division,
            code,
            visible(text(journal, "Description")),
            currency_code(newest) or currency_code(journal),
            money(newest, "ClosingBalanceFC"),
            _last_line(newest),
            not newest or integer(newest, "Status") == _PROCESSED,
        )

    def _latest_period(self, division: int, code: str) -> list[Row]:
        """The statements of the journal's latest period; all of them where Exact does not sort.
        What it refuses of the query once is not asked for again."""
        while True:
            try:
                return self._statements(division, code)
            except ExactRefused as refused:
                if refused.status != HTTPStatus.BAD_REQUEST or not self._bank_options:
                    raise
                self._bank_options.pop()

    def _statements(self, division: int, code: str) -> list[Row]:
        select = "EntryNumber,FinancialYear,FinancialPeriod,ClosingBalanceFC,Currency,Status"
        lines = "$expand" in self._bank_options
        params = {
            "$filter": f"JournalCode eq '{_quoted(code)}'",
            "$select": f"{select},BankEntryLines/Date" if lines else select,
            **{name: _BANK_OPTIONS[name] for name in self._bank_options},
        }
        rows: list[Row] = []
        for row in self._rows(division, BANK_ENTRIES, params):
            if "$orderby" in self._bank_options and rows and _period(row) != _period(rows[0]):
                break
            rows.append(row)
        return rows

    def look(self, division: int, path: str) -> None:
        """Ask for what is read there, one page at most: raises where it may not be read."""
        self._client.get(division, path, _LOOKS[path])

    def _rows(self, division: int, path: str, params: dict[str, str]) -> Iterator[Row]:
        answer = self._client.get(division, path, params)
        for page in follow_all(self._client, division, answer):
            yield from page.rows


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def _currency(row: Row) -> str:
    return currency_code({"Currency": row.get("CurrencyCode")})


def _place(row: Row, account: str) -> Place:
    return Place(number(row, "EntryNumber", "InvoiceNumber"), guid(row.get(account)))


def _listed(row: Row) -> Listed:
    account = text(row, "AccountName", "AccountCode")
    return Listed(
        text(row, "HID"),
        _place(row, "AccountId"),
        text(row, "JournalCode"),
        account,
        number(row, "InvoiceNumber", "EntryNumber"),
        text(row, "YourRef"),
        date(row, "DueDate"),
        _currency(row),
        money(row, "Amount") or Decimal(0),
    )


def _origin(row: Row) -> Origin:
    return Origin(
        _place(row, "Account"),
        text(row, "Journal"),
        date(row, "DueDate"),
        money(row, "AmountDC") or Decimal(0),
        currency_code(row),
        integer(row, "TransactionType"),
        money(row, "TransactionAmountDC"),
        money(row, "AmountFC"),
    )


def _period(row: Row) -> tuple[int, int]:
    return integer(row, "FinancialYear") or 0, integer(row, "FinancialPeriod") or 0


def _last_line(row: Row) -> dt.date | None:
    lines, _ = collection(row.get("BankEntryLines"))
    return max((day for line in lines or () if (day := date(line, "Date"))), default=None)


def _newest(row: Row) -> tuple[int, int, dt.date, int]:
    last = _last_line(row) or dt.date.min
    return (*_period(row), last, integer(row, "EntryNumber") or 0)
