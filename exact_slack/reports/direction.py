"""Which way an open term goes, and what it is.

No sign is believed: of ReceivablesList and PayablesList some say that what is owed is negative,
some that it is positive. The kind of transaction behind a term tells (`TransactionType`: an
invoice is owed, a credit note goes the other way); the size is the amount without its sign. Where
a kind tells nothing (money that is not matched, a journal entry), the term's sign counts, measured
against the signs of those that tell."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.standing import Term, TermKind
from exact_slack.documents.subjects import Side
from exact_slack.exact.standing import INVOICE, Listed, Origin, Place

_KINDS = {
    20: TermKind.INVOICE,
    21: TermKind.CREDIT,
    30: TermKind.INVOICE,
    31: TermKind.CREDIT,
    40: TermKind.PAYMENT,
}
"""`TransactionType` of TransactionLines (Exact's reference page); 40 is cash flow."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of the terms beside the list. `complete`: of every open one; else whatever is
    not among them is a plain invoice in the company's currency. None was readable: `origins` is
    None, and the sign of the overview decides."""

    origins: Sequence[Origin] | None
    complete: bool = False


def directed(
    division: int,
    side: Side,
    rows: Sequence[Listed],
    books: Known,
    *,
    own: Iterable[Origin] = (),
    overview: Decimal | None = None,
) -> list[Term]:
    """The rows as terms, each with its sign by what it is. `own`: the foreign terms with their own
    amounts. `overview`: Exact's total over all of them."""
    matches = _Matches(books.origins or ())
    origins = [matches.take(row) for row in rows]
    kinds = [_kind(origin, side, books) for origin in origins]
    plus = _plus(origins, kinds)
    stated = [_told(origin, kind, plus) for origin, kind in zip(origins, kinds, strict=True)]
    usual = _usual(rows, stated, kinds)
    if usual == 0:
        usual = _by_total(rows, overview)
    foreign = _Matches(own)
    return [
        _term(
            division, side, row, kind, way=way or usual * _sign(row.amount), own=foreign.take(row)
        )
        for row, kind, way in zip(rows, kinds, stated, strict=True)
    ]


class _Matches:
    """Finds the origin of a row: entry and account are the same, then the nearest by journal, due
    date and size."""

    def __init__(self, origins: Iterable[Origin]) -> None:
        self._by_place: dict[Place, list[Origin]] = defaultdict(list)
        for origin in origins:
            self._by_place[origin.place].append(origin)

    def take(self, row: Listed) -> Origin | None:
        """The origin, which then belongs to no other row."""
        candidates = [
            origin
            for origin in self._by_place.get(row.place, ())
            if not (origin.journal and row.journal) or origin.journal == row.journal
        ]
        if not (row.place and candidates):
            return None
        nearest = max(
            candidates, key=lambda origin: (origin.due == row.due, _same(origin.amount, row.amount))
        )
        self._by_place[row.place].remove(nearest)
        return nearest


def _same(amount: Decimal, other: Decimal) -> bool:
    return abs(amount) == abs(other)


def _sign(amount: Decimal | None) -> int:
    return 0 if not amount else 1 if amount > 0 else -1


def _kind(origin: Origin | None, side: Side, books: Known) -> TermKind:
    if origin is None:
        plain = books.origins is not None and not books.complete
        return TermKind.INVOICE if plain else TermKind.OTHER
    kind = _KINDS.get(origin.type or 0, TermKind.OTHER)
    # a supplier's invoice among the receivables is no invoice to a customer
    return kind if kind is not TermKind.INVOICE or origin.type == INVOICE[side] else TermKind.OTHER


def _plus(origins: Sequence[Origin | None], kinds: Sequence[TermKind]) -> int:
    """The sign that invoices have as transactions."""
    pairs = zip(origins, kinds, strict=True)
    signs = (_sign(o.of_transaction) for o, kind in pairs if o and kind is TermKind.INVOICE)
    return _sign(Decimal(sum(signs))) or 1


def _told(origin: Origin | None, kind: TermKind, plus: int) -> int:
    """1 where the kind says that it is owed, -1 where it goes the other way, 0 where it does not
    say. A negative invoice is a credit."""
    if kind is TermKind.CREDIT:
        return -1
    if kind is not TermKind.INVOICE or origin is None:
        return 0
    return -1 if _sign(origin.of_transaction) == -plus else 1


def _usual(rows: Sequence[Listed], stated: Sequence[int], kinds: Sequence[TermKind]) -> int:
    """The sign that this list gives to what is owed; 0 where nothing tells."""
    votes = sum(way * _sign(row.amount) for row, way in zip(rows, stated, strict=True))
    if votes == 0:  # only plain invoices, of which most are owed
        pairs = zip(rows, kinds, strict=True)
        votes = sum(_sign(row.amount) for row, kind in pairs if kind is TermKind.INVOICE)
    if votes == 0:  # only money that is not matched
        pairs = zip(rows, kinds, strict=True)
        votes = -sum(_sign(row.amount) for row, kind in pairs if kind is TermKind.PAYMENT)
    return _sign(Decimal(votes))


def _by_total(rows: Sequence[Listed], overview: Decimal | None) -> int:
    """Where no kind is known. A positive total of Exact's is what is "still to receive" or "to
    pay", as its page says; else most rows are owed."""
    total = sum((row.amount for row in rows), Decimal(0))
    if total and overview and overview > 0:
        return _sign(total)
    return _sign(Decimal(sum(_sign(row.amount) for row in rows))) or 1


def _term(
    division: int, side: Side, row: Listed, kind: TermKind, *, way: int, own: Origin | None
) -> Term:
    amount = way * abs(row.amount)
    if kind is TermKind.INVOICE and amount < 0:
        kind = TermKind.CREDIT
    foreign = own is not None and own.currency != row.currency and own.own_amount is not None
    return Term(
        division=division,
        side=side,
        key=f"{row.place.entry}/{row.place.account}" if row.place else row.key,
        account_id=row.place.account or row.account,
        account=row.account,
        number=row.number,
        reference=row.reference,
        due=row.due,
        currency=row.currency,
        amount=amount,
        kind=kind,
        own_currency=own.currency if own and foreign else "",
        own_amount=way * abs(own.own_amount) if own and foreign and own.own_amount else None,
    )
