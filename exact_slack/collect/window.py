"""Times as a person gives them: a date, a month, or a duration back from now. A time without an
offset is one of the config's timezone; what is compared with Exact's rows is Exact's wall clock."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from exact_slack.clock import Clock
from exact_slack.config.timing import zone
from exact_slack.documents.moment import ServerMs
from exact_slack.errors import BadRequest
from exact_slack.exact.times import DEEP_OVERLAP_MS, OVERLAP_MS

_SECOND = 999
"""Exact tells its time in whole seconds: what was changed within this one counts, too."""
_DEEP_EVERY = 3000.0
"""Seconds after which what is due once an hour is done: a poll may run every ten minutes."""
_QUARTER = timedelta(minutes=15)
_YEARS = (2, 9998)
"""Those that stay in the calendar in every zone."""
_DUTCH = "Europe/Amsterdam"
"""Whose summer time the servers with a Dutch clock follow (recorded: 3600 s in winter, 7200 s in
summer); Exact tells only by how much it is ahead now."""
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def ms(moment: datetime) -> ServerMs:
    """A time of Exact's wall clock in its own ms (as if it were UTC)."""
    return ServerMs(int(moment.replace(tzinfo=UTC).timestamp() * 1000))


@dataclass(frozen=True, slots=True)
class Now:
    """This moment by Exact's wall clock and by UTC, both without a zone; and the zone in which a
    person means a time."""

    server: datetime
    utc: datetime
    zone: tzinfo

    @classmethod
    def by(cls, server: datetime, clock: Clock, zone: tzinfo) -> "Now":
        """Exact's wall clock, the local one, and the config's timezone."""
        return cls(server, datetime.fromtimestamp(clock.now(), UTC).replace(tzinfo=None), zone)

    def to_server(self, moment: datetime) -> datetime:
        """A time as Exact's clock shows it. One without an offset is the config's."""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zone)
        utc = moment.astimezone(UTC)
        return utc.replace(tzinfo=None) + self._ahead(utc)

    def _ahead(self, utc: datetime) -> timedelta:
        """How far Exact's wall clock was ahead of UTC at a moment: as far as that of a zone which
        shows the same time now, else as far as now."""
        ahead = round((self.server - self.utc) / _QUARTER) * _QUARTER  # zones are quarters apart
        for likely in (zone(_DUTCH), self.zone):
            if _offset(self.utc.replace(tzinfo=UTC), likely) == ahead:
                return _offset(utc, likely)
        return ahead


def _offset(utc: datetime, there: tzinfo) -> timedelta:
    return utc.astimezone(there).utcoffset() or timedelta()


@dataclass(frozen=True, slots=True)
class Window:
    """A part of Exact's changes in ms of Exact's clock, both ends belonging to it; None is open."""

    since: ServerMs | None = None
    until: ServerMs | None = None

    @property
    def whole(self) -> bool:
        """Nothing is left out: only such a reading can count as one with the long overlap."""
        return self.since is None and self.until is None

    @classmethod
    def given(cls, since: str | None, until: str | None, now: Now) -> "Window":
        """From words; BadRequest if it ends before it begins, or has not begun."""
        begin = parse(since, now).begin if since else None
        if begin is not None and begin > ms(now.server):
            raise BadRequest(f"--since {since}: that has not begun yet.")
        end = parse(until, now).last if until else None
        if begin is not None and end is not None and end < begin:
            raise BadRequest(f"--until {until} lies before --since {since}.")
        return cls(begin, end)

    def after(self, high_watermark: ServerMs, *, deep: bool) -> ServerMs:
        """The moment after which a reading begins: an overlap before the cursor, or earlier, but
        never later, as the cursor must not jump over a gap."""
        after = high_watermark - (DEEP_OVERLAP_MS if deep else OVERLAP_MS)
        return ServerMs(after if self.since is None else min(after, self.since - 1))

    def asks_again(self, modified: ServerMs) -> bool:
        """Whether a person asked for what was changed then, also if it is known already."""
        return self.since is not None and modified >= self.since


NEWS = Window()
"""Whatever is new."""


def hour_is_over(last: float, now: float) -> bool:
    """Whether it is time, by the local clock, for what is done once an hour: to read back over the
    long overlap, to ask for deletions."""
    return abs(now - last) >= _DEEP_EVERY


def first_after(server_now: ServerMs) -> ServerMs:
    """The moment after which a first run reads: so far back that later overlaps bring up only
    what comes late."""
    return ServerMs(server_now - DEEP_OVERLAP_MS - OVERLAP_MS)


@dataclass(frozen=True, slots=True)
class Period:
    """What a word means, in ms of Exact's clock. `last` is its own end: a day's and a month's last
    moment, and a moment's own. `end` is the end of the period that begins with it: now, if the
    word is a moment."""

    begin: ServerMs
    last: ServerMs
    end: ServerMs


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
            month = datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 - the config's zone
            return _days(_known(month), (month + timedelta(days=32)).replace(day=1), now)
        begin = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r}: a date (2026-11-24), a month (2026-10) or a duration (7d, 12h)"
        ) from None
    begin = _known(begin)
    if len(text) > 10:
        return _from(now.to_server(begin), now)
    return _days(begin, begin + timedelta(days=1), now)


def _known(moment: datetime) -> datetime:
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise OverflowError
    return moment


def _days(begin: datetime, after: datetime, now: Now) -> Period:
    """From the first to the last moment of days in the config's zone."""
    last = ServerMs(ms(now.to_server(after)) - 1)
    return Period(ms(now.to_server(begin)), last, last)


def _from(moment: datetime, now: Now) -> Period:
    return Period(ms(moment), _second_of(moment), _second_of(now.server))


def _second_of(moment: datetime) -> ServerMs:
    """The end of it."""
    return ServerMs(ms(moment) + _SECOND)


class _Utc(Now):
    """For times of our own, which are no times of Exact's clock."""

    __slots__ = ()

    def to_server(self, moment: datetime) -> datetime:
        """UTC."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        return aware.astimezone(UTC).replace(tzinfo=None)


def moments(
    since: str | None, until: str | None, clock: Clock, where: tzinfo
) -> tuple[float | None, float | None]:
    """From words to seconds since 1970, both ends belonging to it. BadRequest if it ends before it
    begins."""
    utc = datetime.fromtimestamp(clock.now(), UTC).replace(tzinfo=None)
    asked = Window.given(since, until, _Utc(utc, utc, where))
    return _seconds(asked.since), _seconds(asked.until)


def _seconds(moment: int | None) -> float | None:
    return None if moment is None else moment / 1000


def wall(moment_ms: ServerMs) -> str:
    """A time of Exact's clock as text."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
