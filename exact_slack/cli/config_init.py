"""`config init`: a few questions, and a config file with comments."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exact_slack.cli.out import out, out_lines
from exact_slack.cli.run import Settings, say
from exact_slack.errors import BadRequest, ConfigError

if TYPE_CHECKING:
    from exact_slack.config.starter import Addresses, Question

_STDIN = Path("answers")
"""Stands for the file in a mistake: `answers:2: exact.divisions: found …`."""


@click.command("init")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--defaults", is_flag=True, help="Ask nothing; take every default.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the file instead of writing it.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--exact-url", metavar="URL", help="exact.base_url: a sandbox or a proxy.")
@click.option("--slack-url", metavar="URL", help="slack.base_url: a sandbox or a proxy.")
@click.pass_obj
def config_init(
    settings: Settings,
    file: Path | None,
    defaults: bool,
    to_stdout: bool,
    force: bool,
    exact_url: str | None,
    slack_url: str | None,
) -> None:
    """Ask a few questions and write a config file with comments, readable by you alone.

    Without FILE it is the one of -c, else config.yaml. When stdin is no terminal, it is read as
    the answers, one a line; an empty line takes the default.

    \b
    Examples:
      exact-slack config init acme.yaml
      exact-slack config init --defaults --stdout
    """
    from exact_slack.config.starter import Addresses, complete, mistake, text

    addresses = Addresses(exact_url, slack_url)
    path = None if to_stdout else _path(settings, file, force)
    if told := mistake({}, addresses, Path("options"), 1):
        raise ConfigError(told)
    if defaults:
        answers = {}
    elif sys.stdin.isatty():
        try:
            answers = _asked(addresses)
        except click.Abort:
            say("interrupted; nothing is written.")
            sys.exit(130)
    else:
        answers = _read(addresses)
    content = text(complete(answers), path.name if path else "FILE", addresses)
    if path is None:
        out_lines(content)
        return
    _write(path, content, force)
    if not settings.quiet:
        out(f"{path} is written. Next: exact-slack -c {path} config check")


def _path(settings: Settings, file: Path | None, force: bool) -> Path:
    """Where it goes: said before anything is asked when it cannot go there."""
    if file is not None and settings.configs:
        raise click.UsageError("name the file once: as FILE or with -c")
    if len(settings.configs) > 1:
        raise click.UsageError("this command writes one config file")
    path = file or Path(settings.configs[0] if settings.configs else "config.yaml").expanduser()
    if path.is_dir():
        raise click.UsageError(f"{path} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise click.UsageError(f"there is no folder {path.parent}; make it first")
    if path.exists() and not force:
        raise _there(path)
    return path


def _there(path: Path) -> BadRequest:
    return BadRequest(f"{path} is there already.", "Name another file, or replace it with --force.")


def _asked(addresses: "Addresses") -> dict[str, str]:
    """The answers of a person; a wrong one is told and asked for again."""
    from exact_slack.config.starter import QUESTIONS, mistake

    answers: dict[str, str] = {}
    for question in QUESTIONS:
        while True:
            answers[question.key] = _prompt(question, answers)
            told = mistake(answers, addresses, _STDIN, 1)
            if not told:
                break
            out(told.replace(f"{_STDIN}:1: ", ""), err=True)
    return answers


def _prompt(question: "Question", answers: dict[str, str]) -> str:
    value: str = click.prompt(question.text, default=question.default(answers), err=True)
    return value.strip()


def _read(addresses: "Addresses") -> dict[str, str]:
    """The answers on stdin, one a line; an empty or missing one takes the default."""
    from exact_slack.config.starter import QUESTIONS, mistake

    lines = sys.stdin.read().splitlines()
    if any(line.strip() for line in lines[len(QUESTIONS) :]):
        asked = ", ".join(question.key for question in QUESTIONS)
        raise BadRequest(f"{len(lines)} answers to {len(QUESTIONS)} questions ({asked}).")
    answers: dict[str, str] = {}
    for number, (question, line) in enumerate(zip(QUESTIONS, lines, strict=False), start=1):
        answers[question.key] = line.strip() or question.default(answers)
        if told := mistake(answers, addresses, _STDIN, number):
            raise ConfigError(told)
    return answers


def _write(path: Path, content: str, force: bool) -> None:
    """A file of mode 0600 that is there as a whole or not at all; never over another one."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            os.fchmod(descriptor, 0o600)
            opened.write(content)
        if force:
            os.replace(part, path)
        else:
            os.link(part, path)  # unlike a rename it fails where the file has appeared meanwhile
    except FileExistsError:
        raise _there(path) from None
    finally:
        part.unlink(missing_ok=True)
