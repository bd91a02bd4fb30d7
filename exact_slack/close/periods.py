"""Which period is meant: Exact's own, never computed from months."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from typing import Final

from exact_slack.documents.compared.period import Period
from exact_slack.errors import BadRequest, PersonNeeded
from exact_slack.exact.compared.facts import period_of
from exact_slack.exact.wire.client import ExactClient
from exact_slack.exact.wire.odata import Row
from exact_slack.exact.wire.paging import follow_all

PATH: Final = "financial/FinancialPeriods"
_BEFORE, _AFTER = 2, 1
"""Financial years that are read around the one that is meant."""
_MONTH: Final = re.compile(r"([1-9]\d{3})-(0[1-9]|1[0-2])")
_EXACTS: Final = re.compile(r"(\d{4})/(\d{1,3})")


def read(client: ExactClient, division: int, year: int) -> list[Period]:
    """The periods of some years around one, oldest first."""
    params = {
        "$filter": f"FinYear ge {year - _BEFORE} and FinYear le {year + _AFTER}",
        "$select": "FinYear,FinPeriod,StartDate,EndDate",
    }
    answers = follow_all(client, division, client.get(division, PATH, params))
    return periods(division, (row for answer in answers for row in answer.rows))


def periods(division: int, rows: Iterable[Row]) -> list[Period]:
    """Those that are complete, once each. PersonNeeded where two of one number differ."""
    by_place: dict[tuple[int, int], Period] = {}
    for row in rows:
        period = period_of(row)
        if period is None:
            continue
        place = period.year, period.number
        if by_place.setdefault(place, period) != period:
            raise PersonNeeded(
                f"{PATH} in division {division} has period {period.name} twice, with other days.",
                "Put its periods right in Exact Online.",
            )
    return sorted(by_place.values(), key=lambda period: (period.begin, period.number))


def year_of(text: str, today: dt.date) -> int:
    """The year around which the periods are read for what was asked. BadRequest."""
    if not text:
        return today.year
    match = _MONTH.fullmatch(text) or _EXACTS.fullmatch(text)
    if match is None:
        raise BadRequest(
            f"{text!r} is no period.",
            "Give a month (2026-10) or Exact's year and period (2026/10).",
        )
    return int(match[1])


def chosen(periods: Sequence[Period], text: str, today: dt.date, division: int) -> Period:
    """The period that is meant; without a text the latest that ended. PersonNeeded where Exact
    has none such."""
    period = _chosen(periods, text, today)
    if period is None:
        wanted = f"no period {text}" if text else "no period that ended"
        raise PersonNeeded(
            f"{PATH} in division {division} has {wanted}.",
            "Set up the financial year in Exact Online, or ask for another period.",
        )
    return period


def _chosen(periods: Sequence[Period], text: str, today: dt.date) -> Period | None:
    if not text:
        ended = [period for period in periods if period.end < today]
        return max(ended, key=lambda period: (period.end, period.begin), default=None)
    if match := _EXACTS.fullmatch(text):
        place = int(match[1]), int(match[2])
        return next((p for p in periods if (p.year, p.number) == place), None)
    match = _MONTH.fullmatch(text)
    assert match is not None
    year, month = int(match[1]), int(match[2])
    begin, last = dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1])
    shared = [(_shared(period, begin, last), period) for period in periods]
    most = max(shared, key=lambda share: (share[0], share[1].end), default=None)
    return most[1] if most and most[0] > 0 else None


def _shared(period: Period, begin: dt.date, last: dt.date) -> int:
    """How many days of a month are the period's."""
    return (min(period.end, last) - max(period.begin, begin)).days + 1
