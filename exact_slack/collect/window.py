"""Times as a person gives them: a date, a month, or a duration back from now."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from exact_slack.clock import Clock
from exact_slack.errors import BadRequest
from exact_slack.exact.times import DEEP_OVERLAP_MS, OVERLAP_MS

_SECOND = 999
"""Exact tells its time in whole seconds: what was changed within this one counts, too."""
_DEEP_EVERY = 3000.0
"""Seconds after which what is due once an hour is done: a poll may run every ten minutes."""
_QUARTER = timedelta(minutes=15)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def ms(moment: datetime) -> int:
    """A time of Exact's wall clock in its own ms (as if it were UTC)."""
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Now:
    """This moment by Exact's wall clock and by UTC, both without a zone."""

    server: datetime
    utc: datetime

    @classmethod
    def by(cls, server: datetime, clock: Clock) -> "Now":
        """Exact's wall clock, and the local one."""
        return cls(server, datetime.fromtimestamp(clock.now(), UTC).replace(tzinfo=None))

    def to_server(self, moment: datetime) -> datetime:
        """A time as Exact's clock shows it. One without an offset is meant so already."""
        if moment.tzinfo is None:
            return moment
        shift = round((self.server - self.utc) / _QUARTER) * _QUARTER  # zones are quarters apart
        return moment.astimezone(UTC).replace(tzinfo=None) + shift


@dataclass(frozen=True, slots=True)
class Window:
    """A part of Exact's changes in ms of Exact's clock, both ends belonging to it; None is open."""

    since: int | None = None
    until: int | None = None

    @property
    def whole(self) -> bool:
        """Nothing is left out: only such a reading can count as one with the long overlap."""
        return self.since is None and self.until is None

    @classmethod
    def given(cls, since: str | None, until: str | None, now: Now) -> "Window":
        """From words; BadRequest if it ends before it begins."""
        begin = parse(since, now).begin if since else None
        end = parse(until, now).last if until else None
        if begin is not None and end is not None and end < begin:
            raise BadRequest(f"--until {until} lies before --since {since}.")
        return cls(begin, end)

    def after(self, high_watermark: int, *, deep: bool) -> int:
        """The moment after which a reading begins: an overlap before the cursor, or earlier, but
        never later, as the cursor must not jump over a gap."""
        after = high_watermark - (DEEP_OVERLAP_MS if deep else OVERLAP_MS)
        return after if self.since is None else min(after, self.since - 1)

    def asks_again(self, modified: int) -> bool:
        """Whether a person asked for what was changed then, also if it is known already."""
        return self.since is not None and modified >= self.since


NEWS = Window()
"""Whatever is new."""


def hour_is_over(last: float, now: float) -> bool:
    """Whether it is time, by the local clock, for what is done once an hour: to read back over the
    long overlap, to ask for deletions."""
    return abs(now - last) >= _DEEP_EVERY


def first_after(server_now: int) -> int:
    """The moment after which a first run reads: so far back that later overlaps bring up only
    what comes late."""
    return server_now - DEEP_OVERLAP_MS - OVERLAP_MS


@dataclass(frozen=True, slots=True)
class Period:
    """What a word means, in ms of Exact's clock. `last` is its own end: a day's and a month's last
    moment, and a moment's own. `end` is the end of the period that begins with it: now, if the
    word is a moment."""

    begin: int
    last: int
    end: int


def parse(text: str, now: Now) -> Period:
    """`2026-11-24`, `2026-10`, `7d`, `2026-11-24T12:00`. ValueError says what is expected."""
    try:
        return _parse(text, now)
    except OverflowError:
        raise ValueError(f"{text!r}: a time that a calendar knows") from None


def _parse(text: str, now: Now) -> Period:
    if match := re.fullmatch(r"(\d+)([mhdw])", text):
        return _from(now.server - timedelta(**{_UNITS[match[2]]: int(match[1])}), now)
    try:
        if re.fullmatch(r"\d{4}-\d{2}", text):
            begin = datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 - Exact's wall clock
            last = ms((begin + timedelta(days=32)).replace(day=1)) - 1
            return Period(ms(begin), last, last)
        begin = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r}: a date (2026-11-24), a month (2026-10) or a duration (7d, 12h)"
        ) from None
    if len(text) > 10:
        return _from(now.to_server(begin), now)
    last = ms(begin + timedelta(days=1)) - 1
    return Period(ms(begin), last, last)


def _from(moment: datetime, now: Now) -> Period:
    return Period(ms(moment), ms(moment) + _SECOND, ms(now.server) + _SECOND)


def wall(moment_ms: int) -> str:
    """A time of Exact's clock as text."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
