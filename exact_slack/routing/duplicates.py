"""Whether a purchase is there a second time, as people enter things twice."""

from collections.abc import Sequence
from datetime import date

from exact_slack.documents.compared.purchase import Purchase, equal_shape, is_near, is_next

_NEAR, _WEEK = 30, 7
"""Days apart: of a reference with a slip, of one that is missing."""
_SERIES, _UNEVEN = 5, 3
"""What comes every so many days or more, give or take some, is a series, such as rent."""
_FORTNIGHT = 14
_SOME, _CLOSE = 9, 99
"""Numbers apart: of bills of one day or month, of those of a year."""
_OFTEN = 90
"""Days in which an amount that was billed before proves nothing together with a slip."""


def duplicate_of(purchase: Purchase, others: Sequence[Purchase]) -> Purchase | None:
    """The one of the others that it repeats, the latest where there are several; None where it is
    the only one. The others: all of its supplier with its amount, or with that of a credit."""
    if purchase.void or not purchase.amount:
        return None
    real = _once([o for o in others if not o.void and not purchase.is_same_as(o)])
    same = sorted((o for o in real if o.amount == purchase.amount), key=lambda o: o.place)
    for credit in (o for o in real if o.amount == -purchase.amount):
        if same:
            same.remove(_credited(credit, same))
    same_name = sorted(same, key=lambda o: equal_shape(o.reference, purchase.reference))
    for other in reversed(same_name):
        if _repeats(purchase, other, [o for o in same if o is not other]):
            return other
    return None


def _credited(credit: Purchase, same: Sequence[Purchase]) -> Purchase:
    """The one that a credit note takes back: of its reference, else the latest before it."""
    before = [o for o in same if o.place < credit.place] or same
    named = [o for o in before if o.reference and equal_shape(o.reference, credit.reference)]
    return (named or before)[-1]


def second_of(purchase: Purchase, others: Sequence[Purchase]) -> Purchase | None:
    """The latest of the others that has the same reference for no reason: it was neither rejected
    nor credited, and is no credit; nor is it a word such as "Rent" that comes again each month. The
    others: all with that reference, the latest last."""
    real = [o for o in others if not o.void and not purchase.is_same_as(o)]
    same = [o for o in _once(real) if (o.amount < 0) == (purchase.amount < 0)]
    credited = len(_once(real)) - len(same)
    if purchase.void or len(same) <= credited:
        return None
    last = same[-1]
    return last if purchase.names_itself or _is_soon(purchase, last, same) else None


def _once(purchases: Sequence[Purchase]) -> list[Purchase]:
    """An invoice and the entry made from it count once."""
    kept: list[Purchase] = []
    for purchase in purchases:
        if not any(purchase.is_same_as(other) for other in kept):
            kept.append(purchase)
    return kept


def _repeats(purchase: Purchase, other: Purchase, more: list[Purchase]) -> bool:
    named = purchase.names_itself and other.names_itself
    if named and equal_shape(purchase.reference, other.reference):
        alike = [o for o in (*more, other) if equal_shape(o.reference, purchase.reference)]
        nearest = min(alike, key=lambda o: (_days(purchase.day, o.day) or 0, -o.place))
        return not _is_series(purchase, nearest, alike)
    apart = _days(purchase.day, other.day)
    if apart is None or purchase.division != other.division:
        return False  # each company gets its own of what is billed alike
    if named:
        if apart > _NEAR or not is_near(purchase.reference, other.reference):
            return False
        return _is_slip(purchase, other, apart, more)
    words = purchase.reference.strip() and other.reference.strip()
    if words and not equal_shape(purchase.reference, other.reference):
        return False
    return _is_soon(purchase, other, more)


def _is_soon(purchase: Purchase, other: Purchase, more: Sequence[Purchase]) -> bool:
    """Whether it came within a week, and what comes each week is not its reason."""
    apart = _days(purchase.day, other.day)
    return apart is None or (apart <= _WEEK and not _is_series(purchase, other, more))


def _is_slip(purchase: Purchase, other: Purchase, apart: int, more: list[Purchase]) -> bool:
    """Whether a reference that is near is a slip of the pen, and not that of another bill with the
    same amount: those have numbers that lie close together."""
    one, two = other.reference, purchase.reference
    if not is_next(one, two, _CLOSE):
        return True
    if apart > _FORTNIGHT and is_next(one, two, _SOME):
        return False
    often = any((_days(purchase.day, o.day) or 0) <= _OFTEN for o in more)
    return not often or (apart == 0 and not is_next(one, two, _SOME))


def _is_series(purchase: Purchase, other: Purchase, more: Sequence[Purchase]) -> bool:
    """Whether the other, and one before it, came at the same distance."""
    apart = _days(purchase.day, other.day)
    if apart is None or apart < _SERIES or other.day is None:
        return False
    before = (
        _days(other.day, earlier.day) for earlier in more if earlier.day and earlier.day < other.day
    )
    return any(gap is not None and abs(gap - apart) <= _UNEVEN for gap in before)


def _days(first: date | None, other: date | None) -> int | None:
    return None if first is None or other is None else abs((first - other).days)
