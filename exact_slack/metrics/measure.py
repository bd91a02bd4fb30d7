"""What is measured of a customer, read from its ledger. docs/how-to/monitoring.md has the table.

Labels are few and known beforehand: the config's name, a kind, an outcome. Never an id, a name, an
amount or a text of Exact's. A series that is known is there from the start, as 0. Moments are Unix
times, so that their age is right however old the file is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from exact_slack import __version__
from exact_slack.app.customer import Customer
from exact_slack.errors import OK, ExactSlackError
from exact_slack.exact.auth.age import REFRESH_LIMIT_DAYS
from exact_slack.exact.wire.budget import A_DAY
from exact_slack.ledger.counters import BUCKETS, Counter, Distribution
from exact_slack.ledger.outgoing.states import State
from exact_slack.metrics.family import PREFIX, Family, Sample, Type, number, text

_DAY = 86400.0
_NO_KIND = "none"
"""The label of what is about no document of its own: lists, reports, alerts."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, seconds since 1970."""

    at: float
    duration: float
    exit_code: int
    is_poll: bool


def name_of(config: Path) -> str:
    """What the label `customer` says."""
    return config.stem


def page(customer: Customer, ended: Ended | None = None) -> str:
    """All metrics. `ended`: the run that ends now, of which the ledger may not know yet."""
    return text(_families(customer, ended), name_of(customer.config.path))


def with_end(old: str, ended: Ended) -> str:
    """An earlier page with another end of the last run."""
    values = {
        "last_run_timestamp_seconds": ended.at,
        "last_run_duration_seconds": ended.duration,
        "last_run_exit_code": ended.exit_code,
    }
    for name, value in values.items():
        old = re.sub(
            rf"^({PREFIX}{name}\{{.*\}}) .*$", rf"\g<1> {number(value)}", old, flags=re.MULTILINE
        )
    return old


def _families(customer: Customer, ended: Ended | None) -> Iterator[Family]:
    yield _gauge("build_info", "The version that wrote this.", _one(1, version=__version__))
    yield from _runs(customer, ended)
    yield from _deliveries(customer)
    yield from _calls(customer)
    yield from _freshness(customer)


def _runs(customer: Customer, ended: Ended | None) -> Iterator[Family]:
    last, success = ended or _recorded(customer), customer.ledger.last_success() or 0.0
    if ended is not None and ended.is_poll and ended.exit_code == OK:
        success = ended.at
    yield _gauge(
        "last_success_timestamp_seconds",
        "Unix time of the last poll that ended without a problem; 0 before the first.",
        _one(success),
    )
    yield _gauge(
        "last_run_timestamp_seconds",
        "Unix time at which the last run ended, well or not; 0 before the first.",
        _one(last.at),
    )
    yield _gauge("last_run_duration_seconds", "How long the last run took.", _one(last.duration))
    yield _gauge(
        "last_run_exit_code",
        "The exit code of the last run: 0 well, 1 a person is needed, 3 log in, 75 temporary.",
        _one(last.exit_code),
    )


def _recorded(customer: Customer) -> Ended:
    run = customer.ledger.last_ended()
    if run is None or run.ended_at is None:
        return Ended(0.0, 0.0, OK, is_poll=False)
    duration = max(run.ended_at - run.started_at, 0.0)
    return Ended(run.ended_at, duration, run.exit_code or OK, is_poll=run.command == "poll")


def _deliveries(customer: Customer) -> Iterator[Family]:
    backlog, now = customer.ledger.backlog, customer.clock.now()
    counts = backlog.counts(now)
    yield _gauge(
        "backlog_deliveries",
        "Messages and edits that go out without a person, as soon as they can.",
        _one(backlog.size(now)),
    )
    outcomes = {
        "held": counts[State.HELD],
        "failed": counts[State.FAILED],
        "ambiguous": counts[State.AMBIGUOUS],
        "waiting": sum(waiting.count for waiting in backlog.waits(now)),
    }
    yield _gauge(
        "deliveries",
        "Messages that are held or failed (a person is needed), whose outcome is looked up, or"
        " that wait on purpose.",
        (Sample(count, {"outcome": outcome}) for outcome, count in outcomes.items()),
    )
    for name, counter, what in (
        ("posted_messages_total", Counter.POSTED, "Messages posted, by the document's kind."),
        ("edited_messages_total", Counter.EDITED, "Messages edited, by the document's kind."),
    ):
        yield _counter(name, what, _by_kind(customer, counter))


