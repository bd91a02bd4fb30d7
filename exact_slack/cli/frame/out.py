"""The one door to stdout and stderr. Names, descriptions and errors come from outside: what would
steer a terminal, turn the direction of reading or hide is taken out here, once; and the commands of
a cure are made so that they can be pasted."""

import json
from typing import Any

import click

from exact_slack.cli.frame import machine
from exact_slack.foreign import escaped, visible
from exact_slack.paste import pasteable, pasteable_in


def out(
    text: str = "",
    *,
    err: bool = False,
    nl: bool = True,
    event: str = "said",
    level: str = "info",
) -> None:
    """One line, whatever is in it; without `nl` it goes on. `event` and `level` are for a program
    that reads stderr."""
    if err and machine.is_on():
        machine.write(pasteable(text), event=event, level=level)
        return
    click.echo(visible(pasteable(text)), err=err, nl=nl)


def out_lines(text: str, *, err: bool = False, event: str = "said", level: str = "info") -> None:
    """A text of our own that has lines; what it quotes must have none."""
    if err and machine.is_on():
        machine.write(pasteable(text), event=event, level=level)
        return
    lines = pasteable(text).removesuffix("\n").split("\n")
    click.echo("\n".join(map(visible, lines)), err=err)


def out_raw(text: str) -> None:
    """A part of a JSON value, or of a table; what has no place on a terminal is an escape."""
    click.echo(escaped(text), nl=False)


def out_json(value: Any) -> None:
    """One JSON value, complete; what has no place on a terminal stands in it as an escape."""
    click.echo(escaped(json.dumps(pasteable_in(value), indent=2, default=str, ensure_ascii=False)))
