"""What changed, in words: from what to what."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.diff import FieldChange, LineChange, LineEvent, Value, changes
from exact_slack.documents.document import Document, Line
from exact_slack.documents.kinds import STATUS_WORDS
from exact_slack.rendering.blocks import EMPTY, clean
from exact_slack.rendering.fields import (
    CODES,
    account_text,
    currency_of,
    noun,
    party_key,
    status_text,
)
from exact_slack.rendering.lines import amount_of, describe
from exact_slack.rendering.lines import currency_of as line_currency_of
from exact_slack.rendering.words.locale import Words

MOST = 20
"""Changes that one reply tells; the rest is counted."""
_VALUE = 120
_MONEY = {"amount", "vat", "opening_balance", "closing_balance"}
_COMPANY_MONEY = {"amount_dc", "invoice_amount_dc"}
_NOISE = {"status_name", "type_code", "type_name", "document_id", "entry_id"}
"""Fields that only repeat in Exact's words or ids what another one says."""
_LINE_NOISE = _NOISE | {"number"}
"""A line that moves up because another one went has not changed."""
_NAMES = {
    "journal": "journal_name",
    "gl_account": "gl_account_name",
    "cost_center": "cost_center_name",
    "cost_unit": "cost_unit_name",
}
"""A code, and the name that is told with it."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One state: the document, and the line where a line is spoken of."""

    document: Document
    line: Line | None = None

    def name_of(self, field: str) -> str:
        holder = self.line if self.line is not None else self.document
        return str(getattr(holder, _NAMES.get(field, ""), ""))


def _text(field: str, value: Value, side: _Side, words: Words) -> str:
    """A value in full, on one line."""
    document = side.document
    if field == "account" and side.line is None:
        value = account_text(document.account)
    if value is None or (isinstance(value, str) and clean(value, 10) == EMPTY):
        return words.label("nothing")
    if isinstance(value, bool):
        return words.label("yes" if value else "no")
    if isinstance(value, dt.date):
        return words.date(value)
    if isinstance(value, Decimal):
        return _decimal(field, value, document, words)
    if isinstance(value, int):
        if field == "status_code":
            word = STATUS_WORDS[document.kind].get(value)
            if document.is_term and word:
                return words.agreeing(word, noun(document))
            return status_text(document, words)
        return words.agreeing(CODES.get(field, {}).get(value, str(value)), document.kind.value)
    return clean(f"{value} {side.name_of(field)}", 10_000)


def _decimal(field: str, value: Decimal, document: Document, words: Words) -> str:
    if field in _COMPANY_MONEY:
        return words.amount(value, document.company_currency or document.currency)
    if field == "unit_price":
        return words.price(value, currency_of(document))
    return words.amount(value, currency_of(document)) if field in _MONEY else words.number(value)


def _sentence(change: FieldChange, old: _Side, new: _Side, words: Words) -> str | None:
    """One field; None where a reader would see no difference."""
    before = _text(change.field, change.before, old, words)
    after = _text(change.field, change.after, new, words)
    if before == after:
        return None
    account = change.field == "account" and new.line is None
    label = words.caption(party_key(new.document) if account else change.field)
    shown = clean(before, _VALUE), clean(after, _VALUE)
    nothing = words.label("nothing")
    if before == nothing and new.line is None and change.field == "number":
        return words.agreeing("numbered", noun(new.document), value=shown[1])
    if before == nothing:
        return f"{label}: {words.label('value_added', value=shown[1])}"
    if after == nothing:
        return f"{label}: {words.label('value_removed', value=shown[0])}"
    if shown[0] == shown[1]:
        return f"{label}: {words.label('is_changed')}"
    return f"{label}: {shown[0]} → {shown[1]}"


def _fields(
    differences: tuple[FieldChange, ...], old: _Side, new: _Side, words: Words
) -> Iterator[str]:
    names = {change.field for change in differences}
    skipped = _NOISE if new.line is None else _LINE_NOISE
    told_with_code = {name for code, name in _NAMES.items() if code in names}
    document = new.document
    if "amount" in names and document.currency in ("", document.company_currency):
        told_with_code.add("amount_dc")
    for change in differences:
        if change.field not in skipped and change.field not in told_with_code:
            sentence = _sentence(change, old, new, words)
            if sentence:
                yield sentence


def _line(
    change: LineChange, before: Document, after: Document, words: Words
) -> tuple[str, str] | None:
    """One line: its name, and what changed; None where a reader would see no difference."""
    line = change.after or change.before
    assert line is not None
    document = after if change.after else before
    name = f"{words.label('line')} {line.number or ''}".strip()
    what = clean(describe(line), 60)
    if change.event is LineEvent.CHANGED:
        old, new = _Side(before, change.before), _Side(after, change.after)
        differences = words.listed(_fields(change.fields, old, new, words))
        return (f"{name} ({what})", differences) if differences else None
    amount = words.amount(amount_of(document, line), line_currency_of(document))
    center = clean(f"{line.cost_center} {line.cost_center_name}", 40) if line.cost_center else ""
    parts = (what, center, amount)
    shown = " · ".join(part for part in parts if part)
    return f"{name} {words.label(change.event.value)}", shown


@dataclass(frozen=True, slots=True)
class Told:
    """What changed: a sentence for each field of the header, and for each line its name and what
    changed of it."""

    header: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]


def what_changed(before: Document, after: Document, words: Words, *, steps: bool = True) -> Told:
    """All changes that a reader would see; without `steps` not that it went on its way."""
    differences = changes(before, after)
    header = differences.header
    if not steps and before.only_went_on(after):
        header = tuple(change for change in header if change.field != "status_code")
    lines = (_line(change, before, after, words) for change in differences.lines)
    return Told(
        tuple(_fields(header, _Side(before), _Side(after), words)),
        tuple(line for line in lines if line),
    )