def _by_kind(customer: Customer, counter: Counter) -> Iterator[Sample]:
    values = customer.ledger.counters.by_label(counter)
    routed = (kind.value for kind in customer.config.routed_kinds())
    for kind in sorted({*routed, "", *values}):
        yield Sample(values.get(kind, 0), {"kind": kind or _NO_KIND})


def _calls(customer: Customer) -> Iterator[Family]:
    counters = customer.ledger.counters
    exact, slack = counters.total(Counter.EXACT_CALLS), counters.total(Counter.SLACK_CALLS)
    yield _counter("exact_calls_total", "Calls to Exact Online.", _one(exact))
    yield _counter("slack_calls_total", "Calls to Slack.", _one(slack))
    yield _gauge(
        "exact_calls_remaining",
        "Calls that Exact takes today (UTC), in the division with the fewest left.",
        _one(_calls_left(customer), window="day"),
    )
    yield _gauge(
        "exact_login_expires_timestamp_seconds",
        "Unix time at which the login at Exact ends unless a poll renews it; 0 without a login.",
        _one(_login_ends(customer)),
    )


def _calls_left(customer: Customer) -> int:
    made = customer.ledger.cursors.calls(customer.utc_day())
    counts = (made.get(division, (0, None)) for division in customer.config.exact.divisions)
    return min(max(A_DAY - calls, 0) if left is None else left for calls, left in counts)


def _login_ends(customer: Customer) -> float:
    try:
        tokens = customer.token_store.load()
    except ExactSlackError:
        return 0.0  # nobody can log in with what cannot be read
    return tokens.obtained_at + REFRESH_LIMIT_DAYS * _DAY if tokens else 0.0


def _freshness(customer: Customer) -> Iterator[Family]:
    counters, inbox = customer.ledger.counters, customer.ledger.inbox
    unfinished = customer.ledger.items.unfinished()
    yield _gauge(
        "oldest_open_exception_timestamp_seconds",
        "Unix time of the oldest item of triage that nobody has finished; 0 if there is none.",
        _one(min((item.opened_at for item in unfinished), default=0.0)),
    )
    yield _histogram(
        "delivery_delay_seconds",
        "From Modified in Exact to the message that tells of it; what waits on purpose, too.",
        counters.distribution(Counter.DELAY),
    )
    yield _histogram(
        "webhook_lag_seconds",
        "From a webhook to its document having been read.",
        counters.distribution(Counter.WEBHOOK_LAG),
    )
    yield _gauge(
        "oldest_waiting_webhook_timestamp_seconds",
        "Unix time of the oldest webhook whose document was not read yet; 0 if none waits.",
        _one(inbox.oldest() or 0.0),
    )


def _one(value: float, **labels: str) -> tuple[Sample, ...]:
    return (Sample(value, labels),)


def _gauge(name: str, text: str, samples: Iterable[Sample]) -> Family:
    return Family(name, Type.GAUGE, text, tuple(samples))


def _counter(name: str, text: str, samples: Iterable[Sample]) -> Family:
    return Family(name, Type.COUNTER, text, tuple(samples))


def _histogram(name: str, text: str, distribution: Distribution) -> Family:
    buckets = [
        Sample(count, {"le": number(bound)}, "_bucket")
        for bound, count in zip(BUCKETS, distribution.up_to, strict=True)
    ]
    parts = (Sample(distribution.total, {}, "_sum"), Sample(distribution.count, {}, "_count"))
    return Family(name, Type.HISTOGRAM, text, (*buckets, *parts))
