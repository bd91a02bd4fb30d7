"""`config`: check and show."""

import json

import click

from exact_slack.cli.run import Settings, tell
from exact_slack.errors import ExactSlackError


@click.group(short_help="Check and show the configuration.")
def config() -> None:
    """Check and show the configuration."""


@config.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Read the config file and say what is wrong, with file and line. Calls nothing.

    Templates are tried on samples of every kind that their route can get.

    \b
    Example:
      exact-slack -c acme.yaml config check
    """
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
                kinds = ", ".join(found.routed_kinds())
                click.echo(f"{path}: fine. {len(found.routes)} routes; kinds: {kinds}")
            for sentence in ended_silences(found, datetime.now(found.zone()).date()):
                click.echo(sentence, err=True)
    raise click.exceptions.Exit(code)


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
