"""`config`: write one, check it, show it as understood, describe it for editors."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exact_slack.cli.config_init import config_init
from exact_slack.cli.frame.options import Suggesting, json_option
from exact_slack.cli.frame.out import out, out_json, out_lines
from exact_slack.cli.frame.run import Settings, tell
from exact_slack.errors import CONFIG

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.cli.frame.each import Result
    from exact_slack.config.model import Config
    from exact_slack.inspect.online.findings import Online, Place


@click.group(cls=Suggesting, short_help="Write, check and show the configuration.")
def config() -> None:
    """Write, check and show the configuration."""


config.add_command(config_init)


@config.command()
@click.option("--online", is_flag=True, help="Ask Exact and Slack, too; posts nothing.")
@json_option
@click.pass_obj
def check(settings: Settings, online: bool, as_json: bool) -> None:
    """Read the config file and say what is wrong, with file and line. Calls nothing.

    Templates are tried on samples of every kind that their route can get. A secret whose variable
    or file cannot be read here is a mistake: check it in the environment that polls.

    With --online it also asks Exact (the login, each division, one row of each routed kind) and
    Slack (the token and its scopes, each channel): what is missing, and what to do about it. It
    ends with "cron: yes", or with "cron: no" and why: tried with the bare environment that cron
    gives a job.

    \b
    Examples:
      exact-slack -c acme.yaml config check
      exact-slack -c acme.yaml config check --online
    """
    from exact_slack.cli.frame.each import each
    from exact_slack.config.load import not_here
    from exact_slack.config.together import shared_state
    from exact_slack.ledger.schema.engine import check_engine

    owners: dict[Path, Path] = {}

    def work(customer: "Customer") -> "Result":
        check_engine()
        config = customer.config
        value = _offline(customer)
        owner = owners.setdefault(customer.state.resolve(), config.path)
        if owner != config.path:
            raise shared_state(config.path, customer.state, owner)
        unread = not_here(config)
        if unread:
            value.update(ok=False, exit_code=CONFIG, problems=[str(error) for error in unread])
        elif not (as_json or settings.quiet):
            out(_fine(config, len(value["warnings"])))
        if not as_json:
            for error in unread:
                tell(error)
        if online:
            value = _asked(customer, value, as_json, settings.quiet)
        if not as_json:
            for warning in value["warnings"]:
                out(warning, err=True)
            if online and not settings.quiet:
                why = value["cron"]["problem"]
                out(f"cron: no: {why}" if why else "cron: yes")
        return value["exit_code"], value

    each(settings, as_json, work)


def _fine(config: "Config", doubts: int) -> str:
    state = "fine" if not doubts else "1 doubt" if doubts == 1 else f"{doubts} doubts"
    kinds = ", ".join(config.routed_kinds())
    many = "" if len(config.routes) == 1 else "s"
    return f"{config.path}: {state}. {len(config.routes)} route{many}; kinds: {kinds}"


def _offline(customer: "Customer") -> dict[str, Any]:
    """The fields of `config check --json`. ConfigError where the templates do not work."""
    from exact_slack.app.allowance import too_often
    from exact_slack.app.today import today
    from exact_slack.config.load import exposed
    from exact_slack.config.together import ended_silences
    from exact_slack.inspect.often import seen_too_often
    from exact_slack.inspect.templates import check_templates
    from exact_slack.routing.doubts import doubts

    config = customer.config
    check_templates(config)
    ended = ended_silences(config, today(config, customer.clock))
    often = seen_too_often(customer)
    return {
        "ok": True,
        "exit_code": 0,
        "routes": [route.name for route in config.routes],
        "kinds": [kind.value for kind in config.routed_kinds()],
        "problems": [],
        "warnings": [
            *filter(None, [exposed(config), too_often(config)]),
            *ended,
            *doubts(config),
            *often,
        ],
    }


def _asked(
    customer: "Customer", offline: dict[str, Any], as_json: bool, quiet: bool
) -> dict[str, Any]:
    """The fields of `config check --online --json`; shown for a person on the way."""
    from exact_slack.app.summary import worst
    from exact_slack.inspect.login import why_not_cron
    from exact_slack.inspect.online import check_online

    asked = check_online(customer)
    if not (as_json or quiet):
        _show(asked)
    if not as_json:
        for error in asked.errors:
            tell(error)
    both = {name: [*offline[name], *asked.as_json()[name]] for name in ("problems", "warnings")}
    code = worst([offline["exit_code"], asked.exit_code()])
    why = why_not_cron(customer.config)
    return {
        **offline,
        **asked.as_json(),
        **both,
        "ok": not both["problems"],
        "exit_code": code,
        "cron": {"ok": not why, "problem": why},
    }


def _show(asked: "Online") -> None:
    """What was found, for a person; the errors follow on stderr."""
    out(f"Exact Online: logged in as {asked.user}" if asked.user else "Exact Online:")
    for division in asked.divisions:
        facts = "  ".join(filter(None, (division.name, division.currency, division.status)))
        out(f"  {division.division}  {facts or 'not known'}{_but(division.problem)}")
    for access in asked.access:
        what = access.kind or f"({access.endpoint})"
        out(f"  {access.division}  {what}{_but(access.problem) or ': can be read'}")
    out(f"Slack: {asked.bot} in {asked.team}" if asked.team else "Slack:")
    if asked.scopes:
        out(f"  scopes: {', '.join(asked.scopes)}")
    for place in asked.channels:
        out(f"  {place.channel}{_but(place.problem) or _state(place)}")
    out(f"{asked.exact_calls} calls to Exact, {asked.slack_calls} to Slack.")


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
    from exact_slack.config.file.paths import expand
    from exact_slack.config.load import load

    shown = {str(path): _shown(load(path)) for path in expand(settings.configs)}
    value = next(iter(shown.values())) if len(shown) == 1 else shown
    out_json(value)


def _shown(config: "Config") -> dict[str, Any]:
    """The values as understood; secrets as the places where they are."""
    values = config.model_dump(mode="python", by_alias=True, exclude_none=True)
    values["state"] = str(config.state_dir())
    if config.monitoring.ping_url:  # who knows the path can ping in our name
        values["monitoring"]["ping_url"] = _host(config.monitoring.ping_url)
    for side in ("exact", "slack"):
        if "base_url" in values[side]:  # a proxy's address may hold a password
            values[side]["base_url"] = _without_login(values[side]["base_url"])
    return values


def _without_login(address: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _host(address: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}/…"


@config.command()
def schema() -> None:
    """Print the JSON schema of config files, for completion and checks in an editor.

    \b
    Example; then the first line of a config is
    # yaml-language-server: $schema=config.schema.json
      exact-slack config schema > config.schema.json
    """
    from exact_slack.config.guide.schema import as_text

    out_lines(as_text())
