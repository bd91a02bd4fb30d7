"""`close`: how the end of a period stands now."""

from exact_slack.app.customer import Customer
from exact_slack.close.make import Asked, Made, make
from exact_slack.errors import BadRequest
from exact_slack.runs.delivered import PeriodDelivered


def close(customer: Customer, text: str, divisions: tuple[int, ...] = ()) -> Made:
    """Read and judge it; the calls count for the day."""
    for division in divisions:
        if division not in customer.config.exact.divisions:
            raise BadRequest(f"--division {division} is not in {customer.config.path}.")
    try:
        asked = Asked(deliveries=PeriodDelivered(customer))
        return make(customer, text, divisions or customer.config.exact.divisions, asked)
    finally:
        customer.record_calls()
