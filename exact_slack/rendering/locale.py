"""Words, amounts and dates as a locale writes them (Babel)."""

import datetime as dt
from decimal import Decimal

from exact_slack.rendering.labels import LABELS


class Words:
    """The words of one locale, such as nl_NL."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self._language = locale.partition("_")[0]

    def label(self, key: str, **values: object) -> str:
        """The word for a key; a key without an entry stands for itself."""
        word = LABELS.get(key, {}).get(self._language, key)
        return word.format(**values) if values else word

    def amount(self, value: Decimal | None, currency: str) -> str:
        """An amount with its currency, or without where none is known; "" for None."""
        if value is None:
            return ""
        from babel.numbers import format_currency, format_decimal

        if not currency:
            return str(format_decimal(value, format="#,##0.00", locale=self._locale))
        return str(format_currency(value, currency, locale=self._locale))

    def number(self, value: Decimal | None) -> str:
        """A quantity without needless zeros; "" for None."""
        if value is None:
            return ""
        from babel.numbers import format_decimal

        return str(format_decimal(value, locale=self._locale))

    def date(self, value: dt.date | None) -> str:
        """A date as people write it; "" for None."""
        if value is None:
            return ""
        from babel.dates import format_date

        return str(format_date(value, format="medium", locale=self._locale))
