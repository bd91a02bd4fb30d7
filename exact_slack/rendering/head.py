"""The head message of a document: a title, then one line for each part that has something to say,
the lines as a table, and where to find it.

A part is a function in `ABOVE` or `BELOW`: it looks at the document and what is known of it, and
returns lines of labelled values. What the title says is not said again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import Evidence
from exact_slack.documents.kinds import TERMS, Kind
from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.evidence import noticed
from exact_slack.rendering.lines import allocation, fitting_table, line_texts, shares_are_lines
from exact_slack.rendering.locale import Words
from exact_slack.rendering.message import Message
from exact_slack.rendering.templates import NOTHING_CUSTOM, Custom

_ATTEMPTS = ((200, 30), (200, 20), (120, 15), (120, 8), (60, 8), (60, 4), (40, 1), (30, 0))
"""Width of a value and number of lines in `text`: the first that fits is taken."""
_SMALL = {*TERMS, Kind.COST_TRANSACTION}
"""Kinds without lines: a title in bold and one line of facts say all."""


@dataclass(frozen=True, slots=True)
class HeadContext:
    """What is known beyond the document."""

    locale: str
    division_name: str = ""
    """As Exact calls it."""
    company: str = ""
    """Its short name; "" where the config has one division: that goes without saying."""
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
    if shares_are_lines(sight.document):
        return []
    shares = allocation(sight.document, sight.words, sight.room)
    return [[(sight.words.caption("per_cost_center"), shares)]] if shares else []


ABOVE: tuple[Part, ...] = (_why, _facts, _prose)
"""Between the title and the lines."""
BELOW: tuple[Part, ...] = (_shares,)
"""Between the lines and the link."""


def head(document: Document, context: HeadContext, custom: Custom = NOTHING_CUSTOM) -> Message:
    """The head message: the document as it stands now; in `custom` a route's own words."""
    words = Words(context.locale)
    title = b.clean(_title(document, context, custom.title, words), b.HEADER_MAX)
    sight = Sight(document, context, words, custom, title)
    above, below = _lines(ABOVE, sight), _lines(BELOW, sight)
    tail = f.tail(document, words)
    draw = _small if document.kind in _SMALL else _large
    return Message(_text(sight, above, tail), draw(sight, above, below, tail))


def _lines(parts: Iterable[Part], sight: Sight) -> list[f.Rows]:
    return [rows for part in parts for rows in part(sight) if rows]


def _large(
    sight: Sight, above: list[f.Rows], below: list[f.Rows], tail: f.Rows
) -> tuple[b.Block, ...]:
    """A title, the lines of `above`, the table, those of `below`, and one line with the link."""
    document, strike = sight.document, sight.context.deleted
    mention = [b.mention_leaf(sight.context.mention)] if sight.context.mention else []
    shown = [b.header(sight.title)]
    shown += [b.rich(b.flow(above, mention, strike=strike))] if above or mention else []
    rest = [b.rich(b.flow(below, strike=strike))] if below else []
    end = b.footer(sight.context.link, _link_label(sight), b.joined(tail))
    rest += [end] if end else []
    if document.lines:
        room = b.BUDGET - b.size(shown) - b.size(rest)
        shown.append(fitting_table(document, sight.words, room, strike=strike))
    return (*shown, *rest)


def _small(
    sight: Sight, above: list[f.Rows], below: list[f.Rows], tail: f.Rows
) -> tuple[b.Block, ...]:
    """The title in bold, and all else on the lines below it; the link where the last one ends."""
    mention = [b.mention_leaf(sight.context.mention)] if sight.context.mention else []
    *first, last = [*above, *below] or [[]]
    strike = sight.context.deleted
    leaves = b.flow(first, strike=strike)
    leaves += [b.leaf("\n")] if leaves and (last or tail) else []
    end = [b.flow([last], strike=strike), b.link_leaves(sight.context.link, _link_label(sight))]
    leaves += b.with_dots([*end, b.flow([tail])])
    title = [*mention, *([b.leaf(" ")] if mention else []), b.leaf(sight.title, bold=True)]
    return (b.rich([*title, *([b.leaf("\n")] if leaves else []), *leaves]),)


def _link_label(sight: Sight) -> str:
    own = sight.context.link == sight.document.url
    return sight.words.label("open_link" if own else "open_company")


def _title(document: Document, context: HeadContext, own: str | None, words: Words) -> str:
    """The built-in title, or the route's own; a deletion is always said."""
    if own is None:
        return f.title(
            document, words, company=context.company, deleted=context.deleted, paid=context.paid
        )
    if not context.deleted:
        return own
    return f"{words.agreeing('deleted', f.noun(document))} · {own}"


def _state(sight: Sight) -> f.Rows:
    """What is open, and where it was booked."""
    document, context, words = sight.document, sight.context, sight.words
    currency = document.company_currency or document.currency
    rows = f.settled(context.open_amount, context.terms_total, currency, words)
    booked = context.booked_as.strip()
    if booked and booked != document.number.strip():
        rows.append((words.caption("booked_as"), b.clean(booked, 60)))
    return rows


def _text(sight: Sight, above: list[f.Rows], tail: f.Rows) -> str:
    """The head as text: what matters first, so that a cut takes the least."""
    document, words, mention = sight.document, sight.words, sight.context.mention
    start = f"{b.mention(mention)} " if mention else ""
    text = ""
    for width, most in _ATTEMPTS:
        told = [sight.title, *(b.joined(rows, width) for rows in above)]
        below = _lines(BELOW, replace(sight, room=width * 5))
        told += [b.joined(rows, width * 5) for rows in below]
        told += line_texts(document, words, most)
        told += [b.joined(tail, width)] if tail else []
        text = start + b.escape("\n".join(told))
        if b.units(text) <= b.TEXT_MAX:
            break
    return b.cut_escaped(text)
