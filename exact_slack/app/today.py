"""The day that it is for a company: due dates are judged by it, in every command alike."""

from datetime import date

from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.config.timing import local


def today(config: Config, clock: Clock) -> date:
    """The date now in the config's timezone."""
    return local(clock.now(), config.zone()).date()
