"""How much the tests try: `make whole` three times as many examples of a property as `make test`,
and what is dear at its full length; `make examples` a hundred times as many."""

import os

WHOLE = bool(os.environ.get("EXACT_SLACK_WHOLE"))
TIMES = int(os.environ.get("EXACT_SLACK_EXAMPLES", "1")) * (3 if WHOLE else 1)
