"""Single values out of Exact's JSON, as tolerant as can be: null, missing, numbers as text."""

import datetime as dt
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final

from exact_slack.account_number import AccountNumber, Marks, mask, shown
from exact_slack.documents.moment import ServerMs
from exact_slack.exact.times import date_from_wire, moment, ms_from_wire
from exact_slack.exact.wire.odata import Row
from exact_slack.foreign import visible

_NOISE: Final = Decimal("0.000001")
"""Exact's amounts are doubles: beyond six places there is only their noise."""
_INT64: Final = 2**63
_INT64_DIGITS: Final = 19
_WIDE: Final = Context(prec=60)
_CODE: Final = 12
"""Characters of a code at most."""
_LARGEST: Final = 40
"""Digits before the point beyond which a number is no amount and cannot be shown as one."""


_TEXTS: Final = (str, int, Decimal)
_NUMBERS: Final = (str, int, Decimal, float)
"""How Exact's texts and numbers arrive."""


class Unreadable(ValueError):
    """A field holds what no document can hold; its name is the text."""


def text(row: Row, *names: str) -> str:
    """The first field that has a text; codes lose the spaces that pad them (recorded: account
    codes are filled up to 18 characters)."""
    for name in names:
        value = row.get(name)
        if value is None:  # most fields of most rows
            continue
        if isinstance(value, _TEXTS) and not isinstance(value, bool):
            # a lone surrogate is legal in JSON and nowhere else
            plain = _written(value) if isinstance(value, Decimal) else str(value)
            clean = plain.encode("utf-8", "replace").decode().replace("\0", "").strip()
            clean = clean.replace("\r\n", "\n")
            if clean:
                return mask(clean)
    return ""


def account_number(row: Row, marks: Marks, *names: str) -> AccountNumber:
    """The first bank account number, which is never kept whole."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and (seen := shown(value)):
            return AccountNumber(seen, marks(value))
    return AccountNumber()


def currency_code(row: Row) -> str:
    """The currency. It stands inside amounts, where nothing else is cleaned."""
    return visible(text(row, "Currency"))[:_CODE].strip()


def _written(value: Decimal) -> str:
    """Without an exponent, where that is no longer than anything a person writes."""
    short = value.is_finite() and abs(value.adjusted()) <= _LARGEST
    return f"{value:f}" if short else str(value)


def number(row: Row, *names: str) -> str:
    """The first document number; null and zero are none."""
    for name in names:
        value = text(row, name)
        if value not in ("", "0"):
            return value
    return ""


def integer(row: Row, *names: str) -> int | None:
    """The first whole number; Int64 is a text on the wire."""
    numbers = (_whole(row.get(name)) for name in names)
    return next((number for number in numbers if number is not None), None)


def _whole(value: Any) -> int | None:
    if value is None or isinstance(value, bool) or not isinstance(value, _TEXTS):
        return None
    try:
        amount = Decimal(value)
    except ArithmeticError:
        return None
    if not amount.is_finite() or (amount and amount.adjusted() >= _INT64_DIGITS):
        return None
    whole = amount == amount.to_integral_value()
    return int(amount) if whole and -_INT64 <= amount < _INT64 else None


def money(row: Row, *names: str) -> Decimal | None:
    """The first amount, without noise, exponent or minus zero; Unreadable where it is larger than
    any amount: a message without it, or a rule that does not see it, would be wrong."""
    for name in names:
        value = row.get(name)
        if value is None or isinstance(value, bool) or not isinstance(value, _NUMBERS):
            continue
        amount = _plain(name, value)
        if amount is not None:
            return amount
    return None


def figure(row: Row, name: str) -> Decimal:
    """An amount without which a sum would be wrong. Unreadable where there is none."""
    amount = money(row, name)
    if amount is None:
        raise Unreadable(name)
    return amount


def _plain(name: str, value: int | str | Decimal | float) -> Decimal | None:
    try:
        amount = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except (ArithmeticError, ValueError):
        return None
    if not amount.is_finite():
        return None
    if amount and amount.adjusted() > _LARGEST:
        raise Unreadable(name)
    if amount.adjusted() < -_LARGEST:
        return Decimal(0)
    rounded = amount.quantize(_NOISE, ROUND_HALF_EVEN, _WIDE)
    if rounded == 0:
        return Decimal(0)
    plain = rounded.normalize(_WIDE)
    exponent = plain.as_tuple().exponent
    assert isinstance(exponent, int)
    return plain.quantize(Decimal(1), context=_WIDE) if exponent > 0 else plain


def percentage(row: Row, name: str) -> Decimal | None:
    """A rate in percent. Exact gives a fraction (0.21); what is 1 or more is none."""
    rate = money(row, name)
    return rate * 100 if rate is not None and abs(rate) < 1 else rate


def date(row: Row, *names: str) -> dt.date | None:
    """The first date-only field that has one."""
    for name in names:
        value: Any = row.get(name)
        if isinstance(value, str):
            try:
                return date_from_wire(value)
            except ValueError:
                continue
    return None


def milliseconds(row: Row, name: str) -> ServerMs | None:
    """A point in time, as Exact's own wall clock."""
    value = row.get(name)
    if not isinstance(value, str):
        return None
    try:
        ms = ms_from_wire(value)
        moment(ms)
    except ValueError:
        return None
    return ms


def signed(amount: Decimal | None, *, negative: bool) -> Decimal | None:
    """The amount with this sign, whatever sign it came with."""
    if amount is None:
        return None
    return -abs(amount) if negative and amount else abs(amount)
