"""exact-slack: carries what happens in Exact Online into Slack channels."""

__version__ = "0.1.0"
