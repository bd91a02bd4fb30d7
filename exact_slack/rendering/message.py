"""Messages: a head that shows the present state, and the replies under it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import Evidence
from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.changes import MOST, sentences
from exact_slack.rendering.evidence import noticed
from exact_slack.rendering.lines import allocation, fitting_table, line_texts
from exact_slack.rendering.locale import Words
from exact_slack.rendering.templates import NOTHING_CUSTOM, Custom

_REPLY = 2_500
"""Characters of one reply."""
_ATTEMPTS = ((200, 30), (200, 20), (120, 15), (120, 8), (60, 8), (60, 4), (40, 1), (30, 0))
"""Width of a value and number of lines in `text`: the first that fits is taken."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to Slack: `text`, complete by itself and escaped; blocks, perhaps none."""

    text: str
    blocks: tuple[dict[str, Any], ...] = ()

    def imprint(self) -> str:
        """The same for two messages that look the same."""
        content = json.dumps((self.text, self.blocks)).encode()
        return hashlib.blake2b(content, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class HeadContext:
    """What is known beyond the document."""

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
    """Total of its payment terms, in the company's currency."""
    link: str = ""
    """Where it is to be seen: its own page or the company's. Not every address that a document
    names is one of Exact's, so the caller says which."""
    exceptions: tuple[str, ...] = ()
    """Names of the exceptions that fired."""
    resolved: tuple[str, ...] = ()
    """Those of `exceptions` that no longer hold."""
    compared: Mapping[str, Evidence] = field(default_factory=dict)
    """By exception, what it was compared with."""


def head(document: Document, context: HeadContext, custom: Custom = NOTHING_CUSTOM) -> Message:
    """The head message: the document as it stands now; in `custom` a route's own words."""
    words = Words(context.locale)
    strike = context.deleted
    facts = custom.fields
    if facts is None:
        facts = f.facts(document, words, context.division_name)
    state = _state(document, context, words)
    prose = f.prose(document, words) if custom.text is None else custom.text
    origin = f.origin(document, words)
    shares = allocation(document, words)
    name = _title(document, context, custom.title, words)

    shown = [b.mention_block(context.mention)] if context.mention else []
    shown.append(b.header(name))
    if facts:
        shown.append(b.pairs(facts, strike=True) if strike else b.fields(facts))
    more = [*state, *([] if strike else facts[b.FIELDS_MAX :]), *prose]
    if more:
        shown.append(b.pairs(more, strike=strike))
    tail = [b.pairs([(words.caption("per_cost_center"), shares)], strike=strike)] if shares else []
    own = bool(context.link) and context.link == document.url
    link = b.link(context.link, words.label("open_link" if own else "open_company"))
    tail += [link] if link else []
    tail += [b.context(origin)] if origin else []
    if document.lines:
        room = b.BUDGET - b.size(shown) - b.size(tail)
        shown.append(fitting_table(document, words, room, strike=strike))
    rows = [*state, *facts, *prose]
    text = _head_text(document, context, name, rows, shares, origin, words)
    return Message(text, (*shown, *tail))


def _title(document: Document, context: HeadContext, own: str | None, words: Words) -> str:
    """The built-in title, or the route's own; a deletion is always said."""
    if own is None:
        return f.title(document, words, deleted=context.deleted, paid=context.paid)
    if not context.deleted:
        return own
    return f"{words.agreeing('deleted', f.noun(document))} · {own}"


def _state(document: Document, context: HeadContext, words: Words) -> f.Rows:
    """What is known: why it is shown, what is open, where it was booked."""
    rows: f.Rows = []
    currency = document.company_currency or document.currency
    if context.exceptions:
        rows.append((words.caption("exception"), noticed(document, context, words)))
    settled = f.settled(context.open_amount, context.terms_total, currency, words)
    rows += settled
    if context.paid and not settled and not document.is_term:
        rows.append((words.caption("settled" if document.credit else "paid"), words.label("yes")))
    if context.booked_as.strip():
        rows.append((words.caption("booked_as"), b.clean(context.booked_as, 60)))
    return rows


def _head_text(
    document: Document,
    context: HeadContext,
    name: str,
    rows: f.Rows,
    shares: str,
    origin: str,
    words: Words,
) -> str:
    """The head as text: what matters first, so that a cut takes the least."""
    start = f"{b.mention(context.mention)} " if context.mention else ""
    text = ""
    for width, most in _ATTEMPTS:
        told = [b.clean(name, b.HEADER_MAX)]
        told += [f"{k}: {b.clean(v, width)}" if k else b.clean(v, width) for k, v in rows]
        if len(shares) > width * 5:
            shares = allocation(document, words, width * 5)
        told += [f"{words.caption('per_cost_center')}: {shares}"] if shares else []
        told += line_texts(document, words, most)
        told += [origin] if origin else []
        text = start + b.escape("\n".join(told))
        if b.units(text) <= b.TEXT_MAX:
            break
    return b.cut_escaped(text)


def _reply(top: str, told: list[str], words: Words) -> Message:
    """A bold first line and sentences; what does not fit is counted."""
    top = b.clean(top, 300)
    kept: list[str] = []
    room = _REPLY - len(b.escape(top))
    for sentence in told[:MOST]:
        room -= len(b.escape(sentence)) + 1
        if room < 0:
            break
        kept.append(sentence)
    left = len(told) - len(kept)
    if left:
        kept.append(words.label("more_change" if left == 1 else "more_changes", n=left))
    leaves = [b.leaf(top, bold=True)]
    for sentence in kept:
        leaves += [b.leaf("\n"), b.leaf(sentence)]
    return Message(b.cut_escaped(b.escape("\n".join([top, *kept]))), (b.rich(leaves),))


def changed_reply(before: Document, after: Document, context: HeadContext) -> Message | None:
    """What changed, from what to what, and what was noticed; None where nothing is left to say."""
    words = Words(context.locale)
    told = sentences(before, after, words)
    if context.exceptions:
        told.insert(0, f"{words.caption('exception')}: {noticed(after, context, words)}")
    if not told:
        return None
    own, by = f.noun(after), b.clean(after.modifier, 100) if after.modifier.strip() else ""
    top = words.agreeing("changed_by", own, name=by) if by else words.agreeing("changed", own)
    return _reply(f"{words.before_colon(top)}: {f.named(after, words)}", told, words)


def paid_reply(
    term: Document,
    invoice: Document | None,
    locale: str,
    open_amount: Decimal | None = None,
    whole: Decimal | None = None,
) -> Message:
    """A payment or receipt that settles the invoice above, where that is known; of a part payment
    also what is still open."""
    words = Words(locale)
    own = term.company_currency or term.currency
    parts = f.said(term, words)
    named = term.settlement.invoice_number if term.settlement else ""
    if invoice is not None:
        named = f"{words.label(invoice.kind.value)} {invoice.number}".strip()
    rows = [
        (words.caption("invoice_number"), named),
        (words.caption(f.party_key(term)), term.account.label),
        (words.caption("reference"), term.reference),
        *(f.settled(open_amount, whole, own, words) if open_amount else ()),
    ]
    told = [f"{label}: {b.clean(value, 150)}" for label, value in rows if value.strip()]
    return _reply(" · ".join(part for part in parts if part), told, words)


def deleted_reply(document: Document, locale: str) -> Message:
    """The document is gone from Exact."""
    words = Words(locale)
    parts = [f.named(document, words), document.account.label, f.total(document, words)]
    named = " · ".join(b.clean(part, 100) for part in parts if part.strip())
    top = words.before_colon(words.agreeing("deleted", f.noun(document)))
    return _reply(f"{top}: {named}", [], words)


def plain(message: Message) -> Message:
    """The same as text alone."""
    return Message(message.text)


def flood_notice(held: int, locale: str, limit: int) -> Message:
    """How many documents of its channel the flood guard holds, and how to release them."""
    words = Words(locale)
    return _reply(
        words.label("flood_one" if held == 1 else "flood", n=held, limit=limit), [], words
    )


def alert(text: str) -> Message:
    """What exact-slack says of itself: sentences, one a line."""
    told = b.cut_escaped(b.escape(text[:2_500]))
    return Message(told, (b.rich([b.leaf(text[:2_500])]),))
