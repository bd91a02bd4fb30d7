"""What `poll --due` has to do now, out of the ledger alone: no call is made to find out, and no
part is loaded that a run would need. The rule is in `exact_slack.collect.due`."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from exact_slack.app.reserve import reserve
from exact_slack.collect.due import AGAIN, CRON, Day, Kindred, Place, due_at, intervals
from exact_slack.collect.window import hour_is_over
from exact_slack.config.model import Config, Report
from exact_slack.config.timing import day_of
from exact_slack.config.values import seconds
from exact_slack.documents.kinds import Kind
from exact_slack.errors import OK, PERSON, TEMPORARY
from exact_slack.exact.catalogue import DELETED
from exact_slack.exact.wire.budget import A_DAY
from exact_slack.ledger.activity import utc_day
from exact_slack.ledger.incoming.exact_clock import known_ahead_ms
from exact_slack.ledger.incoming.rhythm import hour_of
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.troubles import Weight

_DAY, _HOUR = 86_400.0, 3600.0
_OF_DAY = 0.102
"""The part of a day's calls that is left to others: reports, look-ups, people. The plan is to do
with 4,500 of 5,000, and may overrun by what one minute reads."""
_ALL_DIVISIONS = 16_000
"""Calls a day over all divisions of a config; Exact's contract has 20,000."""
_READ_BACK = 120.0
"""Seconds after which reactions are read again, while items of triage are unfinished."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A kind in a division, and when it is to be read next; 0 where it never was."""

    division: int
    kind: Kind
    at: float


