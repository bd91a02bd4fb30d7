"""`config`: write one, check it, show it as understood, describe it for editors."""

import json
from typing import TYPE_CHECKING

import click

from exact_slack.cli.config_init import config_init
from exact_slack.cli.run import Settings, tell
from exact_slack.errors import ExactSlackError

if TYPE_CHECKING:
    from exact_slack.cli.each import Result
    from exact_slack.config.model import Config
    from exact_slack.flow.online import Online, Place
    from exact_slack.flow.wiring import Customer


@click.group(short_help="Write, check and show the configuration.")
def config() -> None:
    """Write, check and show the configuration."""


config.add_command(config_init)


@config.command()
@click.option("--online", is_flag=True, help="Ask Exact and Slack, too; posts nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
@click.pass_obj
def check(settings: Settings, online: bool, as_json: bool) -> None:
    """Read the config file and say what is wrong, with file and line. Calls nothing.

    Templates are tried on samples of every kind that their route can get.

    With --online it also asks Exact (the login, each division, one row of each routed kind) and
    Slack (the token and its scopes, each channel): what is missing, and what to do about it.

    \b
    Examples:
      exact-slack -c acme.yaml config check
      exact-slack -c acme.yaml config check --online
    """
    if online or as_json:
        _check_each(settings, online, as_json)
    from datetime import datetime

    from exact_slack.config.load import load
    from exact_slack.config.paths import expand
    from exact_slack.config.together import ended_silences
    from exact_slack.flow.check import check_templates

    code = 0
    for path in expand(settings.configs):
        try:
            found = load(path)
            check_templates(found)
        except ExactSlackError as error:
            tell(error)
            code = error.exit_code
        else:
            if not settings.quiet:
                click.echo(_fine(found))
            for sentence in ended_silences(found, datetime.now(found.zone()).date()):
                click.echo(sentence, err=True)
    raise click.exceptions.Exit(code)


def _fine(found: "Config") -> str:
    kinds = ", ".join(found.routed_kinds())
    return f"{found.path}: fine. {len(found.routes)} routes; kinds: {kinds}"


def _check_each(settings: Settings, online: bool, as_json: bool) -> None:
    """Every named file; leaves with the worst exit code."""
    from exact_slack.cli.each import each

    def work(customer: "Customer") -> "Result":
        from exact_slack.flow.check import check_templates
        from exact_slack.flow.online import check_online

        found = customer.config
        check_templates(found)
        value: dict[str, object] = {
            "routes": [route.name for route in found.routes],
            "kinds": [kind.value for kind in found.routed_kinds()],
        }
        if not online:
            return 0, {"ok": True, "exit_code": 0, **value}
        asked = check_online(customer)
        if not (as_json or settings.quiet):
            click.echo(_fine(found))
            _show(asked)
        if not as_json:
            for error in asked.errors:
                tell(error)
        return asked.exit_code(), {**asked.as_json(), **value}

    each(settings, as_json, work)


def _show(asked: "Online") -> None:
    """What was found, for a person; the errors follow on stderr."""
    click.echo(f"Exact Online: logged in as {asked.user}" if asked.user else "Exact Online:")
    for division in asked.divisions:
        known = "  ".join(filter(None, (division.name, division.currency, division.status)))
        click.echo(f"  {division.division}  {known or 'not known'}{_but(division.problem)}")
    for access in asked.access:
        what = access.kind or f"({access.endpoint})"
        click.echo(f"  {access.division}  {what}{_but(access.problem) or ': can be read'}")
    click.echo(f"Slack: {asked.bot} in {asked.team}" if asked.team else "Slack:")
    if asked.scopes:
        click.echo(f"  scopes: {', '.join(asked.scopes)}")
    for place in asked.channels:
        click.echo(f"  {place.channel}{_but(place.problem) or _state(place)}")
    for warning in asked.warnings:
        click.echo(warning)
    click.echo(f"{asked.exact_calls} calls to Exact, {asked.slack_calls} to Slack.")


def _but(problem: str) -> str:
    return f": {problem}" if problem else ""


def _state(place: "Place") -> str:
    if place.id is None:
        return ": not asked"
    return f": the bot is a member ({'private' if place.is_private else 'public'}, {place.id})"


@config.command()
@click.pass_obj
def show(settings: Settings) -> None:
    """Print the configuration as understood, without secrets.

    \b
    Example:
      exact-slack -c acme.yaml config show
    """
    from exact_slack.config.load import load
    from exact_slack.config.paths import expand

    for path in expand(settings.configs):
        found = load(path)
        values = found.model_dump(mode="python", exclude_none=True)
        values["state"] = str(found.state_dir())
        click.echo(json.dumps(values, indent=2, default=str, ensure_ascii=False))


@config.command()
def schema() -> None:
    """Print the JSON schema of config files, for completion and checks in an editor.

    \b
    Example; then the first line of a config is
    # yaml-language-server: $schema=config.schema.json
      exact-slack config schema > config.schema.json
    """
    from exact_slack.config.schema import as_text

    click.echo(as_text(), nl=False)
