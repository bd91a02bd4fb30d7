"""One command over one or many customers: a broken file stops nobody else."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click

from exact_slack.cli.run import Settings, set_up_logging, tell
from exact_slack.config.paths import expand
from exact_slack.errors import ConfigError, ExactSlackError
from exact_slack.flow.summary import worst
from exact_slack.flow.wiring import Customer, customer, customers

Result = tuple[int, object]
"""Exit code, and what `--json` prints."""


def one(settings: Settings) -> Customer:
    """The single customer of a command that takes only one."""
    from exact_slack.config.load import load

    set_up_logging(settings)
    paths = expand(settings.configs)
    if len(paths) != 1:
        raise click.UsageError("this command takes one config file (-c FILE)")
    return Customer(load(paths[0]))


def each(settings: Settings, as_json: bool, work: Callable[[Customer], Result]) -> None:
    """Run `work` for every config; print the JSON; leave with the worst exit code."""
    set_up_logging(settings)
    paths = expand(settings.configs)
    several = len(paths) > 1 or any(Path(name).is_dir() for name in settings.configs)
    codes: list[int] = []
    values: dict[str, object] = {}
    for path, config in customers(paths):
        try:
            if isinstance(config, ConfigError):
                raise config
            with customer(config) as parts:
                code, value = work(parts)
        except ExactSlackError as error:
            code, value = error.exit_code, {"error": str(error), "exit_code": error.exit_code}
            tell(error)
        codes.append(code)
        values[path.name if path.name not in values else str(path)] = value
    if as_json:
        shown = values if several else next(iter(values.values()))
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    sys.exit(worst(codes) if len(set(codes)) > 1 else codes[0])
