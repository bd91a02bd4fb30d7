"""How full a digest's message is: the words for totals, cost centers and documents at a level."""

from collections.abc import Sequence
from decimal import Decimal

from exact_slack.rendering import blocks as b
from exact_slack.rendering.digest import rows as r
from exact_slack.rendering.words.locale import Words

LEVELS = ((8, 12, 12, 5, 6), (6, 8, 8, 5, 4), (4, 5, 6, 4, 3), (3, 3, 4, 3, 2), (2, 1, 2, 2, 1))
"""Currencies, cost centers, companies, largest ones, names: the first that fits is taken."""
_WIDTHS = (60, 40, 24, 16, 10)


class Level:
    """The words of a digest, as full as one level allows."""

    def __init__(self, words: Words, level: int) -> None:
        self._words = words
        self._currencies, self._centers, self.columns, self.largest, self._names = LEVELS[level]
        self.width = _WIDTHS[level]

    def documents(self, n: int) -> str:
        """So many documents."""
        return self._words.label("document" if n == 1 else "documents", n=n)

    def sums(self, sums: r.Sums, sign: str = "") -> list[str]:
        """The totals per currency, the biggest first; the rest counted. `sign`: before what is
        more than nothing."""
        ordered = sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))
        shown = [
            (sign if total > 0 else "") + self._words.amount(total, name)
            for name, total in ordered[: self._currencies]
        ]
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
        shown = self.sums(signed, sign)
        return " · ".join(filter(None, [plus, self._words.listed(shown)]))

    def cell(self, rows: Sequence[r.Line]) -> str:
        """Count and total of a kind in a company, in the currency of the company."""
        if not rows:
            return ""
        group = r.group(rows)
        sums = group.sums if group.unknown else group.company
        return " · ".join([str(group.count), " + ".join(self.sums(sums))]).rstrip(" ·")

    def centers(self, sums: Sequence[tuple[str, str, Decimal]]) -> str:
        """The largest cost centers, the others summed up, and what names none."""
        named = [each for each in sums if each[0]]
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
        for name, currency, total in sums:
            if not name:
                without.add(total, currency)
        if without.count:
            parts.append(
                f"{self._words.label('no_cost_center')} {' + '.join(self.sums(without.sums))}"
            )
        return " · ".join(parts)

    def name(self, row: r.Line) -> str:
        """Kind and number."""
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
        """A document: its name, account and amount."""
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
            return f"{self.name(row)} ({self._words.listed([now, self._moved(row)])})"
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

    def listed(self, texts: Sequence[str]) -> str:
        """In a row."""
        return self._words.listed(texts)

    def some(self, texts: Sequence[str]) -> str:
        """So many, and the first of them."""
        shown = list(texts[: self._names])
        if len(texts) > len(shown):
            shown.append(self._words.label("more_documents", n=len(texts) - len(shown)))
        return f"{len(texts)} · {self._words.listed(shown)}"
