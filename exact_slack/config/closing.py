"""`close:` in the config: which periods' ends become messages, when, and with which lines."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from exact_slack.config.channels import Channel
from exact_slack.config.route import Mention
from exact_slack.config.timing import WEEKDAYS, Quiet, TimeOfDay, local
from exact_slack.config.values import Section, Text, as_list


@cache
def line_names() -> tuple[str, ...]:
    """The lines that a close can have. They are the files of `close/lines`: whoever adds one says
    so in no second place."""
    folder = Path(__file__).parents[1] / "close" / "lines"
    return tuple(sorted(file.stem for file in folder.glob("[!_]*.py")))


def _line(value: str) -> str:
    if value not in line_names():
        raise ValueError("one of " + ", ".join(line_names()))
    return value


def _once(value: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(value)) < len(value):
        raise ValueError("each of them once")
    return value


LineName = Annotated[Text, AfterValidator(_line)]
Lines = Annotated[
    tuple[LineName, ...], BeforeValidator(as_list), Field(min_length=1), AfterValidator(_once)
]
Words = Annotated[Text, Field(max_length=150)]
_OF_LISTS = ("suspense", "manual")
"""Lines that need a list of the same name."""


class Close(Section):
    """The end of each period as one message a company, which Exact's answers keep up to date."""

    channel: Channel
    mention: Mention | None = None
    divisions: (
        Annotated[
            tuple[Annotated[int, Field(strict=True, ge=1)], ...],
            Field(min_length=1),
            AfterValidator(_once),
        ]
        | None
    ) = None
    first: Annotated[int, Field(strict=True, ge=-31, le=31)] = Field(default=-2, alias="from")
    until: Annotated[int, Field(strict=True, ge=-31, le=62)] = 20
    at: TimeOfDay = time(8, 0)
    suspense: Annotated[
        tuple[Text, ...], BeforeValidator(as_list), Field(max_length=60), AfterValidator(_once)
    ] = ()
    manual: Annotated[
        tuple[Words, ...], BeforeValidator(as_list), Field(max_length=30), AfterValidator(_once)
    ] = ()
    lines: Lines | None = None

    @field_validator("lines")
    @classmethod
    def _with_their_lists(cls, lines: tuple[str, ...] | None, info: Any) -> tuple[str, ...] | None:
        for name in _OF_LISTS:
            if lines and name in lines and not info.data.get(name):
                raise ValueError(f"the key {name} as well, which the line {name} needs")
        return lines

    @model_validator(mode="after")
    def _sensible(self) -> "Close":
        if self.until < self.first:
            raise ValueError("an until that is not before from")
        return self

    # -- when ------------------------------------------------------------------------------

    def mornings(self, end: date, quiet: Quiet | None) -> Iterator[date]:
        """The days on which the message of a period that ends then is looked after; one that is
        quiet moves to the next."""
        days: set[date] = set()
        for offset in range(self.first, self.until + 1):
            day = end + timedelta(days=offset)
            while quiet and WEEKDAYS[day.weekday()] in quiet.days:
                day += timedelta(days=1)
            if day not in days:
                days.add(day)
                yield day

    def due(self, end: date, quiet: Quiet | None, now: float, zone: tzinfo) -> float | None:
        """The latest morning of that period that has come, as seconds since 1970; None outside its
        days."""
        today = local(now, zone).date()
        mornings = list(self.mornings(end, quiet))
        if not mornings[0] <= today <= mornings[-1]:
            return None
        moments = (self._moment(day, quiet, zone) for day in mornings if day <= today)
        return max((moment for moment in moments if moment <= now), default=None)

    def _moment(self, day: date, quiet: Quiet | None, zone: tzinfo) -> float:
        at = datetime.combine(day, self.at, zone).timestamp()
        return quiet.until(at, zone) if quiet else at
