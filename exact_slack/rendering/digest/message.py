"""The message of a digest: counts, net totals, cost centers, the largest, exceptions, changes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.kinds import Kind
from exact_slack.rendering import blocks as b
from exact_slack.rendering.digest import rows as r
from exact_slack.rendering.message import Message
from exact_slack.rendering.words.locale import Words

_LEVELS = ((8, 12, 12, 5, 6), (6, 8, 8, 5, 4), (4, 5, 6, 4, 3), (3, 3, 4, 3, 2), (2, 1, 2, 2, 1))
"""Currencies, cost centers, companies, largest ones, names: the first that fits is taken."""
_WIDTHS = (60, 40, 24, 16, 10)


@dataclass(frozen=True, slots=True)
class Before:
    """The digest of the period before: its first and last day, and its lines."""

    days: tuple[dt.date, dt.date]
    rows: tuple[r.Line, ...]


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


class _Level:
    """The words of a digest, as full as one level allows."""

    def __init__(self, words: Words, level: int) -> None:
        self._words = words
        self._currencies, self._centers, self.columns, self.largest, self._names = _LEVELS[level]
        self.width = _WIDTHS[level]

    def documents(self, n: int) -> str:
        return self._words.label("document" if n == 1 else "documents", n=n)

    def sums(self, sums: r.Sums) -> list[str]:
        """The totals per currency, the biggest first; the rest counted."""
        ordered = sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))
        shown = [self._words.amount(total, name) for name, total in ordered[: self._currencies]]
        left = len(ordered) - len(shown)
        return [*shown, self._words.label("more_documents", n=left)] if left else shown

    def net(self, group: r.Group) -> list[str]:
        """The totals per currency, and the one in the company's, if that is not the same."""
        parts = self.sums(group.sums)
        if group.sums != group.company and group.company:
            total = " + ".join(self.sums(group.company))
            parts.append(self._words.label("in_company", total=total))
            if group.unknown:
                parts.append(self._words.label("not_in_company", n=group.unknown))
        return parts

    def of_kind(self, rows: Sequence[r.Line]) -> str:
        """How many, their net, and the credit notes among them."""
        group, credit = r.group(rows), r.group(row for row in rows if row.credit)
        parts = [self.documents(group.count), *self.net(group)]
        if credit.count and credit.count < group.count:
            total = " + ".join(self.sums(credit.sums))
            parts.append(self._words.label("of_which_credit", n=credit.count, total=total))
        return " · ".join(parts)

    def against(self, rows: Sequence[r.Line], before: Sequence[r.Line]) -> str:
        """Count and total of a kind, those of the period before, and the difference."""
        now, then = r.group(rows), r.group(before)
        in_company = not (now.unknown or then.unknown)
        ours, theirs = ((g.company if in_company else g.sums) for g in (now, then))
        moved = {
            currency: ours.get(currency, Decimal(0)) - theirs.get(currency, Decimal(0))
            for currency in (*ours, *theirs)
        }
        return self._words.label(
            "digest_against",
            now=self._counted(now.count, ours),
            then=self._counted(then.count, theirs),
            difference=self._counted(now.count - then.count, moved, "+"),
        )

    def _counted(self, count: int, sums: r.Sums, sign: str = "") -> str:
        """A number and totals; what is more with a plus, where a sign is asked for."""
        plus = f"{count:{sign}}" if count else "0"
        signed = {name: total for name, total in sums.items() if total}
        shown = self.sums(signed)
        return " · ".join(filter(None, [plus, "; ".join(shown)]))

    def cell(self, rows: Sequence[r.Line]) -> str:
        """Count and total of a kind in a company, in the currency of the company."""
        if not rows:
            return ""
        group = r.group(rows)
        sums = group.sums if group.unknown else group.company
        return " · ".join([str(group.count), " + ".join(self.sums(sums))]).rstrip(" ·")

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
        number = b.clean(row.number, self.width) if row.number.strip() else ""
        if row.credit:
            return f"{self._words.label('credit_note')} {number}".strip() + f" ({kind})"
        return f"{kind} {number}".strip()

    def rest(self, row: r.Line, *, several: bool) -> str:
        """Account, amount and company of a document."""
        company = row.division_name or str(row.division)
        parts = [b.clean(row.account, self.width) if row.account.strip() else ""]
        parts.append(self._words.amount(row.amount, row.currency))
        parts.append(b.clean(company, self.width) if several else "")
        return " · ".join(part for part in parts if part)

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
        if row.told == (row.amount, row.currency):
            return f"{self.name(row)} ({now}; {self._moved(row)})"
        return f"{self.name(row)} ({before} → {now})"

    def _moved(self, row: r.Line) -> str:
        """What each cost center bore and bears now, if that differs."""
        before, now = dict(row.told_shares), dict(row.shares)
        nothing, currency = self._words.label("nothing"), row.shares_currency
        moved = [
            f"{b.clean(center, self.width) if center else self._words.label('no_cost_center')} "
            f"{self._words.amount(before.get(center), currency) or nothing} → "
            f"{self._words.amount(now.get(center), currency) or nothing}"
            for center in dict.fromkeys((*before, *now))
            if before.get(center) != now.get(center)
        ]
        return ", ".join(moved[: self._names]) or self._words.label("amount_dc")

    def exceptions(self, rows: Sequence[r.Line], *, several: bool) -> list[tuple[r.Line, str]]:
        """The first of the documents, each with what is said of it behind its name."""
        return [(row, self.rest(row, several=several)) for row in rows[: self._names]]

    def more(self, n: int) -> str:
        """That there are more."""
        return self._words.label("more_documents", n=n)

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
        size = b.size(message.blocks) + _addresses(message.blocks)
        if b.units(message.text) <= b.TEXT_MAX and size <= b.BUDGET:
            break
    return Message(b.cut_escaped(message.text), message.blocks)


