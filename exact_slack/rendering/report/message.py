"""The message of a report: totals and ages of each company, what changed, a chart and a table.

The biggest come first and the rest is summed up, so that it fits into Slack whatever there is to
tell. All of it stands in `text`, too: the chart and the table that can be sorted are not taken by
every workspace, and are read aloud by none."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.standing import Cash, Change, Gap, Lacking, Report, Since, Standing, Term
from exact_slack.documents.subjects import Side, Subject
from exact_slack.rendering import blocks as b
from exact_slack.rendering.chart import CHART
from exact_slack.rendering.message import Message
from exact_slack.rendering.report.blocks import TABLE, charts, data_table
from exact_slack.rendering.words.locale import Words

_ROOM = 300
"""Characters that are left for what the levels do not count."""
CHANGES = {
    Change.NEWLY_OVERDUE: "newly_overdue",
    Change.PAID: "change_paid",
    Change.PARTLY_PAID: "partly_paid",
    Change.MOVED_ON: "moved_on",
}
"""The word of each change."""
_LACKING = {
    Lacking.COMPARISON: "lacking_comparison",
    Lacking.KINDS: "lacking_kinds",
    Lacking.OWN_AMOUNTS: "own_amount",
}
"""The word of what is lacking, where it is no word of the report itself."""


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What is said beside the report. `several`: the config has several divisions. `without`:
    types of blocks that Slack does not take here."""

    locale: str
    listed: bool = False
    several: bool = False
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Level:
    """How much is shown: companies, rows in the table and in `text`, names of each change, and
    the width of a name."""

    companies: int
    rows: int
    told: int
    names: int
    width: int


_LEVELS = (
    _Level(12, 99, 10, 8, 40),  # a table has a hundred, its head among them
    _Level(12, 60, 10, 6, 40),
    _Level(8, 30, 8, 5, 30),
    _Level(6, 15, 5, 3, 24),
    _Level(4, 8, 3, 2, 20),
    _Level(2, 4, 2, 1, 12),
    _Level(1, 1, 1, 1, 8),
)
Pairs = list[tuple[str, str]]


def title(report: Report, words: Words) -> str:
    """What the report is."""
    side = f"_{report.side}" if report.side else ""
    name = words.label(f"report_{report.subject}{side}")
    return f"{report.name} · {name}" if report.name else name


def companies(report: Report) -> dict[int, str]:
    """The companies by number, where a term has to say whose it is: where there are several."""
    names = {standing.division: standing.name for standing in report.standings}
    names |= {cash.division: cash.name for cash in report.cash}
    return names if len(names) > 1 else {}


def tie(standing: Standing, words: Words) -> str:
    """Whether the sum is Exact's, and by how much it is not."""
    if standing.ties is None or standing.difference is None:
        return words.label("ties_unknown")
    if standing.ties:
        return words.label("ties")
    return words.label(
        "ties_not" if standing.difference > 0 else "ties_less",
        exact=words.amount(standing.exact, standing.currency),
        difference=words.amount(abs(standing.difference), standing.currency),
    )


def report(standing: Report, context: ReportContext) -> Message:
    """The message; it fits into Slack whatever the report holds."""
    for level in _LEVELS:
        message = _Drawn(standing, context, level).message()
        if b.units(message.text) <= b.TEXT_MAX and b.size(message.blocks) <= b.BUDGET - _ROOM:
            break
    return Message(b.cut_escaped(message.text), message.blocks)


