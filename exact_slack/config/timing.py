"""When exact-slack speaks: time zone, quiet hours, silences' ends, the times of digests.

Times of day are wall clock times of the config's `timezone`. All functions take and give seconds
since 1970 (UTC), so that only this file knows about zones and daylight saving time."""

import io
import os
import re
import struct
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from exact_slack.config.values import Section, as_list

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOCAL = Path("/etc/localtime")
_USUAL = ",M3.2.0,M11.1.0"
_LAST = 28
"""A day that every month has."""


def _time(value: Any) -> Any:
    if isinstance(value, time):
        return value
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", str(value)):
        raise ValueError('a time of day such as "08:30"')
    hours, _, minutes = str(value).partition(":")
    return time(int(hours), int(minutes))


def _day(value: Any) -> Any:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        day = date.max
    if day.year > 9000:  # the day after must exist, in every zone
        raise ValueError("a date such as 2026-12-31")
    return day


def _weekday(value: Any) -> Any:
    if not isinstance(value, str) or value not in WEEKDAYS:
        raise ValueError("one of " + ", ".join(WEEKDAYS))
    return value


def _zone(value: Any) -> Any:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise ValueError(
            "a time zone such as Europe/Amsterdam that this system knows (package tzdata)"
        ) from None
    return value


TimeOfDay = Annotated[time, BeforeValidator(_time)]
Day = Annotated[date, BeforeValidator(_day)]
Weekday = Annotated[str, BeforeValidator(_weekday)]
ZoneName = Annotated[str, BeforeValidator(_zone)]


def zone(name: str | None) -> tzinfo:
    """The named zone, else the system's, as `date` shows it: `TZ`, then /etc/localtime."""
    if name:
        return ZoneInfo(name)
    if (given := os.environ.get("TZ")) is not None:
        return _of_environment(given.removeprefix(":"))
    return _of_file(_LOCAL)


def _of_environment(given: str) -> tzinfo:
    """A zone's name, a file, or a rule; the C library takes what it does not know, and nothing at
    all, for UTC (tzset(3))."""
    if given.startswith("/"):
        return _of_file(Path(given))
    try:
        return ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _of_rule(given)


def _of_rule(rule: str) -> tzinfo:
    """CET-1CEST,M3.5.0,M10.5.0/3: a rule of POSIX. It is the last line of a file of zones (RFC
    8536, 3.3), so the library that reads those reads it in one that holds nothing else."""
    if not rule.isascii():
        return UTC
    if re.fullmatch(r"[^,]*[A-Za-z>]", rule) and re.search(r"\d", rule):
        rule += _USUAL  # summer time without its days, as the C library has it
    header = b"TZif2" + bytes(15)
    counts = struct.pack(">6L", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">lbB", 0, 0, 0) + b"UTC\0"
    file = io.BytesIO((header + counts + body) * 2 + b"\n" + rule.encode() + b"\n")
    try:
        return ZoneInfo.from_file(file)
    except (ValueError, OSError):
        return UTC


def _of_file(path: Path) -> tzinfo:
    try:
        with path.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return UTC


def local(seconds: float, where: tzinfo) -> datetime:
    """A moment on the wall clock there."""
    return datetime.fromtimestamp(seconds, where)


def day_of(seconds: float, zone: tzinfo) -> date:
    """The day on which that moment falls there."""
    return local(seconds, zone).date()


