"""A digest as data: one line a document, as it stood when the digest was due; and its sums.

Amounts are Decimal. What a line counts with is in `currency`; the shares of cost centers, which
come from the document's lines and exclude VAT, in `shares_currency`."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Any, NamedTuple

from exact_slack.documents.document import Document
from exact_slack.documents.document import Line as DocumentLine
from exact_slack.documents.kinds import Kind
from exact_slack.rendering import lines

_EXACT = 100
"""Digits of a sum: nothing is rounded."""


class Part(StrEnum):
    """How a document is in a digest. Only the first ones are in the sums."""

    COUNTED = "counted"
    DELETED = "deleted"
    CHANGED = "changed"
    LATE = "late"
    """It belongs to a period whose digest is out."""


class Piece(NamedTuple):
    """The lines of a document that have the same cost center, G/L account and rate of VAT. The
    amount excludes VAT."""

    center: str
    center_name: str
    gl_account: str
    gl_account_name: str
    vat_rate: Decimal | None
    amount: Decimal
    vat: Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """One document. `size`: what the largest ones are chosen by, in the company's currency.
    `told`: how an earlier digest had it, as (amount, currency), None where none had. `known`:
    whether a digest of the route has counted it, this one included. `late`: the first and the last
    day of the period that it belongs to, if the digest of that is out."""

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
    amount_dc: Decimal | None = None
    vat: Decimal | None = None
    journal: str = ""
    period: str = ""
    link: str = ""
    pieces: tuple[Piece, ...] = ()
    told_shares: tuple[tuple[str, Decimal], ...] = ()
    exceptions: tuple[str, ...] = ()
    told: tuple[Decimal | None, str] | None = None
    known: bool = True
    late: tuple[dt.date, dt.date] | None = None

    def differs(self, other: "Line") -> bool:
        """Whether a reader of the other would want to know."""
        names = ("amount", "currency", "shares", "shares_currency")
        gone = (self.part is Part.DELETED) is not (other.part is Part.DELETED)
        moved = None not in (self.amount_dc, other.amount_dc) and self.amount_dc != other.amount_dc
        return gone or moved or any(getattr(self, name) != getattr(other, name) for name in names)

    def after(self, earlier: "Line") -> "Line":
        """With what an earlier digest said of it."""
        told = earlier.amount, earlier.currency
        return replace(self, told=told, told_shares=earlier.shares)

    def to_json(self) -> str:
        """For the ledger."""
        values = {column.name: getattr(self, column.name) for column in fields(self)}
        filled = {name: value for name, value in values.items() if value not in (None, "")}
        return json.dumps(filled, default=str)

    @classmethod
    def from_json(cls, text: str) -> "Line":
        """As it was."""
        row: dict[str, Any] = json.loads(text)
        for name in ("amount", "size", "open_amount", "amount_dc", "vat"):
            if name in row:
                row[name] = Decimal(row[name])
        for name in ("date", "due_date"):
            if name in row:
                row[name] = dt.date.fromisoformat(row[name])
        row["part"], row["kind"] = Part(row["part"]), Kind(row["kind"])
        for name in ("shares", "told_shares"):
            row[name] = tuple((center, Decimal(value)) for center, value in row.get(name, ()))
        row["pieces"] = tuple(_piece(values) for values in row.get("pieces", ()))
        row["exceptions"] = tuple(row["exceptions"])
        if "told" in row:
            amount, currency = row["told"]
            row["told"] = (None if amount is None else Decimal(amount), currency)
        if "late" in row:
            begin, end = map(dt.date.fromisoformat, row["late"])
            row["late"] = begin, end
        return cls(**row)


def line_of(document: Document, part: Part, division_name: str) -> Line:
    """The line of a document, by what it says itself. Its amount: in its own currency, else the
    company's."""
    d = document
    own = d.company_currency or d.currency
    amount = d.total_dc if d.total is None else d.total
    currency = own if d.total is None else d.currency or own
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
        company_currency=own,
        shares=tuple(shares.items()),
        shares_currency=lines.currency_of(d) if shares else "",
        amount_dc=d.total_dc,
        vat=d.vat,
        journal=f"{d.journal} {d.journal_name}".strip(),
        period=f"{d.year}/{d.period:02}" if d.year and d.period else "",
        pieces=_pieces(d),
    )


def _pieces(document: Document) -> tuple[Piece, ...]:
    pieces: dict[tuple[str, str, str, str, Decimal | None], list[DocumentLine]] = {}
    for line in document.lines:
        center, account = (line.cost_center, line.cost_center_name), line.gl_account
        place = (*center, account, line.gl_account_name, line.vat_rate)
        pieces.setdefault(place, []).append(line)
    return tuple(
        Piece(
            *place[:4],
            place[4],
            lines.add_up(lines.amount_of(document, line) for line in group),
            None if any(ln.vat is None for ln in group) else lines.add_up(ln.vat for ln in group),
        )
        for place, group in pieces.items()
    )


def _piece(values: list[Any]) -> Piece:
    rate, amount, vat = (None if value is None else Decimal(value) for value in values[4:])
    assert amount is not None
    center, center_name, gl_account, gl_account_name = values[:4]
    return Piece(center, center_name, gl_account, gl_account_name, rate, amount, vat)


Sums = dict[str, Decimal]
"""Currency to total."""


@dataclass(slots=True)
class Group:
    """Some counted documents: how many, their total per currency, and the total in the currency of
    their companies; `unknown` are those without an amount in it."""

    count: int = 0
    sums: Sums = field(default_factory=dict)
    company: Sums = field(default_factory=dict)
    unknown: int = 0

    def add(self, amount: Decimal | None, currency: str, count: int = 1) -> None:
        """One more."""
        self.count += count
        if amount is not None:
            with localcontext(prec=_EXACT):
                self.sums[currency] = self.sums.get(currency, Decimal(0)) + amount

    def take(self, row: Line) -> None:
        """One document more, with both its amounts."""
        self.add(row.amount, row.currency)
        if row.amount_dc is None:
            self.unknown += row.amount is not None
            return
        with localcontext(prec=_EXACT):
            total = self.company.get(row.company_currency, Decimal(0))
            self.company[row.company_currency] = total + row.amount_dc


def group(rows: Iterable[Line]) -> Group:
    """The documents together."""
    sums = Group()
    for row in rows:
        sums.take(row)
    return sums


def counted(rows: Iterable[Line]) -> list[Line]:
    """The lines that are in the sums."""
    return [row for row in rows if row.part is Part.COUNTED]


def by_kind(rows: Iterable[Line]) -> dict[Kind, Group]:
    """Counts and totals of each kind, in the order of the kinds."""
    groups: dict[Kind, Group] = {}
    for row in sorted(rows, key=lambda row: list(Kind).index(row.kind)):
        groups.setdefault(row.kind, Group()).take(row)
    return groups


def by_period(rows: Iterable[Line]) -> dict[tuple[dt.date, dt.date] | None, list[Line]]:
    """What belongs to an earlier period, the latest first; None where an older version of this
    program did not note which."""
    periods: dict[tuple[dt.date, dt.date] | None, list[Line]] = {}
    late = (row for row in rows if row.part is Part.LATE)
    for row in sorted(late, key=lambda row: row.late[0] if row.late else dt.date.min, reverse=True):
        periods.setdefault(row.late, []).append(row)
    return periods


def companies(rows: Iterable[Line]) -> dict[int, str]:
    """The companies, by number, with their names."""
    names = {row.division: row.division_name for row in rows}
    return dict(sorted(names.items()))


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
            key=lambda row: (not row[0], -abs(row[2]), row[0], row[1]),
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
