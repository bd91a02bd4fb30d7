"""Exact's times. On the wire they are the server's wall clock, written as if it were UTC
(exactonline-api-dotnet-client PR #24; the Ruby client's sanitizer), and a filter uses the same
base. So nothing here shifts anything: milliseconds in, milliseconds out."""

import datetime as dt
import re
from typing import Final

from exact_slack.documents.moment import ServerMs

OVERLAP_MS: Final = 5 * 60_000
"""How far a poll reads back behind what it saw last: many rows share one `Modified`."""
DEEP_OVERLAP_MS: Final = 130 * 60_000
"""The same once an hour: late commits, and the autumn hour that happens twice."""

_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - Exact's times are naive
_PRESENT: Final = (dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1))  # noqa: DTZ001 - likewise
_WIRE: Final = re.compile(r"/Date\((-?\d{1,18})(?:[+-]\d{4})?\)/")
_ISO: Final = re.compile(
    r"(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?)?)(?:Z|[+-]\d\d:?\d\d)?"
)


def ms_from_wire(text: str) -> ServerMs:
    """The milliseconds in `/Date(ms)/`; ValueError where there are none."""
    hit = _WIRE.fullmatch(text.strip())
    return ServerMs(int(hit[1])) if hit else server_time_ms(text)


def moment(ms: ServerMs) -> dt.datetime:
    """The wall clock that the milliseconds stand for; ValueError outside the years 1 to 9999."""
    try:
        return _EPOCH + dt.timedelta(milliseconds=ms)
    except OverflowError:
        raise ValueError("a time outside the calendar") from None


def literal(ms: ServerMs) -> str:
    """The time as a literal for `$filter`: `datetime'2026-11-24T08:00:01.617'`."""
    return f"datetime'{moment(ms).isoformat(timespec='milliseconds')}'"


def date_from_wire(text: str) -> dt.date:
    """The date of a date-only field (midnight on the wire), never shifted."""
    return moment(ms_from_wire(text)).date()


def plausible(ms: ServerMs) -> ServerMs:
    """A present time of Exact's; ValueError where it lies in no year of this century."""
    if not _PRESENT[0] <= moment(ms) < _PRESENT[1]:
        raise ValueError("no present time")
    return ms


def server_time_ms(text: str) -> ServerMs:
    """Milliseconds of a wall clock such as `Me.ServerTime`: `2026-11-24T08:15:02`."""
    hit = _ISO.fullmatch(text.strip())
    if not hit:
        raise ValueError("no time of Exact")
    naive = dt.datetime.fromisoformat(hit[1])
    return ServerMs((naive - _EPOCH) // dt.timedelta(milliseconds=1))
