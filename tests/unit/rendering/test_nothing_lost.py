"""What a head says of a document: every fact once said, but for what docs/messages.md lists."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.samples import SAMPLES
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.fields import CODES, code_text, status_text
from exact_slack.rendering.head import head
from exact_slack.rendering.words.locale import Words
from tests.unit.rendering.samples import readable, sample

LOCALES = ["en_GB", "nl_NL", "de_DE", "fr_FR", "es_ES"]


def _facts(document: Document, words: Words) -> Iterator[str]:
    """In the words in which version 0.4 had a row for each."""
    yield from (document.number, document.account.name, document.account.code)
    shown, own = document.currency or document.company_currency, document.company_currency
    yield from (words.amount(amount, shown) for amount in (document.amount, document.vat))
    balances = (document.opening_balance, document.closing_balance)
    yield from (words.amount(amount, own or shown) for amount in (document.amount_dc, *balances))
    yield from map(words.date, (document.date, document.due_date, document.receipt_date))
    yield from (document.reference, document.description, document.notes, document.creator)
    yield from (document.order_number, document.project, document.item)
    yield from (document.journal, document.journal_name, words.number(document.quantity))
    yield from (code_text(document, name, words) for name in CODES)
    yield status_text(document, words).casefold()
    if document.settlement is not None:
        yield document.settlement.invoice_number
        yield words.amount(document.settlement.invoice_amount_dc, document.company_currency)
    for line in document.lines:
        yield from (line.description, line.account, line.our_ref, line.project)
        yield from (line.cost_center, line.cost_center_name, line.cost_unit, line.cost_unit_name)
        yield from (line.gl_account, line.gl_account_name, words.number(line.quantity))
        sided = document.kind is Kind.JOURNAL_ENTRY and line.amount is not None
        yield words.amount(line.amount.copy_abs() if sided and line.amount else line.amount, shown)


def _lost(document: Document, context: HeadContext) -> list[str]:
    message, words = head(document, context), Words(context.locale)
    whole = readable(message)
    seen = whole if document.is_term else whole.partition("\n\n")[2]  # that of a term is cut
    seen = " ".join(f"{seen} {seen.casefold()}".split())
    facts = [" ".join(fact.split()) for fact in _facts(document, words) if fact.strip()]
    return [fact for fact in facts if fact not in seen]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_head_says_all_that_it_said_when_each_fact_had_a_row(kind: Kind, locale: str) -> None:
    document, context = sample(kind, locale)
    assert _lost(document, replace(context, paid=False)) == []


@pytest.mark.parametrize("name", list(SAMPLES))
def test_so_does_every_sample(name: str) -> None:
    assert _lost(SAMPLES[name], HeadContext("en_GB")) == []


def test_what_the_first_reply_of_a_compact_head_has_is_all_of_it() -> None:
    document = SAMPLES["purchase_entry"]
    assert _lost(document, HeadContext("en_GB", compact=True)) != []
    assert _lost(document, HeadContext("en_GB", compact=False)) == []
