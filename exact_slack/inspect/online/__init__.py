"""`config check --online`: does this config work with the Exact Online and the Slack it names?
It posts nothing."""

from exact_slack.app.customer import Customer
from exact_slack.errors import ExactSlackError
from exact_slack.inspect.online.exact import ask_exact
from exact_slack.inspect.online.findings import Online
from exact_slack.inspect.online.slack import ask_slack


def check_online(customer: Customer) -> Online:
    """Ask both sides; what fails on one leaves the other to be asked."""
    online = Online()
    for part in (ask_exact, ask_slack):
        try:
            part(customer, online)
        except ExactSlackError as error:
            online.errors.append(error)
    return online
