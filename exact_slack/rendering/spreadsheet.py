"""Tables for a spreadsheet: CSV as the locale writes it, in which no cell is a formula and no long
number loses its digits."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import BinaryIO

from exact_slack.foreign import visible

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is a formula for a spreadsheet."""
_LONG = 12
"""Digits from which on a spreadsheet writes a number with an exponent."""


def decimal_comma(locale: str) -> bool:
    """Whether the locale writes a comma before the decimals."""
    return not locale.startswith("en")


def write(rows: Iterable[Iterable[str]], locale: str, into: BinaryIO) -> int:
    """Write the rows as UTF-8 with a mark that spreadsheets know; returns the bytes. Where the
    locale writes a decimal comma there are semicolons between the columns."""
    text = io.TextIOWrapper(into, encoding="utf-8-sig", errors="replace", newline="")
    separator = ";" if decimal_comma(locale) else ","
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerows(rows)
    text.flush()
    text.detach()
    return into.tell()


def number(value: Decimal | None, locale: str) -> str:
    """All decimals that there are, two at least."""
    if value is None:
        return ""
    exponent = value.as_tuple().exponent
    whole = isinstance(exponent, int) and exponent > -2
    text = f"{value:.2f}" if whole else f"{value:f}"
    return text.replace(".", ",") if decimal_comma(locale) else text


def cell(value: str) -> str:
    """Foreign text on one line that no spreadsheet takes for a formula, or for a number that it
    would round."""
    squeezed = " ".join(visible(value).split())
    long = squeezed.isdecimal() and len(squeezed) >= _LONG
    return f"'{squeezed}" if long or squeezed.startswith(_DANGEROUS) else squeezed
