"""The message of a digest: counts, net totals, cost centers, the largest, exceptions, changes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from exact_slack.documents.kinds import Kind
from exact_slack.rendering import blocks as b
from exact_slack.rendering.chart import CHART, names_in
from exact_slack.rendering.digest import rows as r
from exact_slack.rendering.digest.level import LEVELS, Level
from exact_slack.rendering.digest.trend import Before, Trend, chart, trends
from exact_slack.rendering.message import Message
from exact_slack.rendering.words.locale import Words


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
    covers: tuple[dt.date, dt.date] | None = None
    """With `by: period` the first and the last day that it counts."""
    listed: bool = False
    """Whether a list of all documents goes into the thread."""
    before: Before | None = None
    """What is compared with; None where there is none, or it is no longer known."""
    earlier: tuple[Before, ...] = ()
    """The digests of the three times before that are known, the latest first."""
    without: frozenset[str] = frozenset()
    """Types of blocks that Slack does not take here."""


def digest(rows: Sequence[r.Line], context: DigestContext) -> Message:
    """The message; it fits into Slack whatever it holds."""
    words = Words(context.locale)
    trends = _trends(rows, context, words)
    for level in range(len(LEVELS)):
        message = _message(rows, context, trends, words, Level(words, level))
        size = b.size(message.blocks) + _uncounted(message.blocks)
        if b.units(message.text) <= b.TEXT_MAX and size <= b.BUDGET:
            break
    return Message(b.cut_escaped(message.text), message.blocks)


def _trends(rows: Sequence[r.Line], context: DigestContext, words: Words) -> list[Trend]:
    days = context.covers or (_day(context.since), _day(context.due))
    now = Before(days, tuple(rows))
    return trends(now, context.earlier, context.every, words)


def _day(milliseconds: int) -> dt.date:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC).date()


def _message(
    rows: Sequence[r.Line],
    context: DigestContext,
    trends: Sequence[Trend],
    words: Words,
    level: Level,
) -> Message:
    name = b.clean(f"{words.label(f'digest_{context.every}')} · {context.route}", b.HEADER_MAX)
    period = f"{words.moment(context.since)} – {words.moment(context.due)}"
    counted = r.counted(rows)
    above = _totals(counted, words, level) + _against(counted, context.before, words, level)
    below = _below(rows, counted, context, words, level)
    takes = CHART not in context.without
    bars = {trend.kind: block for trend in trends if takes and (block := chart(trend, words))}
    plain = [trend for trend in trends if trend.kind not in bars]
    table = _table(counted, words, level)
    noticed = _noticed(counted, words, level)
    rule = _rule(context, words)
    start = f"{b.mention(context.mention)} " if context.mention else ""

    shown = [b.mention_block(context.mention)] if context.mention else []
    shown += [b.header(name), b.context(f"{period}\n{rule}"), b.pairs(above)]
    shown += [b.table(table, set(range(1, len(table[0]))))] if table else []
    shown += bars.values()
    shown += [_exceptions_block(noticed, level)] if noticed else []
    said = below + _trend(plain, words, level)
    shown += [b.pairs(said)] if said else []
    texts = [name, period, rule, *_texts(above), *_table_texts(table, words)]
    texts += [_exceptions_text(group, level) for group in noticed]
    texts += _texts(below + _trend(trends, words, level))
    if context.listed:
        texts.append(words.label("digest_list"))
        shown.append(b.context(words.label("digest_list")))
    return Message(start + b.escape("\n".join(texts)), tuple(shown))


def _texts(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{label}: {value}" if label else value for label, value in rows]


Pairs = list[tuple[str, str]]


def _totals(counted: list[r.Line], words: Words, level: Level) -> Pairs:
    kinds = list(r.by_kind(counted))
    pairs = [
        (words.caption(kind.value), level.of_kind([row for row in counted if row.kind is kind]))
        for kind in kinds
    ]
    if len(kinds) != 1:
        net = [level.documents(len(counted)), *level.net(r.group(counted))]
        pairs.insert(0, (words.caption("net"), " · ".join(net)))
    return pairs


def _against(counted: list[r.Line], before: Before | None, words: Words, level: Level) -> Pairs:
    """A line a kind: this period, the one before, the difference."""
    if before is None:
        return []
    earlier = r.counted(before.rows)
    begin, end = map(words.date, before.days)
    pairs = [("", words.label("digest_before", begin=begin, end=end))]
    return pairs + [
        (
            words.caption(kind.value),
            level.against(
                [row for row in counted if row.kind is kind],
                [row for row in earlier if row.kind is kind],
            ),
        )
        for kind in r.by_kind([*counted, *earlier])
    ]


def _table(counted: list[r.Line], words: Words, level: Level) -> list[list[str]]:
    """Kinds as rows, companies as columns, and their totals; [] if there is one company only."""
    companies = r.companies(counted)
    if len(companies) < 2:
        return []
    shown, left = list(companies)[: level.columns], list(companies)[level.columns :]
    names = [
        f"{b.clean(companies[d], level.width)} ({d})" if companies[d] else str(d) for d in shown
    ]
    more = [words.label("more_companies", n=len(left))] if left else []
    rows = [[words.label("kind"), *names, *more, words.label("total")]]
    kinds: list[Kind | None] = [*r.by_kind(counted)]
    for kind in [*kinds, None] if len(kinds) > 1 else kinds:
        own = [row for row in counted if kind is None or row.kind is kind]
        cells = [level.cell([row for row in own if row.division == d]) for d in shown]
        cells += [level.cell([row for row in own if row.division in left])] if left else []
        rows.append([words.label(kind.value if kind else "total"), *cells, level.cell(own)])
    return rows


def _table_texts(table: list[list[str]], words: Words) -> list[str]:
    """The table for readers that see no blocks: a line a kind."""
    names = [words.before_colon(name) for row in table[:1] for name in row[1:]]
    return [
        f"{words.before_colon(kind)}: "
        + words.listed(f"{name}: {cell}" for name, cell in zip(names, cells, strict=True) if cell)
        for kind, *cells in table[1:]
    ]


def _rule(context: DigestContext, words: Words) -> str:
    """What is counted, in one line."""
    if context.covers is None:
        return words.label("digest_seen")
    begin, end = (words.date(day) for day in context.covers)
    return words.label("digest_period", begin=begin, end=end)


@dataclass(frozen=True, slots=True)
class _Noticed:
    """An exception, how many documents show it, and the first of them with what is said of each."""

    caption: str
    count: int
    shown: list[tuple[r.Line, str]]


def _noticed(counted: list[r.Line], words: Words, level: Level) -> list[_Noticed]:
    several = len(r.companies(counted)) > 1
    return [
        _Noticed(
            words.caption(f"exception_{name}"), len(rows), level.exceptions(rows, several=several)
        )
        for name, rows in r.fired(counted).items()
    ]


def _exceptions_text(group: _Noticed, level: Level) -> str:
    parts = [f"{level.name(row)} · {rest}" for row, rest in group.shown]
    if group.count > len(group.shown):
        parts.append(level.more(group.count - len(group.shown)))
    return f"{group.caption}: {group.count} · {level.listed(parts)}"


def _exceptions_block(noticed: list[_Noticed], level: Level) -> b.Block:
    """Each document by name, with a link to it, its amount and its company."""
    leaves: list[b.Block] = []
    for group in noticed:
        leaves += [b.leaf("\n")] if leaves else []
        leaves += [b.leaf(f"{group.caption}: ", bold=True), b.leaf(str(group.count))]
        for row, rest in group.shown:
            leaves += [b.leaf("\n• "), b.linked(level.name(row), row.link), b.leaf(f" · {rest}")]
        if group.count > len(group.shown):
            leaves += [b.leaf(f"\n{level.more(group.count - len(group.shown))}")]
    return b.rich(leaves)


def _uncounted(blocks: Sequence[b.Block]) -> int:
    """Characters of all addresses, and of the names in charts: Slack may count them."""
    names = sum(map(names_in, blocks))
    leaves = [
        leaf
        for block in blocks
        if block["type"] == "rich_text"
        for leaf in block["elements"][0]["elements"]
    ]
    return names + sum(len(leaf.get("url", "")) for leaf in leaves)


def _below(
    rows: Sequence[r.Line],
    counted: list[r.Line],
    context: DigestContext,
    words: Words,
    level: Level,
) -> Pairs:
    pairs: Pairs = []
    centers = r.by_center(counted)
    for kind, totals in centers.items():
        if any(name for name, _, _ in totals):
            own = words.label(kind.value) if len(centers) > 1 else ""
            label = words.caption("per_cost_center", own)
            pairs.append((label, level.centers(totals)))
    top = r.largest(counted, level.largest)
    if len(counted) > 1:
        pairs += [(words.caption("largest"), level.line(row)) for row in top[:1]]
        pairs += [("", level.line(row)) for row in top[1:]]
    for part, label in (
        (r.Part.CHANGED, "digest_changed"),
        (r.Part.DELETED, "digest_deleted"),
    ):
        found_rows = [level.was_is(row) for row in rows if row.part is part]
        if found_rows:
            pairs.append((words.caption(label), level.some(found_rows)))
    pairs += _late(rows, words, level)
    if context.silenced:
        parts = [f"{n} ({b.clean(why, level.width)})" for why, n in context.silenced[:5]]
        rest = sum(n for _, n in context.silenced[5:])
        parts += [words.label("more_documents", n=rest)] if rest else []
        pairs.append((words.caption("digest_silenced"), words.listed(parts)))
    if context.waiting:
        pairs.append((words.caption("digest_waiting"), str(context.waiting)))
    return pairs


def _trend(trends: Sequence[Trend], words: Words, level: Level) -> Pairs:
    """What the bars say of the times before, the latest first."""
    return [
        (
            words.caption(
                "per_cost_center",
                f"{words.label(trend.kind.value)}, {name}",
            ),
            level.centers(centers) or words.label("nothing"),
        )
        for trend in trends
        for name, centers in reversed(trend.earlier)
    ]


def _late(rows: Sequence[r.Line], words: Words, level: Level) -> Pairs:
    """What came after the digest of its period was out: by that period, with the total that is to
    be added to what that digest said."""
    pairs: Pairs = []
    for period, late in r.by_period(rows).items():
        days = f" ({' – '.join(map(words.date, period))})" if period else ""
        net = " · ".join(level.net(r.group(late)))
        names = level.some([level.was_is(row) for row in late])
        label = words.before_colon(words.label("digest_late") + days)
        pairs.append((label, f"{net} · {names}" if net else names))
    return pairs
