"""`status`: what the ledger knows, as data."""

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from exact_slack.app.allowance import schedule
from exact_slack.app.customer import Customer
from exact_slack.app.origin import MARK
from exact_slack.collect import window
from exact_slack.collect.unreadable import UNREADABLE_CURE
from exact_slack.config.load import not_here
from exact_slack.config.timing import iso, local
from exact_slack.errors import OK, ConfigError, ExactSlackError, LoginNeeded
from exact_slack.exact.auth.age import REFRESH_LIMIT_DAYS, unused_days, unused_warning
from exact_slack.exact.wire.budget import A_DAY
from exact_slack.exact.wire.turns import lock_of
from exact_slack.files import check_own, own
from exact_slack.ledger.activity import Tally, utc_day
from exact_slack.ledger.incoming.unreadable import Unreadable
from exact_slack.ledger.ledger import SLACK_SAYS_DEAD, Run, renamed_fact
from exact_slack.ledger.outgoing.states import REPLAYABLE, State
from exact_slack.plan.listed.digests import Digests
from exact_slack.runs.agenda import Agenda
from exact_slack.runs.frame.alerts import gone_stale, never_well
from exact_slack.runs.frame.busy import hung_sender, stuck
from exact_slack.runs.hearing import Hearing, hearing
from exact_slack.runs.learning import Learning, learning
from exact_slack.runs.needs import Need, needs, waiting
from exact_slack.serve import subscriptions

if TYPE_CHECKING:
    from exact_slack.triage.queue import Counts

_LISTED = 20
DAYS = 30
"""Days of activity that `status` tells."""


def _iso(seconds: float | None) -> str | None:
    return None if seconds is None else iso(seconds)


@dataclass(frozen=True, slots=True)
class Paused:
    """Deliveries that wait on purpose: until when, and why."""

    until: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class ReadTo:
    """How far a kind of a division was read, by Exact's clock, and when, by ours; and when
    `poll --due` reads it next."""

    division: int
    kind: str
    modified: str
    read_at: str | None
    due_at: str | None


@dataclass(frozen=True, slots=True)
class Untaken:
    """What Exact has and cannot be taken in."""

    division: int
    kind: str
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """How documents came: by webhooks and by polls."""

    division: int
    kind: str
    by_webhook: int
    by_poll: int
    last_webhook: str | None


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What webhooks brought, and what is wrong with their subscriptions."""

    waiting: int
    arrivals: list[Arrived]
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Status:
    """What `status --json` says, in its names and its order. Times are texts with an offset."""

    ok: bool
    last_success: str | None
    last_run: str | None
    held_since: str | None
    """Since when another run has held the lock for too long."""
    backlog: int
    drain_s: int
    failed: int
    """Documents; what exact-slack says of itself is not counted."""
    held: int
    """Documents, too; with those whose channel takes nothing."""
    ambiguous: int
    waiting: int
    waits: list[Paused]
    digests: list[dict[str, object]]
    reports: list[dict[str, object]]
    triage: "Counts | None"
    """What is somebody's and unfinished; None where no route has triage."""
    learning: list[Learning]
    """The exceptions for which Exact's past is not read yet."""
    socket: Hearing | None
    """How `serve` stands with Slack over Socket Mode; None without slack.app_token."""
    needs: list[Need]
    """What waits for a person, by name."""
    reasons: dict[str, int]
    parked_channels: dict[str, str]
    renamed_channels: dict[str, str]
    problems: list[object]
    unreadable: list[Untaken]
    cursors: list[ReadTo]
    budget: dict[str, object]
    auth: dict[str, object]
    webhooks: Webhooks
    activity: list[Tally]

    def as_json(self) -> dict[str, object]:
        """As `status --json` says it."""
        return asdict(self)


