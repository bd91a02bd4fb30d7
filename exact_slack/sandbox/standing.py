"""Both sandboxes on known ports, for somebody who runs exact-slack on them by hand: what the
tutorial starts."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from exact_slack.sandbox.company.company import seed_company
from exact_slack.sandbox.day import Step, business_day
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store.workspace import APP_TOKEN

CHANNELS = ("ap-exceptions", "purchasing", "sales", "bank", "projects", "finance-feed")
TOKEN = "xoxb-sandbox"
"""The only bot token of the sandbox's Slack."""
PORT = 8765
_TOLD = """\
Slack         {page}   open it in a browser: the channels
Exact Online  {exact}   a company with {count} divisions: {divisions}

For the config file          exact.base_url: {exact}
                             slack.base_url: {slack}
                             exact.redirect_uri: {redirect}
For the shell that uses it   export EXACT_CLIENT_ID={client_id}
                             export EXACT_CLIENT_SECRET={client_secret}
For exact-slack auth slack   {token}
For serve over Socket Mode   slack.app_token: {app_token}

Enter: something happens in the company. Ctrl-C ends both; nothing is kept."""


@contextmanager
def standing(port: int = PORT) -> Iterator[tuple[ExactSandbox, SlackSandbox]]:
    """Slack on `port`, Exact Online on the next one; 0 for free ports. OSError where taken."""
    exact = ExactSandbox(port + 1 if port else 0)
    try:
        slack = SlackSandbox(port, token=TOKEN)
    except OSError:
        exact.stop()
        raise
    with exact, slack:
        for name in CHANNELS:
            slack.store.add_channel(name)
        seed_company(exact.store)
        yield exact, slack


def addresses(exact: ExactSandbox, slack: SlackSandbox) -> str:
    """What a person needs to use them."""
    oauth = exact.oauth
    return _TOLD.format(
        page=slack.page_url,
        slack=slack.server.url,
        exact=exact.url,
        count=len(exact.store.divisions),
        divisions=", ".join(map(str, exact.store.divisions)),
        redirect=oauth.redirect_uri,
        client_id=oauth.client_id,
        client_secret=oauth.client_secret,
        token=TOKEN,
        app_token=APP_TOKEN,
    )


def serve(port: int, say: Callable[[str], object]) -> None:
    """Run both until a signal comes; each line read plays one step of a business day."""
    signal.signal(signal.SIGTERM, _end)
    with standing(port) as (exact, slack):
        slack.sockets.switch_on()
        try:
            say(addresses(exact, slack))
            steps: Iterator[Step] = business_day(exact.store)
            for _ in sys.stdin:
                step = next(steps, None)
                if step is None:
                    say("The business day is over.")
                    break
                step.apply()
                say(step.description)
            while True:  # stdin has ended: stay for those who call
                time.sleep(1)
        except KeyboardInterrupt:
            say("The sandbox has ended.")


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
