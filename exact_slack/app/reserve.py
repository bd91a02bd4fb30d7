"""The part of a division's day of calls that polls do not touch."""

from exact_slack.config.model import Config

_RESERVE, _RESERVE_SERVE = 50, 250
"""Calls a day that a poll leaves for logins and look-ups, and with `serve` for its fetches."""


def reserve(config: Config) -> int:
    """Calls of a division's day that a poll does not touch."""
    serves = config.exact.webhook_secret is not None and config.serve.public_url is not None
    return _RESERVE_SERVE if serves else _RESERVE