def iso(seconds: float) -> str:
    """A moment for a program: 2026-11-24T08:30:00Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(seconds: float, where: tzinfo) -> str:
    """A moment for a person: 2026-11-24 08:30."""
    return local(seconds, where).strftime("%Y-%m-%d %H:%M")


def _at(day: date, when: time, where: tzinfo) -> datetime:
    return datetime.combine(day, when, where)


class Quiet(Section):
    """Hours and days at which nothing is posted. Empty: never quiet, which lets a route be louder
    than the rest."""

    begin: TimeOfDay | None = Field(default=None, alias="from")
    end: TimeOfDay | None = Field(default=None, alias="to")
    days: Annotated[tuple[Weekday, ...], BeforeValidator(as_list)] = ()

    @model_validator(mode="after")
    def _sensible(self) -> "Quiet":
        if (self.begin is None) is not (self.end is None) or (
            self.begin is not None and self.begin == self.end
        ):
            raise ValueError("both from and to, at different times")
        if len(set(self.days)) == len(WEEKDAYS):
            raise ValueError("at least one day of the week that is not quiet")
        return self

    def until(self, seconds: float, where: tzinfo) -> float:
        """When the quiet that covers this moment ends; the moment itself where none does."""
        now = begun = local(seconds, where)
        for _ in range(2 * len(WEEKDAYS) + 2):
            end = self._end(now, where)
            if end is None:
                break
            now = end
        # a datetime has microseconds only: what is not quiet must not end a moment later
        return seconds if now is begun else max(seconds, now.timestamp())

    def _end(self, now: datetime, where: tzinfo) -> datetime | None:
        """The end of the quiet day or hours that hold this moment."""
        today = now.date()
        if WEEKDAYS[now.weekday()] in self.days:
            return _at(today + timedelta(days=1), time(), where)
        if self.begin is None or self.end is None:
            return None
        clock = now.time().replace(tzinfo=None)
        if self.begin < self.end:
            return _at(today, self.end, where) if self.begin <= clock < self.end else None
        if clock >= self.begin:
            return _at(today + timedelta(days=1), self.end, where)
        return _at(today, self.end, where) if clock < self.end else None


def loud_seconds(quiet: Quiet | None, begin: float, end: float, where: tzinfo) -> float:
    """Seconds between two moments, without those that are quiet."""
    if quiet is None or end <= begin:
        return max(end - begin, 0.0)
    edges = {begin, end}
    day = local(begin, where).date()
    while _at(day, time(), where).timestamp() < end:
        clocks = (time(), *filter(None, (quiet.begin, quiet.end)))
        edges |= {_at(day, clock, where).timestamp() for clock in clocks}
        day += timedelta(days=1)
    ordered = sorted(edge for edge in edges if begin <= edge <= end)
    return sum(
        after - before
        for before, after in pairwise(ordered)
        if quiet.until((before + after) / 2, where) <= (before + after) / 2
    )


def end_of(day: date, where: tzinfo) -> float:
    """The midnight after a day."""
    return _at(day + timedelta(days=1), time(), where).timestamp()


class Rhythm(Section):
    """Once a day, week or month at a time of day. `on` is the weekday of what is weekly (mon) or
    the day of the month of what is monthly (1)."""

    every: Literal["day", "week", "month"]
    at: TimeOfDay = time(8, 30)
    on: Any = None

    @field_validator("on")
    @classmethod
    def _fitting(cls, on: Any, info: ValidationInfo) -> Any:
        every = info.data.get("every")
        if every == "day" and on is not None:
            raise ValueError("no such key with every: day")
        if every == "week" and on is not None:
            return _weekday(on)
        is_day = isinstance(on, int) and not isinstance(on, bool) and 1 <= on <= _LAST
        if every == "month" and on is not None and not is_day:
            raise ValueError(f"a day of the month from 1 to {_LAST}")
        return on

    def due(self, seconds: float, where: tzinfo) -> float:
        """The latest time at or before this moment at which it was due."""
        now = local(seconds, where)
        for back in range(63):
            day = now.date() - timedelta(days=back)
            if self._falls_on(day):
                at = _at(day, self.at, where)
                if at <= now:
                    return at.timestamp()
        raise AssertionError("it is due at least once a month")

    def following(self, seconds: float, where: tzinfo) -> float:
        """The next time after this moment at which it is due."""
        now = local(seconds, where)
        for ahead in range(63):
            day = now.date() + timedelta(days=ahead)
            if self._falls_on(day):
                at = _at(day, self.at, where)
                if at > now:
                    return at.timestamp()
        raise AssertionError("it is due at least once a month")

    def _falls_on(self, day: date) -> bool:
        if self.every == "day":
            return True
        if self.every == "week":
            return WEEKDAYS[day.weekday()] == (self.on or WEEKDAYS[0])
        return day.day == int(self.on or 1)


class Digest(Rhythm):
    """A route that collects: one message a day, week or month. `by`: what is counted, what was
    first seen or what belongs to the period that ended. `csv`: whether a list goes with it."""

    by: Literal["seen", "period"] = "seen"
    csv: bool | None = None

    @property
    def lists(self) -> bool:
        """Whether a list of all documents goes with it: at the end of a month the books must
        agree row by row."""
        return self.every == "month" if self.csv is None else self.csv

    def covers(self, due: float, where: tzinfo) -> tuple[date, date]:
        """The first and the last day of the latest period that ended before it is due."""
        begin, _ = self.around(local(due, where).date())
        return self.around(begin - timedelta(days=1))

    def around(self, day: date) -> tuple[date, date]:
        """The first and the last day of the period in which a day lies."""
        if self.every == "day":
            return day, day
        if self.every == "week":
            begin = day - timedelta(days=day.weekday())
            return begin, begin + timedelta(days=6)
        begin = day.replace(day=1)
        return begin, (begin + timedelta(days=32)).replace(day=1) - timedelta(days=1)
