"""Messages: a head that shows the present state, and the replies under it."""

from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.document import Document
from exact_slack.rendering import blocks as b
from exact_slack.rendering.changes import sentences
from exact_slack.rendering.fields import facts, status_text, still_open, title, total
from exact_slack.rendering.lines import SHOWN, allocation, line_table, line_texts
from exact_slack.rendering.locale import Words


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to Slack: `text`, complete by itself and escaped; blocks, perhaps none."""

    text: str
    blocks: tuple[b.Block, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadContext:
    """What the flow knows beyond the document."""

    locale: str
    division_name: str = ""
    mention: str | None = None
    """From the config only: a user (U…), a user group (S…) or "here"."""
    deleted: bool = False
    booked_as: str = ""
    """Number of the document that stands for the same invoice, "" if none."""
    open_amount: Decimal | None = None
    """Still open, in the company's currency; None where no payment term is known."""
    paid: bool = False
    terms_total: Decimal | None = None
    link: str = ""
    """Where to look when the document has no page of its own."""


def head(document: Document, context: HeadContext) -> Message:
    """The head message."""
    words = Words(context.locale)
    name = title(document, words)
    if context.deleted:
        name = f"{words.label('deleted')}: {name}"
    elif context.paid:
        name = f"{words.label('paid')} · {name}"
    rows = [*facts(document, words, context.division_name), *_extra(document, context, words)]
    shown = [b.header(name), b.pairs(rows, strike=context.deleted)]
    if context.mention:
        shown.insert(0, b.mention_block(context.mention))
    if document.lines:
        room = b.BUDGET - b.size(shown) - 200
        shown.append(_fitting_table(document, words, room))
    link = b.link(document.url, words.label("open_link")) or b.link(
        context.link, words.label("open_link")
    )
    if link:
        shown.append(link)
    return Message(_head_text(document, context, name, rows, words), tuple(shown))


def _fitting_table(document: Document, words: Words, room: int) -> b.Block:
    for most, width in ((SHOWN, 80), (SHOWN, 40), (15, 40), (8, 30)):
        found = line_table(document, words, most, width)
        if b.size([found]) <= room:
            return found
    return line_table(document, words, 4, 20)


def _extra(document: Document, context: HeadContext, words: Words) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    if context.booked_as:
        rows.append((words.label("booked_as"), b.clean(context.booked_as, 60)))
    currency = document.company_currency or document.currency
    open_text = still_open(context.open_amount, context.terms_total, currency, words)
    if open_text:
        rows.append((words.label("open_amount"), open_text))
    parts = allocation(document, words)
    if parts:
        rows.append((words.label("per_cost_center"), b.clean(parts, 1200)))
    return rows


def _head_text(
    document: Document,
    context: HeadContext,
    name: str,
    rows: list[tuple[str, str]],
    words: Words,
) -> str:
    start = f"{b.mention(context.mention)} " if context.mention else ""
    top = [b.clean(name, 300), *(f"{label}: {value}" for label, value in rows)]
    for most in (30, 15, 8, 4, 1):
        text = start + b.escape("\n".join([*top, *line_texts(document, words, most)]))
        if len(text) <= b.TEXT_MAX:
            return text
    return _cut(text)


def _cut(text: str) -> str:
    """Escaped text at its limit, never in the middle of an escape."""
    if len(text) <= b.TEXT_MAX:
        return text
    kept = text[: b.TEXT_MAX - 1]
    ampersand = kept.rfind("&", len(kept) - 5)
    if ampersand > kept.rfind(";"):
        kept = kept[:ampersand]
    return kept + "…"


def _reply(top: str, told: list[str]) -> Message:
    leaves = [b.leaf(b.clean(top, 300), bold=True)]
    kept: list[str] = []
    for sentence in told:
        if sum(map(len, kept)) + len(sentence) < b.TEXT_MAX // 2:
            kept.append(sentence)
    for sentence in kept:
        leaves += [b.leaf("\n"), b.leaf(sentence)]
    text = _cut(b.escape("\n".join([b.clean(top, 300), *kept])))
    return Message(text, (b.rich(leaves),))


def changed_reply(before: Document, after: Document, locale: str) -> Message | None:
    """What changed, from what to what; None where nothing is left to say."""
    words = Words(locale)
    told = sentences(before, after, words)
    if not told:
        return None
    return _reply(f"{words.label('changed')}: {_named(after, words)}", told)


def paid_reply(term: Document, invoice_label: str, locale: str) -> Message:
    """A payment or receipt that settles the invoice above."""
    words = Words(locale)
    named = f"{_named(term, words)} · {total(term, words)} · {status_text(term, words)}"
    rows = [f"{words.label('invoice_number')}: {invoice_label}"] if invoice_label else []
    if term.reference:
        rows.append(f"{words.label('reference')}: {term.reference}")
    return _reply(named, [b.clean(row, 200) for row in rows])


def deleted_reply(document: Document, locale: str) -> Message:
    """The document is gone from Exact."""
    words = Words(locale)
    return _reply(f"{words.label('deleted')}: {_named(document, words)}", [])


def _named(document: Document, words: Words) -> str:
    return f"{words.label(document.kind.value)} {document.number}".strip()


def plain(message: Message) -> Message:
    """The same as text alone."""
    return Message(message.text)


def flood_notice(held: int, channel: str, locale: str, limit: int) -> Message:
    """How many documents the flood guard holds, and how to release them."""
    return _reply(Words(locale).label("flood", n=held, limit=limit), [])
