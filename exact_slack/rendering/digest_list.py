"""The list of a digest: a table for a spreadsheet that adds up to the message, row by row.

One row for each document and cost center. A document's amount stands on its first row only, and
only where it counts, so the plain sum of a column is what the message says."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from exact_slack.rendering import spreadsheet
from exact_slack.rendering.digest_rows import Line, Part
from exact_slack.rendering.locale import Words
from exact_slack.rendering.spreadsheet import cell, number

COLUMNS = (
    "kind", "number", "division_code", "division", "date", "due_date", "account_code", "account",
    "reference", "description", "status", "currency", "amount", "cost_center", "per_cost_center",
    "shares_currency", "open_amount", "company_currency", "exception", "remark", "told_before",
    "not_counted", "key",
)  # fmt: skip
"""Labels of the columns, in their order."""
_REMARKS = {Part.COUNTED: "", Part.DELETED: "deleted", Part.CHANGED: "digest_changed"}


def write(rows: Iterable[Line], locale: str, into: BinaryIO) -> int:
    """Write the list; returns its bytes."""
    words = Words(locale)

    def table() -> Iterator[list[str]]:
        yield [words.label(name) for name in COLUMNS]
        for row in rows:
            for values in _rows(row, words, locale):
                yield [values.get(name, "") for name in COLUMNS]

    return spreadsheet.write(table(), locale, into)


def _rows(row: Line, words: Words, locale: str) -> Iterator[dict[str, str]]:
    counts = row.part is Part.COUNTED
    shares = row.shares or (("", None),)
    for at, (center, share) in enumerate(shares):
        values = _identity(row, words)
        if at == 0:
            values |= _once(row, words, locale)
        if counts and share is not None:
            values["cost_center"] = cell(center)
            values["per_cost_center"] = number(share, locale)
            values["shares_currency"] = cell(row.shares_currency)
        yield values
        if not counts:
            return  # nothing of it is in the sums


def _identity(row: Line, words: Words) -> dict[str, str]:
    """What stands on every row of a document."""
    return {
        "kind": words.label(row.kind.value),
        "number": cell(row.number),
        "division_code": str(row.division),
        "division": cell(row.division_name),
        "date": row.date.isoformat() if row.date else "",
        "account": cell(row.account),
        "key": cell(row.key),
    }


def _once(row: Line, words: Words, locale: str) -> dict[str, str]:
    """What stands on a document's first row."""
    amount = number(row.amount, locale)
    counts = row.part is Part.COUNTED
    remark = _REMARKS[row.part]
    told = ""
    if row.told is not None:
        told = f"{number(row.told[0], locale)} {row.told[1]}".strip()
    return {
        "due_date": row.due_date.isoformat() if row.due_date else "",
        "account_code": cell(row.account_code),
        "reference": cell(row.reference),
        "description": cell(row.description),
        "status": cell(words.label(row.status)) if row.status else "",
        "currency": cell(row.currency),
        "amount": amount if counts else "",
        "not_counted": "" if counts else amount,
        "open_amount": number(row.open_amount, locale),
        "company_currency": cell(row.company_currency) if row.open_amount is not None else "",
        "exception": ", ".join(words.label(f"exception_{name}") for name in row.exceptions),
        "remark": words.label(remark) if remark else "",
        "told_before": told,
    }
