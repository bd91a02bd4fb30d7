"""Words, amounts and dates as a locale writes them (Babel)."""

import datetime as dt
from decimal import Decimal, InvalidOperation, localcontext
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from exact_slack.rendering.words.agreement import FEMININE
from exact_slack.rendering.words.labels import FEMININE_NOUNS, LABELS

if TYPE_CHECKING:
    from babel import Locale

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DIGITS = 60
"""Digits of the longest number that is written out."""


@cache  # Babel takes the name to pieces each time
def _babel(locale: str) -> "Locale":
    from babel import Locale

    return Locale.parse(locale)


@lru_cache(maxsize=4096)  # a message shows most of its amounts several times
def _money(locale: str, value: Decimal, currency: str, *, exact: bool) -> str:
    from babel.numbers import format_currency, format_decimal

    value = value or Decimal(0)  # zero has no sign
    try:
        with localcontext(prec=_DIGITS):
            if not currency:
                text = format_decimal(
                    value, "#,##0.00", _babel(locale), decimal_quantization=not exact
                )
            else:
                text = format_currency(
                    value, currency, locale=_babel(locale), decimal_quantization=not exact
                )
            return str(text)
    except InvalidOperation:  # longer than any amount: better told plainly than not at all
        return f"{value:.6E} {currency}".strip()


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
        if value is None:
            return ""
        from babel.numbers import format_decimal

        try:
            with localcontext(prec=_DIGITS):
                value = value.normalize()
                return str(
                    format_decimal(value, locale=_babel(self._locale), decimal_quantization=False)
                )
        except InvalidOperation:
            return f"{value:.6E}"

    def date(self, value: dt.date | None) -> str:
        """A date as people write it; "" for None."""
        if value is None:
            return ""
        from babel.dates import format_date

        return str(format_date(value, format="medium", locale=_babel(self._locale)))

    def wall(self, moment: dt.datetime) -> str:
        """A moment as the clock on the wall there shows it."""
        from babel.dates import format_time

        time = format_time(moment.time(), format="short", locale=_babel(self._locale))
        return f"{self.date(moment.date())} {time}"

    def moment(self, milliseconds: int | None, *, short: bool = False) -> str:
        """A time of Exact's own clock, as it stands there; "" for None or nonsense. `short`:
        without the year."""
        if milliseconds is None:
            return ""
        from babel.dates import format_date, format_skeleton, format_time

        try:
            moment = _EPOCH + dt.timedelta(milliseconds=milliseconds)
        except OverflowError:
            return ""
        locale = _babel(self._locale)
        if short:
            date = format_skeleton("MMMd", moment, locale=locale)
        else:
            date = format_date(moment.date(), format="medium", locale=locale)
        return f"{date} {format_time(moment.time(), format='short', locale=locale)}"