def _message(
    rows: Sequence[r.Line], context: DigestContext, words: Words, level: _Level
) -> Message:
    name = b.clean(f"{words.label(f'digest_{context.every}')} · {context.route}", b.HEADER_MAX)
    period = f"{words.moment(context.since)} – {words.moment(context.due)}"
    counted = r.counted(rows)
    above = _totals(counted, words, level) + _against(counted, context.before, words, level)
    below = _below(rows, counted, context, words, level)
    table = _table(counted, words, level)
    noticed = _noticed(counted, words, level)
    rule = _rule(context, words)
    start = f"{b.mention(context.mention)} " if context.mention else ""

    shown = [b.mention_block(context.mention)] if context.mention else []
    shown += [b.header(name), b.context(f"{period}\n{rule}"), b.pairs(above)]
    shown += [b.table(table, set(range(1, len(table[0]))))] if table else []
    shown += [_exceptions_block(noticed, level)] if noticed else []
    shown += [b.pairs(below)] if below else []
    texts = [name, period, rule, *_texts(above), *_table_texts(table)]
    texts += [_exceptions_text(group, level) for group in noticed]
    texts += _texts(below)
    if context.listed:
        texts.append(words.label("digest_list"))
        shown.append(b.context(words.label("digest_list")))
    return Message(start + b.escape("\n".join(texts)), tuple(shown))


def _texts(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{label}: {value}" if label else value for label, value in rows]


Pairs = list[tuple[str, str]]


def _totals(counted: list[r.Line], words: Words, level: _Level) -> Pairs:
    kinds = list(r.by_kind(counted))
    pairs = [
        (words.caption(kind.value), level.of_kind([row for row in counted if row.kind is kind]))
        for kind in kinds
    ]
    if len(kinds) != 1:
        net = [level.documents(len(counted)), *level.net(r.group(counted))]
        pairs.insert(0, (words.caption("net"), " · ".join(net)))
    return pairs


def _against(counted: list[r.Line], before: Before | None, words: Words, level: _Level) -> Pairs:
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


def _table(counted: list[r.Line], words: Words, level: _Level) -> list[list[str]]:
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


def _table_texts(table: list[list[str]]) -> list[str]:
    """The table for readers that see no blocks: a line a kind."""
    return [
        f"{kind}: "
        + "; ".join(f"{n}: {cell}" for n, cell in zip(table[0][1:], cells, strict=True) if cell)
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


def _noticed(counted: list[r.Line], words: Words, level: _Level) -> list[_Noticed]:
    several = len(r.companies(counted)) > 1
    return [
        _Noticed(
            words.caption(f"exception_{name}"), len(rows), level.exceptions(rows, several=several)
        )
        for name, rows in r.fired(counted).items()
    ]


def _exceptions_text(group: _Noticed, level: _Level) -> str:
    parts = [f"{level.name(row)} · {rest}" for row, rest in group.shown]
    if group.count > len(group.shown):
        parts.append(level.more(group.count - len(group.shown)))
    return f"{group.caption}: {group.count} · {'; '.join(parts)}"


def _exceptions_block(noticed: list[_Noticed], level: _Level) -> b.Block:
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


def _addresses(blocks: Sequence[b.Block]) -> int:
    """Characters of all addresses: Slack may count them."""
    leaves = [
        leaf
        for block in blocks
        if block["type"] == "rich_text"
        for leaf in block["elements"][0]["elements"]
    ]
    return sum(len(leaf.get("url", "")) for leaf in leaves)


def _below(
    rows: Sequence[r.Line],
    counted: list[r.Line],
    context: DigestContext,
    words: Words,
    level: _Level,
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
        pairs.append((words.caption("digest_silenced"), "; ".join(parts)))
    if context.waiting:
        pairs.append((words.caption("digest_waiting"), str(context.waiting)))
    return pairs


def _late(rows: Sequence[r.Line], words: Words, level: _Level) -> Pairs:
    """What came after the digest of its period was out: by that period, with the total that is to
    be added to what that digest said."""
    pairs: Pairs = []
    for period, late in r.by_period(rows).items():
        days = f" ({' – '.join(map(words.date, period))})" if period else ""
        net = " · ".join(level.net(r.group(late)))
        names = level.some([level.was_is(row) for row in late])
        pairs.append((words.caption("digest_late") + days, f"{net} · {names}" if net else names))
    return pairs
