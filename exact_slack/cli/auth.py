"""`auth`: log in at Exact and Slack, once; and say how the logins stand."""

import os
import secrets as random
import sys
from typing import TYPE_CHECKING

import click

from exact_slack.cli.auth_slack import auth_slack, own, stdin
from exact_slack.cli.frame.each import one
from exact_slack.cli.frame.options import Suggesting, json_option
from exact_slack.cli.frame.out import out, out_json, out_lines
from exact_slack.cli.frame.run import Settings, tell
from exact_slack.errors import ExactSlackError, PersonNeeded, SlackLoginNeeded
from exact_slack.secrets.store import SLACK_TOKEN

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.exact.auth.redirect import Redirect
    from exact_slack.inspect.login import Report

_MINUTES = 3
"""So long a code of Exact's lives."""
_TRIES = 3


@click.group(cls=Suggesting, short_help="Log in at Exact Online and at Slack.")
def auth() -> None:
    """Log in at Exact Online and at Slack. Done once, in a terminal."""


auth.add_command(auth_slack)


@auth.command("exact")
@click.option("--no-browser", is_flag=True, help="Print the address; paste the redirect URL.")
@click.pass_obj
def auth_exact(settings: Settings, no_browser: bool) -> None:
    """Log in at Exact Online.

    Opens the login page and prints its address. After the login Exact sends the browser to your
    redirect address. Where that is on this machine, it is caught; elsewhere it need not answer:
    copy the whole address from the browser and paste it here, within three minutes.

    \b
    Example:
      exact-slack -c acme.yaml auth exact --no-browser
    """
    from exact_slack.app.customer import EXACT_TOKENS
    from exact_slack.exact.auth import oauth
    from exact_slack.exact.auth.redirect import Lines, Redirect

    customer = one(settings)
    try:
        own(customer)
        exact = customer.config.exact
        client_id = exact.client_id.fetch("exact.client_id")
        exact.client_secret.fetch("exact.client_secret")
        state = random.token_urlsafe(16)
        url = oauth.authorize_url(exact, client_id, state)
        with Redirect(exact.redirect_uri, state, Lines(stdin())) as redirect:
            out_lines(f"Open this address and log in:\n\n  {url}\n\n")
            out(f"Then paste the address the browser lands on (within {_MINUTES} minutes):")
            if not no_browser and _has_display():
                click.launch(url)
            code = _code(redirect, state)
        place, why = customer.secrets.best()
        customer.token_store.aim(place)
        customer.tokens.log_in(lambda: oauth.exchange_code(exact, code, customer.clock))
        _tell_store(customer, EXACT_TOKENS, why)
        _tell_divisions(customer)
    finally:
        customer.close()


def _code(redirect: "Redirect", state: str) -> str:
    """The code of the login; a wrong address may be pasted again."""
    from exact_slack.exact.auth import oauth

    for left in reversed(range(_TRIES)):
        address = redirect.wait(_MINUTES * 60)
        try:
            return oauth.parse_redirect(address, state)
        except oauth.BadRedirect as error:
            if not left or not address.strip():
                raise
            tell(error)
    raise AssertionError  # the last try returned or raised


def _has_display() -> bool:
    if sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _tell_store(customer: "Customer", name: str, why: str) -> None:
    """Where the login is now, and whether cron can use it: asked in a process like cron's."""
    from exact_slack.inspect.login import readable_from_cron

    out(f"The login is kept in {customer.secrets.describe(name)}.")
    if why:
        out(f"Not in the keyring: {why}")
    problems = {n: w for n, w in readable_from_cron(customer.config).items() if w}
    problems.pop("slack token", None)  # `auth slack` may come later
    if not problems:
        out("A process with cron's environment can use it.")
    for problem, sentence in problems.items():
        out(f"Cron cannot use {problem}: {sentence.removeprefix(f'{problem}: ')}")


