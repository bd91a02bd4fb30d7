"""How many examples the property tests try: `make examples` tries fifty times as many."""

import os

TIMES = int(os.environ.get("EXACT_SLACK_EXAMPLES", "1"))
