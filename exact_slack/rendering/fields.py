"""The labelled facts of a document's head, and its title."""

from decimal import Decimal

from exact_slack.documents.document import Account, Document
from exact_slack.documents.kinds import ENTRIES, STATEMENTS, TRAITS, Kind
from exact_slack.rendering.blocks import HEADER_MAX, clean
from exact_slack.rendering.locale import Words

Rows = list[tuple[str, str]]
"""Label and value."""

_PROGRESS = {10: "not_yet", 20: "partly", 30: "in_full", 40: "canceled"}
_APPROVAL = {0: "awaiting", 1: "automatic", 2: "approved"}
CODES = {"receipt_code": _PROGRESS, "invoice_code": _PROGRESS, "approval_code": _APPROVAL}
"""Fields of a purchase order that hold a code, and its words."""
_LOUD = {
    "draft": "draft",
    "rejected": "rejected",
    "canceled": "canceled",
    "partial": "partly_received",
    "failed on approval": "failed on approval",
    "failed while undoing approval": "failed while undoing approval",
}
"""States that the title says, and the labels that say them."""


def currency_of(document: Document) -> str:
    """The document's currency, the company's where it names none; "" where neither is known."""
    return document.currency or document.company_currency


def party_key(document: Document) -> str:
    """Which label the other party has: supplier, customer, or just relation."""
    return TRAITS[document.kind].party


def account_text(account: Account) -> str:
    """Name and code of an account; "" where there is none."""
    if account.name and account.code:
        return f"{clean(account.name, 110)} ({clean(account.code, 30)})"
    return account.label


def noun(document: Document) -> str:
    """What words about the document agree with: its kind, or the credit note that it is."""
    return "credit_note" if document.credit else document.kind.value


def code_text(document: Document, name: str, words: Words) -> str:
    """One of `CODES` in words, or as Exact's number; "" where there is none."""
    code = getattr(document, name)
    if code is None:
        return ""
    return words.agreeing(CODES[name].get(code, str(code)), document.kind.value)


def status_text(document: Document, words: Words) -> str:
    """The status in words; for a term that is settled, when it was paid or received."""
    settlement = document.settlement
    if settlement and settlement.paid:
        day = settlement.paid_on or settlement.end_date
        if day is None:
            return words.agreeing("settled" if document.credit else "paid", noun(document))
        key = "received_on" if document.kind is Kind.RECEIPT else "paid_on"
        label = words.agreeing("end_date" if document.credit else key, noun(document))
        return f"{label} {words.date(day)}"
    word = document.status_word
    if not word:
        return "" if document.status_code is None else str(document.status_code)
    return words.agreeing("partly_received" if word == "partial" else word, noun(document))


def total(document: Document, words: Words) -> str:
    """The amount with its sign; in a foreign currency also the company's."""
    own = document.company_currency
    if document.total is None:
        return words.amount(document.total_dc, own or document.currency)
    shown = words.amount(document.total, currency_of(document))
    foreign = own and document.currency and own != document.currency
    if foreign and document.total_dc is not None:
        shown += f" ({words.amount(document.total_dc, own)})"
    return shown


def _amount_rows(document: Document, words: Words) -> Rows:
    """The amount by its right name; of a statement also what rules compare, if that differs."""
    names = {Kind.JOURNAL_ENTRY: "debit_total"}
    names |= dict.fromkeys(STATEMENTS, "moved_by")
    rows = [(names.get(document.kind, "amount"), total(document, words))]
    compared, moved = document.comparable_amount, document.total_dc
    if document.kind in ENTRIES and (moved is None or compared != abs(moved)):
        own = document.company_currency or document.currency
        rows.append(("compared_amount", words.amount(compared, own)))
    return rows


def named(document: Document, words: Words) -> str:
    """Kind and number: "Purchase entry 26600012", "Credit note 7 (Sales invoice)", "Credit note 7
    settled"."""
    kind = words.label(document.kind.value)
    number = clean(document.number, 40) if document.number.strip() else ""
    if not document.credit:
        return f"{kind} {number}".strip()
    if document.settlement and document.settlement.paid:
        return " ".join(words.label("credit_settled", number=number).split(" "))
    return f"{words.label('credit_note')} {number}".strip() + f" ({kind})"


