"""A working week, minute by minute: `poll --due` beside `poll` at fixed intervals, by how long
after a change its message stands in Slack, and by what that costs. The runs are the product's own,
in this process and against the sandbox, with a clock that is set on, as is that of both services.
What Slack's pace costs is in the delays; the time that this machine takes is not."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import mean, quantiles

from bench.figures import Figure, Section, Table
from bench.trace import DAY, KINDS, WITH_FILE, in_office_hours, least, trace
from bench.world import document, world
from exact_slack.app.customer import Customer, customer
from exact_slack.clock import Clock
from exact_slack.config.load import load
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.ledger.incoming.rhythm import hour_of
from exact_slack.runs.agenda import Agenda
from exact_slack.runs.poll import PollOptions, poll
from tests.e2e.rig import Rig

AHEAD = 3600.0
"""Exact's wall clock in winter."""
MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp() - AHEAD
"""When the week begins there."""
WEEK, MINUTE = 7 * DAY, 60.0
CALLS, MEAN, BOUND = 4500, 45.0, 14
"""The marks, and the longest interval in minutes: one less than the config says."""
Traces = Mapping[int, Mapping[Kind, Sequence[float]]]
"""What changes when, by division."""


class _Hands(Clock):
    """A clock that is set on."""

    def __init__(self) -> None:
        self.at = MONDAY

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += max(seconds, 0.0)


@dataclass
class Outcome:
    """What a way to poll brought, in seconds and in calls of a division on a day."""

    read: list[float] = field(default_factory=list)
    """From each change to when it was known."""
    office: list[float] = field(default_factory=list)
    """From each change in office hours to its message."""
    calls: list[int] = field(default_factory=list)

    @property
    def most(self) -> float:
        """What 95 % do not exceed."""
        return quantiles(self.office, n=20)[-1]

    def row(self, name: str) -> tuple[str, ...]:
        """A line of the table."""
        waits = (mean(self.office), self.most, max(self.read))
        days = (mean(self.calls), max(self.calls))
        return name, *(f"{wait:,.0f} s" for wait in waits), *(f"{calls:,.0f}" for calls in days)


def measure(runs: int) -> Section:
    """Weeks with other documents each, and one of every other way, side by side."""
    by_name = {f"poll --due, every minute, week {n + 1}": Play(seed=n + 1) for n in range(runs)}
    others = {
        "poll --due, every minute, in its first week": Play(weeks_before=0),
        "poll, every 5 minutes": Play(5),
        "poll, every 15 minutes": Play(15),
        "poll --due, every minute, three divisions, two days": Play(divisions=3, days=2),
    }
    with ProcessPoolExecutor() as pool:
        plays = by_name | others
        outcomes = dict(zip(plays, pool.map(played, plays.values()), strict=True))
    weeks = [outcomes[name] for name in by_name]
    return Section(
        "week",
        _figures(weeks),
        [
            Table(
                "A working week of eleven kinds, by how long news waits",
                ("way", "mean", "95 %", "longest until read", "calls a day", "most"),
                tuple(outcome.row(name) for name, outcome in outcomes.items()),
                "Mean and 95 %: from a change in office hours to its message, with Slack's pace. "
                "Calls: of a division. The rhythm of four weeks is known, but for the first week. "
                f"With every rate known beforehand, {CALLS:,} calls a day at whole minutes and "
                "nothing but the bound outside office hours, no plan can have a mean under "
                f"{least(CALLS, BOUND):.0f} s (bench/trace.py).",
            )
        ],
    )


def _figures(weeks: list[Outcome]) -> list[Figure]:
    name = "`poll --due` over a working week of eleven kinds in one division: "
    mean_delay = tuple(mean(week.office) for week in weeks)
    calls = tuple(float(max(week.calls)) for week in weeks)
    longest = tuple(max(week.read) for week in weeks)
    seconds, at_most = " s", f"at most {MEAN:.0f} s"
    return [
        Figure(f"{name}mean delay in office hours", mean_delay, at_most, MEAN, unit=seconds),
        Figure(f"{name}calls on the dearest day", calls, f"at most {CALLS:,}", CALLS),
        Figure(
            f"{name}longest until a change was read", longest, "at most 900 s", 900, unit=seconds
        ),
    ]


