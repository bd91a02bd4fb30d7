"""The labelled facts of a document's head, and its title."""

from decimal import Decimal

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import STATUS_WORDS, Kind
from exact_slack.rendering.blocks import clean
from exact_slack.rendering.locale import Words

_PROGRESS = STATUS_WORDS[Kind.PURCHASE_ORDER]
_APPROVAL = {0: "awaiting", 1: "automatic", 2: "approved"}
_PARTY = {
    Kind.SALES_INVOICE: "customer",
    Kind.SALES_ENTRY: "customer",
    Kind.RECEIPT: "customer",
    Kind.PURCHASE_INVOICE: "supplier",
    Kind.PURCHASE_ENTRY: "supplier",
    Kind.PURCHASE_ORDER: "supplier",
    Kind.PAYMENT: "supplier",
}
CODES = {"receipt_code": _PROGRESS, "invoice_code": _PROGRESS, "approval_code": _APPROVAL}
"""Fields of a purchase order that hold a code, and its words."""


def status_text(document: Document, words: Words) -> str:
    """The status in words; for a term that is settled, when it was paid."""
    settlement = document.settlement
    if settlement and settlement.paid:
        on = settlement.paid_on or settlement.end_date
        return f"{words.label('paid_on')} {words.date(on)}" if on else words.label("paid")
    return words.label(document.status_word) if document.status_word else ""


def total(document: Document, words: Words) -> str:
    """The amount; in a foreign currency also the company's. Entries without an amount of their
    own: what rules compare."""
    own = document.company_currency
    if document.amount is None and document.amount_dc is None:
        return words.amount(document.comparable_amount, own or document.currency)
    if document.amount is None:
        return words.amount(document.amount_dc, own)
    shown = words.amount(document.amount, document.currency or own)
    foreign = own and document.currency and own != document.currency
    if foreign and document.amount_dc is not None:
        shown += f" ({words.amount(document.amount_dc, own)})"
    return shown


def title(document: Document, words: Words) -> str:
    """Kind, number, party and amount; what is unusual first, in words."""
    state = ""
    if document.status_word in ("draft", "rejected", "canceled", "partial"):
        state = words.label(document.status_word).upper()
    kind = words.label("credit_note") if document.credit else words.label(document.kind.value)
    named = f"{kind} {document.number}".strip()
    if document.credit:
        named = f"{named} ({words.label(document.kind.value)})"
    parts = [state, named, document.account.label, total(document, words)]
    return " · ".join(part for part in parts if part)


def facts(document: Document, words: Words, division_name: str) -> list[tuple[str, str]]:
    """Label and value of everything a reader asks for first."""
    d = document
    settlement = d.settlement
    account = f"{d.account.name} ({d.account.code})" if d.account.code else d.account.label
    company = f"{division_name} ({d.ref.division})" if division_name else str(d.ref.division)
    journal = f"{d.journal} {d.journal_name}".strip()
    rows = [
        (_PARTY.get(d.kind, "account"), account),
        ("division", company),
        ("amount", total(d, words)),
        ("vat", words.amount(d.vat, d.currency) if d.vat else ""),
        ("date", words.date(d.date)),
        ("due_date", words.date(d.due_date)),
        ("receipt_date", words.date(d.receipt_date)),
        ("reference", d.reference),
        ("invoice_number", settlement.invoice_number if settlement else ""),
        ("status", status_text(d, words)),
        *[(name, _code(d, name, words)) for name in CODES],
        ("journal", journal),
        ("opening_balance", words.amount(d.opening_balance, d.currency)),
        ("closing_balance", words.amount(d.closing_balance, d.currency)),
        ("order_number", d.order_number if d.order_number != d.number else ""),
        ("project", d.project),
        ("item", d.item),
        ("quantity", words.number(d.quantity)),
        ("creator", d.creator),
    ]
    shown = [(words.label(key), clean(value, 200)) for key, value in rows if value.strip()]
    for key, value in (("description", d.description), ("notes", d.notes)):
        if value.strip():
            shown.append((words.label(key), clean(value, 600)))
    return shown


def _code(document: Document, name: str, words: Words) -> str:
    code = getattr(document, name)
    return words.label(CODES[name].get(code, str(code))) if code is not None else ""


def still_open(
    open_amount: Decimal | None, whole: Decimal | None, currency: str, words: Words
) -> str:
    """ "€ 50.00 of € 121.00"."""
    if open_amount is None:
        return ""
    text = words.amount(open_amount, currency)
    if whole is not None:
        text += f" {words.label('of_total')} {words.amount(whole, currency)}"
    return text
