"""Bank, cash and general journal entries, and project costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from exact_slack.sandbox.company.books import BANK, CASH, GENERAL, JOURNALS, STATUS, Books, cents
from exact_slack.sandbox.company.data import Item, Party

BANK_ENTRIES = "financialtransaction/BankEntries"
CASH_ENTRIES = "financialtransaction/CashEntries"
JOURNAL_ENTRIES = "generaljournalentry/GeneralJournalEntries"
COST_TRANSACTIONS = "project/CostTransactions"
LINES = {
    BANK_ENTRIES: "financialtransaction/BankEntryLines",
    CASH_ENTRIES: "financialtransaction/CashEntryLines",
    JOURNAL_ENTRIES: "generaljournalentry/GeneralJournalEntryLines",
}
OPENING = {BANK_ENTRIES: Decimal("48250.75"), CASH_ENTRIES: Decimal("612.40")}


@dataclass(frozen=True)
class Posting:
    """One line: negative is money going out, or a credit."""

    account: str
    amount: Decimal
    text: str
    party: Party | None = None
    role: str | None = None
    our_ref: int | None = None
    """Often the number of the invoice that is settled."""


def money_entry(
    books: Books,
    endpoint: str,
    postings: Sequence[Posting],
    *,
    number: int | None = None,
    at: datetime | None = None,
    status: int = 50,
) -> str:
    """A bank or cash statement; the header has neither amount nor date."""
    number = number or books.number(endpoint)
    journal = BANK if endpoint == BANK_ENTRIES else CASH
    opening = OPENING[endpoint]
    year, month = books.period(at)
    row = {
        "EntryID": books.key(endpoint, number),
        "EntryNumber": number,
        "Currency": "EUR",
        "FinancialYear": year,
        "FinancialPeriod": month,
        "JournalCode": journal,
        "JournalDescription": JOURNALS[journal],
        "OpeningBalanceFC": opening,
        "ClosingBalanceFC": opening + sum((p.amount for p in postings), Decimal(0)),
        "Status": status,
        "StatusDescription": STATUS[status],
        endpoint.split("/")[1].removesuffix("ies") + "yLines": [
            _line(books, endpoint, posting, number, at) for posting in postings
        ],
    }
    return books.save(endpoint, row, at)


def journal_entry(
    books: Books,
    postings: Sequence[Posting],
    *,
    number: int | None = None,
    at: datetime | None = None,
    status: int = 50,
) -> str:
    """A memorial entry; debit positive, credit negative, together zero."""
    assert sum(posting.amount for posting in postings) == 0, "a journal entry must balance"
    number = number or books.number(JOURNAL_ENTRIES)
    year, month = books.period(at)
    row = {
        "EntryID": books.key(JOURNAL_ENTRIES, number),
        "EntryNumber": number,
        "Currency": "EUR",
        "ExchangeRate": 1,
        "FinancialYear": year,
        "FinancialPeriod": month,
        "JournalCode": GENERAL,
        "JournalDescription": JOURNALS[GENERAL],
        "Reversal": False,
        "Status": status,
        "StatusDescription": STATUS[status],
        "Type": 90,
        "TypeDescription": "Other",
        "GeneralJournalEntryLines": [
            _line(books, JOURNAL_ENTRIES, posting, number, at) for posting in postings
        ],
    }
    return books.save(JOURNAL_ENTRIES, row, at)


def _line(
    books: Books, endpoint: str, posting: Posting, number: int, at: datetime | None
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "AmountFC": posting.amount,
        "AmountDC": posting.amount,
        "Date": books.today(at),
        "Description": posting.text,
        "EntryNumber": number,
        "OurRef": posting.our_ref,
        **books.account(posting.account),
        **books.center(posting.role, LINES[endpoint]),
    }
    if posting.party is not None:
        row |= {
            "Account": books.key("account", posting.party.code),
            "AccountCode": posting.party.code,
            "AccountName": posting.party.name,
        }
    return row


def cost_transaction(
    books: Books,
    item: Item,
    quantity: Decimal,
    project: str,
    *,
    number: int | None = None,
    at: datetime | None = None,
    status: int = 20,
    party: Party | None = None,
    notes: str = "",
) -> str:
    """Costs booked on a project: one amount, no cost center."""
    number = number or books.number(COST_TRANSACTIONS)
    row: dict[str, Any] = {
        "ID": books.key(COST_TRANSACTIONS, number),
        "EntryNumber": number,
        "AmountFC": cents(item.price * quantity),
        "Currency": "EUR",
        "Date": books.today(at),
        "DivisionDescription": books.site.name,
        "Employee": books.key("clerk"),
        "HourStatus": status,
        "Item": books.key("item", item.code),
        "ItemDescription": item.description,
        "ItemDivisable": False,
        "Notes": notes or None,
        "PriceFC": item.price,
        "Project": books.key("project", project),
        "ProjectDescription": project,
        "Quantity": quantity,
        "Type": 2,
    }
    if party is not None:
        row |= {
            "Account": books.key("account", party.code),
            "AccountName": party.name,
            "ProjectAccountCode": party.code,
            "ProjectAccountName": party.name,
        }
    return books.save(COST_TRANSACTIONS, row, at)
