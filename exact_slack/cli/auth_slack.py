"""`auth slack`: the bot token, the manifest of the customer's own app, the OAuth install."""

import secrets as random
import sys
from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import one
from exact_slack.cli.frame.out import out, out_json, out_lines
from exact_slack.cli.frame.run import Settings
from exact_slack.errors import ConfigError, LoginNeeded, TemporaryError
from exact_slack.ledger.ledger import SLACK_SAYS_DEAD
from exact_slack.redact import note
from exact_slack.secrets.store import SLACK_TOKEN

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer


@click.command("slack")
@click.option(
    "--manifest",
    "as_manifest",
    is_flag=True,
    help="Print the app manifest and the link that creates your own app with it.",
)
@click.option("--install", is_flag=True, help="OAuth v2 install, for those who distribute an app.")
@click.pass_obj
def auth_slack(settings: Settings, as_manifest: bool, install: bool) -> None:
    """Store the Slack bot token (xoxb-…), from a hidden prompt or from stdin.

    \b
    Examples:
      exact-slack -c acme.yaml auth slack --manifest
      exact-slack -c acme.yaml auth slack < token.txt
    """
    customer = one(settings)
    try:
        if as_manifest:
            _show_manifest(customer)
            return
        own(customer)
        if install:
            _store(customer, _installed(customer))
        elif sys.stdin is not None and sys.stdin.isatty():
            _store(customer, click.prompt("Bot token (xoxb-…)", hide_input=True))
        else:
            _store(customer, read_line())
    finally:
        customer.close()


def own(customer: "Customer") -> None:
    """See that the state folder is this config's, before anything in it is asked or changed."""
    _ = customer.ledger


def stdin() -> int | None:
    """The descriptor of standard input, None where it is closed."""
    try:
        return sys.stdin.fileno() if sys.stdin is not None else None
    except (OSError, ValueError):
        return None


def read_line() -> str:
    """A line of standard input, "" where it is closed or ended."""
    descriptor = stdin()
    if descriptor is None:
        return ""
    with open(descriptor, encoding="utf-8", errors="replace", closefd=False) as lines:
        return lines.readline()


def _show_manifest(customer: "Customer") -> None:
    from exact_slack.slack.install import Features, manifest, manifest_link

    config = customer.config
    content = manifest(Features.of(config), config.serve.public_url)
    out_json(content)
    out("Create the app in your own workspace with one click:", err=True)
    out(manifest_link(content), err=True)
    out(
        "Then: Install to Workspace, copy the Bot User OAuth Token, exact-slack auth slack.",
        err=True,
    )
    if config.slack.app_token is not None:
        out(
            "For Socket Mode: Basic Information, App-Level Tokens, generate one with the scope "
            f"connections:write, and put it where slack.app_token says "
            f"({config.slack.app_token.description}).",
            err=True,
        )


def _store(customer: "Customer", token: str) -> None:
    from exact_slack.inspect.login import missing_scopes
    from exact_slack.slack.client import SlackClient
    from exact_slack.slack.outcome import Outcome, Result
    from exact_slack.slack.token import unfit, unfit_for

    token = note(token.strip())
    if not token:
        raise LoginNeeded("No token was given.", "Paste the Bot User OAuth Token (xoxb-…).")
    unusable = unfit(token)
    if unusable:
        raise unusable
    if not token.startswith("xox") and customer.config.slack.base_url is None:
        raise LoginNeeded("That is no Slack token.", "Paste the Bot User OAuth Token (xoxb-…).")
    answer = SlackClient(token, customer.config.slack.base_url).auth_test()
    if isinstance(answer, Outcome):
        if answer.result is Result.TOKEN:
            raise LoginNeeded(f"Slack refuses this token ({answer.error}).", "Copy it once more.")
        raise TemporaryError(
            f"Slack does not answer ({answer.error}), so the token was not stored.", "Try again."
        )
    unusable = unfit_for(answer)
    if unusable:
        raise unusable
    scopes = answer.scopes
    place, why = customer.secrets.best()
    customer.secrets.set(SLACK_TOKEN, token, place)
    customer.ledger.set_fact(SLACK_SAYS_DEAD, "")
    if customer.config.has_triage() and customer.config.slack.token is None:
        from exact_slack.triage.scopes import note_listed

        note_listed(customer.ledger, scopes)
    granted = "unknown" if scopes is None else ", ".join(sorted(scopes)) or "none"
    out(f"{answer.user} in {answer.team}. Scopes: {granted}")
    out(f"The token is kept in {customer.secrets.describe(SLACK_TOKEN)}.")
    if why:
        out(f"Not in the keyring: {why}")
    _tell_cron(customer)
    if customer.config.slack.token is not None:
        out("The config names slack.token, too: that one is used. Take it out there.")
    missing = {} if scopes is None else missing_scopes(customer.config, scopes)
    for scope, cost in missing.items():
        out(f"Missing scope {scope}: without it {cost}. Add it and install the app again.")


def _tell_cron(customer: "Customer") -> None:
    from exact_slack.inspect.login import EVERYTHING, readable_from_cron

    whys = readable_from_cron(customer.config)
    why = whys.get(EVERYTHING) or whys.get("slack token", "")
    out(f"Cron cannot use it: {why}" if why else "A process with cron's environment can use it.")


def _installed(customer: "Customer") -> str:
    from exact_slack.slack.install import Features, authorize_url, exchange, landed
    from exact_slack.slack.outcome import Outcome, Result
    from exact_slack.slack.token import rotates

    slack = customer.config.slack
    if not (slack.client_id and slack.client_secret and slack.redirect_uri):
        raise ConfigError(
            f"{customer.config.path}: slack: --install needs client_id, client_secret and "
            "redirect_uri.",
            "For an app in your own workspace use auth slack --manifest instead.",
        )
    client_id = slack.client_id.fetch("slack.client_id")
    secret = slack.client_secret.fetch("slack.client_secret")
    state = random.token_urlsafe(16)
    url = authorize_url(client_id, slack.redirect_uri, state, Features.of(customer.config))
    out_lines(f"Open this address and install the app:\n\n  {url}\n\n")
    out("Then paste the address the browser lands on (within 10 minutes):")
    code = landed(read_line())
    if not (code.code or code.error):
        raise LoginNeeded('There is no "code=…" in what was pasted.', "Start again.")
    if code.error:
        raise LoginNeeded(f"Slack did not install the app ({code.error}).", "Start again.")
    if not random.compare_digest(code.state.encode(), state.encode()):
        raise LoginNeeded("That address belongs to another install.", "Start again.")
    made = exchange(client_id, secret, note(code.code), slack.redirect_uri, slack.base_url)
    if not isinstance(made, Outcome):
        if made.expires:
            raise rotates()
        return made.token
    if made.result in (Result.AMBIGUOUS, Result.NOT_SENT, Result.LIMITED):
        raise TemporaryError(
            f"Slack's answer with the token did not arrive ({made.error}); nothing was stored.",
            "Start again: exact-slack auth slack --install",
        )
    raise LoginNeeded(f"Slack refuses the code ({made.error}).", "Start again.")
