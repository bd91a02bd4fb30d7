"""`auth`: log in at Exact and Slack, once; and say how the logins stand."""

import json
import os
import secrets as random
import sys
from typing import TYPE_CHECKING

import click

from exact_slack.cli.auth_slack import auth_slack
from exact_slack.cli.each import one
from exact_slack.cli.run import Settings, tell
from exact_slack.config.store import SLACK_TOKEN
from exact_slack.errors import LOGIN, OK, LoginNeeded, PersonNeeded

if TYPE_CHECKING:
    from exact_slack.flow.login import Redirect
    from exact_slack.flow.wiring import Customer

_MINUTES = 5
_TRIES = 3


@click.group(short_help="Log in at Exact Online and at Slack.")
def auth() -> None:
    """Log in at Exact Online and at Slack. Done once, in a terminal."""


auth.add_command(auth_slack)


@auth.command("exact")
@click.option("--no-browser", is_flag=True, help="Print the address; paste the redirect URL.")
@click.pass_obj
def auth_exact(settings: Settings, no_browser: bool) -> None:
    """Log in at Exact Online.

    Opens the login page. After the login Exact sends the browser to your redirect address. Where
    that is on this machine, it is caught; elsewhere it need not answer: copy the whole address
    from the browser and paste it here, within three minutes.

    \b
    Example:
      exact-slack -c acme.yaml auth exact --no-browser
    """
    from exact_slack.exact import oauth
    from exact_slack.flow.login import Redirect, on_loopback

    customer = one(settings)
    try:
        exact = customer.config.exact
        client_id = exact.client_id.fetch("exact.client_id")
        exact.client_secret.fetch("exact.client_secret")
        state = random.token_urlsafe(16)
        url = oauth.authorize_url(exact, client_id, state)
        with Redirect(exact.redirect_uri) as redirect:
            if no_browser or not _has_display():
                click.echo(f"Open this address and log in:\n\n  {url}\n")
            else:
                click.launch(url)
            if not on_loopback(exact.redirect_uri):
                click.echo("Then paste the address the browser lands on (within 3 minutes):")
            code = _code(redirect, state)
        customer.secrets.choose()
        customer.tokens.store_login(oauth.exchange_code(exact, code, customer.clock))
        _tell_store(customer)
        _tell_divisions(customer)
    finally:
        customer.close()


def _code(redirect: "Redirect", state: str) -> str:
    """The code of the login; a wrong address may be pasted again."""
    from exact_slack.exact import oauth

    for left in reversed(range(_TRIES)):
        address = redirect.wait(sys.stdin.readline, _MINUTES * 60)
        try:
            return oauth.parse_redirect(address, state)
        except oauth.BadRedirect as error:
            if not left or not address.strip():
                raise
            tell(error)
    raise AssertionError  # the last try returned or raised


def _has_display() -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _tell_store(customer: "Customer") -> None:
    """Where the login is now, and whether cron can use it: asked in a process like cron's."""
    from exact_slack.flow.login import readable_from_cron
    from exact_slack.flow.wiring import EXACT_TOKENS

    click.echo(f"The login is kept in {customer.secrets.describe(EXACT_TOKENS)}.")
    problems = {n: why for n, why in readable_from_cron(customer.config).items() if why}
    problems.pop("slack token", None)  # `auth slack` may come later
    if not problems:
        click.echo("A process with cron's environment can use it.")
    for name, why in problems.items():
        click.echo(f"Cron cannot use {name}: {why}")


def _tell_divisions(customer: "Customer") -> None:
    me = customer.reader.me()
    divisions = customer.reader.divisions()
    configured = customer.config.exact.divisions
    click.echo(f"Logged in as {me.user_name}. The login may use these divisions:")
    for code, info in sorted(divisions.items()):
        mark = "*" if code in configured else " "
        click.echo(f" {mark} {code}  {info.name}  {info.currency}")
    missing = [str(code) for code in configured if code not in divisions]
    if missing:
        raise PersonNeeded(
            f"The config names divisions that this login may not use: {', '.join(missing)}.",
            "Give the user access to them in Exact Online and log in again, or take them out of "
            "exact.divisions.",
        )


@auth.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
@click.pass_obj
def auth_status(settings: Settings, as_json: bool) -> None:
    """Say where each secret is, whether cron can use it, and how long the logins last.

    \b
    Example:
      exact-slack -c acme.yaml auth status
    """
    from exact_slack.flow.login import Report, report

    def show(found: Report) -> None:
        for name, place in found.places.items():
            here = found.here.get(name) or "fine"
            cron = found.cron.get(name) or "fine"
            click.echo(f"{name}: {place}. Here: {here}. Under cron: {cron}.")
        if found.exact:
            click.echo(f"Exact login: {found.chain_days} days old, {found.days_left} days left.")
        else:
            click.echo("Exact login: none. Run: exact-slack auth exact")
        if found.slack:
            click.echo(f"Slack: {found.slack_team}. Scopes: {', '.join(found.scopes)}")
        else:
            click.echo("Slack: no working token. Run: exact-slack auth slack")
        for scope, cost in found.missing_scopes.items():
            click.echo(f"Missing Slack scope {scope}: without it {cost}.")
        for warning in found.warnings:
            click.echo(warning)

    customer = one(settings)
    try:
        found = report(customer)
    finally:
        customer.close()
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2))
    else:
        show(found)
    raise click.exceptions.Exit(OK if found.exact and found.slack else LOGIN)


@auth.command("probe", hidden=True)
@click.pass_obj
def auth_probe(settings: Settings) -> None:
    """Print which secrets can be read here; run with cron's environment by the others."""
    from exact_slack.flow.login import readable

    click.echo(json.dumps(readable(one(settings))))


@auth.command("logout")
@click.option("--revoke", is_flag=True, help="Make the Slack token void at Slack, too.")
@click.pass_obj
def auth_logout(settings: Settings, revoke: bool) -> None:
    """Remove the stored logins from this machine.

    \b
    Example:
      exact-slack -c acme.yaml auth logout --revoke
    """
    customer = one(settings)
    if revoke:
        _revoke(customer)
    with customer.token_store.lock():
        customer.token_store.delete()
    customer.secrets.delete(SLACK_TOKEN)
    click.echo("The stored logins are removed.")
    if revoke:
        click.echo(
            "Exact has no address for revoking: withdraw the app's access in Exact Online under "
            "your name, Manage connected apps."
        )


def _revoke(customer: "Customer") -> None:
    try:
        refused = customer.slack.revoke()
    except LoginNeeded:
        click.echo("There was no Slack token to revoke.")
        return
    if refused is not None:
        raise PersonNeeded(
            f"Slack did not revoke the token ({refused.error}); nothing was removed.",
            "Try again, or remove the app in Slack and run auth logout without --revoke.",
        )
    click.echo("The Slack token is void.")
