"""`status --verify`: one comparison of the ledger with Exact, from the period in words to the exit
code."""

from dataclasses import asdict, dataclass
from decimal import Decimal

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.collect import window
from exact_slack.collect.reading import Reading
from exact_slack.collect.verifier import Checked, Verifier
from exact_slack.errors import OK, PERSON, TEMPORARY, BadRequest, TemporaryError
from exact_slack.ledger.log import Seen
from exact_slack.ledger.schema.lock import RunLock
from exact_slack.plan.planner import Planner
from exact_slack.plan.planning import Planning
from exact_slack.rendering.spreadsheet import to_the_cent


@dataclass(frozen=True, slots=True)
class VerifyTotal:
    """Count and amount of a kind in a company: in Exact, and of that in its channels. Amounts are
    the company's currency."""

    division: int
    kind: str
    count: int
    amount: Decimal
    currency: str
    posted: int
    posted_amount: Decimal

    def as_json(self) -> dict[str, object]:
        """A row of `verify.totals`; amounts as text, to the cent."""
        values = asdict(self)
        return {k: to_the_cent(v) if isinstance(v, Decimal) else v for k, v in values.items()}


@dataclass(frozen=True, slots=True)
class Verification:
    """What `--verify` found: the period in words, and one result per division and kind."""

    since: str
    until: str
    results: tuple[Checked, ...]

    def exit_code(self) -> int:
        """1 where there is a gap, 75 where something could not be compared."""
        if any(result.gaps for result in self.results):
            return PERSON
        return TEMPORARY if any(result.problem for result in self.results) else OK

    def totals(self) -> tuple[VerifyTotal, ...]:
        """A total per company and kind that Exact has anything of, or the channels should."""
        return tuple(
            VerifyTotal(
                result.division,
                result.kind.value,
                result.total.count,
                result.total.amount,
                result.total.currency,
                result.total.posted,
                result.total.posted_amount,
            )
            for result in self.results
        )

    def as_json(self) -> dict[str, object]:
        """The fields of `verify` in `status --json`."""
        return {
            "since": self.since,
            "until": self.until,
            "gaps": sum(len(result.gaps) for result in self.results),
            "healed": sum(result.healed for result in self.results),
            "totals": [total.as_json() for total in self.totals()],
            "kinds": [result.as_json() for result in self.results],
        }


def verify(customer: Customer, text: str, heal: bool) -> Verification:
    """Compare the ledger with Exact for a window. Healing needs the run lock; else nothing is
    written but the calls: what is learnt on the way goes into a copy."""
    lock = RunLock(customer.ledger.folder)
    if heal and not lock.take(customer.clock.now()):
        raise TemporaryError("Another run is at work.", "Try --heal again when it has ended.")
    learnt = customer.ledger if heal else customer.ledger.scratch()
    try:
        now = window.Now.by(customer.server_now(), customer.clock, customer.config.zone())
        asked = window.parse(text, now)
        since, until = asked.begin, asked.end
        if since > window.ms(now.server):
            raise BadRequest(f"--verify {text}: that has not begun yet.")
        summary = Summary()
        planning = Planning.of(customer.config, customer.ledger, by=Seen.VERIFY)
        planner = Planner(planning, summary)
        reading = Reading.of(customer, summary, learnt)
        verifier = Verifier(reading, customer.ledger, planner, heal=heal)
        results = verifier.run(since, until)
        if heal:
            with customer.ledger.transaction():
                planner.tell_floods(customer.clock.now())
        return Verification(window.wall(since), window.wall(until), tuple(results))
    finally:
        if learnt is not customer.ledger:
            learnt.close()
        customer.record_calls()
        lock.release()
