"""`python -m exact_slack`."""

from exact_slack.cli import main

main()
