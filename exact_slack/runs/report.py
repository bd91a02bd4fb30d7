"""`report`: what is open, due or in the bank, now."""

from exact_slack.app.customer import Customer
from exact_slack.config.model import Report
from exact_slack.documents.standing import Side, Subject
from exact_slack.errors import BadRequest
from exact_slack.reports.make import Made, make
from exact_slack.reports.plan import Plan


def named(customer: Customer, name: str) -> Report | None:
    """The config's report of this name; None for `aging`, `due` and `cash`."""
    for report in customer.config.reports:
        if report.name == name:
            return report
    if name in set(Subject):
        return None
    known = ", ".join([*(report.name for report in customer.config.reports), *Subject])
    raise BadRequest(f"{customer.config.path} has no report {name!r}.", f"There are: {known}.")


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
        return make(customer, plan)
    finally:
        customer.record_calls()
        customer.calls.per_division.clear()