class _Drawn:
    """A report at one level."""

    def __init__(self, report: Report, context: ReportContext, level: _Level) -> None:
        self._report = report
        self._context = context
        self._level = level
        self._words = Words(context.locale)
        self._names = companies(report) if context.several else {}
        """The companies, where a term has to say whose it is."""

    def message(self) -> Message:
        words, report = self._words, self._report
        name = b.clean(title(report, words), b.HEADER_MAX)
        day = words.date(report.today)
        above = self._companies()
        table = self._table()
        below = [*self._since(), *self._remarks()]
        rest = self._rest(self._level.rows)
        shown = [b.header(name), b.context(day)]
        shown += [b.pairs(above)] if above else []
        if CHART not in self._context.without:
            shown += charts(report, words)
        if len(table) > 1:
            if TABLE in self._context.without:
                shown.append(b.table([[text for text, _ in row] for row in table], self._right()))
            else:
                shown.append(data_table(words.label(self._caption()), table))
        shown += [b.pairs([*rest, *below])] if rest or below else []
        texts = [name, day, *_texts(above)]
        texts += [
            " · ".join(text for text, _ in row if text) for row in table[1 : self._level.told + 1]
        ]
        texts += _texts([*self._rest(self._level.told), *below])
        if self._context.listed:
            texts.append(words.label("report_list"))
            shown.append(b.context(words.label("report_list")))
        return Message(b.escape("\n".join(texts)), tuple(shown))

    def _name(self, text: str) -> str:
        return b.clean(text or self._words.label("no_account"), self._level.width)

    def _of(self, division: int) -> str:
        """Whose it is."""
        return self._name(self._names.get(division) or str(division))

    def _money(self, amount: Decimal | None, currency: str) -> str:
        return self._words.amount(amount, currency)

    # -- companies -------------------------------------------------------------------------

    def _companies(self) -> Pairs:
        """The biggest, in the order in which they are read; the others summed up."""
        standings = self._report.standings
        largest = sorted(standings, key=lambda standing: -abs(standing.open))[
            : self._level.companies
        ]
        rows: Pairs = []
        for standing in standings:
            if standing in largest:
                rows += self._standing(standing)
        rest = [standing for standing in standings if standing not in largest]
        if rest:
            sums: dict[str, Decimal] = defaultdict(Decimal)
            for standing in rest:
                sums[f"{standing.side}/{standing.currency}"] += standing.open
            total = " · ".join(
                f"{self._words.label(place.partition('/')[0])} "
                f"{self._money(amount, place.partition('/')[2])}"
                for place, amount in sorted(sums.items(), key=lambda item: -abs(item[1]))[:6]
            )
            rows.append(("", self._words.label("report_rest", n=len(rest), total=total)))
        for cash in self._report.cash[: self._level.companies]:
            rows += self._banks(cash)
        return rows

    def _standing(self, standing: Standing) -> Pairs:
        words = self._words
        count = words.label("open_term" if standing.count == 1 else "open_terms", n=standing.count)
        parts = [
            f"{words.label('open')} {self._money(standing.open, standing.currency)}",
            f"{words.label('overdue')} {self._money(standing.overdue, standing.currency)}",
            *(
                f"{words.label(bucket)} {self._money(amount, standing.currency)}"
                for bucket, amount in standing.buckets
                if amount or self._report.subject is Subject.DUE
            ),
            count,
            tie(standing, words),
        ]
        label = self._company(standing.name, standing.division, words.label(standing.side))
        return [(words.before_colon(label), " · ".join(parts))]

    def _company(self, name: str, division: int, what: str) -> str:
        if not self._context.several:
            return what
        return f"{self._name(name or str(division))} · {what}"

    def _banks(self, cash: Cash) -> Pairs:
        words, rows = self._words, []
        for bank in cash.journals[: self._level.companies]:
            balance = self._money(bank.balance, bank.currency) or b.EMPTY
            if bank.date:
                balance = words.label("balance_on", balance=balance, day=words.date(bank.date))
            if not bank.processed:
                balance += f" ({words.label('not_processed')})"
            rows.append(f"{self._name(f'{bank.code} {bank.name}')} {balance}")
        label = self._company(cash.name, cash.division, words.label("bank"))
        return [(words.before_colon(label), words.listed(rows))] if rows else []

    # -- the table -------------------------------------------------------------------------

    def _caption(self) -> str:
        return "report_cash" if self._report.subject is Subject.CASH else "largest"

    def _right(self) -> set[int]:
        return {1, 2} if self._report.subject is Subject.CASH else {3, 4}

    def _table(self) -> list[list[tuple[str, Decimal | None]]]:
        """Rows of texts, with the number that a column is sorted by; the head first."""
        if self._report.subject is Subject.CASH:
            return self._weeks()
        names = ("account", "number", "due_date", "days_overdue", "amount")
        head: list[tuple[str, Decimal | None]] = [(self._words.label(n), None) for n in names]
        head += [(self._words.label("division"), None)] if self._names else []
        return [head, *(self._row(term) for term in self._largest()[: self._level.rows])]

    def _largest(self) -> list[Term]:
        return sorted(self._report.terms, key=lambda term: -abs(term.amount))

    def _row(self, term: Term) -> list[tuple[str, Decimal | None]]:
        words, days = self._words, term.days(self._report.today)
        who = self._name(term.account)
        if self._report.side is None and term.side is Side.PAYABLE:
            who += f" ({words.label(Side.PAYABLE)})"
        amount = self._money(term.amount, term.currency)
        if term.own_amount is not None:
            amount += f" ({self._money(term.own_amount, term.own_currency)})"
        number = b.clean(term.number or term.reference, 20)
        late = Decimal(days) if days is not None else None
        due = words.date(term.due) or b.EMPTY
        return [
            (who, None),
            (number, None),
            (due, None),
            (str(days) if days is not None else b.EMPTY, late),
            (amount, term.amount),
            *([(self._of(term.division), None)] if self._names else []),
        ]

    def _weeks(self) -> list[list[tuple[str, Decimal | None]]]:
        words = self._words
        rows: list[list[tuple[str, Decimal | None]]] = [
            [(words.label(name), None) for name in ("week", "cash_in", "cash_out")]
        ]
        for cash in self._report.cash[: self._level.companies]:
            for week in cash.weeks:
                span = f"{words.date(week.begin)} – {words.date(week.end)}"
                label = self._company(cash.name, cash.division, span)
                rows.append(
                    [
                        (label, None),
                        (self._money(week.incoming, cash.currency), week.incoming),
                        (self._money(week.outgoing, cash.currency), week.outgoing),
                    ]
                )
        return rows

    def _rest(self, after: int) -> Pairs:
        """What comes after so many rows, summed up by side and currency."""
        if self._report.subject is Subject.CASH:
            return []
        rest = self._largest()[after:]
        if not rest:
            return []
        sums: dict[tuple[Side, str], Decimal] = defaultdict(Decimal)
        for term in rest:
            sums[term.side, term.currency] += term.amount
        total = " · ".join(
            f"{self._words.label(side)} {self._money(amount, currency)}"
            for (side, currency), amount in sorted(sums.items(), key=lambda item: -abs(item[1]))[:6]
        )
        return [("", self._words.label("report_rest", n=len(rest), total=total))]

    # -- what changed ----------------------------------------------------------------------

    def _since(self) -> Pairs:
        since = self._report.since
        if since is None:
            return []
        words = self._words
        label = words.label("since_last", day=words.date(since.day))
        rows = [(words.before_colon(label), self._shift(since))]
        for change, word in CHANGES.items():
            some = [(m.term, m.amount) for m in since.moved if m.change is change]
            rows += self._named(word, some)
        first = sorted(since.first_time_late, key=lambda term: -term.amount)
        return rows + self._named("first_time_late", [(term, term.amount) for term in first])

    def _shift(self, since: Since) -> str:
        shift = since.shift
        if shift is None:
            return self._words.label("nothing")
        amount = self._money(shift.amount, shift.currency)
        where = f"{self._name(shift.account)}, {self._words.label(shift.bucket)} {amount}"
        marks = [] if self._report.side else [self._words.label(shift.side)]
        marks += [self._of(shift.division)] if self._names and shift.division else []
        whose = f" ({', '.join(marks)})" if marks else ""
        return f"{self._words.caption('most_moved')}: {where}{whose}"

    def _named(self, word: str, some: Sequence[tuple[Term, Decimal]]) -> Pairs:
        """So many, how much together, and the biggest by name; of both sides each for itself."""
        sides = {
            side: mine for side in Side if (mine := [row for row in some if row[0].side is side])
        }
        label = self._words.label
        return [
            (
                self._words.caption(word, "" if self._report.side else label(side)),
                self._together(mine),
            )
            for side, mine in sides.items()
        ]

    def _together(self, some: Sequence[tuple[Term, Decimal]]) -> str:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for term, amount in some:
            sums[term.currency] += amount
        together = " + ".join(self._money(amount, name) for name, amount in list(sums.items())[:4])
        shown = [
            f"{self._name(term.account)} {b.clean(term.number, 20) if term.number else ''}".rstrip()
            + f" {self._money(amount, term.currency)}"
            + (f" ({self._of(term.division)})" if self._names else "")
            for term, amount in some[: self._level.names]
        ]
        if len(some) > len(shown):
            shown.append(self._words.label("more_documents", n=len(some) - len(shown)))
        return f"{len(some)} · {together} · {self._words.listed(shown)}"

    def _remarks(self) -> Pairs:
        width = 200 if self._level.companies > 1 else 60
        lines = [self._lacks(gap) for gap in self._report.gaps]
        some = (lines or self._report.remarks)[
            : self._level.companies
        ]  # kept before there were gaps
        return [("", b.clean(sentence, width)) for sentence in some]

    def _lacks(self, gap: Gap) -> str:
        words, company = self._words, self._name(gap.name or str(gap.division))
        why = words.label(f"because_{gap.because}", scope=gap.scope, status=gap.status)
        what = company
        if gap.lacking is not Lacking.COMPANY:
            word = words.label(_LACKING.get(gap.lacking, gap.lacking))
            what = self._company(gap.name, gap.division, word)
        return f"{words.before_colon(what)}: {why}"


def _texts(rows: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{label}: {value}" if label else value for label, value in rows]