def status(customer: Customer) -> Status:
    """How things stand."""
    ledger, now, zone = customer.ledger, customer.clock.now(), customer.config.zone()
    counts, waits = ledger.backlog.counts(now), ledger.backlog.waits(now)
    trouble = ledger.deliveries.in_states(*REPLAYABLE)
    webhooks, auth = _webhooks(customer), _auth(customer)
    parked, last, unreadable = ledger.channels.parked(), ledger.last_run(), _unreadable(customer)
    digests = Digests(customer.config, ledger).standing(now)
    people = waiting(customer)
    named = needs(customer, people)
    stale, hanging = gone_stale(customer) or never_well(customer), stuck(customer)
    standing = [  # what `ok` asks for beside the logins
        str(hanging.problem) if hanging else str(hung_sender(customer) or ""),
        stale or "",
        *ledger.db.damaged_records,
        *_misplaced(customer),
        *(f"{row.sentence} {UNREADABLE_CURE}" for row in unreadable),
    ]
    problems = list(filter(None, standing))
    ended = ledger.last_ended()
    ended_well = ended is None or ended.exit_code == OK
    unsent = counts[State.FAILED] + counts[State.HELD]
    return Status(
        ok=ended_well and not (unsent or problems or parked) and auth.in_order,
        last_success=_iso(ledger.last_success()),
        last_run=_iso(last.started_at) if last else None,
        held_since=iso(hanging.since) if hanging else None,
        backlog=ledger.backlog.size(now),
        drain_s=_drain(customer),
        failed=people.documents(State.FAILED),
        held=people.documents(State.HELD),
        ambiguous=counts[State.AMBIGUOUS],
        waiting=sum(waiting.count for waiting in waits),
        waits=[Paused(local(w.until, zone).isoformat(), w.sentence, w.count) for w in waits],
        digests=digests,
        reports=_reports(customer),
        triage=_triage(customer),
        learning=learning(customer),
        socket=hearing(customer),
        needs=named,
        reasons=dict(Counter(d.sentence or d.state.value for d in trouble).most_common(_LISTED)),
        parked_channels=parked,
        renamed_channels=_renamed(customer),
        problems=list(dict.fromkeys([*problems, *_problems(ended), *_others(customer, ended)])),
        unreadable=[
            Untaken(row.division, row.kind.value, row.key, row.sentence) for row in unreadable
        ],
        cursors=_cursors(customer, now),
        budget=_budget(customer),
        auth=auth.as_json(),
        webhooks=webhooks,
        activity=_activity(customer, now),
    )


def _cursors(customer: Customer, now: float) -> list[ReadTo]:
    agenda = Agenda(customer.config, customer.ledger, now)
    due = {(turn.division, turn.kind): turn.at for turn in agenda.turns}
    return [
        ReadTo(
            c.division,
            c.kind.value,
            window.wall(c.high_watermark),
            _iso(c.read_at),
            _iso(due.get((c.division, c.kind))),
        )
        for c in customer.ledger.cursors.all()
    ]


def _unreadable(customer: Customer) -> list[Unreadable]:
    """What Exact has and cannot be taken in, of what the config reads."""
    config, unread = customer.config, customer.ledger.unreadable
    return [
        row
        for division in config.exact.divisions
        for kind in config.read_kinds()
        for row in unread.of(division, kind)
    ]


def _others(customer: Customer, last: Run | None) -> list[str]:
    """What polls met, where the latest run was none: it did not look at everything."""
    if last is None or last.command == "poll":
        return []
    return [str(trouble) for trouble in customer.ledger.troubles.all()]


def _triage(customer: Customer) -> "Counts | None":
    if not customer.config.has_triage():
        return None
    from exact_slack.triage.queue import counts

    return counts(customer)


def _reports(customer: Customer) -> list[dict[str, object]]:
    if not customer.config.reports:
        return []
    from exact_slack.reports.scheduled import standing

    return standing(customer)


def _problems(last: Run | None) -> list[object]:
    """What the last run met."""
    problems = last.summary.get("problems") if last else None
    if isinstance(problems, list) and problems:
        return problems
    if last is None or last.exit_code in (None, OK):
        return []
    return [f"The last {last.command} ended with exit code {last.exit_code}."]


def _renamed(customer: Customer) -> dict[str, str]:
    """Channels of the config that Slack calls otherwise by now, as its events tell."""
    config, ledger = customer.config, customer.ledger
    names = sorted(config.channels())
    renamed = {name: ledger.fact(renamed_fact(name)) for name in names}
    return {
        name: f"is now called {new}: write that in the config. Messages go on meanwhile."
        for name, new in renamed.items()
        if new
    }


def _activity(customer: Customer, now: float) -> list[Tally]:
    """What came in and went out in the last days, per day, kind and channel."""
    return customer.ledger.activity.since(utc_day(now - DAYS * 86400))


