"""One trouble, one word: what is wrong, and what of it is told now. The rule for the mail of cron,
the alerts channel and the ping alike.

What needs a person is told when it begins. What is temporary is told when it has lasted for the
patience of the config. What was told is told again once a day, and once when it ended."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from exact_slack.ledger.schema.database import Database

DAY, _EXACT = 86400.0, 60.0
"""Seconds: a day, and so exact is cron."""


class Part(StrEnum):
    """The parts of a run. A trouble has ended when the part that met it went well as a whole."""

    COLLECT = "collect"
    DELIVER = "deliver"
    REPORTS = "reports"
    CLOSE = "close"
    TRIAGE = "triage"
    RUN = "run"


class Weight(StrEnum):
    """Who mends it."""

    PASSING = "passing"
    PERSON = "person"
    NOTICE = "notice"
    """The work was done all the same: it has no end to tell of."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One cause. `members` are what it befell; a person hears when there are others."""

    cause: str
    part: Part
    weight: Weight
    sentence: str
    cure: str = ""
    members: frozenset[str] = frozenset()
    since: float = 0.0
    """When a run first met it."""
    told_at: float | None = None
    posted: bool = False
    """Whether the alerts channel heard of it."""

    def __str__(self) -> str:
        return f"{self.sentence} {self.cure}".strip()


@dataclass(frozen=True, slots=True)
class News:
    """What is told now."""

    began: tuple[Trouble, ...] = ()
    lasts: tuple[Trouble, ...] = ()
    """Told before, and a day is over."""
    ended: tuple[Trouble, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.began or self.lasts or self.ended)

    @property
    def present(self) -> tuple[Trouble, ...]:
        """What is wrong and told now."""
        return (*self.began, *self.lasts)


def judge(
    stored: Iterable[Trouble],
    met: Iterable[Trouble],
    whole: frozenset[Part],
    now: float,
    patience: float,
) -> tuple[News, tuple[Trouble, ...]]:
    """What is told of what a run met, and what is known from now on. `whole`: the parts of the run
    in which it would have met everything. A clock that was set back makes nothing wait longer."""
    before = {trouble.cause: replace(trouble, since=min(trouble.since, now)) for trouble in stored}
    present = {
        trouble.cause: _met(before.get(trouble.cause), trouble, now, whole=trouble.part in whole)
        for trouble in met
    }
    ended = [trouble for trouble in before.values() if trouble.cause not in present]
    unseen = {trouble.cause: trouble for trouble in ended if trouble.part not in whole}
    present = {**unseen, **present}
    begun = {
        cause
        for cause, trouble in present.items()
        if _begins(trouble, before.get(cause), now, patience)
    }
    daily = any(_is_due(trouble, now) for trouble in present.values())
    again = {
        cause for cause, trouble in present.items() if daily and trouble.told_at is not None
    } - begun
    news = News(
        tuple(present[cause] for cause in present if cause in begun),
        tuple(present[cause] for cause in present if cause in again),
        tuple(
            trouble
            for trouble in ended
            if trouble.cause not in unseen
            and trouble.told_at is not None
            and trouble.weight is not Weight.NOTICE
        ),
    )
    return news, tuple(
        replace(trouble, told_at=now) if cause in begun | again else trouble
        for cause, trouble in present.items()
    )


def _met(before: Trouble | None, trouble: Trouble, now: float, *, whole: bool) -> Trouble:
    if before is None:
        return replace(trouble, since=now)
    members = trouble.members if whole else trouble.members | before.members
    return replace(
        trouble,
        members=members,
        since=before.since,
        told_at=before.told_at,
        posted=before.posted,
    )


def _begins(trouble: Trouble, before: Trouble | None, now: float, patience: float) -> bool:
    if trouble.told_at is None:
        lasted = now - trouble.since + _EXACT
        return trouble.weight is not Weight.PASSING or lasted >= patience
    others = before is not None and not trouble.members <= before.members
    return others and trouble.weight is Weight.PERSON


def _is_due(trouble: Trouble, now: float) -> bool:
    return trouble.told_at is not None and not 0 <= now - trouble.told_at < DAY


class Troubles:
    """The table `troubles`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> tuple[Trouble, ...]:
        """What is wrong, as the latest runs met it."""
        return tuple(map(_trouble, self._db.rows("SELECT * FROM troubles ORDER BY rowid")))

    def remember(self, troubles: Iterable[Trouble]) -> None:
        """These, and no others."""
        self._db.run("DELETE FROM troubles")
        for trouble in troubles:
            row = as_row(trouble)
            self._db.run(
                f"INSERT INTO troubles ({', '.join(row)})"  # noqa: S608 - our own names
                f" VALUES ({', '.join('?' * len(row))})",
                *row.values(),
            )


def as_row(trouble: Trouble) -> dict[str, str | float | int | None]:
    """A trouble as columns."""
    return {
        "cause": trouble.cause,
        "part": trouble.part.value,
        "weight": trouble.weight.value,
        "sentence": trouble.sentence,
        "cure": trouble.cure,
        "members": json.dumps(sorted(trouble.members)),
        "since": trouble.since,
        "told_at": trouble.told_at,
        "posted": int(trouble.posted),
    }


def from_row(row: Mapping[str, object]) -> Trouble:
    """The columns as a trouble. ValueError, TypeError or KeyError where no version wrote them."""
    told_at = row["told_at"]
    return Trouble(
        str(row["cause"]),
        Part(str(row["part"])),
        Weight(str(row["weight"])),
        str(row["sentence"]),
        str(row["cure"]),
        frozenset(map(str, json.loads(str(row["members"])))),
        float(str(row["since"])),
        None if told_at is None else float(str(told_at)),
        bool(row["posted"]),
    )


def _trouble(row: sqlite3.Row) -> Trouble:
    values = dict(zip(row.keys(), row, strict=True))
    with suppress(ValueError, TypeError, RecursionError):
        return from_row(values)
    # nothing depends on what was told: at worst it is told once more
    return Trouble(str(row["cause"]), Part.RUN, Weight.PERSON, str(row["sentence"]))
