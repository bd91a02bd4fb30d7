"""A document of Exact Online as exact-slack knows it: plain values, no Exact field names.

Amounts are Decimal; header amounts include VAT, line amounts exclude it; credit notes are
negative. `*_dc` is the company's own currency, the others the document's currency.
Dates are dates without a time and are never shifted between time zones. `modified` and `created`
are milliseconds of Exact's own wall clock, written as if it were UTC, just as Exact sends them.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, localcontext

from exact_slack.account_number import NO_NUMBER, AccountNumber
from exact_slack.documents.kinds import ENTRIES, STATEMENTS, STATUS_WORDS, STEPS, TERMS, Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref

_EXACT = 100
"""Digits of a sum: nothing is rounded."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account: the supplier, customer or other party."""

    id: str = ""
    code: str = ""
    name: str = ""

    @property
    def label(self) -> str:
        """What a person calls it: the name, else the code, else the id."""
        return self.name or self.code or self.id


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document."""

    key: str = ""
    number: int = 0
    description: str = ""
    quantity: Decimal | None = None
    received: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    amount_dc: Decimal | None = None
    vat: Decimal | None = None
    vat_rate: Decimal | None = None
    """In percent."""
    gl_account: str = ""
    gl_account_name: str = ""
    cost_center: str = ""
    cost_center_name: str = ""
    cost_unit: str = ""
    cost_unit_name: str = ""
    project: str = ""
    item: str = ""
    account: str = ""
    our_ref: str = ""
    date: dt.date | None = None
    notes: str = ""
    order_line: str = ""
    """Of an invoice: the line of a purchase order that it bills."""
    item_quantity: Decimal | None = None
    """Its quantity in the units of the item."""
    net_price: Decimal | None = None
    """Its unit price after discount."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a payment term says of the invoice it belongs to (kinds payment and receipt only)."""

    entry_id: str = ""
    invoice_number: str = ""
    invoice_amount_dc: Decimal | None = None
    paid: bool = False
    paid_on: dt.date | None = None
    end_date: dt.date | None = None
    payee: AccountNumber = NO_NUMBER
    """The account that it is paid to; kind payment only, like what follows."""
    paid_from: AccountNumber = NO_NUMBER
    selected: ServerMs | None = None
    """When it was chosen to be paid, and by whom."""
    selector: str = ""
    selector_id: str = ""
    batch: str = ""
    """What Exact pays together has the same."""
    batch_number: str = ""
    """A number within one bank file: it repeats."""
    paid_from_id: str = ""
    processed: dt.date | None = None
    """When the bank file was made."""
    bank_file: str = ""
    """Exact's id of it."""


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank account of a supplier or customer (kind bank_account only)."""

    account_number: AccountNumber = NO_NUMBER
    holder: str = ""
    bic: str = ""
    main: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """The state of one document, as last read from Exact."""

    ref: Ref
    modified: ServerMs
    created: ServerMs | None = None
    number: str = ""
    type_code: int | None = None
    type_name: str = ""
    credit: bool = False
    status_code: int | None = None
    status_name: str = ""
    approval_code: int | None = None
    receipt_code: int | None = None
    invoice_code: int | None = None
    date: dt.date | None = None
    due_date: dt.date | None = None
    receipt_date: dt.date | None = None
    reference: str = ""
    description: str = ""
    notes: str = ""
    account: Account = Account()
    currency: str = ""
    company_currency: str = ""
    amount: Decimal | None = None
    amount_dc: Decimal | None = None
    vat: Decimal | None = None
    opening_balance: Decimal | None = None
    closing_balance: Decimal | None = None
    journal: str = ""
    journal_name: str = ""
    order_number: str = ""
    project: str = ""
    quantity: Decimal | None = None
    item: str = ""
    creator: str = ""
    creator_id: str = ""
    """Exact's id of that user."""
    account_manager: str = ""
    """Of the other party; read only where a route goes by it, like the id."""
    account_manager_id: str = ""
    modifier: str = ""
    year: int | None = None
    period: int | None = None
    """Exact's own financial year and period."""
    document_id: str = ""
    url: str = ""
    settlement: Settlement | None = None
    bank: Bank | None = None
    lines: tuple[Line, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind, out of the reference."""
        return self.ref.kind

    @property
    def status_word(self) -> str:
        """The status in one English word ("open"), or Exact's own text where it is unknown."""
        if self.status_code is None:
            return self.status_name.lower()
        return STATUS_WORDS[self.kind].get(self.status_code, self.status_name.lower())

    def only_went_on(self, after: "Document") -> bool:
        """Whether its status in `after` is but a later step of the way that documents go."""
        before, now = self.status_code, after.status_code
        ahead = before is not None and now is not None and before < now
        return ahead and {self.status_word, after.status_word} <= STEPS

    @property
    def is_term(self) -> bool:
        """Whether this is a payment term (payment or receipt) and not a document of its own."""
        return self.kind in TERMS

    @property
    def total(self) -> Decimal | None:
        """What a reader is told, with its sign, in the document's currency. Entries without an
        amount of their own: what a bank or cash statement moved by, the debit side of a journal
        entry."""
        return self._of_lines("amount") if self.kind in ENTRIES else self.amount

    @property
    def total_dc(self) -> Decimal | None:
        """The same in the company's currency; None if that is not known."""
        total = self._of_lines("amount_dc") if self.kind in ENTRIES else self.amount_dc
        if total is None and self.currency in ("", self.company_currency):
            return self.total
        return total

    def _of_lines(self, name: str) -> Decimal | None:
        """The sum over the lines; None unless each of them has the amount."""
        amounts = [getattr(line, name) for line in self.lines]
        given = [amount for amount in amounts if amount is not None]
        if not given or len(given) < len(amounts):
            return self._by_balances() if name == "amount" else None
        if self.kind is Kind.JOURNAL_ENTRY:
            given = [amount for amount in given if amount > 0]
        with localcontext(prec=_EXACT):
            return sum(given, Decimal(0))

    def _by_balances(self) -> Decimal | None:
        if self.opening_balance is None or self.closing_balance is None:
            return None
        return self.closing_balance - self.opening_balance

    @property
    def comparable_amount(self) -> Decimal | None:
        """What a rule compares: the absolute amount in the company's currency.

        A journal entry has no amount of its own: the sum of its debit lines. A bank or cash
        entry: the sum of its lines' absolute amounts. A cost transaction and an older purchase
        invoice know only the document's currency."""
        amounts = [
            amount
            for line in self.lines
            if (amount := line.amount_dc if line.amount_dc is not None else line.amount) is not None
        ]
        if self.kind is Kind.JOURNAL_ENTRY:
            return sum((a for a in amounts if a > 0), Decimal(0)) if amounts else None
        if self.kind in STATEMENTS:
            return sum((abs(a) for a in amounts), Decimal(0)) if amounts else None
        amount = self.amount_dc if self.amount_dc is not None else self.amount
        return None if amount is None else abs(amount)

    @property
    def label(self) -> str:
        """How a person names it: "Purchase entry 26600012"."""
        return f"{self.kind.label} {self.number}" if self.number else self.kind.label