def _drain(customer: Customer) -> int:
    """Seconds to work off the backlog: one a second a channel, four a second altogether."""
    waiting = customer.ledger.backlog.by_channel()
    return max([*waiting.values(), sum(waiting.values()) // 4, 0])


def _webhooks(customer: Customer) -> Webhooks:
    inbox = customer.ledger.inbox
    return Webhooks(
        waiting=inbox.waiting(),
        arrivals=[
            Arrived(a.division, a.kind.value, a.by_webhook, a.by_poll, _iso(a.last_webhook))
            for a in inbox.arrivals()
        ],
        warnings=subscriptions.warnings(customer),
    )


def _budget(customer: Customer) -> dict[str, object]:
    used = customer.ledger.cursors.calls(customer.utc_day())
    result: dict[str, object] = {}
    for division in customer.config.exact.divisions:
        calls, left = used.get(division, (0, None))
        result[str(division)] = {
            "calls_today": calls,
            "left_today": left if left is not None else max(A_DAY - calls, 0),
        }
    costs = schedule(customer)
    result["schedule"] = asdict(costs) if costs else None
    return result


@dataclass(frozen=True, slots=True)
class _Login:
    """Whether there is one; None where that cannot be read, which is no word on the login."""

    there: bool | None
    problem: str

    @classmethod
    def looked_at(cls, look: Callable[[], object]) -> "_Login":
        """What looking at it says: LoginNeeded is about the login, all else about its place."""
        try:
            look()
        except LoginNeeded as error:
            return cls(there=False, problem=str(error))
        except ExactSlackError as error:
            return cls(None, str(error))
        return cls(there=True, problem="")


@dataclass(frozen=True, slots=True)
class _Auth:
    exact: _Login
    slack: _Login
    obtained_at: float | None
    unused: float | None
    """Days since the login at Exact was last renewed."""
    unwritable: str
    """Why the next tokens of Exact could not be stored, "" where they could."""

    @property
    def in_order(self) -> bool:
        return self.exact.there is True and self.slack.there is True and not self.unwritable

    def as_json(self) -> dict[str, object]:
        left = None if self.unused is None else round(REFRESH_LIMIT_DAYS - self.unused, 1)
        problems = (self.exact.problem, self.unwritable, self.slack.problem)
        return {
            "exact": self.exact.there,
            "exact_problem": self.exact.problem,
            "exact_refreshed_at": _iso(self.obtained_at),
            "exact_days_left": left,
            "slack": self.slack.there,
            "slack_problem": self.slack.problem,
            "warnings": [
                *dict.fromkeys(filter(None, problems)),
                *(unused_warning(self.unused) if self.unused is not None else []),
            ],
        }


def _auth(customer: Customer) -> _Auth:
    exact = _Login.looked_at(lambda: _login_in_use(customer))
    tokens = None
    with contextlib.suppress(ExactSlackError):
        tokens = customer.token_store.load()
    return _Auth(
        exact,
        _slack_login(customer),
        tokens.obtained_at if tokens else None,
        unused_days(tokens.obtained_at, customer.clock.now()) if tokens else None,
        _Login.looked_at(customer.token_store.check_writing).problem,
    )


def _login_in_use(customer: Customer) -> None:
    """Raises why the login cannot be used, or cannot be renewed from here."""
    trouble = customer.tokens.trouble()
    if trouble is not None:
        raise trouble
    for secret in not_here(customer.config, only=("exact.client_id", "exact.client_secret")):
        raise secret


def _slack_login(customer: Customer) -> _Login:
    dead = customer.ledger.fact(SLACK_SAYS_DEAD)
    if dead:
        return _Login(
            there=False, problem=f"Slack says {dead}: install the app again, then auth slack."
        )
    return _Login.looked_at(customer.slack_token)


def _misplaced(customer: Customer) -> list[str]:
    """What stands in the place of a file that only runs open: they would end with it."""
    lines = []
    locks = [lock_of(customer.state, division) for division in customer.config.exact.divisions]
    for path in (customer.state / MARK, *locks):
        try:
            with contextlib.suppress(OSError), own():
                check_own(path)
        except ConfigError as error:
            lines.append(str(error))
    return lines
