"""When exact-slack speaks: time zone, quiet hours, silences' ends, the times of digests.

Times of day are wall clock times of the config's `timezone`. All functions take and give seconds
since 1970 (UTC), so that only this file knows about zones and daylight saving time."""

import os
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from exact_slack.config.values import Section, as_list

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOCAL = Path("/etc/localtime")
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
        found = date.fromisoformat(str(value))
    except ValueError:
        found = date.max
    if found.year > 9000:  # the day after must exist, in every zone
        raise ValueError("a date such as 2026-12-31")
    return found


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
    """The named zone, else the system's: `TZ`, then /etc/localtime, then UTC."""
    for wanted in (name, os.environ.get("TZ", "").lstrip(":")):
        if wanted:
            try:
                return ZoneInfo(wanted)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    try:
        with _LOCAL.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return UTC


def local(seconds: float, where: tzinfo) -> datetime:
    """A moment on the wall clock there."""
    return datetime.fromtimestamp(seconds, where)


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
        now = local(seconds, where)
        for _ in range(2 * len(WEEKDAYS) + 2):
            end = self._end(now, where)
            if end is None:
                break
            now = end
        return max(seconds, now.timestamp())

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
        day = local(due, where).date()
        if self.every == "day":
            begin = end = day - timedelta(days=1)
        elif self.every == "week":
            end = day - timedelta(days=day.weekday() + 1)
            begin = end - timedelta(days=6)
        else:
            end = day.replace(day=1) - timedelta(days=1)
            begin = end.replace(day=1)
        return begin, end
