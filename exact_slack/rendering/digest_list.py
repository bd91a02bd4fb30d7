"""The list of a digest: a table for a spreadsheet that adds up to the message, row by row.

One row for each document and cost center. A document's amount stands on its first row only, and
only where it counts, so the plain sum of a column is what the message says."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import BinaryIO

from exact_slack.rendering.digest_rows import Line, Part
from exact_slack.rendering.locale import Words

COLUMNS = (
    "kind", "number", "division_code", "division", "date", "due_date", "account_code", "account",
    "reference", "description", "status", "currency", "amount", "cost_center", "per_cost_center",
    "shares_currency", "open_amount", "company_currency", "exception", "remark", "told_before",
    "not_counted", "key",
)  # fmt: skip
"""Labels of the columns, in their order."""
_REMARKS = {Part.COUNTED: "", Part.DELETED: "deleted", Part.CHANGED: "digest_changed"}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is a formula for a spreadsheet."""


def write(rows: Iterable[Line], locale: str, into: BinaryIO) -> int:
    """Write the list as UTF-8 with a mark that spreadsheets know; returns its bytes. Where the
    locale writes a decimal comma, so does the list, with semicolons between the columns."""
    words = Words(locale)
    comma = not locale.startswith("en")
    text = io.TextIOWrapper(into, encoding="utf-8-sig", errors="replace", newline="")
    writer = csv.writer(text, delimiter=";" if comma else ",", lineterminator="\r\n")
    writer.writerow([words.label(name) for name in COLUMNS])
    for row in rows:
        for values in _rows(row, words, comma):
            writer.writerow([values.get(name, "") for name in COLUMNS])
    text.flush()
    text.detach()
    return into.tell()


def _number(value: Decimal | None, comma: bool) -> str:
    """All decimals that there are, two at least."""
    if value is None:
        return ""
    exponent = value.as_tuple().exponent
    whole = isinstance(exponent, int) and exponent > -2
    text = f"{value:.2f}" if whole else f"{value:f}"
    return text.replace(".", ",") if comma else text


def _text(value: str) -> str:
    """Foreign text on one line that no spreadsheet takes for a formula."""
    squeezed = " ".join(value.split())
    return f"'{squeezed}" if squeezed.startswith(_DANGEROUS) else squeezed


def _rows(row: Line, words: Words, comma: bool) -> Iterator[dict[str, str]]:
    counts = row.part is Part.COUNTED
    shares = row.shares or (("", None),)
    for number, (center, share) in enumerate(shares):
        values = _identity(row, words)
        if number == 0:
            values |= _once(row, words, comma)
        if counts and share is not None:
            values["cost_center"] = _text(center)
            values["per_cost_center"] = _number(share, comma)
            values["shares_currency"] = _text(row.shares_currency)
        yield values
        if not counts:
            return  # nothing of it is in the sums


def _identity(row: Line, words: Words) -> dict[str, str]:
    """What stands on every row of a document."""
    return {
        "kind": words.label(row.kind.value),
        "number": _text(row.number),
        "division_code": str(row.division),
        "division": _text(row.division_name),
        "date": row.date.isoformat() if row.date else "",
        "account": _text(row.account),
        "key": _text(row.key),
    }


def _once(row: Line, words: Words, comma: bool) -> dict[str, str]:
    """What stands on a document's first row."""
    amount = _number(row.amount, comma)
    counts = row.part is Part.COUNTED
    remark = _REMARKS[row.part]
    told = ""
    if row.told is not None:
        told = f"{_number(row.told[0], comma)} {row.told[1]}".strip()
    return {
        "due_date": row.due_date.isoformat() if row.due_date else "",
        "account_code": _text(row.account_code),
        "reference": _text(row.reference),
        "description": _text(row.description),
        "status": _text(words.label(row.status)) if row.status else "",
        "currency": _text(row.currency),
        "amount": amount if counts else "",
        "not_counted": "" if counts else amount,
        "open_amount": _number(row.open_amount, comma),
        "company_currency": _text(row.company_currency) if row.open_amount is not None else "",
        "exception": ", ".join(words.label(f"exception_{name}") for name in row.exceptions),
        "remark": words.label(remark) if remark else "",
        "told_before": told,
    }
