"""A digest as data: one line a document, as it stood when the digest was due; and its sums.

Amounts are Decimal. What a line counts with is in `currency`; the shares of cost centers, which
come from the document's lines and exclude VAT, in `shares_currency`."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Any

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.rendering import lines

_EXACT = 100
"""Digits of a sum: nothing is rounded."""


class Part(StrEnum):
    """How a document is in a digest. Only the first ones are in the sums."""

    COUNTED = "counted"
    DELETED = "deleted"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Line:
    """One document. `size`: what the largest ones are chosen by, in the company's currency.
    `told`: how an earlier digest had it, as (amount, currency), None where none had. `known`:
    whether a digest of the route has counted it, this one included."""

    part: Part
    kind: Kind
    key: str
    division: int
    division_name: str = ""
    number: str = ""
    credit: bool = False
    account_code: str = ""
    account: str = ""
    date: dt.date | None = None
    due_date: dt.date | None = None
    reference: str = ""
    description: str = ""
    status: str = ""
    currency: str = ""
    amount: Decimal | None = None
    size: Decimal | None = None
    open_amount: Decimal | None = None
    company_currency: str = ""
    shares: tuple[tuple[str, Decimal], ...] = ()
    shares_currency: str = ""
    exceptions: tuple[str, ...] = ()
    told: tuple[Decimal | None, str] | None = None
    known: bool = True

    def differs(self, other: "Line") -> bool:
        """Whether a reader of the other would want to know."""
        names = ("amount", "currency", "shares", "shares_currency")
        gone = (self.part is Part.DELETED) is not (other.part is Part.DELETED)
        return gone or any(getattr(self, name) != getattr(other, name) for name in names)

    def to_json(self) -> str:
        """For the ledger."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        known = {name: value for name, value in values.items() if value not in (None, "")}
        return json.dumps(known, default=str)

    @classmethod
    def from_json(cls, text: str) -> "Line":
        """As it was."""
        found: dict[str, Any] = json.loads(text)
        for name in ("amount", "size", "open_amount"):
            if name in found:
                found[name] = Decimal(found[name])
        for name in ("date", "due_date"):
            if name in found:
                found[name] = dt.date.fromisoformat(found[name])
        found["part"], found["kind"] = Part(found["part"]), Kind(found["kind"])
        found["shares"] = tuple((center, Decimal(value)) for center, value in found["shares"])
        found["exceptions"] = tuple(found["exceptions"])
        if "told" in found:
            amount, currency = found["told"]
            found["told"] = (None if amount is None else Decimal(amount), currency)
        return cls(**found)


def line_of(
    document: Document,
    part: Part,
    division_name: str,
    exceptions: tuple[str, ...] = (),
    open_amount: Decimal | None = None,
    told: tuple[Decimal | None, str] | None = None,
    known: bool = True,
) -> Line:
    """The line of a document. Its amount: in its own currency; else the company's; else what
    rules compare."""
    d = document
    own = d.company_currency or d.currency
    in_own = d.amount_dc if d.amount_dc is not None else d.comparable_amount
    amount = in_own if d.amount is None else d.amount
    currency = own if d.amount is None else d.currency or own
    shares = lines.shares(d)
    return Line(
        part=part,
        kind=d.kind,
        key=d.ref.guid,
        division=d.ref.division,
        division_name=division_name,
        number=d.number,
        credit=d.credit,
        account_code=d.account.code,
        account=d.account.label,
        date=d.date,
        due_date=d.due_date,
        reference=d.reference,
        description=d.description,
        status=d.status_word,
        currency=currency,
        amount=amount,
        size=d.comparable_amount,
        open_amount=open_amount,
        company_currency=own,
        shares=tuple(shares.items()),
        shares_currency=lines.currency_of(d) if shares else "",
        exceptions=exceptions,
        told=told,
        known=known,
    )


Sums = dict[str, Decimal]
"""Currency to total."""


@dataclass(slots=True)
class Group:
    """Some counted documents: how many, and their total per currency."""

    count: int = 0
    sums: Sums = field(default_factory=dict)

    def add(self, amount: Decimal | None, currency: str, count: int = 1) -> None:
        """One more."""
        self.count += count
        if amount is not None:
            with localcontext(prec=_EXACT):
                self.sums[currency] = self.sums.get(currency, Decimal(0)) + amount


def counted(rows: Iterable[Line]) -> list[Line]:
    """The lines that are in the sums."""
    return [row for row in rows if row.part is Part.COUNTED]


def by_kind(rows: Iterable[Line]) -> dict[Kind, Group]:
    """Counts and totals of each kind, in the order of the kinds."""
    found: dict[Kind, Group] = {}
    for row in sorted(rows, key=lambda row: list(Kind).index(row.kind)):
        found.setdefault(row.kind, Group()).add(row.amount, row.currency)
    return found


def by_division(rows: Iterable[Line]) -> dict[tuple[int, str, Kind, str], Group]:
    """Counts and totals per company, kind and currency."""
    found: dict[tuple[int, str, Kind, str], Group] = {}
    for row in sorted(rows, key=lambda r: (r.division, list(Kind).index(r.kind), r.currency)):
        place = (row.division, row.division_name, row.kind, row.currency)
        found.setdefault(place, Group()).add(row.amount, row.currency)
    return found


def by_center(rows: Iterable[Line]) -> dict[Kind, list[tuple[str, str, Decimal]]]:
    """For each kind: cost center ("" for lines without one), currency and total; the biggest
    first, the one without a name last."""
    sums: dict[Kind, dict[tuple[str, str], Decimal]] = {}
    for row in rows:
        own = sums.setdefault(row.kind, {})
        for center, amount in row.shares:
            place = (center, row.shares_currency)
            with localcontext(prec=_EXACT):
                own[place] = own.get(place, Decimal(0)) + amount
    return {
        kind: sorted(
            ((center, currency, total) for (center, currency), total in own.items()),
            key=lambda one: (not one[0], -abs(one[2]), one[0], one[1]),
        )
        for kind, own in sums.items()
        if own
    }


def largest(rows: Iterable[Line], most: int) -> list[Line]:
    """The largest documents by their size in the company's currency."""
    sized = [row for row in rows if row.size is not None]
    return sorted(sized, key=lambda row: (-(row.size or Decimal(0)), row.key))[:most]


def fired(rows: Iterable[Line]) -> dict[str, list[Line]]:
    """The exceptions, the most frequent first, and the documents that show them."""
    rows = list(rows)
    names = Counter(name for row in rows for name in row.exceptions)
    return {name: [r for r in rows if name in r.exceptions] for name, _ in names.most_common()}
