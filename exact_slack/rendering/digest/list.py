"""The list of a digest: a table for a spreadsheet that adds up to the message, row by row.

One row for each document, cost center, G/L account and rate of VAT. A document's amount stands on
its first row only, and only where it counts, so the plain sum of a column is what the message
says."""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from exact_slack.rendering import spreadsheet
from exact_slack.rendering.digest.rows import Line, Part, Piece
from exact_slack.rendering.lines import add_up
from exact_slack.rendering.spreadsheet import cell, number
from exact_slack.rendering.words.locale import Words

COLUMNS = (
    "kind", "number", "division_code", "division", "date", "due_date", "account_code", "account",
    "reference", "description", "status", "credit", "journal", "period", "currency", "amount",
    "company_currency", "amount_dc", "cost_center", "cost_center_name", "gl_account",
    "gl_account_name", "per_cost_center", "shares_currency", "vat", "vat_rate", "open_amount_dc",
    "exception", "remark", "told_before", "not_counted", "link", "key",
)  # fmt: skip
"""Labels of the columns, in their order."""
_REMARKS = {
    Part.COUNTED: "",
    Part.DELETED: "deleted",
    Part.CHANGED: "digest_changed",
    Part.LATE: "digest_late",
}


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
    pieces: Sequence[Piece | None] = row.pieces or [
        Piece(center, "", "", "", None, share, None) for center, share in row.shares
    ]
    by_piece = _has_vat_by_piece(row)
    for at, piece in enumerate(pieces or [None]):
        values = _identity(row, words)
        if at == 0:
            values |= _once(row, words, locale)
            if counts and not by_piece:
                values["vat"] = number(row.vat, locale)
        if counts and piece is not None:
            values |= _of_piece(piece, row, words, locale, vat=by_piece)
        yield values
        if not counts:
            return  # nothing of it is in the sums


def _has_vat_by_piece(row: Line) -> bool:
    """Whether the VAT of the lines is that of the document."""
    amounts = [piece.vat for piece in row.pieces]
    stated = [vat for vat in amounts if vat is not None]
    if not stated or len(stated) < len(amounts):
        return False
    return row.vat is None or add_up(stated) == row.vat


def _of_piece(piece: Piece, row: Line, words: Words, locale: str, *, vat: bool) -> dict[str, str]:
    """What is said of some lines."""
    return {
        "cost_center": cell(piece.center),
        "cost_center_name": cell(piece.center_name),
        "gl_account": cell(piece.gl_account),
        "gl_account_name": cell(piece.gl_account_name),
        "per_cost_center": number(piece.amount, locale),
        "shares_currency": cell(row.shares_currency),
        "vat": number(piece.vat, locale) if vat else "",
        "vat_rate": words.number(piece.vat_rate) if vat else "",
    }


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
    previous = ""
    if row.told is not None:
        previous = f"{number(row.told[0], locale)} {row.told[1]}".strip()
    return {
        "due_date": row.due_date.isoformat() if row.due_date else "",
        "account_code": cell(row.account_code),
        "reference": cell(row.reference),
        "description": cell(row.description),
        "status": cell(words.agreeing(row.status, _noun(row))) if row.status else "",
        "credit": words.label("yes") if row.credit else "",
        "journal": cell(row.journal),
        "period": cell(row.period),
        "amount_dc": number(row.amount_dc, locale) if counts else "",
        "link": cell(row.link),
        "currency": cell(row.currency),
        "amount": amount if counts else "",
        "not_counted": "" if counts else amount,
        "open_amount_dc": number(row.open_amount, locale),
        "company_currency": cell(row.company_currency),
        "exception": ", ".join(
            words.agreeing(f"exception_{name}", _noun(row)) for name in row.exceptions
        ),
        "remark": words.label(remark) if remark else "",
        "told_before": previous,
    }


def _noun(row: Line) -> str:
    return "credit_note" if row.credit else row.kind.value
