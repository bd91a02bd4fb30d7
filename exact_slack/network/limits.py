"""How long a call may take, for who makes it and for who waits until another has made it."""

from typing import Final

SLACK_CALL: Final = 60.0
"""Seconds for a call to Slack altogether, files apart."""
