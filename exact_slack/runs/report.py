"""`report`: what is open, due or in the bank, now."""

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.config.model import Report
from exact_slack.documents.subjects import Side, Subject
from exact_slack.errors import BadRequest
from exact_slack.reports.make import Made, make
from exact_slack.reports.plan import Plan
from exact_slack.reports.scheduled import earlier, post
from exact_slack.runs.frame.busy import Skipped
from exact_slack.runs.frame.run import deliver, locked


def named(customer: Customer, name: str) -> Report | None:
    """The config's report of this name; None for `aging`, `due` and `cash`."""
    for report in customer.config.reports:
        if report.name == name:
            return report
    if name in set(Subject):
        return None
    names = ", ".join([*(report.name for report in customer.config.reports), *Subject])
    raise BadRequest(f"{customer.config.path} has no report {name!r}.", f"There are: {names}.")


def plan_of(
    customer: Customer, name: str, side: Side | None = None, divisions: tuple[int, ...] = ()
) -> Plan:
    """What `report NAME` reads. BadRequest where that cannot be."""
    for division in divisions:
        if division not in customer.config.exact.divisions:
            raise BadRequest(f"--division {division} is not in {customer.config.path}.")
    report = named(customer, name)
    subject = report.subject if report else Subject(name)
    side = side or (report.of_side if report else None)
    if side and subject is Subject.CASH:
        raise BadRequest("--side does not go with cash, which goes both ways.")
    configured = report.divisions if report else None
    return Plan(
        subject,
        side,
        divisions or configured or customer.config.exact.divisions,
        report.name if report else "",
    )


def report(customer: Customer, plan: Plan) -> Made:
    """Read and judge it; the calls count for the day."""
    try:
        return make(customer, plan, earlier(customer.ledger, plan.name) if plan.name else None)
    finally:
        customer.record_calls()


def send(customer: Customer, name: str, plan: Plan) -> tuple[Made, Summary] | Skipped:
    """Read it and send it, as a new message that does not count as the one of the schedule."""
    configured = named(customer, name)
    if configured is None:
        raise BadRequest(
            f"--post needs a report of the config, which has a channel; {name} has none.",
            "Add one under reports:, or leave --post out.",
        )
    made: list[Made] = []

    def work(_: int, summary: Summary) -> None:
        made.append(report(customer, plan))
        with customer.ledger.transaction():
            post(customer.ledger, configured, made[0], None, customer.clock.now())
        for problem in made[0].problems:
            summary.problem(problem)
        deliver(customer, summary)

    done = locked(customer, "report", work)
    return done if isinstance(done, Skipped) else (made[0], done)
