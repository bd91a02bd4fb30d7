"""A working week, minute by minute: `poll --due` beside fixed intervals, by how long a change waits
to be read and by what that costs. The trace is week.json; the plan is the product's own, over its
own ledger and with a clock that is set on. No call is made, so that a week takes minutes: a reading
costs a call, one more where it finds something (look-ups), and deletions one an hour.

    python -m bench.week [days]
"""

import json
import random
import sys
import tempfile
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, quantiles

from exact_slack.config.load import load
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.activity import utc_day
from exact_slack.ledger.incoming.rhythm import hour_of
from exact_slack.ledger.ledger import Ledger
from exact_slack.runs.agenda import Agenda

DIVISION, MONDAY, DAY = 123456, 1_795_392_000.0, 86_400.0
"""Monday 23 November 2026, 00:00 UTC; Exact's clock is taken to be that, too."""
OFFICE = range(8, 18)
CONFIG = """\
exact:
  region: nl
  divisions: [123456]
  client_id: a
  client_secret: b
  redirect_uri: https://example.com/
routes: [{name: all, channel: "#feed", when: {kind: ["*"]}}]
"""


def trace(days: int, seed: int = 1) -> dict[Kind, list[float]]:
    """When each change happens, by kind."""
    data = json.loads(Path(__file__).with_name("week.json").read_text(encoding="utf-8"))
    draw = random.Random(seed)
    found: dict[Kind, list[float]] = {}
    for name, count in data["documents"].items():
        moments = found.setdefault(Kind(name), [])
        for day in range(days):
            for _ in range(round(count * data["days"][day % 7])):
                hour = draw.choices(range(24), data["hours"])[0]
                moments.append(MONDAY + day * DAY + (hour + draw.random()) * 3600)
            for one in data["imports"] if day % 7 < 5 else ():
                if one["kind"] == name:
                    step, begin = one["minutes"] * 60 / one["documents"], one["hour"] * 3600
                    first = MONDAY + day * DAY + begin
                    moments += [first + number * step for number in range(one["documents"])]
        moments.sort()
    return found


@dataclass
class Outcome:
    """What a way to poll brought."""

    waits: list[float] = field(default_factory=list)
    office: list[float] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)

    def read(self, moments: list[float], now: float) -> None:
        """Changes that are found now."""
        for moment in moments:
            self.waits.append(now - moment)
            of_day = (moment - MONDAY) % DAY / 3600
            if int(of_day) in OFFICE and (moment - MONDAY) // DAY % 7 < 5:
                self.office.append(now - moment)

    def says(self, name: str) -> str:
        """One line."""
        most = quantiles(self.office, n=20)[-1]
        return (
            f"{name:22} {mean(self.office):6.0f} s {most:6.0f} s {max(self.waits):6.0f} s"
            f" {max(self.calls.values()):6d} calls"
        )


def fixed(seconds: float, days: int) -> Outcome:
    """All kinds at once, at each interval."""
    found = Outcome()
    for kind, moments in trace(days).items():
        del kind
        seen, now = 0, MONDAY
        while now < MONDAY + days * DAY:
            upto = bisect_right(moments, now)
            news = moments[seen:upto]
            found.read(news, now)
            day = utc_day(now)
            found.calls[day] = found.calls.get(day, 0) + 1 + bool(news)
            seen, now = upto, now + seconds
    return found


def by_plan(days: int) -> Outcome:
    """`poll --due` every minute."""
    found, moments = Outcome(), trace(days)
    seen = dict.fromkeys(moments, 0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "week.yaml"
        path.write_text(CONFIG, encoding="utf-8")
        path.chmod(0o600)
        config, ledger = load(path), Ledger(Path(folder) / "state")
        ledger.db.run("PRAGMA synchronous=OFF")
        with ledger.transaction():
            ledger.rhythm.begin(hour_of(int(MONDAY * 1000)))
            for kind in moments:
                start = ServerMs(int(MONDAY * 1000))
                ledger.cursors.start(DIVISION, kind, start, start, MONDAY)
        for minute in range(1, days * 1440):
            now = MONDAY + minute * 60.0
            calls = int(minute % 60 == 0)
            with ledger.transaction():
                for _, kind in Agenda(config, ledger, now).due:
                    upto = bisect_right(moments.get(kind, []), now)
                    news = moments.get(kind, [])[seen.get(kind, 0) : upto]
                    found.read(news, now)
                    seen[kind] = upto
                    calls += 1 + bool(news)
                    fresh = [ServerMs(int(moment * 1000)) for moment in news]
                    ledger.rhythm.add(DIVISION, kind, fresh, now)
                    ledger.cursors.begin(DIVISION, [kind], now)
                    ledger.cursors.finished(DIVISION, kind, deep=False, now=now + 5)
                day = utc_day(now)
                if calls:
                    ledger.cursors.add_calls(DIVISION, day, calls, None)
                found.calls[day] = found.calls.get(day, 0) + calls
        ledger.close()
    return found


def main() -> None:
    """The table: delays in office hours, the longest of all, and the dearest day."""
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    print(f"{'':22} {'mean':>8} {'95 %':>8} {'longest':>8}")
    print(by_plan(days).says("poll --due, 1 minute"))
    print(fixed(300.0, days).says("poll, 5 minutes"))
    print(fixed(900.0, days).says("poll, 15 minutes"))


if __name__ == "__main__":
    main()