class Agenda:
    """One customer's plan at one moment."""

    def __init__(self, config: Config, ledger: Ledger, now: float) -> None:
        self._config = config
        self._ledger = ledger
        self._now = now

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Every kind of every division, the next first."""
        each = (turn for code in self._config.exact.divisions for turn in self._turns_of(code))
        return tuple(sorted(each, key=lambda turn: turn.at))

    @property
    def due(self) -> frozenset[Place]:
        """What is to be read now. A time far ahead is that of a clock that was set back."""
        return frozenset(
            (turn.division, turn.kind)
            for turn in self.turns
            if not self._now < turn.at <= self._now + self._bound + CRON
        )

    @property
    def later(self) -> tuple[Turn, ...]:
        """What is left for now, the next first."""
        return tuple(turn for turn in self.turns if (turn.division, turn.kind) not in self.due)

    @property
    def next_at(self) -> float | None:
        """When something is read next."""
        return self.turns[0].at if self.turns else None

    @property
    def must_read_at(self) -> float:
        """When the first kind will have waited as long as any may."""
        places = product(self._config.exact.divisions, self._config.read_kinds())
        lasts = (self._last(division, kind) for division, kind in places)
        tried = (max(tried_at, read_at or 0.0) for read_at, tried_at in lasts)
        return min(tried, default=self._now) + self._bound

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done now, neither to read nor to send."""
        return not (self.due or any(self._asks()))

    @property
    def exit_code(self) -> int:
        """That of a run which finds nothing to do: what the latest runs met still stands. A person
        who typed a command meanwhile, another one or for a part, has not mended it."""
        troubles = self._ledger.troubles.all()
        weights = {trouble.weight for trouble in troubles} - {Weight.NOTICE}
        if not weights:
            return OK
        usual = PERSON if Weight.PERSON in weights else TEMPORARY
        return self._ledger.last_trouble() or usual

    @property
    def all_well(self) -> bool:
        """Whether the latest reading of each kind came to its end."""
        cursors = [self._ledger.cursors.get(turn.division, turn.kind) for turn in self.turns]
        return all(cursor is not None and cursor.is_well for cursor in cursors)

    # -- what is not read but done ---------------------------------------------------------

    def _asks(self) -> Iterator[bool]:
        """The questions whose answer calls for a run, the cheapest first."""
        ledger, now = self._ledger, self._now
        yield ledger.backlog.size(now) > 0
        yield self._day_began() or self._config_is_newer()
        yield self._deletions_wait() and self._last_poll_is_over(AGAIN)
        yield ledger.files.any_due(now)
        yield any(self._report_is_due(report) for report in self._config.reports)
        yield bool(self._config.close) and self._close_is_due()
        yield self._digest_is_due()
        yield self._items_wait() and self._last_poll_is_over(_READ_BACK)

    def _items_wait(self) -> bool:
        """Whether anything is somebody's and unfinished where the config still asks for triage."""
        channels = {route.channel for route in self._config.routes if route.triage}
        return bool(channels) and self._ledger.items.is_unfinished_in(channels)

    def _report_is_due(self, report: Report) -> bool:
        plan = self._ledger.reports.plan(report.name)
        if plan is None:
            return True
        last = self._ledger.reports.latest(report.name)
        handled = max(plan.since, plan.tried_at, (last.due_at or 0.0) if last else 0.0)
        return report.due(self._now, self._config.zone()) > handled

    def _close_is_due(self) -> bool:
        from exact_slack.close.scheduled import is_due

        return is_due(self._config, self._ledger, self._now)

    def _digest_is_due(self) -> bool:
        if not self._ledger.digests.collecting():
            return False
        from exact_slack.plan.listed.digests import Digests

        return Digests(self._config, self._ledger).any_due(self._now)

    def _day_began(self) -> bool:
        """Since the last poll: what became due is told."""
        zone = self._config.zone()
        return day_of(self._polled_at, zone) < day_of(self._now, zone)

    def _config_is_newer(self) -> bool:
        """What waits may go elsewhere by it, or wait no longer."""
        with suppress(OSError):
            return self._polled_at < self._config.path.stat().st_mtime <= self._now
        return False

    def _deletions_wait(self) -> bool:
        return any(map(self._deletions_wait_in, self._config.exact.divisions))

    def _deletions_wait_in(self, division: int) -> bool:
        cursors, now = self._ledger.cursors, self._now
        last = cursors.deletions(division)
        if last is None or not hour_is_over(last[1], now):
            return False
        return not cursors.capabilities(division, DELETED, now)  # Exact does not tell

    def _last_poll_is_over(self, seconds: float) -> bool:
        return not 0 <= self._now - self._polled_at < seconds - CRON / 2

    @cached_property
    def _polled_at(self) -> float:
        """When the last poll began that ended; 0 where there was none."""
        last = self._ledger.recent_polls(1)
        return last[0].started_at if last else 0.0

    # -- what is read ----------------------------------------------------------------------

    @property
    def _bound(self) -> float:
        return max(seconds(self._config.poll_at_least_every) - CRON, CRON)

    def _turns_of(self, division: int) -> Iterator[Turn]:
        ledger, now, kinds = self._ledger, self._now, self._config.read_kinds()
        hours = _hours_left(now)
        exact_now = int(now * 1000) + (known_ahead_ms(ledger.db) or 0)
        habits = ledger.rhythm.of(division, hour_of(exact_now))
        rates = habits.rates(kinds, len(hours))
        arrivals = (arrival for arrival in ledger.inbox.arrivals() if arrival.division == division)
        webhooks = {arrival.kind for arrival in arrivals if arrival.come_to(now)}
        kindred = {}
        for kind in kinds:
            read_at, tried_at = self._last(division, kind)
            has_webhooks = kind in webhooks
            kindred[kind.value] = Kindred(rates[kind], read_at, tried_at, has_webhooks=has_webhooks)
        weights = habits.weights(rates)
        seconds = intervals(kindred, Day(self._calls(division), hours, weights, self._bound))
        for kind in kinds:
            yield Turn(division, kind, due_at(kindred[kind.value], seconds[kind.value]))

    def _last(self, division: int, kind: Kind) -> tuple[float | None, float]:
        """When it was read and tried last. What a clock says that was set back since, does not
        count: nobody knows how long ago that was."""
        cursor = self._ledger.cursors.get(division, kind)
        if cursor is None:
            read_at, tried_at = None, self._ledger.cursors.tried_at(division, kind)
        else:
            read_at, tried_at = cursor.read_at, cursor.tried_at
        is_known = read_at is not None and read_at <= self._now
        return read_at if is_known else None, tried_at if tried_at <= self._now else 0.0

    def _calls(self, division: int) -> float:
        """What readings may cost up to the end of Exact's day."""
        made, left = self._ledger.cursors.calls(utc_day(self._now)).get(division, (0, None))
        limit = A_DAY if left is None else made + left
        kept = max(limit * _OF_DAY, reserve(self._config))
        share = _ALL_DIVISIONS / len(self._config.exact.divisions)
        return min(limit - kept, share) - made


def _hours_left(now: float) -> list[float]:
    """What is left of this hour, and each that follows up to midnight UTC."""
    first = 1.0 - now % _HOUR / _HOUR
    return [first, *[1.0] * (23 - int(now % _DAY // _HOUR))]
