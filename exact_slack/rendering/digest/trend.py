"""What each cost center bears, beside the times before: as bars, and the same in words."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.kinds import Kind
from exact_slack.rendering import blocks as b
from exact_slack.rendering.chart import CHARTS, bars
from exact_slack.rendering.digest import rows as r
from exact_slack.rendering.lines import add_up
from exact_slack.rendering.words.locale import Words

_CENTERS = 8
"""Cost centers that have bars of their own."""
_HALF_A_MONTH = dt.timedelta(days=15)
Centers = list[tuple[str, str, Decimal]]
"""Cost center, currency and total, as `rows.by_center` has them."""


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier digest: its first and last day, and its lines."""

    days: tuple[dt.date, dt.date]
    rows: tuple[r.Line, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """The cost centers of a kind, time by time with the name of each; the last is this digest's."""

    kind: Kind
    times: tuple[tuple[str, Centers], ...]

    @property
    def now(self) -> Centers:
        """Those of this digest."""
        return self.times[-1][1]

    @property
    def earlier(self) -> tuple[tuple[str, Centers], ...]:
        """Those of the digests before."""
        return self.times[:-1]


def name_of(days: tuple[dt.date, dt.date], every: str, words: Words) -> str:
    """The time that a digest is about: of a monthly one the month in which most of it lies."""
    begin, end = days
    return words.month(end - _HALF_A_MONTH) if every == "month" else words.span(begin, end)


def trends(now: Before, earlier: Sequence[Before], every: str, words: Words) -> list[Trend]:
    """Of each kind with cost centers, the largest first, as many as Slack takes charts. `earlier`:
    the latest first."""
    each = [
        (name_of(digest.days, every, words), r.by_center(r.counted(digest.rows)))
        for digest in (*reversed(earlier), now)
    ]
    trends = [
        Trend(kind, tuple((name, centers.get(kind, [])) for name, centers in each))
        for kind, centers in each[-1][1].items()
        if any(center for center, _, _ in centers)
    ]
    return sorted(trends, key=lambda trend: -_size(trend.now))[:CHARTS]


def chart(trend: Trend, words: Words) -> b.Block | None:
    """The bars, in the currency that most is in: the largest cost centers, the others summed up,
    and what names none. None where it would be a single bar."""
    currency = max(
        dict.fromkeys(currency for _, currency, _ in trend.now),
        key=lambda name: _size(share for share in trend.now if share[1] == name),
    )
    times = [
        (name, {center: total for center, of, total in centers if of == currency})
        for name, centers in trend.times
    ]
    sizes = {
        center: [abs(totals.get(center, Decimal(0))) for _, totals in reversed(times)]
        for _, totals in times
        for center in totals
        if center
    }
    named = sorted(sorted(sizes), key=lambda center: sizes[center], reverse=True)
    shown, rest = named[:_CENTERS], named[_CENTERS:]
    categories: dict[str | None, str] = {center: center for center in shown}
    if rest:
        categories[None] = words.label("more_documents", n=len(rest))
    if any(totals.get("") for _, totals in times):
        categories[""] = words.label("no_cost_center")
    if len(categories) * len(times) == 1:
        return None
    series = [
        (name, {**totals, None: add_up(totals.get(center, Decimal(0)) for center in rest)})
        for name, totals in times
    ]
    of = f"{words.label('per_cost_center')} ({words.label(trend.kind.value)})"
    return bars(f"{of}, {currency}" if currency else of, series, categories, currency)


def _size(centers: Iterable[tuple[str, str, Decimal]]) -> Decimal:
    return add_up(abs(total) for _, _, total in centers)
