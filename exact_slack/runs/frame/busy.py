"""Another process has the lock, or sends. That is usual; what lasts longer than it may is told."""

from dataclasses import dataclass

from exact_slack.app.customer import Customer
from exact_slack.config.timing import iso, shown
from exact_slack.errors import OK, TEMPORARY, TemporaryError
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.schema.lock import RunLock, sender
from exact_slack.ledger.troubles import News

NOTHING = News()
LONG = 30 * 60.0
"""Seconds after which a run that holds the lock is told of."""

LONG_SEND = 10 * 60.0
"""Seconds after which one message must have been sent: the longest call, that of a file, has five
minutes."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A run that has held the lock for long."""

    since: float
    problem: TemporaryError


@dataclass(frozen=True, slots=True)
class Skipped:
    """Another run is at work."""

    stuck: Stuck | None
    news: News = NOTHING
    """What is told of it now."""

    @property
    def exit_code(self) -> int:
        """0 for what is usual; what lasts is told."""
        return TEMPORARY if self.stuck else OK

    def as_json(self) -> dict[str, object]:
        """What `--json` says."""
        return {"skipped": True, **({"held_since": iso(self.stuck.since)} if self.stuck else {})}


def stuck(customer: Customer) -> Stuck | None:
    """The run that has held the lock longer than runs do, at work, hanging or stopped."""
    holder, now = RunLock(customer.state).holder(), customer.clock.now()
    if holder is None or now - holder.since <= LONG:
        return None
    since = shown(holder.since, customer.config.zone())
    problem = TemporaryError(
        f"Another run (process {holder.pid}) has held the lock since {since}.",
        f"If it hangs, end it; nothing is lost by that: kill -9 {holder.pid}",
        cause="a run that holds the lock",
    )
    return Stuck(holder.since, problem)


def hung_sender(customer: Customer) -> TemporaryError | None:
    """A living process, `serve` or a run, that does not come to an end with a message: hanging or
    stopped. Only its end lets another one look up what became of that."""
    now = customer.clock.now()
    for delivery in customer.ledger.deliveries.in_states(State.SENDING):
        since = delivery.sending_at or now
        holder = sender(customer.state, delivery.owner) if now - since > LONG_SEND else None
        if holder is not None:
            moment = shown(since, customer.config.zone())
            return TemporaryError(
                f"Another process ({holder.pid}) has been sending a message since {moment}.",
                f"If it hangs, end it; nothing is lost by that: kill -9 {holder.pid}",
                cause="a process that does not end sending",
            )
    return None
