"""Tables for a spreadsheet: CSV as the locale writes it, in which no cell is a formula and no long
number loses its digits."""

import codecs
import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import BinaryIO

from exact_slack.foreign import visible
from exact_slack.rendering.words.locale import Words

BYTE_ORDER_MARK = codecs.BOM_UTF8
"""The mark that spreadsheets know UTF-8 by: before the first row."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A text that begins so is a formula for a spreadsheet."""
_CHANGED = re.compile(
    r"\d{12,}|0\d+|[\d.,]+e[+-]?\d+|\d+[.,]\d*|\d{1,4}([-/.: ]\d{1,4}){1,2}"
    r"|(\d{1,2}[- /.]?)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- /.]?\d{1,4}",
    re.IGNORECASE,
)
"""A text that a spreadsheet takes for a number or a date and shows as another one: it writes twelve
digits with an exponent, drops zeros in front, reads 12E5 as 1200000, MAR1 as the first of March."""


def decimal_comma(locale: str) -> bool:
    """Whether the locale writes a comma before the decimals."""
    return Words(locale).decimal() == ","


def write(rows: Iterable[Iterable[str]], locale: str, into: BinaryIO) -> int:
    """Write the rows as UTF-8 with a mark that spreadsheets know; returns the bytes. Between the
    columns are semicolons, in English commas."""
    text = io.TextIOWrapper(into, encoding="utf-8-sig", errors="replace", newline="")
    writer = csv.writer(text, delimiter=_separator(locale), lineterminator="\r\n")
    writer.writerows(rows)
    text.flush()
    text.detach()
    return into.tell()


def _separator(locale: str) -> str:
    english = locale.startswith("en") and not decimal_comma(locale)
    return "," if english else ";"


def line(cells: Iterable[str], locale: str) -> bytes:
    """One row, for a table that is written while it is found."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=_separator(locale), lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode("utf-8", errors="replace")


def to_the_cent(value: Decimal) -> str:
    """All decimals that there are, two at least."""
    exponent = value.as_tuple().exponent
    whole = isinstance(exponent, int) and exponent > -2
    return f"{value:z.2f}" if whole else f"{value:zf}"


def number(value: Decimal | None, locale: str) -> str:
    """An amount as the locale's spreadsheets read it."""
    if value is None:
        return ""
    text = to_the_cent(value)
    return text.replace(".", ",") if decimal_comma(locale) else text


def cell(value: str) -> str:
    """Foreign text on one line that no spreadsheet takes for a formula, or for a number or a date
    that it would change."""
    squeezed = " ".join(visible(value).split())
    changed = _CHANGED.fullmatch(squeezed) or squeezed.startswith(_DANGEROUS)
    return f"'{squeezed}" if changed else squeezed
