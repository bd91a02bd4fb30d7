"""The head message of a document: a title, then one line for each part that has something to say,
the lines as a table, and where to find it.

A part is a function in `FIRST`, `FACTS` or `BELOW`: it looks at the document and what is known of
it, and returns lines of labelled values. What the title says is not said again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import TERMS, Kind
from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.evidence import noticed
from exact_slack.rendering.item import item_buttons, item_rows
from exact_slack.rendering.lines import allocation, line_blocks, line_texts, shares_are_lines
from exact_slack.rendering.message import Message
from exact_slack.rendering.templates import NOTHING_CUSTOM, Custom
from exact_slack.rendering.words.locale import Words

_ATTEMPTS = ((200, 30), (200, 20), (120, 15), (120, 8), (60, 8), (60, 4), (40, 1), (30, 0))
"""Width of a value and number of lines in `text`: the first that fits is taken."""
_SMALL = {*TERMS, Kind.COST_TRANSACTION}
"""Kinds that have no lines: a title and one line of facts say all."""
_LINE = 88
"""Characters on a line of a channel that is 700 pixels wide."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a part of a head looks at."""

    document: Document
    context: HeadContext
    words: Words
    custom: Custom
    title: str
    room: int = 1_000
    """Characters of one value."""


Part = Callable[[Sight], list[f.Rows]]
"""Lines of a head in their order, none where there is nothing to say; each is label and value of
what stands on it."""


def _why(sight: Sight) -> list[f.Rows]:
    """Why it is shown."""
    if not sight.context.exceptions:
        return []
    words = sight.words
    return [[(words.caption("exception"), noticed(sight.document, sight.context, words))]]


def _who(sight: Sight) -> list[f.Rows]:
    """Who has it, or finished it."""
    context = sight.context
    if context.item is None:
        return []
    paid_anyway = context.paid and bool(context.exceptions)
    return [item_rows(context.item, sight.words, paid_anyway=paid_anyway)]


def _facts(sight: Sight) -> list[f.Rows]:
    """What is open of it, and what a reader asks for."""
    rows = _state(sight)
    if sight.custom.fields is not None:
        return [[*rows, *sight.custom.fields]]
    facts = f.facts(sight.document, sight.words, sight.title, paid=sight.context.paid)
    return [[*rows, *facts]]


def _prose(sight: Sight) -> list[f.Rows]:
    """The free texts, or the route's own."""
    rows = sight.custom.text
    if rows is None:
        rows = f.prose(sight.document, sight.words)
    return [[row] for row in rows]


def _shares(sight: Sight) -> list[f.Rows]:
    """What each cost center bears, where the table does not say it line by line."""
    if shares_are_lines(sight.document, folds=sight.context.folds):
        return []
    shares = allocation(sight.document, sight.words, sight.room)
    return [[(sight.words.caption("per_cost_center"), shares)]] if shares else []


@dataclass(frozen=True, slots=True)
class _Said:
    """What the blocks and the text of a head both say: each part is asked once."""

    first: list[f.Rows]
    facts: list[f.Rows]
    below: list[f.Rows]
    tail: f.Rows

    @property
    def above(self) -> list[f.Rows]:
        """All that stands above the lines."""
        return [*self.first, *self.facts]


FIRST: tuple[Part, ...] = (_who, _why)
"""Right below the title."""
FACTS: tuple[Part, ...] = (_facts, _prose)
"""Above the lines of the document."""
BELOW: tuple[Part, ...] = (_shares,)
"""Below them."""


def head(document: Document, context: HeadContext, custom: Custom = NOTHING_CUSTOM) -> Message:
    """The head message: the document as it stands now; in `custom` a route's own words."""
    words = Words(context.locale)
    title = b.clean(_title(document, context, custom.title, words), b.HEADER_MAX)
    sight = Sight(document, context, words, custom, title)
    first, facts, below = (_lines(parts, sight) for parts in (FIRST, FACTS, BELOW))
    said = _Said(first, facts, below, f.tail(document, words))
    draw = _small if is_small(document) or context.compact else _large
    return Message(_text(sight, said), draw(sight, said))


def is_small(document: Document) -> bool:
    """Whether two lines say all of it."""
    return document.kind in _SMALL and not document.lines


def _lines(parts: Iterable[Part], sight: Sight) -> list[f.Rows]:
    return [rows for part in parts for rows in part(sight) if rows]


