"""`python -m exact_slack.sandbox`: an Exact Online and a Slack on this machine, to try it on."""

import argparse
import sys

from exact_slack.sandbox.standing import PORT, serve


def main() -> None:
    """Start both and say where they are."""
    parser = argparse.ArgumentParser("python -m exact_slack.sandbox", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=PORT, help="Slack's port; Exact takes the next one"
    )
    port = parser.parse_args().port
    try:
        serve(port, lambda text: print(text, flush=True))
    except OSError as error:
        sys.exit(f"Port {port} or {port + 1}: {error.strerror}. Try another --port.")


main()
