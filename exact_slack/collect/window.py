"""Times as a person gives them: a date, a month, or a duration back from now."""

import re
from datetime import UTC, datetime, timedelta

_SECOND = 999
"""Exact tells its time in whole seconds: what was changed within this one counts, too."""
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def ms(moment: datetime) -> int:
    """A time of Exact's wall clock in its own ms (as if it were UTC)."""
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


def parse(text: str, server_now: datetime) -> tuple[int, int]:
    """Begin and end of a period in ms of Exact's clock: `2026-11-24`, `2026-10`, `7d`.
    A duration ends now. ValueError says what is expected."""
    try:
        return _parse(text, server_now)
    except OverflowError:
        raise ValueError(f"{text!r}: a time that a calendar knows") from None


def _parse(text: str, server_now: datetime) -> tuple[int, int]:
    if match := re.fullmatch(r"(\d+)([mhdw])", text):
        back = timedelta(**{_UNITS[match[2]]: int(match[1])})
        return ms(server_now - back), ms(server_now) + _SECOND
    try:
        if re.fullmatch(r"\d{4}-\d{2}", text):
            begin = datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 - Exact's wall clock
            return ms(begin), ms((begin + timedelta(days=32)).replace(day=1)) - 1
        begin = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r}: a date (2026-11-24), a month (2026-10) or a duration (7d, 12h)"
        ) from None
    if len(text) > 10:
        return ms(begin.replace(tzinfo=None)), ms(server_now) + _SECOND
    return ms(begin), ms(begin + timedelta(days=1)) - 1


def wall(moment_ms: int) -> str:
    """A time of Exact's clock as text."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
