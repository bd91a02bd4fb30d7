"""Words, amounts and dates as a locale writes them (Babel)."""

import datetime as dt
from collections.abc import Iterable
from copy import copy
from decimal import Decimal, InvalidOperation, localcontext
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from exact_slack.rendering.words.agreement import FEMININE
from exact_slack.rendering.words.labels import FEMININE_NOUNS, LABELS

if TYPE_CHECKING:
    from babel import Locale
    from babel.numbers import NumberPattern

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DIGITS = 60
"""Digits of the longest number that is written out."""


@cache  # Babel takes the name to pieces each time
def _babel(locale: str) -> "Locale":
    from babel import Locale

    return Locale.parse(locale)


@lru_cache(maxsize=256)  # Babel looks a currency's name, symbol and digits up for each amount
def _pattern(locale: str, currency: str) -> "NumberPattern":
    """How the locale writes amounts, the currency's symbol and digits already in it."""
    from babel.numbers import get_currency_precision, get_currency_symbol, parse_pattern

    if not currency:
        return parse_pattern("#,##0.00")
    pattern: NumberPattern = copy(_babel(locale).currency_formats["standard"])
    symbol = get_currency_symbol(currency, _babel(locale))
    before, after = pattern.prefix, pattern.suffix
    pattern.prefix = before[0].replace("¤", symbol), before[1].replace("¤", symbol)
    pattern.suffix = after[0].replace("¤", symbol), after[1].replace("¤", symbol)
    pattern.frac_prec = (get_currency_precision(currency),) * 2
    return pattern


@lru_cache(maxsize=4096)  # a message shows most of its amounts several times
def _money(locale: str, value: Decimal, currency: str, *, exact: bool) -> str:
    value = value or Decimal(0)  # zero has no sign
    try:
        with localcontext(prec=_DIGITS):
            pattern = _pattern(locale, currency)
            return str(pattern.apply(value, _babel(locale), decimal_quantization=not exact))
    except InvalidOperation:  # longer than any amount: better told plainly than not at all
        return f"{value:.6E} {currency}".strip()


@lru_cache(maxsize=4096)
def _number(locale: str, value: Decimal) -> str:
    from babel.numbers import format_decimal

    try:
        with localcontext(prec=_DIGITS):
            value = value.normalize()
            return str(format_decimal(value, locale=_babel(locale), decimal_quantization=False))
    except InvalidOperation:
        return f"{value:.6E}"


@lru_cache(maxsize=4096)
def _date(locale: str, value: dt.date) -> str:
    from babel.dates import format_date

    return str(format_date(value, format="medium", locale=_babel(locale)))


@lru_cache(maxsize=4096)
def _time(locale: str, hour: int, minute: int) -> str:
    from babel.dates import format_time

    return str(format_time(dt.time(hour, minute), format="short", locale=_babel(locale)))


class Words:
    """The words of one locale, such as nl_NL."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self._language = locale.partition("_")[0]

    def label(self, key: str, **values: object) -> str:
        """The word for a key; a key without an entry stands for itself."""
        translations = LABELS.get(key, {})
        word = translations.get(self._language) or translations.get("en") or key
        return word.format(**values) if values else word

    def agreeing(self, key: str, noun: str, **values: object) -> str:
        """The word for a key that says something of a noun (a kind, or credit_note), in the form
        that goes with it: "Facture payée"."""
        word = FEMININE.get(self._language, {}).get(key)
        if word and noun in FEMININE_NOUNS[self._language]:
            return word.format(**values) if values else word
        return self.label(key, **values)

    def before_colon(self, text: str) -> str:
        """A text as it stands before a colon: French sets a space between them."""
        return text + ("\xa0" if self._language == "fr" else "")

    def listed(self, texts: Iterable[str]) -> str:
        """Some texts in a row: semicolons stand between them."""
        return f"{self.before_colon('')}; ".join(texts)

    def caption(self, key: str, of: str = "") -> str:
        """The word for a key as it stands before a colon, `of` in brackets."""
        return self.before_colon(f"{self.label(key)} ({of})" if of else self.label(key))

    def amount(self, value: Decimal | None, currency: str) -> str:
        """An amount with its currency, or without where none is known; "" for None."""
        return "" if value is None else _money(self._locale, value, currency, exact=False)

    def price(self, value: Decimal | None, currency: str) -> str:
        """An amount with all the decimals that it has: a price per piece; "" for None."""
        if value is None:
            return ""
        exponent = value.normalize().as_tuple().exponent
        exact = isinstance(exponent, int) and exponent < -2
        return _money(self._locale, value, currency, exact=exact)

    def decimal(self) -> str:
        """What stands before the cents: a comma or a point."""
        from babel.numbers import get_decimal_symbol

        return str(get_decimal_symbol(_babel(self._locale)))

    def number(self, value: Decimal | None) -> str:
        """A quantity with all its decimals, but no needless zeros; "" for None."""
        return "" if value is None else _number(self._locale, value)

    def date(self, value: dt.date | None) -> str:
        """A date as people write it; "" for None."""
        return "" if value is None else _date(self._locale, value)

    def month(self, day: dt.date) -> str:
        """The month of a day: "Nov 2026"."""
        from babel.dates import format_skeleton

        return str(format_skeleton("yMMM", day, locale=_babel(self._locale)))

    def span(self, begin: dt.date, end: dt.date) -> str:
        """From a day to another, in few characters: "23 – 30 Nov"."""
        from babel.dates import format_interval

        return str(format_interval(begin, end, "MMMd", locale=_babel(self._locale)))

    def wall(self, moment: dt.datetime) -> str:
        """A moment as the clock on the wall there shows it."""
        return f"{self.date(moment.date())} {_time(self._locale, moment.hour, moment.minute)}"

    def moment(self, milliseconds: int | None, *, short: bool = False) -> str:
        """A time of Exact's own clock, as it stands there; "" for None or nonsense. `short`:
        without the year."""
        if milliseconds is None:
            return ""
        try:
            moment = _EPOCH + dt.timedelta(milliseconds=milliseconds)
        except OverflowError:
            return ""
        if not short:
            return self.wall(moment)
        from babel.dates import format_skeleton

        date = format_skeleton("MMMd", moment, locale=_babel(self._locale))
        return f"{date} {_time(self._locale, moment.hour, moment.minute)}"