def said(term: Document, words: Words) -> list[str]:
    """What a payment term says: name, amount, and when it was paid; "Credit note 7 settled:
    -€242.00"."""
    name, amount, status = named(term, words), total(term, words), status_text(term, words)
    if term.credit and term.settlement and term.settlement.paid:
        return [f"{words.before_colon(name)}: {amount}", status]
    return [name, amount, status]


def title(
    document: Document,
    words: Words,
    most: int = HEADER_MAX,
    *,
    deleted: bool = False,
    paid: bool = False,
) -> str:
    """Kind, number, party and amount; what is unusual first, in words. A long party gives way."""
    own = noun(document)
    states = [words.agreeing("deleted", own)] if deleted else []
    if paid and not deleted and not document.is_term:
        states.append(words.agreeing("settled" if document.credit else "paid", own))
    if document.status_word in _LOUD:
        states.append(words.agreeing(_LOUD[document.status_word], own).upper())
    name, *after = (
        said(document, words)
        if document.is_term
        else (
            named(document, words),
            total(document, words),
        )
    )
    before = [*states, name]
    rest = [part for part in (*before, *after) if part]
    party = document.account.label
    if party.strip():
        room = most - len(" · ".join(rest)) - 3
        before.append(clean(party, max(room, 16)))
    return " · ".join(part for part in (*before, *after) if part)


def facts(document: Document, words: Words, division_name: str) -> Rows:
    """Label and value of everything a reader asks for, the most wanted first."""
    d = document
    settlement = d.settlement
    own = d.ref.division
    company = f"{clean(division_name, 110)} ({own})" if division_name.strip() else str(own)
    invoice = settlement.invoice_number if settlement else ""
    whole = settlement.invoice_amount_dc if settlement else None
    rows = [
        (party_key(d), account_text(d.account)),
        ("division", company),
        *_amount_rows(d, words),
        ("vat", words.amount(d.vat, currency_of(d))),
        ("date", words.date(d.date)),
        ("due_date", words.date(d.due_date)),
        ("reference", d.reference),
        ("status", status_text(d, words)),
        ("invoice_number", invoice),
        ("invoice_amount_dc", words.amount(whole, d.company_currency or d.currency)),
        ("opening_balance", words.amount(d.opening_balance, currency_of(d))),
        ("closing_balance", words.amount(d.closing_balance, currency_of(d))),
        ("receipt_date", words.date(d.receipt_date)),
        *[(name, code_text(d, name, words)) for name in CODES],
        ("journal", f"{d.journal} {d.journal_name}".strip()),
        ("order_number", d.order_number if d.order_number != d.number else ""),
        ("project", d.project),
        ("item", d.item),
        ("quantity", words.number(d.quantity)),
    ]
    return [(words.caption(key), clean(value, 150)) for key, value in rows if value.strip()]


def prose(document: Document, words: Words) -> Rows:
    """The free texts: description and notes."""
    texts = (("description", document.description, 500), ("notes", document.notes, 700))
    return [(words.caption(key), clean(text, most)) for key, text, most in texts if text.strip()]


def origin(document: Document, words: Words) -> str:
    """Who entered it in Exact, and when by Exact's clock; "" where Exact does not say."""
    if not document.creator.strip():
        return ""
    text = f"{words.caption('creator')}: {clean(document.creator, 100)}"
    moment = words.moment(document.created)
    return f"{text} · {moment}" if moment else text


def settled(
    open_amount: Decimal | None, whole: Decimal | None, currency: str, words: Words
) -> Rows:
    """What is paid, once something is, and what is still open: "€50.00 of €121.00"; nothing
    where it is not known."""
    if open_amount is None:
        return []
    of = "" if whole is None else f" {words.label('of_total')} {words.amount(whole, currency)}"
    rows = [(words.caption("open_amount"), words.amount(open_amount, currency) + of)]
    if whole is not None and abs(whole) > abs(open_amount):
        label = words.caption("settled" if whole < 0 else "paid")
        rows.insert(0, (label, words.amount(whole - open_amount, currency) + of))
    return rows
