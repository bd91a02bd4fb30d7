"""The one door to stdout and stderr. Names, descriptions and errors come from outside: what would
steer a terminal, turn the direction of reading or hide is taken out here, once."""

import json
from typing import Any

import click

from exact_slack.foreign import escaped, visible


def out(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """One line, whatever is in it; without `nl` it goes on."""
    click.echo(visible(text), err=err, nl=nl)


def out_lines(text: str, *, err: bool = False) -> None:
    """A text of our own that has lines; what it quotes must have none."""
    click.echo("\n".join(map(visible, text.removesuffix("\n").split("\n"))), err=err)


def out_json(value: Any) -> None:
    """One JSON value, complete; what has no place on a terminal stands in it as an escape."""
    click.echo(escaped(json.dumps(value, indent=2, default=str, ensure_ascii=False)))
