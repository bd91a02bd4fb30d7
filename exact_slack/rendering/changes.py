"""What changed, in words: from what to what."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from exact_slack.documents.diff import FieldChange, LineChange, LineEvent, Value, changes
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import STATUS_WORDS
from exact_slack.rendering.blocks import clean
from exact_slack.rendering.fields import CODES
from exact_slack.rendering.lines import amount_of, currency_of, describe
from exact_slack.rendering.locale import Words

MOST = 20
_MONEY = {"amount", "vat", "opening_balance", "closing_balance", "unit_price"}
_COMPANY_MONEY = {"amount_dc", "invoice_amount_dc"}
_NOISE = {"status_name", "type_code", "type_name", "document_id", "entry_id"}
"""Fields that only repeat in Exact's words or ids what another one says."""


def _text(change: FieldChange, value: Value, document: Document, words: Words) -> str:
    name = change.field
    if value is None or value == "":
        return words.label("nothing")
    if isinstance(value, bool):
        return words.label("yes" if value else "no")
    if isinstance(value, dt.date):
        return words.date(value)
    if isinstance(value, Decimal):
        if name in _COMPANY_MONEY:
            return words.amount(value, document.company_currency or document.currency)
        return words.amount(value, document.currency) if name in _MONEY else words.number(value)
    if isinstance(value, int):
        known = STATUS_WORDS[document.kind] if name == "status_code" else CODES.get(name, {})
        return words.label(known.get(value, str(value)))
    return clean(value, 120)


def _sentence(change: FieldChange, document: Document, words: Words) -> str:
    before = _text(change, change.before, document, words)
    after = _text(change, change.after, document, words)
    return f"{words.label(change.field)}: {before} → {after}"


def _fields(found: tuple[FieldChange, ...], document: Document, words: Words) -> Iterator[str]:
    names = {change.field for change in found}
    for change in found:
        same_money = change.field == "amount_dc" and "amount" in names
        same_currency = document.currency in ("", document.company_currency)
        if change.field not in _NOISE and not (same_money and same_currency):
            yield _sentence(change, document, words)


def _line(change: LineChange, document: Document, words: Words) -> str:
    line = change.after or change.before
    assert line is not None
    name = f"{words.label('line')} {line.number or ''}".strip()
    what = clean(describe(line), 60)
    if change.event is LineEvent.CHANGED:
        return f"{name} ({what}): " + "; ".join(_fields(change.fields, document, words))
    amount = words.amount(amount_of(document, line), currency_of(document))
    return f"{name} {words.label(change.event.value)}: {what} · {amount}"


def sentences(before: Document, after: Document, words: Words) -> list[str]:
    """One sentence a change, at most `MOST`, the rest counted."""
    found = changes(before, after)
    told = list(_fields(found.header, after, words))
    told += [
        _line(change, after, words)
        for change in found.lines
        if change.event is not LineEvent.CHANGED or list(_fields(change.fields, after, words))
    ]
    if len(told) > MOST:
        told = [*told[:MOST], words.label("more_changes", n=len(told) - MOST)]
    return [clean(sentence, 400) for sentence in told]
