"""The message of a digest: counts, totals, cost centers, the largest, exceptions, what is held."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from exact_slack.rendering import blocks as b
from exact_slack.rendering import digest_rows as r
from exact_slack.rendering.locale import Words
from exact_slack.rendering.message import Message

_LEVELS = ((8, 12, 25, 5, 6), (6, 8, 15, 5, 4), (4, 5, 8, 4, 3), (3, 3, 4, 3, 2), (2, 1, 2, 2, 1))
"""Currencies, cost centers, rows, largest ones, names: the first that fits is taken."""
_WIDTHS = (60, 40, 24, 16, 10)


@dataclass(frozen=True, slots=True)
class DigestContext:
    """What is said beside the documents. `since` and `due` are ms of the wall clock, written as
    if it were UTC. `silenced`: reason and number of documents kept for a later digest; `waiting`:
    messages of this customer that wait for a person."""

    locale: str
    route: str
    every: str
    since: int
    due: int
    mention: str | None = None
    silenced: tuple[tuple[str, int], ...] = ()
    waiting: int = 0
    listed: bool = False
    """Whether a list of all documents goes into the thread."""


class _Level:
    """The words of a digest, as full as one level allows."""

    def __init__(self, words: Words, level: int) -> None:
        self._words = words
        self._currencies, self._centers, self.rows, self.largest, self._names = _LEVELS[level]
        self.width = _WIDTHS[level]

    def documents(self, n: int) -> str:
        return self._words.label("document" if n == 1 else "documents", n=n)

    def sums(self, sums: r.Sums) -> list[str]:
        """The totals per currency, the biggest first; the rest counted."""
        ordered = sorted(sums.items(), key=lambda one: (-abs(one[1]), one[0]))
        shown = [self._words.amount(total, name) for name, total in ordered[: self._currencies]]
        left = len(ordered) - len(shown)
        return [*shown, self._words.label("more_documents", n=left)] if left else shown

    def centers(self, found: Sequence[tuple[str, str, Decimal]]) -> str:
        named = [one for one in found if one[0]]
        parts = [
            f"{b.clean(name, self.width)} {self._words.amount(total, currency)}"
            for name, currency, total in named[: self._centers]
        ]
        rest = r.Group()
        for _, currency, total in named[self._centers :]:
            rest.add(total, currency)
        if rest.count:
            totals = " + ".join(self.sums(rest.sums))
            parts.append(self._words.label("more_centers", n=rest.count, total=totals))
        without = r.Group()
        for name, currency, total in found:
            if not name:
                without.add(total, currency)
        if without.count:
            parts.append(
                f"{self._words.label('no_cost_center')} {' + '.join(self.sums(without.sums))}"
            )
        return " · ".join(parts)

    def name(self, row: r.Line) -> str:
        kind = self._words.label(row.kind.value)
        return f"{kind} {b.clean(row.number, self.width)}" if row.number.strip() else kind

    def line(self, row: r.Line) -> str:
        parts = [self.name(row), b.clean(row.account, self.width) if row.account.strip() else ""]
        parts.append(self._words.amount(row.amount, row.currency))
        return " · ".join(part for part in parts if part)

    def was_is(self, row: r.Line) -> str:
        """A document of an earlier digest: what that said, and what is now."""
        if row.told is None:
            return f"{self.name(row)} ({self._words.amount(row.amount, row.currency)})"
        before = self._words.amount(*row.told) or "?"
        if row.part is r.Part.DELETED:
            return f"{self.name(row)} ({before})"
        now = self._words.amount(row.amount, row.currency)
        return f"{self.name(row)} ({before} → {now})"

    def some(self, texts: Sequence[str]) -> str:
        """So many, and the first of them."""
        shown = list(texts[: self._names])
        if len(texts) > len(shown):
            shown.append(self._words.label("more_documents", n=len(texts) - len(shown)))
        return f"{len(texts)} · {'; '.join(shown)}"


def digest(rows: Sequence[r.Line], context: DigestContext) -> Message:
    """The message; it fits into Slack whatever it holds."""
    words = Words(context.locale)
    for level in range(len(_LEVELS)):
        message = _message(rows, context, words, _Level(words, level))
        if b.units(message.text) <= b.TEXT_MAX and b.size(message.blocks) <= b.BUDGET:
            break
    return Message(b.cut_escaped(message.text), message.blocks)


def _message(
    rows: Sequence[r.Line], context: DigestContext, words: Words, level: _Level
) -> Message:
    name = b.clean(f"{words.label(f'digest_{context.every}')} · {context.route}", b.HEADER_MAX)
    period = f"{words.moment(context.since)} – {words.moment(context.due)}"
    counted = r.counted(rows)
    above = _totals(counted, words, level)
    below = _below(rows, counted, context, words, level)
    table = _table(counted, words, level)
    start = f"{b.mention(context.mention)} " if context.mention else ""

    shown = [b.mention_block(context.mention)] if context.mention else []
    shown += [b.header(name), b.context(period), b.pairs(above)]
    shown += [b.table(table, {2, 3})] if table else []
    shown += [b.pairs(below)] if below else []
    told = [name, period, *_texts(above), *(" · ".join(row) for row in table[1:]), *_texts(below)]
    if context.listed:
        told.append(words.label("digest_list"))
        shown.append(b.context(words.label("digest_list")))
    return Message(start + b.escape("\n".join(told)), tuple(shown))


def _texts(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{label}: {value}" if label else value for label, value in rows]


Pairs = list[tuple[str, str]]


def _totals(counted: list[r.Line], words: Words, level: _Level) -> Pairs:
    found = r.by_kind(counted)
    pairs = [
        (words.caption(kind.value), " · ".join([level.documents(g.count), *level.sums(g.sums)]))
        for kind, g in found.items()
    ]
    if len(found) != 1:
        pairs.insert(0, ("", level.documents(len(counted))))
    return pairs


def _table(counted: list[r.Line], words: Words, level: _Level) -> list[list[str]]:
    """Company, kind, documents and total per currency; [] where there is one company only."""
    if len({row.division for row in counted}) < 2:
        return []
    keys = ("division", "kind", "documents_head", "total")
    found = list(r.by_division(counted).items())
    rows = [[words.label(key) for key in keys]]
    for (division, name, kind, currency), group in found[: level.rows]:
        company = f"{b.clean(name, level.width)} ({division})" if name.strip() else str(division)
        total = words.amount(group.sums.get(currency), currency)
        rows.append([company, words.label(kind.value), str(group.count), total])
    rest = r.Group()
    for (*_, currency), group in found[level.rows :]:
        rest.add(group.sums.get(currency), currency, group.count)
    if len(found) > level.rows:
        more = words.label("more_rows", n=len(found) - level.rows)
        rows.append([more, "", str(rest.count), " + ".join(level.sums(rest.sums))])
    return rows


def _below(
    rows: Sequence[r.Line],
    counted: list[r.Line],
    context: DigestContext,
    words: Words,
    level: _Level,
) -> Pairs:
    pairs: Pairs = []
    centers = r.by_center(counted)
    for kind, found in centers.items():
        if any(name for name, _, _ in found):
            own = words.label(kind.value) if len(centers) > 1 else ""
            label = words.caption("per_cost_center", own)
            pairs.append((label, level.centers(found)))
    top = r.largest(counted, level.largest)
    if len(counted) > 1:
        pairs += [(words.caption("largest"), level.line(row)) for row in top[:1]]
        pairs += [("", level.line(row)) for row in top[1:]]
    for name, shown in r.fired(counted).items():
        pairs.append(
            (words.caption(f"exception_{name}"), level.some([level.name(x) for x in shown]))
        )
    for part, label in ((r.Part.CHANGED, "digest_changed"), (r.Part.DELETED, "digest_deleted")):
        found_rows = [level.was_is(row) for row in rows if row.part is part]
        if found_rows:
            pairs.append((words.caption(label), level.some(found_rows)))
    if context.silenced:
        parts = [f"{n} ({b.clean(why, level.width)})" for why, n in context.silenced[:5]]
        rest = sum(n for _, n in context.silenced[5:])
        parts += [words.label("more_documents", n=rest)] if rest else []
        pairs.append((words.caption("digest_silenced"), "; ".join(parts)))
    if context.waiting:
        pairs.append((words.caption("digest_waiting"), str(context.waiting)))
    return pairs
