"""A report in a terminal: a table a company, a bar for each age, the largest terms, the changes."""

from collections.abc import Iterable
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exact_slack.cli.frame.run import colour
from exact_slack.documents.standing import Cash, Report, Standing, Term, age
from exact_slack.documents.subjects import Side, Subject
from exact_slack.foreign import visible
from exact_slack.rendering.report.message import CHANGES, companies, tie, title
from exact_slack.rendering.words.locale import Words

_LARGEST = 10
_SHORT = 14
"""Characters of a company's name that a table has room for."""
_WIDE = 100
"""Characters of a terminal that has room for references beside companies."""
_MAY_WRAP = {"account": 10, "reference": 4, "days_overdue": 5, "division": 6}
"""Columns that may be narrower than what they hold, and the least that they keep."""
_BAR = 30
"""Characters of the longest bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


def show(report: Report, locale: str) -> None:
    """All of it but the rows, of which the largest."""
    _View(report, Words(locale)).show()


class _View:
    def __init__(self, report: Report, words: Words) -> None:
        self._report = report
        self._words = words
        names = companies(report)
        self._numbered = any(len(name) > _SHORT for name in names.values())
        self._names = dict.fromkeys(names, "") if self._numbered else names
        """The companies, where a term has to say whose it is: by number if their names are long."""
        self._console = Console(no_color=not colour(), highlight=False)

    def show(self) -> None:
        day = self._words.date(self._report.today)
        self._say(f"{title(self._report, self._words)} · {day}", "bold")
        for standing in self._report.standings:
            self._standing(standing)
        for cash in self._report.cash:
            self._cash(cash)
        if self._report.subject is not Subject.CASH:
            self._largest()
        self._since()

    def _say(self, text: str, style: str = "") -> None:
        self._console.print(_text(text, style))

    def _head(self, name: str, division: int, parts: Iterable[str]) -> None:
        self._console.print()
        if name and self._numbered:
            name += f" ({division})"
        self._say(" · ".join([name or str(division), *parts]), "bold")

    def _standing(self, standing: Standing) -> None:
        words = self._words
        count = words.label("open_term" if standing.count == 1 else "open_terms", n=standing.count)
        self._head(standing.name, standing.division, [words.label(standing.side), count])
        bars = Table.grid(padding=(0, 2))
        bars.add_column()
        bars.add_column(justify="right")
        bars.add_column()
        longest = max((abs(amount) for _, amount in standing.buckets), default=Decimal(0))
        bars.add_row(
            _text(words.label("open"), "bold"), self._money(standing.open, standing.currency)
        )
        bars.add_row(
            _text(words.label("overdue"), "bold"), self._money(standing.overdue, standing.currency)
        )
        for bucket, amount in standing.buckets:
            shown = self._money(amount, standing.currency)
            bars.add_row(_text(words.label(bucket)), shown, _text(_bar(amount, longest)))
        self._console.print(bars)
        self._say(tie(standing, words), "" if standing.ties else "red")

    def _money(self, amount: Decimal | None, currency: str) -> Text:
        return _text(self._words.amount(amount, currency))

    def _cash(self, cash: Cash) -> None:
        words = self._words
        self._head(cash.name, cash.division, [cash.currency])
        banks = Table.grid(padding=(0, 2))
        for balance in cash.journals:
            day = words.date(balance.date)
            left = "" if balance.processed else f"({words.label('not_processed')})"
            banks.add_row(
                _text(f"{balance.code} {balance.name}"),
                self._money(balance.balance, balance.currency),
                _text(f"{day} {left}".strip()),
            )
        if banks.row_count:
            self._console.print(banks)
        weeks = Table(box=None, pad_edge=False)
        for name in ("week", "cash_in", "cash_out"):
            weeks.add_column(
                _text(words.label(name)), justify="left" if name == "week" else "right"
            )
        for week in cash.weeks:
            weeks.add_row(
                _text(f"{words.date(week.begin)} – {words.date(week.end)}"),
                self._money(week.incoming, cash.currency),
                self._money(week.outgoing, cash.currency),
            )
        self._console.print(weeks)

    def _largest(self) -> None:
        terms = sorted(self._report.terms, key=lambda term: -abs(term.amount))
        if not terms:
            return
        words = self._words
        table = Table(title=_text(words.label("largest")), title_justify="left", box=None)
        table.title_style = "bold"
        rows = [self._row(term) for term in terms[:_LARGEST]]
        for name in rows[0]:
            table.add_column(
                _text(words.label(name)),
                justify="right" if name in ("days_overdue", "amount") else "left",
                no_wrap=name not in _MAY_WRAP,
                min_width=_MAY_WRAP.get(name),
            )
        for row in rows:
            table.add_row(*row.values())
        self._console.print()
        self._console.print(table)
        if len(terms) > _LARGEST:
            self._say(words.label("more_documents", n=len(terms) - _LARGEST))

    def _row(self, term: Term) -> dict[str, Text]:
        """The cells by the names of their columns."""
        words, days = self._words, term.days(self._report.today)
        account = term.account or words.label("no_account")
        if self._report.side is None and term.side is Side.PAYABLE:
            account += f" ({words.label(Side.PAYABLE)})"
        amount = words.amount(term.amount, term.currency)
        if term.own_amount is not None:
            amount += f" ({words.amount(term.own_amount, term.own_currency)})"
        late = str(days) if days is not None and days > 0 else ""
        style = "" if age(days).value == "not_due" else "red"
        cells = {
            "account": _text(account),
            "number": _text(term.number),
            "reference": _text(term.reference),
            "due_date": _text(words.date(term.due)),
            "days_overdue": _text(late, style),
            "amount": _text(amount),
        }
        if self._names:
            cells["division"] = _text(self._of(term.division))
            if self._console.width < _WIDE:
                del cells["reference"]
        return cells

    def _of(self, division: int) -> str:
        """Whose it is."""
        return self._names.get(division) or str(division)

    def _since(self) -> None:
        since, words = self._report.since, self._words
        if since is None:
            return
        self._console.print()
        self._say(words.label("since_last", day=words.date(since.day)), "bold")
        table = Table.grid(padding=(0, 2))
        for moved in since.moved:
            self._change(table, CHANGES[moved.change], moved.term, moved.amount)
        for term in since.first_time_late:
            self._change(table, "first_time_late", term, term.amount)
        if since.shift:
            shift = since.shift
            where = f"{shift.account} · {words.label(shift.bucket)}"
            if self._names and shift.division:
                where += f" ({self._of(shift.division)})"
            table.add_row(
                _text(self._sided("most_moved", shift.side)),
                _text(where),
                self._money(shift.amount, shift.currency),
            )
        self._console.print(table)

    def _change(self, table: Table, word: str, term: Term, amount: Decimal) -> None:
        who = " ".join(filter(None, (term.account, term.number)))
        who += f" ({self._of(term.division)})" if self._names else ""
        shown = self._money(amount, term.currency)
        table.add_row(_text(self._sided(word, term.side)), _text(who), shown)

    def _sided(self, word: str, side: Side) -> str:
        """The word, and which side it is about where the report has both."""
        label = self._words.label
        return label(word) if self._report.side else f"{label(word)} ({label(side)})"


def _text(shown: str, style: str = "") -> Text:
    """As every cell goes to the console: the door of `frame.out`, for rich."""
    return Text(visible(shown), style=style)


def _bar(amount: Decimal, longest: Decimal) -> str:
    """A bar in characters; what is negative is marked as such."""
    if not longest or not amount:
        return ""
    eighths = int(abs(amount) / longest * _BAR * 8)
    whole, rest = divmod(max(eighths, 1), 8)
    bar = "█" * whole + (_EIGHTHS[rest] if rest else "")
    return f"- {bar}" if amount < 0 else bar
