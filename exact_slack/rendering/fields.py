"""The labelled facts of a document's head, and its title."""

from decimal import Decimal

from exact_slack.config.values import COMPANY_MAX
from exact_slack.documents.document import Account, Document
from exact_slack.documents.kinds import ENTRIES, TRAITS, Kind
from exact_slack.rendering.blocks import HEADER_MAX, clean
from exact_slack.rendering.words.locale import Words

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


def _turnover(document: Document, words: Words) -> str:
    """What rules compare of a statement, if that differs from what it moved by."""
    compared, moved = document.comparable_amount, document.total_dc
    if document.kind not in ENTRIES or (moved is not None and compared == abs(moved)):
        return ""
    return words.amount(compared, document.company_currency or document.currency)


def named(document: Document, words: Words, company: str = "") -> str:
    """Kind and number: "Purchase entry 26600012", "Credit note 7 (Sales invoice)", "Credit note 7
    settled"; then the company where one has to be told."""
    name = _numbered(document, words)
    return f"{name} · {clean(company, COMPANY_MAX)}" if company.strip() else name


def _numbered(document: Document, words: Words) -> str:
    kind = words.label(document.kind.value)
    number = clean(document.number, 40) if document.number.strip() else ""
    if not document.credit:
        return f"{kind} {number}".strip()
    if document.settlement and document.settlement.paid:
        return " ".join(words.label("credit_settled", number=number).split(" "))
    return f"{words.label('credit_note')} {number}".strip() + f" ({kind})"


def said(term: Document, words: Words, company: str = "") -> list[str]:
    """What a payment term says: name, amount, and when it was paid; "Credit note 7 settled:
    -€242.00"."""
    name, amount, status = _numbered(term, words), total(term, words), status_text(term, words)
    own = [clean(company, COMPANY_MAX)] if company.strip() else []
    if term.credit and term.settlement and term.settlement.paid:
        return [f"{words.before_colon(name)}: {amount}", *own, status]
    return [name, *own, amount, status]


def title(
    document: Document,
    words: Words,
    most: int = HEADER_MAX,
    *,
    company: str = "",
    deleted: bool = False,
    paid: bool = False,
) -> str:
    """Kind, number, company, party and amount; what is unusual first, in words. A long party gives
    way."""
    own = noun(document)
    states = [words.agreeing("deleted", own)] if deleted else []
    if paid and not deleted and not document.is_term:
        states.append(words.agreeing("settled" if document.credit else "paid", own))
    if document.status_word in _LOUD:
        states.append(words.agreeing(_LOUD[document.status_word], own).upper())
    name, *after = (
        said(document, words)
        if document.is_term
        else (_numbered(document, words), total(document, words))
    )
    before = [*states, name, *([clean(company, COMPANY_MAX)] if company.strip() else [])]
    rest = [part for part in (*before, *after) if part]
    short = document.is_term or document.kind is Kind.COST_TRANSACTION
    party = account_text(document.account) if short else document.account.label
    if party.strip():
        room = most - len(" · ".join(rest)) - 3
        before.append(clean(party, max(room, 16)))
    return " · ".join(part for part in (*before, *after) if part)


def facts(document: Document, words: Words, title: str, *, paid: bool = False) -> Rows:
    """Label and value of what a reader asks for and the title does not say, the most wanted
    first."""
    d = document
    settlement, own = d.settlement, d.company_currency or d.currency
    invoice = settlement.invoice_number if settlement else ""
    whole = settlement.invoice_amount_dc if settlement else None
    rows = [
        ("amount", _unless(title, total(d, words))),
        ("due_date", words.date(d.due_date)),
        ("receipt_date", words.date(d.receipt_date)),
        ("reference", d.reference),
        *[(name, code_text(d, name, words)) for name in CODES],
        ("date", words.date(d.date)),
        ("vat", words.amount(d.vat, currency_of(d))),
        ("status", _status(d, words, title, paid=paid)),
        ("selected_by", selected_text(d, words)),
        ("payee", settlement.payee.shown if settlement else ""),
        ("paid_from", settlement.paid_from.shown if settlement else ""),
        *_bank_rows(d, words),
        ("invoice_number", invoice if invoice != d.number else ""),
        ("invoice_amount_dc", words.amount(whole, own) if whole != d.total_dc else ""),
        ("opening_balance", words.amount(d.opening_balance, currency_of(d))),
        ("closing_balance", words.amount(d.closing_balance, currency_of(d))),
        ("compared_amount", _turnover(d, words)),
        ("order_number", d.order_number if d.order_number != d.number else ""),
        ("project", d.project),
        ("item", d.item),
        ("quantity", words.number(d.quantity)),
        (party_key(d), _party(d, title)),
        ("description", d.description),
    ]
    return [
        (words.caption(key), clean(value, 500 if key == "description" else 150))
        for key, value in rows
        if value.strip()
    ]


