"""Whether Exact's notifications arrive: subscribed, the address answers, and something came."""

from collections.abc import Iterator
from ipaddress import ip_address
from socket import getaddrinfo
from urllib.parse import urlsplit

from exact_slack.app.customer import Customer
from exact_slack.errors import TEMPORARY
from exact_slack.inspect.doctor.findings import Check, State, Subject
from exact_slack.inspect.doctor.probe import probe
from exact_slack.network.errors import NoConnection
from exact_slack.serve.subscriptions import Line, callback, overview, warnings

_SERVE = "Start exact-slack serve, and let the proxy before it pass this address on: docs/serve.md"
_SUBSCRIBE = "Run: exact-slack webhooks subscribe"


def are_wanted(customer: Customer) -> bool:
    """Whether the config says that Exact calls us."""
    config = customer.config
    return config.serve.public_url is not None and config.exact.webhook_secret is not None


def look(customer: Customer, *, ask_exact: bool) -> Iterator[Check]:
    """From the address to what arrived."""
    address = callback(customer)
    answers = list(_answers(address))
    yield from answers
    if ask_exact:
        lines, problems = overview(customer)
        yield from (Check.of(Subject.WEBHOOKS, problem) for problem in problems)
        yield from _subscribed(lines, address)
    for sentence in warnings(customer):
        yield Check(
            name=Subject.WEBHOOKS,
            state=State.BROKEN,
            problem=sentence,
            cure="See: exact-slack webhooks list",
            sort="silent",
        )
    if _is_private(address):
        yield Check(
            name=Subject.WEBHOOKS,
            state=State.WARNING,
            problem="serve.public_url leads to this machine or its network: from outside it may"
            " not be reached.",
            cure="Name the address that the internet knows.",
        )


def _answers(address: str) -> Iterator[Check]:
    """An empty POST, as Exact sends one to try an address: it must be answered with 200 or 201."""
    try:
        status = probe("POST", address, b"").status
    except NoConnection as error:
        yield _dead(f"{error}", error.obstacle.name.lower(), error.obstacle.cure)
    except OSError as error:
        yield _dead("it does not answer", type(error).__name__)
    else:
        if status not in (200, 201):
            yield _dead(f"it answers {status} in place of 200", f"status {status}")
        else:
            yield Check(name=Subject.WEBHOOKS, saw="the address answers")


def _dead(why: str, sort: str, cure: str = "") -> Check:
    return Check(
        name=Subject.WEBHOOKS,
        state=State.BROKEN,
        problem=f"Exact's webhooks do not arrive at serve.public_url: {why}.",
        cure=f"{_SERVE} {cure}".strip(),
        exit_code=TEMPORARY,
        sort=sort,
    )


def _subscribed(lines: list[Line], address: str) -> Iterator[Check]:
    wanting = [line for line in lines if line.topic and line.callback != address]
    for line in wanting:
        where = "leads elsewhere" if line.callback else "is missing"
        yield Check(
            name=Subject.WEBHOOKS,
            state=State.BROKEN,
            problem=f"The subscription of division {line.division} to {line.topic} {where}.",
            cure=_SUBSCRIBE,
            sort=where,
        )
    if not wanting:
        count = sum(1 for line in lines if line.topic)
        yield Check(name=Subject.WEBHOOKS, saw=f"{count} subscriptions")


def _is_private(address: str) -> bool:
    parts = urlsplit(address)
    try:
        addresses = {info[4][0] for info in getaddrinfo(parts.hostname, parts.port or 443)}
    except (OSError, UnicodeError):
        return False
    return any(not ip_address(str(ip).partition("%")[0]).is_global for ip in addresses)
