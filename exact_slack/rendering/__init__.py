"""Documents and their changes as Slack messages, in five languages. Pure functions, no I/O."""
