"""`close`: how the end of a period stands now."""

from exact_slack.app.customer import Customer
from exact_slack.close.books import Wishes
from exact_slack.close.make import Made, make
from exact_slack.errors import BadRequest


def close(customer: Customer, text: str, divisions: tuple[int, ...] = ()) -> Made:
    """Read and judge it; the calls count for the day."""
    for division in divisions:
        if division not in customer.config.exact.divisions:
            raise BadRequest(f"--division {division} is not in {customer.config.path}.")
    try:
        return make(customer, text, divisions or customer.config.exact.divisions, Wishes())
    finally:
        customer.record_calls()