def _large(sight: Sight, said: _Said) -> tuple[b.Block, ...]:
    """A title, the facts, the lines as a table, and one line with the link."""
    document, words, strike = sight.document, sight.words, sight.context.deleted
    leaves = b.mentioning(sight.context.mention, b.flow(said.above, strike=strike))
    shown = [b.header(sight.title), *([b.rich(leaves)] if leaves else [])]
    rest = [b.rich(b.flow(said.below, strike=strike))] if said.below else []
    label = words.label("open_link" if sight.context.link == document.url else "open_company")
    end = b.footer(sight.context.link, label, b.joined(said.tail))
    rest += [end] if end else []
    rest += item_buttons(sight.context.item, words)
    if document.lines:
        room = b.BUDGET - b.size(shown) - b.size(rest)
        shown += line_blocks(document, words, room, strike=strike, folds=sight.context.folds)
    return (*shown, *rest)


def _small(sight: Sight, said: _Said) -> tuple[b.Block, ...]:
    """The title and what stands right below it, a line each; all else on the last line."""
    document, words, strike = sight.document, sight.words, sight.context.deleted
    label = words.label("exact_online")
    name, dot, rest = sight.title.partition(" · ")
    leaves = b.mentioning(sight.context.mention, [b.leaf(name, bold=True)])
    leaves += [b.leaf(dot + rest)] if rest else []
    first = said.first
    rows = [row for line in said.facts for row in line]
    rows += f.tail(document, words, short=True)
    if sight.context.compact:
        rows, first = [*(row for line in first for row in line), *rows], []
    if document.is_term or sight.context.compact:
        room = _LINE - len(label) - (8 if sight.context.compact else 0)
        rows = _fitting(rows, room)
    last = b.with_dots(
        [b.flow([rows], strike=strike) if rows else [], b.link_leaves(sight.context.link, label)]
    )
    for line in [*(b.flow([rows], strike=strike) for rows in first), last]:
        leaves += [b.leaf("\n"), *line] if line else []
    return (b.rich(leaves), *item_buttons(sight.context.item, words))


def _fitting(rows: f.Rows, room: int) -> f.Rows:
    """Those that fit on one line, the first ones first, the very first one cut if it must be. What
    a payment term says beyond that is its invoice's; the text of the message has all of it."""
    kept: f.Rows = []
    for label, value in rows:
        needs = len(label) + 5
        if not kept and needs + len(value) > room > needs:
            kept.append((label, b.clean(value, room - needs)))
            break
        if needs + len(value) <= room:
            kept.append((label, value))
            room -= needs + len(value)
    return kept


def _title(document: Document, context: HeadContext, own: str | None, words: Words) -> str:
    """The built-in title, or the route's own; a deletion is always said."""
    if own is None:
        return f.title(
            document,
            words,
            _LINE if context.compact else b.HEADER_MAX,
            company=context.company,
            deleted=context.deleted,
            paid=context.paid,
        )
    if not context.deleted:
        return own
    return f"{words.agreeing('deleted', f.noun(document))} · {own}"


def _state(sight: Sight) -> f.Rows:
    """What is open, and where it was booked."""
    document, context, words = sight.document, sight.context, sight.words
    rows = f.settled(document, context.open_amount, context.terms_total, words)
    if context.stage and not document.is_term:
        said = dict.fromkeys(f.way_text(term, words) for term in context.on_their_way)
        parts = [words.label(context.stage), *filter(None, said)]
        rows.append((words.caption("payment"), b.clean(" · ".join(parts), 150)))
    booked = context.booked_as.strip()
    if booked and booked != document.number.strip():
        rows.append((words.caption("booked_as"), b.clean(booked, 60)))
    return rows


def _text(sight: Sight, said: _Said) -> str:
    """The head as text: what matters first, so that a cut takes the least."""
    document, words, mention = sight.document, sight.words, sight.context.mention
    start = f"{b.mention(mention)} " if mention else ""
    text, below = "", said.below
    for width, most in _ATTEMPTS:
        texts = [sight.title, *(b.joined(rows, width) for rows in said.above)]
        if width * 5 != sight.room:
            below = _lines(BELOW, replace(sight, room=width * 5))
        texts += [b.joined(rows, width * 5) for rows in below]
        texts += line_texts(document, words, most)
        texts += [b.joined(said.tail, width)] if said.tail else []
        text = start + b.escape("\n".join(texts))
        if b.units(text) <= b.TEXT_MAX:
            break
    return b.cut_escaped(text)
