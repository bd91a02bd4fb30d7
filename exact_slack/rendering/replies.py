"""The replies under a head: what changed, was paid or is gone."""

from decimal import Decimal

from exact_slack.documents.document import Document
from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.changes import MOST, sentences
from exact_slack.rendering.evidence import noticed
from exact_slack.rendering.head import HeadContext
from exact_slack.rendering.locale import Words
from exact_slack.rendering.message import Message

_REPLY = 2_500
"""Characters of one reply."""


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
    return _reply(
        f"{words.before_colon(top)}: {f.named(after, words, context.company)}", told, words
    )


def paid_reply(
    term: Document,
    invoice: Document | None,
    locale: str,
    open_amount: Decimal | None = None,
    whole: Decimal | None = None,
    company: str = "",
) -> Message:
    """A payment or receipt that settles the invoice above, on one line; of a part payment also
    what is still open. It is read in the channel, too, so it names the other party."""
    words = Words(locale)
    own = term.company_currency or term.currency
    name, *rest = f.said(term, words, company)
    if term.account.label.strip():
        rest.insert(0, b.clean(term.account.label, 60))
    rows = f.settled(open_amount, whole, own, words)
    if invoice is not None and invoice.number and invoice.number != term.number:
        rows.append((words.caption("invoice_number"), b.clean(invoice.number, 40)))
    parts = [b.clean(part, 150) for part in rest if part.strip()]
    parts += [b.joined([row]) for row in rows]
    leaves = [b.leaf(name, bold=True), *(b.leaf(f" · {part}") for part in parts)]
    return Message(b.cut_escaped(b.escape(" · ".join([name, *parts]))), (b.rich(leaves),))


def deleted_reply(document: Document, locale: str, company: str = "") -> Message:
    """The document is gone from Exact."""
    words = Words(locale)
    parts = [f.named(document, words, company), document.account.label, f.total(document, words)]
    named = " · ".join(b.clean(part, 100) for part in parts if part.strip())
    top = words.before_colon(words.agreeing("deleted", f.noun(document)))
    return _reply(f"{top}: {named}", [], words)


def flood_notice(held: int, locale: str, limit: int) -> Message:
    """How many documents of its channel the flood guard holds, and how to release them."""
    words = Words(locale)
    return _reply(
        words.label("flood_one" if held == 1 else "flood", n=held, limit=limit), [], words
    )
