"""How many calls were made and how many are left: 60 a minute and 5,000 a day for each app and
division (Exact's API limits article). The headers come in two families, of the day and of the
minute; an answer may carry both, one or none, so what is absent says nothing, not zero
(picqer/exact-php-client #609, #646)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from exact_slack.clock import Clock
from exact_slack.exact.errors import DayUsedUp

LONGEST_WAIT: Final = 61.0
"""Seconds: a minute of Exact's and a little."""
A_MINUTE: Final = 60
A_DAY: Final = 5000
"""Calls of an app in a division, where the headers do not say otherwise."""
_FIRST_EPOCH_MS: Final = 10**12
"""Anything smaller is no time in epoch milliseconds (one article calls Reset a remaining time)."""


@dataclass(frozen=True, slots=True)
class RateState:
    """What the headers said last; None where they said nothing."""

    day_limit: int | None = None
    day_remaining: int | None = None
    day_reset_ms: int | None = None
    minute_remaining: int | None = None
    minute_reset_ms: int | None = None
    minute_limit: int | None = None


def read_rates(headers: Mapping[str, str]) -> RateState:
    """The rate headers of one answer."""

    def number(name: str) -> int | None:
        text = headers.get(name, "").strip()
        return int(text) if text.isdecimal() else None

    return RateState(
        day_limit=number("X-RateLimit-Limit"),
        day_remaining=number("X-RateLimit-Remaining"),
        day_reset_ms=number("X-RateLimit-Reset"),
        minute_remaining=number("X-RateLimit-Minutely-Remaining"),
        minute_reset_ms=number("X-RateLimit-Minutely-Reset"),
        minute_limit=number("X-RateLimit-Minutely-Limit"),
    )


class CallCounter:
    """The calls of this run, and the last rate state of each division."""

    def __init__(self) -> None:
        self.per_division: dict[int, int] = {}
        self.total = 0
        """All calls, those without a division too."""
        self.rates: dict[int, RateState] = {}
        self._seen_at: dict[int, float] = {}
        self._minutes: dict[int, tuple[int, int]] = {}
        """Per division: a clock minute, and the calls in it over all processes."""

    def count(self, division: int | None, now: float = 0.0) -> None:
        """One request is sent."""
        self.total += 1
        if division is None:
            return
        self.per_division[division] = self.per_division.get(division, 0) + 1
        minute, used = self._minutes.get(division, (0, 0))
        this = int(now // 60)
        self._minutes[division] = (this, used + 1 if minute == this else 1)

    def export(self, division: int) -> dict[str, Any]:
        """What other processes should know before they call."""
        return {
            "rates": asdict(self.rates.get(division, RateState())),
            "seen_at": self._seen_at.get(division, 0.0),
            "minute": list(self._minutes.get(division, (0, 0))),
        }

    def adopt(self, division: int, shared: Mapping[str, Any]) -> None:
        """Take over what another process exported; anything odd is ignored."""
        try:
            rates = RateState(**shared["rates"])
            seen_at, (minute, used) = float(shared["seen_at"]), shared["minute"]
            self._minutes[division] = (int(minute), int(used))
        except (KeyError, TypeError, ValueError):
            return
        self.rates[division], self._seen_at[division] = rates, seen_at

    def day_left(self, division: int, now: float) -> int | None:
        """Calls left today, as the headers said last; None where nothing is known of this day."""
        state = self.rates.get(division, RateState())
        seen = self._seen_at.get(division, 0.0)
        if state.day_remaining is None or now >= _end(state.day_reset_ms, seen, 86400):
            return None
        return state.day_remaining

    def observe(self, division: int | None, headers: Mapping[str, str], clock: Clock) -> None:
        """Take over what an answer says; what it does not say stays as it was."""
        if division is None:
            return
        seen = read_rates(headers)
        state = self.rates.get(division, RateState())
        if seen.day_remaining is not None:
            state = replace(
                state,
                day_limit=seen.day_limit if seen.day_limit is not None else state.day_limit,
                day_remaining=seen.day_remaining,
                day_reset_ms=seen.day_reset_ms,
            )
        if seen.minute_remaining is not None:
            state = replace(
                state,
                minute_remaining=seen.minute_remaining,
                minute_reset_ms=seen.minute_reset_ms,
                minute_limit=seen.minute_limit,
            )
        self.rates[division] = state
        self._seen_at[division] = clock.now()

    def day_is_over(self, division: int, clock: Clock) -> None:
        """A daily 429 came: no more calls until Exact's day ends."""
        state = self.rates.get(division, RateState())
        self.rates[division] = replace(state, day_remaining=0)
        self._seen_at[division] = clock.now()

    def minute_is_over(self, division: int | None) -> None:
        """The full minute was waited out."""
        if division in self.rates:
            self.rates[division] = replace(self.rates[division], minute_remaining=None)

    def before_call(self, division: int | None, clock: Clock) -> None:
        """Wait for the next minute when this one is used up; raise DayUsedUp when the day is."""
        if division is None:
            return
        state, seen = self.rates.get(division, RateState()), self._seen_at.get(division, 0.0)
        if self.day_left(division, clock.now()) == 0:
            raise used_up(division)
        until = 0.0
        if state.minute_remaining == 0:
            until = _end(state.minute_reset_ms, seen, 60)
        minute, used = self._minutes.get(division, (0, 0))
        if state.minute_remaining is None and used >= A_MINUTE:
            until = max(until, (minute + 1) * 60.0)
        wait = until - clock.now()
        if wait > 0:
            clock.sleep(min(wait, LONGEST_WAIT))  # longer: the local clock was set back
        if state.minute_remaining == 0:
            self.rates[division] = replace(state, minute_remaining=None)


def used_up(division: int) -> DayUsedUp:
    """The error for a day without calls left."""
    return DayUsedUp(
        division,
        "the next run after Exact's day ends (midnight UTC) goes on where this one stopped.",
    )


def is_daily(headers: Mapping[str, str]) -> bool:
    """Whether a 429 is about the day: only the exceeded family's headers come, sometimes none."""
    seen = read_rates(headers)
    if seen.day_remaining is None:
        return False
    return seen.day_remaining == 0 or seen.minute_remaining is None


def wait_after(headers: Mapping[str, str], clock: Clock) -> float:
    """Seconds until Exact's next clock minute, by the answer's own `Date` where it has one."""
    from email.utils import parsedate_to_datetime

    now = clock.now()
    with suppress(KeyError, ValueError, TypeError):
        now = parsedate_to_datetime(headers["Date"]).timestamp()
    until = _end(read_rates(headers).minute_reset_ms, now, 60)
    wait = until - now
    if not 0 < wait <= 60:
        wait = 60 - now % 60
    return min(wait + 0.5, LONGEST_WAIT)


def _end(reset_ms: int | None, seen: float, period: int) -> float:
    """When a period ends: as the header says, else at the next full minute or UTC day."""
    if reset_ms is not None and reset_ms >= _FIRST_EPOCH_MS:
        return reset_ms / 1000
    return (seen // period + 1) * period
