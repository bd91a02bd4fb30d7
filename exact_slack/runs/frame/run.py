"""Around every run that sends: the lock, the record of the run, and the delivery itself."""

import logging
import sqlite3
from collections.abc import Callable
from math import inf

from exact_slack import speaking
from exact_slack.app import origin
from exact_slack.app.customer import Customer
from exact_slack.app.isolated import unforeseen
from exact_slack.app.summary import SLACK_WAITS, Summary
from exact_slack.errors import PERSON, TEMPORARY, ExactSlackError, TemporaryError, Unforeseen
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.schema.lock import Owner, RunLock, anyone_sends
from exact_slack.ledger.troubles import Part
from exact_slack.plan.waiting.prepare import prepare
from exact_slack.runs import retention
from exact_slack.runs.frame import alerts
from exact_slack.runs.frame.busy import Skipped, hung_sender, stuck

log = logging.getLogger("exact_slack.runs")


def step(summary: Summary, part: Part, step: Callable[[], None]) -> None:
    """Run one half; its failure is told and leaves the other half to do its work."""
    summary.part = part
    try:
        step()
        summary.whole.add(part)
    except ExactSlackError as error:
        summary.problem(error)
    except sqlite3.Error:
        raise
    except Exception as error:  # what nobody foresaw in one half leaves the other to do its work
        log.debug("one half of a run ended", exc_info=True)
        summary.problem(unforeseen("one half of the run", error))
    finally:
        summary.part = Part.RUN


def deliver(
    customer: Customer,
    summary: Summary,
    max_posts: int | None = None,
    resend: frozenset[int] = frozenset(),
    until: float = inf,
) -> None:
    """Work off what is due, up to a moment. `resend`: deliveries to send also where no look-up is
    possible."""
    ledger = customer.ledger
    prepare(customer, summary)
    if not (ledger.backlog.size(customer.clock.now()) or ledger.channels.parked()):
        summary.whole.add(Part.DELIVER)  # nothing waits for Slack
        return
    from exact_slack.deliver.deliverer import Deliverer
    from exact_slack.deliver.files import FileSender
    from exact_slack.deliver.session import Session

    def work() -> None:
        owner = Owner(ledger.folder)
        try:
            session = Session.of(customer, owner, summary)
            files = FileSender(customer, session.client, summary)
            deliverer = Deliverer(session, files, resend=resend)
            summary.capped = deliverer.run(max_posts, until)
        finally:
            owner.close()

    step(summary, Part.DELIVER, work)


def _skipped(customer: Customer) -> Skipped:
    stuck_run = stuck(customer)
    if stuck_run is None:
        return Skipped(None)
    news = alerts.skipped(customer, stuck_run.problem)
    if news:
        deliver(customer, Summary())
    return Skipped(stuck_run, news)


def locked(
    customer: Customer, command: str, work: Callable[[int, Summary], None]
) -> Summary | Skipped:
    """Run `work` under the run lock and record how it ended, in the metrics, too."""
    if customer.config.monitoring.metrics_file is None:
        return _locked(customer, command, work)
    from exact_slack.metrics import file as metrics

    def measured(run: int, summary: Summary) -> None:
        if (notice := metrics.trouble(customer)) is not None:
            summary.problem(notice)
        work(run, summary)

    started = customer.clock.now()
    code: int | None = PERSON
    try:
        done = _locked(customer, command, measured)
        code = done.exit_code() if isinstance(done, Summary) else done.exit_code or None
    except ExactSlackError as error:
        code = error.exit_code
        raise
    finally:
        if code is not None:  # else the run that is at work tells how it ended
            metrics.write(customer, command, started, code)
    return done


def _locked(
    customer: Customer, command: str, work: Callable[[int, Summary], None]
) -> Summary | Skipped:
    ledger, clock = customer.ledger, customer.clock
    lock = RunLock(ledger.folder)
    if not lock.take(clock.now()):
        return _skipped(customer)
    try:
        summary, started = Summary(), clock.now()
        run = ledger.start_run(command, started)
        speaking.run.set(run)
        for noticed in origin.began(ledger, customer.state, run, started):
            summary.problem(noticed)
        work(run, summary)
        _prove(customer, summary)
        _close(customer, summary, started)
        if summary.beside and (hung := hung_sender(customer)) is not None:
            summary.problem(hung)
        if (clocks := retention.run(customer)) is not None:
            summary.problem(clocks)
        if _is_left_without_a_word(summary):
            summary.problem(_left(summary))
        if alerts.plan(customer, summary, started):
            deliver(customer, summary)
            _close(customer, summary, started)
            if _is_left_without_a_word(summary):
                summary.problem(_left(summary))
        customer.notebook.prepare()
        ledger.end_run(run, summary.exit_code(), summary.as_record(), clock.now())
        return summary
    finally:
        lock.release()


def _prove(customer: Customer, summary: Summary) -> None:
    """What nobody foresaw may come of a damaged ledger: then that is what is told."""
    if any(isinstance(problem, Unforeseen) for problem in summary.problems):
        damage = customer.damage()
        if damage is not None:
            others = [p for p in summary.problems if not isinstance(p, Unforeseen)]
            summary.problems[:] = [*others, damage]
    for record in customer.ledger.db.damaged_records.values():
        summary.problem(record)


def _is_left_without_a_word(summary: Summary) -> bool:
    return summary.exit_code() == TEMPORARY and not summary.problems


def _left(summary: Summary) -> TemporaryError:
    count = summary.pending + summary.ambiguous
    return TemporaryError(
        f"{count} {'message is' if count == 1 else 'messages are'} still on the way to Slack.",
        "The next run goes on.",
        cause=SLACK_WAITS,
    )


def _close(customer: Customer, summary: Summary, started: float) -> None:
    backlog, now = customer.ledger.backlog, customer.clock.now()
    counts = backlog.counts(now)
    summary.waiting = sum(waiting.count for waiting in backlog.waits(now))
    summary.failed = counts[State.FAILED]
    summary.held = counts[State.HELD]
    summary.ambiguous = counts[State.AMBIGUOUS]
    moving = (State.PENDING, State.SENDING, State.LIMITED, State.REFUSED)
    summary.pending = sum(counts[state] for state in moving)
    unsent = summary.pending or summary.ambiguous
    summary.beside = bool(unsent) and anyone_sends(customer.state)
    summary.exact_calls = customer.calls.total
    summary.slack_calls = customer.slack_calls()
    summary.duration_s = round(now - started, 3)
    customer.record_calls()
