"""What of a period's documents is in its channels, for the line `delivered` of a close: as the
ledger knows it, or compared with Exact as `status --verify` does."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.close.books import Delivered, first_day
from exact_slack.collect.reading import Reading
from exact_slack.collect.verifier import Verifier
from exact_slack.collect.window import Now, ms
from exact_slack.documents.compared.period import Period
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.log import Seen
from exact_slack.plan.planner import Planner
from exact_slack.plan.planning import Planning


class PeriodDelivered:
    """Answers for one customer."""

    def __init__(self, customer: Customer) -> None:
        self._customer = customer

    def __call__(self, division: int, period: Period, ask: bool) -> Delivered:
        """What is missing there. `ask`: Exact as well."""
        cursors = self._customer.ledger.cursors
        kinds = self._customer.config.routed_kinds()
        if any(cursors.get(division, kind) is None for kind in kinds):
            return Delivered(never_read=True)
        if day := first_day(self._customer.ledger, kinds, division, period):
            return Delivered(never_read=True, first_day=day)
        since, until = self._span(period)
        if not ask:
            return Delivered(tuple(self._stuck(division, period, since, until)))
        return self._compared(division, period, since, until)

    def _span(self, period: Period) -> tuple[ServerMs, ServerMs]:
        """From its first day in the config's timezone until now, by Exact's clock: much of what is
        dated in a period is entered after it."""
        customer = self._customer
        zone = customer.config.zone()
        now = Now.by(customer.server_now(), customer.clock, zone)
        begin = datetime.combine(period.begin, time())
        after = datetime.combine(period.end + timedelta(days=1), time())
        until = max(ms(now.to_server(after)) - 1, ms(now.server))
        return ms(now.to_server(begin)), ServerMs(until)

    def _stuck(
        self, division: int, period: Period, since: ServerMs, until: ServerMs
    ) -> Iterator[str]:
        ledger = self._customer.ledger
        for kind in self._customer.config.routed_kinds():
            for stored in ledger.documents.undelivered(division, kind, since - 1, until):
                if _is_of(period, stored.document.date):
                    yield stored.document.label

    def _compared(
        self, division: int, period: Period, since: ServerMs, until: ServerMs
    ) -> Delivered:
        customer, summary = self._customer, Summary()
        learnt = customer.ledger.scratch()
        try:
            planning = Planning.of(customer.config, customer.ledger, by=Seen.VERIFY)
            planner = Planner(planning, summary)
            reading = Reading.of(customer, summary, learnt)
            verifier = Verifier(reading, customer.ledger, planner, heal=False)
            results = verifier.run(since, until, (division,))
        finally:
            learnt.close()
        problem = next((result.problem for result in results if result.problem), "")
        gaps = tuple(
            gap.number or gap.key
            for result in results
            for gap in result.gaps
            if _is_of(period, gap.day)
        )
        return Delivered(gaps, asked=True, problem=problem)


def _is_of(period: Period, day: date | None) -> bool:
    """Whether it matters for a period: what is dated later does not."""
    return day is None or day <= period.end