def by_plan(one: Customer) -> None:
    """What `poll --due` does."""
    agenda = Agenda(one.config, one.ledger, one.clock.now())
    if not agenda.is_idle:
        poll(one, PollOptions(by_plan=True))


def whole(one: Customer) -> None:
    """What `poll` does."""
    poll(one, PollOptions())


@dataclass(frozen=True)
class Play:
    """A week with a run every so many minutes; by plan where that is every minute."""

    minutes: int = 1
    seed: int = 1
    divisions: int = 1
    weeks_before: int = 4
    """Of which the ledger knows the rhythm. Their documents are others."""
    days: int = 5


def played(one: Play) -> Outcome:
    """What comes of it."""
    hands, run = _Hands(), by_plan if one.minutes == 1 else whole
    channels = len(KINDS)
    with world(
        KINDS, divisions=one.divisions, channels=channels, limits=True, clock=hands.now
    ) as rig:
        rig.routes = "".join(
            f'  - {{name: {kind.value}, when: {{kind: {kind.value}}}, channel: "#feed-{number}"}}\n'
            for number, kind in enumerate(KINDS)
        )
        rig.write_config()
        traces = {code: trace(one.seed * 100 + code, one.days) for code in rig.divisions}
        config, made = load(rig.config), _Maker(rig, hands, traces)
        with customer(config, hands) as first:
            for week in range(one.weeks_before, 0, -1):
                _remember(first, week, {code: trace(-code - week) for code in rig.divisions})
            poll(first, PollOptions())
        for minute in range(one.minutes, one.days * 1440 + 1, one.minutes):
            if hands.at >= MONDAY + minute * MINUTE:  # the run before is still at work
                continue
            hands.at = MONDAY + minute * MINUTE
            made.up_to(minute * MINUTE)
            with customer(config, hands) as this:
                run(this)
        with customer(config, hands) as last:
            return _outcome(last)


class _Maker:
    """Puts the documents into the sandbox as their time comes."""

    def __init__(self, rig: Rig, hands: _Hands, traces: Traces) -> None:
        self._rig, self._hands, self._traces = rig, hands, traces
        self._done = {(code, kind): 0 for code, kinds in traces.items() for kind in kinds}
        self._number = 0

    def up_to(self, moment: float) -> None:
        """All changes up to a moment of the week."""
        now = self._hands.at
        for (code, kind), done in self._done.items():
            moments = self._traces[code][kind]
            upto = bisect_right(moments, moment)
            for at in moments[done:upto]:
                self._hands.at, self._number = MONDAY + at, self._number + 1
                row = document(kind, self._number)
                if kind not in WITH_FILE:
                    row.pop("Document", None)
                self._rig.exact.store.upsert(code, ENDPOINTS[kind].path, row)
            self._done[code, kind] = upto
        self._hands.at = now


def _remember(one: Customer, week: int, traces: Traces) -> None:
    """The ledger learns what changed so many weeks ago, as if it had been read then."""
    begin = MONDAY + AHEAD - week * WEEK
    with one.ledger.transaction():
        for code, kinds in traces.items():
            for kind, moments in kinds.items():
                one.ledger.rhythm.begin(code, kind, hour_of(int(begin * 1000)))
                changed = [ServerMs(int((begin + moment) * 1000)) for moment in moments]
                one.ledger.rhythm.add(code, kind, changed, one.clock.now())


def _outcome(one: Customer) -> Outcome:
    """What the ledger knows of the week."""
    found = Outcome()
    for row in one.ledger.db.rows(
        "SELECT modified, first_seen, done_at FROM documents d JOIN deliveries x"
        " ON x.document=d.id AND x.action='head' AND x.state='posted'"
    ):
        changed = row["modified"] / 1000 - AHEAD
        found.read.append(row["first_seen"] - changed)
        if in_office_hours(changed - MONDAY):
            found.office.append(row["done_at"] - changed)
    found.calls = [row["calls"] for row in one.ledger.db.rows("SELECT calls FROM calls")]
    return found
