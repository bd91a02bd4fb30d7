"""The replies under a head: what changed, was paid or is gone."""

from decimal import Decimal

from exact_slack.documents.document import Document
from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.changes import MOST, Told, what_changed
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.evidence import noticed
from exact_slack.rendering.folded import LONG, OPEN, folded
from exact_slack.rendering.message import Message
from exact_slack.rendering.words.locale import Words

_REPLY = 2_500
"""Characters of one reply."""
MANY = 4
"""So many changed lines are one sentence and a table."""
ROWS = 25
"""Changed lines in that table."""
_FOLDED = 3_500
"""Characters of those that a long one leaves out, where they can be folded away."""


def _reply(top: str, lines: list[str], words: Words) -> Message:
    """A bold first line and sentences; what does not fit is counted."""
    top = b.clean(top, 300)
    kept: list[str] = []
    room = _REPLY - len(b.escape(top))
    for sentence in lines[:MOST]:
        room -= len(b.escape(sentence)) + 1
        if room < 0:
            break
        kept.append(sentence)
    left = len(lines) - len(kept)
    if left:
        kept.append(words.label("more_change" if left == 1 else "more_changes", n=left))
    leaves = [b.leaf(top, bold=True)]
    for sentence in kept:
        leaves += [b.leaf("\n"), b.leaf(sentence)]
    return Message(b.cut_escaped(b.escape("\n".join([top, *kept]))), (b.rich(leaves),))


def changed_reply(
    before: Document, after: Document, context: HeadContext, *, steps: bool = False
) -> Message | None:
    """What changed, from what to what, and what was noticed; None where nothing is left to say.
    `steps`: also that it went on its way, which the head shows."""
    words = Words(context.locale)
    change = what_changed(before, after, words, steps=steps)
    above = list(change.header)
    if context.exceptions:
        above.insert(0, f"{words.caption('exception')}: {noticed(after, context, words)}")
    if not (above or change.lines):
        return None
    own, by = f.noun(after), b.clean(after.modifier, 100) if after.modifier.strip() else ""
    top = words.agreeing("changed_by", own, name=by) if by else words.agreeing("changed", own)
    top = f"{words.before_colon(top)}: {f.named(after, words, context.company)}"
    lines = [f"{words.before_colon(name)}: {what}" for name, what in change.lines]
    full = _reply(top, [b.clean(line, 400) for line in (*above, *lines)], words)
    if len(lines) < MANY:
        return full
    short = _reply(top, [b.clean(line, 400) for line in (*above, _together(change, words))], words)
    return Message(full.text, (*short.blocks, *_table(change, words, folds=context.folds)))


def _together(change: Told, words: Words) -> str:
    """Many lines in one sentence: what changed of each, where that is the same."""
    whats = {what for _, what in change.lines}
    if len(whats) > 1:
        return words.label("lines_changed", n=len(change.lines))
    name = words.before_colon(words.label("lines_of", n=len(change.lines)))
    return f"{name}: {whats.pop()}"


def _table(change: Told, words: Words, *, folds: bool) -> list[b.Block]:
    """What changed of each line, where that differs; the last row counts what is left out."""
    if len({what for _, what in change.lines}) == 1:
        return []
    rows = [[b.clean(name, 80), b.clean(what, 160)] for name, what in change.lines]
    below: list[b.Block] = []
    most = ROWS
    if folds and len(rows) > LONG:
        most = OPEN
        below = folded(
            [f"{words.before_colon(name)}: {what}" for name, what in rows[OPEN:]], words, _FOLDED
        )
    left = len(rows) - most
    more = [[words.label("more_change" if left == 1 else "more_changes", n=left), ""]]
    heading = [words.label("line"), words.label("changed")]
    return [b.table([heading, *rows[:most], *(more if left > 0 else [])], set()), *below]


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
    name, *rest = f.said(term, words, company)
    if term.account.label.strip():
        rest.insert(bool(company.strip()), b.clean(term.account.label, 60))
    rows = f.settled(term, open_amount, whole, words)
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
