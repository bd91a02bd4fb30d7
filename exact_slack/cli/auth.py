"""`auth`: log in at Exact and Slack, once."""

import json
import os
import secrets as random
import sys

import click

from exact_slack.cli.each import one
from exact_slack.cli.run import Settings
from exact_slack.errors import LOGIN, OK, LoginNeeded, PersonNeeded, TemporaryError
from exact_slack.flow.wiring import SLACK_TOKEN, Customer

_MINUTES = 3


@click.group(short_help="Log in at Exact Online and at Slack.")
def auth() -> None:
    """Log in at Exact Online and at Slack. Done once, in a terminal."""


@auth.command("exact")
@click.option("--no-browser", is_flag=True, help="Print the address; paste the redirect URL.")
@click.pass_obj
def auth_exact(settings: Settings, no_browser: bool) -> None:
    """Log in at Exact Online.

    Opens the login page. After the login Exact sends the browser to your redirect address, which
    need not answer: copy the whole address from the browser and paste it here, within three
    minutes.

    \b
    Example:
      exact-slack -c acme.yaml auth exact --no-browser
    """
    from exact_slack.exact import oauth

    customer = one(settings)
    try:
        exact = customer.config.exact
        client_id = exact.client_id.fetch("exact.client_id")
        state = random.token_urlsafe(16)
        url = oauth.authorize_url(exact, client_id, state)
        if no_browser or not _has_display():
            click.echo(f"Open this address and log in:\n\n  {url}\n")
        else:
            click.launch(url)
        click.echo(f"Then paste the address the browser lands on (within {_MINUTES} minutes):")
        pasted = sys.stdin.readline().strip()
        code = oauth.parse_redirect(pasted, state)
        tokens = oauth.exchange_code(exact, code, customer.clock)
        customer.tokens.store_login(tokens)
        _tell_divisions(customer)
    finally:
        customer.close()


def _has_display() -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _tell_divisions(customer: Customer) -> None:
    me = customer.reader.me()
    divisions = customer.reader.divisions()
    click.echo(f"Logged in as {me.user_name}. The login may use these divisions:")
    for code, info in sorted(divisions.items()):
        mark = "*" if code in customer.config.exact.divisions else " "
        click.echo(f" {mark} {code}  {info.name}  {info.currency}")
    missing = [c for c in customer.config.exact.divisions if c not in divisions]
    if missing:
        raise PersonNeeded(
            f"The config names divisions that this login may not use: {missing}.",
            "Give the user access to them in Exact Online, or take them out of the config.",
        )


@auth.command("slack")
@click.pass_obj
def auth_slack(settings: Settings) -> None:
    """Store the Slack bot token (xoxb-…), from a hidden prompt or from stdin.

    \b
    Example:
      exact-slack -c acme.yaml auth slack < token.txt
    """
    from exact_slack.slack.client import SlackClient
    from exact_slack.slack.outcome import Outcome, Result

    customer = one(settings)
    if sys.stdin.isatty():
        token = click.prompt("Bot token (xoxb-…)", hide_input=True)
    else:
        token = sys.stdin.readline()
    found = SlackClient(token.strip(), customer.config.slack.base_url).who()
    if isinstance(found, Outcome):
        if found.result is Result.TOKEN:
            raise LoginNeeded(f"Slack refuses this token ({found.error}).", "Copy it once more.")
        raise TemporaryError(f"Slack does not answer ({found.error}).")
    who, scopes = found
    _write_private(customer, token.strip())
    click.echo(f"{who['user']} in {who['team']}. Scopes: {', '.join(sorted(scopes)) or 'unknown'}")
    missing = sorted({"chat:write", "channels:read", "channels:history"} - scopes)
    if scopes and missing:
        click.echo(f"Missing scopes: {', '.join(missing)}. Add them to the app, install again.")


def _write_private(customer: Customer, text: str) -> None:
    customer.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = customer.state / SLACK_TOKEN
    part = path.with_suffix(".part")
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@auth.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
@click.pass_obj
def auth_status(settings: Settings, as_json: bool) -> None:
    """Say whether the logins are there, and how long they last."""
    from exact_slack.flow.status import status

    customer = one(settings)
    try:
        found = status(customer)["auth"]
        assert isinstance(found, dict)
    finally:
        customer.close()
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            click.echo(f"{name.replace('_', ' ')}: {value}")
    raise click.exceptions.Exit(OK if found["exact"] and found["slack"] else LOGIN)


@auth.command("logout")
@click.pass_obj
def auth_logout(settings: Settings) -> None:
    """Remove the stored logins from this machine."""
    customer = one(settings)
    with customer.token_store.lock():
        customer.token_store.delete()
    (customer.state / SLACK_TOKEN).unlink(missing_ok=True)
    click.echo("Removed. Revoke the app at Exact and Slack, too, if it is no longer used.")
