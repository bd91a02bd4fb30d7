"""Why a document is shown: its exceptions, with what each was compared with, in words."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import Evidence, ExceptionKind, Fact, Money, Value
from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.words.locale import Words

if TYPE_CHECKING:
    from exact_slack.rendering.context import HeadContext

_DETAIL, _ALL = 160, 600
"""Characters of what one exception was compared with, and of all exceptions together."""


def noticed(document: Document, context: "HeadContext", words: Words) -> str:
    """All exceptions that a message tells, on one line. What is overdue is no longer due soon."""
    names = list(context.exceptions)
    if ExceptionKind.OVERDUE in names and ExceptionKind.DUE_SOON in names:
        names.remove(ExceptionKind.DUE_SOON)
    sentences = (_said(name, document, context, words) for name in names)
    return b.clean(", ".join(sentences), _ALL)


def _said(name: str, document: Document, context: "HeadContext", words: Words) -> str:
    currency = document.company_currency or document.currency
    if name in context.resolved:
        detail = words.label("resolved")
    else:
        detail = evidence_text(context.compared.get(name, ()), currency, words)
    label = words.agreeing(f"exception_{name}", f.noun(document))
    if name == ExceptionKind.OVERDUE and not detail and document.due_date is not None:
        date = words.date(document.due_date)
        label = words.agreeing("overdue_since", f.noun(document), date=date)
    return f"{label} ({b.clean(detail, _DETAIL)})" if detail.strip() else label


def evidence_text(evidence: Evidence, currency: str, words: Words) -> str:
    """All of it, on one line; "" where there is nothing. `currency`: the company's."""
    return words.listed(text for fact in evidence if (text := _told(fact, currency, words)))


def _told(fact: Fact, currency: str, words: Words) -> str:
    values = {name: _text(value, currency, words) for name, value in fact.values.items()}
    return words.label(f"compared_{fact.what}", **values).strip()


def _text(value: Value, currency: str, words: Words) -> str:
    match value:
        case Money():
            return words.amount(value.amount, currency)
        case Decimal() | int():
            return words.number(Decimal(value))
        case date():
            return words.date(value)
        case str():
            return value.strip()
