"""Whether a purchase is there a second time, as people enter things twice."""

from collections.abc import Sequence
from datetime import date

from exact_slack.documents.compared.purchase import Purchase, equal_shape, is_near

_NEAR, _WEEK = 30, 7
"""Days apart: of a reference with a slip, of one that is missing."""
_SERIES, _UNEVEN = 5, 3
"""What comes every so many days or more, give or take some, is a series, such as rent."""
_OFTEN = 90
"""Days in which an amount that was billed before proves nothing together with a slip."""


def duplicate_of(purchase: Purchase, others: Sequence[Purchase]) -> Purchase | None:
    """The one of the others that it repeats, the latest where there are several; None where it is
    the only one. The others: all of its supplier with its amount, or with that of a credit."""
    if purchase.void or not purchase.amount:
        return None
    real = [o for o in others if not o.void and not purchase.is_same_as(o)]
    credited = sum(o.amount == -purchase.amount for o in _once(real))
    same = sorted((o for o in _once(real) if o.amount == purchase.amount), key=lambda o: o.place)[
        credited:
    ]
    for other in reversed(same):
        if _repeats(purchase, other, [o for o in same if o is not other]):
            return other
    return None


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
        often = [o for o in more if (_days(purchase.day, o.day) or 0) <= _OFTEN]
        return apart <= _NEAR and not often and is_near(purchase.reference, other.reference)
    words = purchase.reference.strip() and other.reference.strip()
    if words and not equal_shape(purchase.reference, other.reference):
        return False
    return apart <= _WEEK and not _is_series(purchase, other, more)


def _is_series(purchase: Purchase, other: Purchase, more: list[Purchase]) -> bool:
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