def _tell_divisions(customer: "Customer") -> None:
    me = customer.reader.me()
    divisions = customer.reader.divisions()
    configured = customer.config.exact.divisions
    out(f"Logged in as {me.user_name}. The login may use these divisions:")
    for code, info in sorted(divisions.items()):
        mark = "*" if code in configured else " "
        closed = "" if info.status == "active" else f"  ({info.status})"
        out(f" {mark} {code}  {info.name}  {info.currency}{closed}")
    missing = [str(code) for code in configured if code not in divisions]
    if missing:
        raise PersonNeeded(
            f"The config names divisions that this login may not use: {', '.join(missing)}.",
            "Give the user access to them in Exact Online and log in again, or take them out of "
            "exact.divisions.",
        )


@auth.command("status")
@json_option
@click.pass_obj
def auth_status(settings: Settings, as_json: bool) -> None:
    """Say where each secret is, whether cron can use it, and how long the logins last.

    \b
    Example:
      exact-slack -c acme.yaml auth status
    """
    from exact_slack.inspect.login import report

    customer = one(settings)
    try:
        own(customer)
        status = report(customer)
    finally:
        customer.close()
    if as_json:
        out_json(status.as_json())
    else:
        _show(status)
    raise click.exceptions.Exit(status.exit_code)


def _show(status: "Report") -> None:
    for name, place in status.places.items():
        here, cron = (
            why.removeprefix(f"{name}: ") or "fine." for why in status.here_and_cron(name)
        )
        out(f"{name}: {place}. Here: {here} Under cron: {cron}")
    if status.chain_days is not None:
        out(f"Exact login: {status.chain_days} days old, {status.days_left} days left.")
    out(f"Exact: {'works' if status.exact else status.exact_problem}")
    if status.slack:
        scopes = "unknown" if status.scopes is None else ", ".join(status.scopes)
        out(f"Slack: {status.slack_team}. Scopes: {scopes}")
    else:
        out(f"Slack: {status.slack_problem}")
    for scope, cost in status.missing_scopes.items():
        out(f"Missing Slack scope {scope}: without it {cost}.")
    for warning in status.warnings:
        if warning != status.slack_problem:  # that was said
            out(warning)


@auth.command("probe", hidden=True)
@click.pass_obj
def auth_probe(settings: Settings) -> None:
    """Print which secrets can be read here; run with cron's environment by the others."""
    from exact_slack.inspect.login import readable

    customer = one(settings)
    try:
        out_json(readable(customer))
    finally:
        customer.close()


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
    try:
        own(customer)
        problems = [_revoke(customer)] if revoke else []
        with customer.token_store.lock():
            problems.append(_not_removed(customer.token_store.delete()))
        problems.append(_not_removed(customer.secrets.delete(SLACK_TOKEN)))
    finally:
        customer.close()
    if not any(problems[-2:]):
        out("The stored logins are removed.")
    if customer.config.slack.token is not None:
        out("The config names slack.token: take it out there, too.")
    if revoke:
        out(
            "Exact has no address for revoking: withdraw the app's access in Exact Online under "
            "your name, Manage connected apps."
        )
    left = [problem for problem in problems if problem]
    for problem in left[1:]:
        tell(problem)
    if left:
        raise left[0]


def _not_removed(sentence: str) -> ExactSlackError | None:
    return PersonNeeded(sentence, "Remove it there yourself.") if sentence else None


def _revoke(customer: "Customer") -> ExactSlackError | None:
    """Make the Slack token void; what went wrong, where the rest is removed all the same."""
    from exact_slack.slack.outcome import Outcome, Result

    try:
        answer = customer.slack.auth_revoke()
    except SlackLoginNeeded:
        out("There was no Slack token to revoke.")
        return None
    except ExactSlackError as error:
        return PersonNeeded(
            f"The Slack token was not revoked: it cannot be read. {error}",
            "Remove the app in Slack.",
        )
    if not isinstance(answer, Outcome):
        out("The Slack token is void.")
    elif answer.result is Result.TOKEN:
        out(f"The Slack token was void already ({answer.error}).")
    else:
        raise PersonNeeded(
            f"Slack did not revoke the token ({answer.error}); nothing was removed.",
            "Try again, or remove the app in Slack and run auth logout without --revoke.",
        )
    return None
