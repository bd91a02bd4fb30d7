"""The times of triage: until when something is put off, and when a day's list is due."""

from datetime import date, datetime, time, timedelta, tzinfo

from exact_slack.config.model import Config
from exact_slack.config.route import Triage
from exact_slack.config.timing import local

_MORNING = time(9)
"""When what was put off comes back, where there is no list."""


def put_off_until(triage: Triage, now: float, where: tzinfo) -> float:
    """The next day's list, or its morning."""
    day = local(now, where).date() + timedelta(days=1)
    return datetime.combine(day, triage.remind or _MORNING, where).timestamp()


def list_due(config: Config, channel: str, day: date, where: tzinfo) -> float | None:
    """When the list of a channel is due on a day; None where it gets none."""
    times = [
        route.triage.remind
        for route in config.routes
        if route.channel == channel and route.triage and route.triage.remind
    ]
    return datetime.combine(day, min(times), where).timestamp() if times else None