def _unless(title: str, value: str) -> str:
    """The value; "" where the title says it."""
    return "" if value and value in title else value


def _party(document: Document, title: str) -> str:
    """The other party's code; all of it where the title has not the whole name."""
    account = document.account
    if _unless(title, account_text(account)) == "":
        return ""
    if not account.label.strip() or clean(account.label, HEADER_MAX) not in title:
        return account_text(account)
    return account.code if account.code != account.label else ""


def _status(document: Document, words: Words, title: str, *, paid: bool) -> str:
    """The status, unless the title says it; what is paid is not open."""
    if document.is_term or not paid:
        text = status_text(document, words)
    else:
        text = words.agreeing("settled" if document.credit else "paid", noun(document))
    parts = {part.casefold() for part in title.split(" · ")}
    return "" if text.casefold() in parts else text


def selected_text(term: Document, words: Words) -> str:
    """Who chose a payment to be paid, and when; "" where it is not chosen."""
    settlement = term.settlement
    if settlement is None or settlement.selected is None or term.status_word == "open":
        return ""
    moment = words.moment(settlement.selected)
    return f"{settlement.selector} · {moment}" if settlement.selector.strip() else moment


def way_text(term: Document, words: Words) -> str:
    """Who chose a payment, when, and where it goes: "Anna de Vries · 24 Nov 2026 · NL··4417"."""
    payee = term.settlement.payee.shown if term.settlement else ""
    return " · ".join(part for part in (selected_text(term, words), payee) if part)


def _bank_rows(document: Document, words: Words) -> Rows:
    bank = document.bank
    if bank is None:
        return []
    return [
        ("holder", bank.holder),
        ("bic", bank.bic),
        ("main", words.label("yes" if bank.main else "no")),
        ("blocked", words.label("yes") if bank.blocked else ""),
        ("modifier", document.modifier),
    ]


def prose(document: Document, words: Words) -> Rows:
    """The notes."""
    notes = clean(document.notes, 700) if document.notes.strip() else ""
    return [(words.caption("notes"), notes)] if notes else []


def tail(document: Document, words: Words, *, short: bool = False) -> Rows:
    """Who entered it in Exact, and when by Exact's clock, where Exact says so; the journal.
    `short`: without what goes without saying."""
    rows: Rows = []
    creator, moment = document.creator, words.moment(document.created, short=short)
    if creator.strip() and short:
        rows.append(("", ", ".join(part for part in (clean(creator, 40), moment) if part)))
    elif creator.strip():
        rows.append((words.caption("creator"), clean(creator, 100)))
        rows += [("", moment)] if moment else []
    journal = f"{document.journal} {document.journal_name}".strip()
    if journal:
        rows.append((words.caption("journal"), clean(journal, 150)))
    return rows


def settled(
    document: Document, open_amount: Decimal | None, whole: Decimal | None, words: Words
) -> Rows:
    """What is still open of it: "€50.00 of €121.00". Nothing where that is not known, where all is
    open, or nothing is. It is in the company's currency, which the label names where the document
    has another one."""
    if not open_amount or open_amount == whole:
        return []
    currency = document.company_currency or document.currency
    foreign = document.currency not in ("", currency)
    of = "" if whole is None else f" {words.label('of_total')} {words.amount(whole, currency)}"
    label = words.caption("open_amount", currency if foreign else "")
    return [(label, words.amount(open_amount, currency) + of)]
