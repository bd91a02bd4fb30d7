"""The route of a delivery, as the config is now."""

from exact_slack.config.model import Config
from exact_slack.config.route import Route
from exact_slack.ledger.outgoing.delivery import Delivery


def route_of(config: Config, delivery: Delivery) -> Route | None:
    """The route that planned it; if that has another name by now, or is gone, the first one that
    posts into the same channel. One that collects is of its own digests alone."""
    named = config.route_named(delivery.route)
    same = (r for r in config.routes if r.channel == delivery.channel and not r.digest)
    return named or next(same, None)
