"""What changed since the last report: which invoices became late, were paid or moved on, whose
first is late, and the account that moved a bucket most.

Terms are compared by their entry and account: after a part payment Exact may split a term, and the
parts then have other keys."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from exact_slack.documents.standing import AGES, Bucket, Change, Moved, Shift, Since, Term, age
from exact_slack.documents.subjects import Side

Key = tuple[int, Side, str, str]
Debtor = tuple[int, Side, str]
"""An account of a division."""


@dataclass(slots=True)
class _Item:
    """All terms of one invoice, as they stand on a day."""

    terms: list[Term] = field(default_factory=list)
    open: Decimal = Decimal(0)
    overdue: Decimal = Decimal(0)
    worst: Bucket = Bucket.NOT_DUE

    def add(self, term: Term, day: dt.date) -> None:
        self.terms.append(term)
        self.open += term.amount
        if term.late(day):
            self.overdue += term.amount
            self.worst = max(self.worst, age(term.days(day)), key=AGES.index)


def debtor(term: Term) -> Debtor:
    """The account, as it is told from others."""
    return term.division, term.side, term.account_id


def late_accounts(terms: Iterable[Term], day: dt.date) -> set[Debtor]:
    """The accounts with something late."""
    return {debtor(term) for term in terms if term.amount > 0 and term.late(day)}


def since(
    before: Sequence[Term],
    day: dt.date,
    now: Sequence[Term],
    today: dt.date,
    *,
    ever_late: Collection[Debtor],
    read: Collection[tuple[int, Side]],
) -> Since:
    """The changes from the report of `day` to that of `today`. `ever_late`: the accounts that were
    late in any report up to then. `read`: what could be read today; what could not is unknown and
    not paid."""
    then = _items([term for term in before if (term.division, term.side) in read], day)
    here = _items(now, today)
    moved = [
        change
        for key in dict.fromkeys([*then, *here])
        for change in _changes(then.get(key), here.get(key))
    ]
    moved.sort(key=lambda move: (list(Change).index(move.change), -abs(move.amount)))
    first: dict[Debtor, Term] = {}
    for term in now:
        who = debtor(term)
        if term.amount > 0 and term.late(today) and who not in ever_late:
            first[who] = max(first.get(who, term), term, key=lambda move: move.amount)
    return Since(day, tuple(moved), tuple(first.values()), _shift(then, day, here, today))


def _items(terms: Iterable[Term], day: dt.date) -> dict[Key, _Item]:
    items: dict[Key, _Item] = defaultdict(_Item)
    for term in terms:
        items[term.division, term.side, term.currency, term.key].add(term, day)
    return dict(items)


def _changes(then: _Item | None, now: _Item | None) -> Iterable[Moved]:
    if then is not None and then.open > 0:
        left = now.open if now else Decimal(0)
        if now is None or left <= 0:
            yield Moved(Change.PAID, then.terms[0], then.open)
        elif left < then.open:
            yield Moved(Change.PARTLY_PAID, now.terms[0], then.open - left)
    if now is None or now.overdue <= 0:
        return
    if then is None or then.overdue <= 0:
        yield Moved(Change.NEWLY_OVERDUE, now.terms[0], now.overdue)
    elif AGES.index(now.worst) > AGES.index(then.worst):
        yield Moved(Change.MOVED_ON, now.terms[0], now.overdue)


def _shift(
    then: dict[Key, _Item], day: dt.date, now: dict[Key, _Item], today: dt.date
) -> Shift | None:
    changes: dict[tuple[int, Side, str, str, Bucket], Decimal] = defaultdict(Decimal)
    names: dict[str, str] = {}
    for items, when, sign in ((then, day, -1), (now, today, 1)):
        for item in items.values():
            for term in item.terms:
                bucket = age(term.days(when))
                place = (term.division, term.side, term.account_id, term.currency, bucket)
                changes[place] += sign * term.amount
                names[term.account_id] = term.account
    if not any(changes.values()):
        return None
    place = max(changes, key=lambda change: abs(changes[change]))
    division, side, account, currency, bucket = place
    return Shift(names[account], side, currency, bucket, changes[place], division)
