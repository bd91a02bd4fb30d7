"""exact-slack: carries what happens in Exact Online into Slack channels."""

import sys

from exact_slack import needs

__version__ = "0.1.0"

if sys.version_info[:2] < needs.PYTHON:
    # before a module is read that it does not understand; 78 is CONFIG of exact_slack.errors
    has = needs.named(sys.version_info[:2])
    sentence = f"exact-slack: this is Python {has}; {needs.named(needs.PYTHON)} or later is needed."
    print(sentence, "Install exact-slack into one (uv brings its own).", file=sys.stderr)  # noqa: T201
    sys.exit(78)
