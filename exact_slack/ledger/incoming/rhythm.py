"""How often each kind changes at each hour of the week, learnt from what was read.

Hours are those of Exact's wall clock, counted since 1970; the week begins on the Thursday with
which that began. Changes within one minute count as one: an import of a thousand entries is one
thing to be noticed. A week counts three quarters of the one after it: habits change."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.schema.database import Database

WEEK = 168
_HOUR_MS, _MINUTE_MS = 3_600_000, 60_000
_FADES = 0.75
_SINCE = "rhythm since"
_MOST = 1e6
"""More changes than that no kind has in an hour, all weeks together."""
_AHEAD = 86_400.0
"""No wall clock is so many seconds ahead of UTC."""
_DAYS_OFF = (2, 3)
"""Saturday and Sunday, counted from Thursday."""
_OFFICE = range(8, 18)
_BUSY, _CALM = 3.2, 8 / 118
"""The week of an office nobody knows yet: 50 busy hours and 118 calm ones, 1 on the average."""
_FIRST, _FIRST_HOURS = 1.0, 8.0
"""What every kind is thought to do before anything is known: so many changes in so many hours."""


def _is_office(hour: int) -> bool:
    weekday, of_day = hour // 24 % 7, hour % 24
    return of_day in _OFFICE and weekday not in _DAYS_OFF


def _usual(hour: int) -> float:
    return _BUSY if _is_office(hour) else _CALM


def hour_of(ms: int) -> int:
    """The hour that holds a moment of Exact's clock."""
    return ms // _HOUR_MS


@dataclass(frozen=True, slots=True)
class Habits:
    """What was learnt of one division: faded counts by kind and hour of the week."""

    now: int
    """This hour."""
    since: Mapping[str, int]
    """The hour in which watching a kind began; one that is not named is watched from now on."""
    counts: Mapping[tuple[str, int], float]

    def rates(self, kinds: Iterable[Kind], hours: int) -> dict[Kind, list[float]]:
        """Changes an hour that are expected of each kind, in so many hours from now on. What was
        seen at the same hour of earlier weeks, and as if for one week more what the kind does on
        the whole, spread over the hours as offices do."""
        ahead = range(self.now, self.now + hours)
        usual = [_usual(hour) for hour in ahead]
        rates = {}
        for kind, whole in self._on_the_whole(kinds).items():
            since = self._since(kind)
            weeks = [_faded(max(hour - since, 0) // WEEK) * _FADES + 1.0 for hour in ahead]
            counts = [self.counts.get((kind.value, hour % WEEK), 0.0) for hour in ahead]
            each = zip(counts, usual, weeks, strict=True)
            rates[kind] = [(count + whole * share) / much for count, share, much in each]
        return rates

    def weights(self, rates: Mapping[Kind, Sequence[float]]) -> list[float]:
        """What a change counts for in each of these hours: 1 in office hours, else the square of
        how busy the hour is beside those. Who changes something at that hour is who may wait for
        the news of it: of half the people, each has half to look at."""
        office = _BUSY * sum(self._on_the_whole(rates).values())
        each = enumerate(map(sum, zip(*rates.values(), strict=True)), self.now)
        return [1.0 if _is_office(hour) else min(busy / office, 1.0) ** 2 for hour, busy in each]

    def _on_the_whole(self, kinds: Iterable[Kind]) -> dict[Kind, float]:
        """Changes an hour, day and night."""
        seen = self._seen()
        return {
            kind: (seen.get(kind.value, 0.0) + _FIRST) / (self._watched(kind) + _FIRST_HOURS)
            for kind in kinds
        }

    def _since(self, kind: Kind) -> int:
        return self.since.get(kind.value, self.now)

    def _seen(self) -> dict[str, float]:
        seen: dict[str, float] = {}
        for (kind, _), n in self.counts.items():
            seen[kind] = seen.get(kind, 0.0) + n
        return seen

    def _watched(self, kind: Kind) -> float:
        """Hours in which a kind was watched, a busy one for more than a calm one."""
        since = self._since(kind)
        elapsed = max(self.now - since, 0)
        if elapsed >= WEEK:
            return WEEK * _faded(elapsed // WEEK)
        return sum(map(_usual, range(since, self.now)))


def _faded(weeks: int) -> float:
    return float((1 - _FADES**weeks) / (1 - _FADES))


class Rhythm:
    """The table `rhythm`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, division: int, kind: Kind, modified: Iterable[ServerMs], now: float) -> None:
        """These changes are news; in the transaction that takes them in. A row that says it will
        be changed some day tells nothing of habits."""
        latest = (now + _AHEAD) * 1000
        minutes = sorted({moment // _MINUTE_MS for moment in modified if moment <= latest})
        if minutes and not self._began(division, kind):
            self.begin(division, kind, minutes[0] // 60)
        for minute in minutes:
            week, hour = divmod(minute // 60, WEEK)
            row = self._db.row(
                "SELECT n, week FROM rhythm WHERE division=? AND kind=? AND hour=?",
                division,
                kind.value,
                hour,
            )
            n, latest = (float(row["n"]), int(row["week"])) if row else (0.0, week)
            newer = max(week, latest)
            n = n * _FADES ** (newer - latest) + _FADES ** (newer - week)
            self._db.run(
                "INSERT OR REPLACE INTO rhythm VALUES (?,?,?,?,?)",
                division,
                kind.value,
                hour,
                newer,
                n,
            )

    def begin(self, division: int, kind: Kind, hour: int) -> None:
        """Watching a kind begins with this hour, unless it began already."""
        name = f"{_SINCE} {division} {kind.value}"
        self._db.run("INSERT INTO facts VALUES (?,?) ON CONFLICT DO NOTHING", name, str(hour))

    def _began(self, division: int, kind: Kind) -> bool:
        """An earlier version noted when the first kind was watched, and that alone."""
        names = _SINCE, f"{_SINCE} {division} {kind.value}"
        return self._db.row("SELECT 1 FROM facts WHERE name IN (?,?)", *names) is not None

    def of(self, division: int, now: int) -> Habits:
        """What was learnt of a division, as it counts at this hour. It decides only when something
        is read: what is damaged was not learnt."""
        week = now // WEEK
        rows = self._db.rows("SELECT * FROM rhythm WHERE division=?", division)
        counts = {
            (str(row["kind"]), int(row["hour"])): row["n"] * _FADES ** max(week - row["week"], 0)
            for row in rows
            if 0 <= row["n"] <= _MOST
        }
        return Habits(now, self._since(division, now), counts)

    def _since(self, division: int, now: int) -> dict[str, int]:
        rows = self._db.rows("SELECT name, value FROM facts WHERE name GLOB ?", f"{_SINCE}*")
        hours = {str(row["name"]): _hour(row["value"], now) for row in rows}
        first = hours.get(_SINCE, now)
        return {kind: hours.get(f"{_SINCE} {division} {kind}", first) for kind in Kind}


def _hour(text: object, now: int) -> int:
    with suppress(ValueError):
        return min(max(int(str(text)), 0), now)
    return now
