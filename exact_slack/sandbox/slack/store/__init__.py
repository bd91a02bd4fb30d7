"""The state of the sandbox's Slack workspace, and what a person or a test does to it.

Everything here is thread-safe. Messages handed out are copies: change them
through the store.
"""

from exact_slack.sandbox.slack.store.files import Files
from exact_slack.sandbox.slack.store.plans import Plans
from exact_slack.sandbox.slack.store.reactions import Reactions


class SlackStore(Reactions, Files, Plans):
    """One workspace: its channels, messages, files and people, and the bot's token."""
