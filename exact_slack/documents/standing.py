"""What is open, due and in the bank: the words that reports are made of.

An amount is positive where it is owed: to us by a customer, by us to a supplier. What goes the
other way, a credit note or money that is not matched yet, is negative."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from exact_slack.documents.subjects import Side, Subject


class TermKind(StrEnum):
    """What an open term comes from. `other`: Exact does not say, or it is a journal entry."""

    INVOICE = "invoice"
    CREDIT = "credit"
    PAYMENT = "payment"
    OTHER = "other"


class Bucket(StrEnum):
    """How late a term is, or within how many days it falls due."""

    NOT_DUE = "not_due"
    DAYS_30 = "d1_30"
    DAYS_60 = "d31_60"
    DAYS_90 = "d61_90"
    OVER_90 = "over_90"
    NEXT_7 = "next_7"
    NEXT_14 = "next_14"
    NEXT_30 = "next_30"


AGES = (Bucket.NOT_DUE, Bucket.DAYS_30, Bucket.DAYS_60, Bucket.DAYS_90, Bucket.OVER_90)
"""By days overdue; a term is in one of them."""
AHEAD = {Bucket.NEXT_7: 7, Bucket.NEXT_14: 14, Bucket.NEXT_30: 30}
"""From today up to and including that day; the later ones hold the earlier ones, too."""


@dataclass(frozen=True, slots=True)
class Term:
    """One open payment term. `currency` and `amount` are those of Exact's list, so that they add
    up; the invoice's own stand beside them where they are others."""

    division: int
    side: Side
    key: str
    """The same in the next report; parts of one invoice have the same."""
    account_id: str
    account: str
    number: str
    reference: str
    due: dt.date | None
    currency: str
    amount: Decimal
    kind: TermKind
    own_currency: str = ""
    own_amount: Decimal | None = None

    def days(self, today: dt.date) -> int | None:
        """Days overdue, negative before the due date; None without one."""
        return (today - self.due).days if self.due else None

    def late(self, today: dt.date) -> bool:
        """Whether its due date has passed."""
        return self.due is not None and self.due < today


def age(days: int | None) -> Bucket:
    """The bucket for so many days overdue. Without a due date nothing is late."""
    if days is None or days <= 0:
        return Bucket.NOT_DUE
    for bucket, last in ((Bucket.DAYS_30, 30), (Bucket.DAYS_60, 60), (Bucket.DAYS_90, 90)):
        if days <= last:
            return bucket
    return Bucket.OVER_90


def ahead(due: dt.date | None, today: dt.date) -> Iterator[Bucket]:
    """The times ahead within which a term falls due; what is overdue is in none."""
    if due is None or due < today:
        return
    for bucket, days in AHEAD.items():
        if (due - today).days <= days:
            yield bucket


@dataclass(frozen=True, slots=True)
class Balance:
    """The latest closing balance of a bank journal. `date` is that of its newest line;
    `processed` is False where the statement is still open in Exact."""

    division: int
    code: str
    name: str
    currency: str
    balance: Decimal | None
    date: dt.date | None
    processed: bool = True


@dataclass(frozen=True, slots=True)
class Week:
    """What falls due in seven days, both ways."""

    begin: dt.date
    end: dt.date
    incoming: Decimal
    outgoing: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """One company, currency and side, with Exact's own total beside ours. `ties` is None where
    they cannot be compared."""

    division: int
    name: str
    side: Side
    currency: str
    open: Decimal
    overdue: Decimal
    buckets: tuple[tuple[Bucket, Decimal], ...]
    count: int
    exact: Decimal | None
    ties: bool | None
    difference: Decimal | None


@dataclass(frozen=True, slots=True)
class Cash:
    """One company and currency: its banks, and the weeks ahead."""

    division: int
    name: str
    currency: str
    journals: tuple[Balance, ...]
    weeks: tuple[Week, ...]
    count: int
    ties: bool | None
    difference: Decimal | None


class Change(StrEnum):
    """What became of a term since the last report."""

    NEWLY_OVERDUE = "newly_overdue"
    PAID = "paid"
    PARTLY_PAID = "partly_paid"
    MOVED_ON = "moved_on"


@dataclass(frozen=True, slots=True)
class Moved:
    """One such term. `amount` is what the change is about: what became late, or what was paid."""

    change: Change
    term: Term
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Shift:
    """The account that changed a bucket most, and by how much. `division`: whose it is; 0 in a
    report that an older version kept."""

    account: str
    side: Side
    currency: str
    bucket: Bucket
    amount: Decimal
    division: int = 0


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since the report of `day`."""

    day: dt.date
    moved: tuple[Moved, ...]
    first_time_late: tuple[Term, ...]
    """Late terms of accounts that had none in the reports that are known, the account's largest."""
    shift: Shift | None


class Lacking(StrEnum):
    """What of a company a report could not read or compare."""

    COMPANY = "company"
    RECEIVABLE = "receivable"
    PAYABLE = "payable"
    BANK = "bank"
    COMPARISON = "comparison"
    KINDS = "kinds"
    """What is a credit and what a payment."""
    OWN_AMOUNTS = "own_amounts"


class Because(StrEnum):
    """Why not."""

    NO_ACCESS = "no_access"
    BLOCKED = "blocked"
    NOT_LICENSED = "not_licensed"
    NO_RIGHT = "no_right"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    CHANGED = "changed"
    """It was another one before and after."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One such thing. `scope`: the group of Exact's App Center that it needs."""

    lacking: Lacking
    because: Because
    division: int
    name: str
    scope: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is shown, in a terminal and in Slack. `gaps`: what could not be read or
    compared; `remarks` are the same as sentences, as `--json` and the logs have them."""

    subject: Subject
    side: Side | None
    name: str
    today: dt.date
    standings: tuple[Standing, ...]
    cash: tuple[Cash, ...]
    terms: tuple[Term, ...]
    since: Since | None = None
    remarks: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
