"""The day that it is for a company: due dates are judged by it, in every command alike."""

from datetime import date

from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.config.timing import day_of


def today(config: Config, clock: Clock) -> date:
    """The date now in the config's timezone."""
    return day_of(clock.now(), config.zone())
