"""`config init`: a few questions, and a config file with comments."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.out import out, out_lines
from exact_slack.cli.frame.run import Settings, say
from exact_slack.errors import BadRequest, ConfigError

if TYPE_CHECKING:
    from exact_slack.config.guide.starter import Addresses, Ask, Places, Question

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
    *,
    file: Path | None,
    defaults: bool,
    to_stdout: bool,
    force: bool,
    exact_url: str | None,
    slack_url: str | None,
) -> None:
    """Ask a few questions and write a config file with comments, readable by you alone.

    Without FILE it is the one of -c, else config.yaml. When stdin is no terminal, it is read as
    the answers, one a line; an empty line takes the default. The last two are client id and client
    secret: they are kept in files of the state folder that you alone can read, where cron finds
    them. With --defaults or --stdout the config names variables of the environment instead.

    \b
    Examples:
      exact-slack config init acme.yaml
      exact-slack config init --defaults --stdout
    """
    from exact_slack.config.guide.starter import NOWHERE, Addresses, complete, mistake, text

    addresses = Addresses(exact_url, slack_url)
    path = None if to_stdout else _path(settings, file, force)
    if problem := mistake({}, addresses, Path("options"), 1):
        raise ConfigError(problem)
    given = Given({}, {})
    if not defaults and sys.stdin.isatty():
        try:
            given = _asked(addresses, secrets=path is not None)
        except click.Abort:
            say("interrupted; nothing is written.")
            sys.exit(130)
    elif not defaults:
        given = _read(addresses, secrets=path is not None)
    places = _keep(path, given.secrets, force) if path else NOWHERE
    content = text(complete(given.answers), path.name if path else "FILE", addresses, places)
    if path is None:
        out_lines(content)
        return
    _write(path, content, force)
    if not settings.quiet:
        for kept in places.secrets.values():
            out(f"{kept} is written.")
        out(f"{path} is written. Next: exact-slack -c {path} config check")


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered."""

    answers: dict[str, str]
    secrets: dict[str, str]


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


def _keep(path: Path, secrets: dict[str, str], force: bool) -> "Places":
    """Store what was given in the state folder of this config; say where it is."""
    from exact_slack.config.file.paths import default_state_dir, state_dir_is_the_shells
    from exact_slack.config.guide.starter import NOWHERE, SECRETS, Places
    from exact_slack.secrets.store import write_private

    state = default_state_dir(path) if secrets or state_dir_is_the_shells() else None
    if state is None:
        return NOWHERE
    files = {ask.key: state / ask.file for ask in SECRETS if ask.key in secrets}
    if not force:
        for file in filter(Path.exists, files.values()):
            raise _there(file)  # another config of the same name may use it
    for key, file in files.items():
        write_private(file, secrets[key] + "\n")
    return Places(files, state if state_dir_is_the_shells() else None)


def _asked(addresses: "Addresses", *, secrets: bool) -> Given:
    """The answers of a person; a wrong one is told and asked for again."""
    from exact_slack.config.guide.starter import QUESTIONS, SECRETS, mistake

    answers: dict[str, str] = {}
    for question in QUESTIONS:
        while True:
            answers[question.key] = _prompt(question, answers)
            problem = mistake(answers, addresses, _STDIN, 1)
            if not problem:
                break
            out(problem.replace(f"{_STDIN}:1: ", ""), err=True)
    asked = {ask.key: _hidden(ask) for ask in SECRETS} if secrets else {}
    return Given(answers, {key: value for key, value in asked.items() if value})


def _hidden(ask: "Ask") -> str:
    """A secret of a person, "" where it comes from the environment."""
    while True:
        value = _hidden_line(ask.text).strip()
        flaw = _flaw(ask, value)
        if not flaw:
            return value
        out(flaw, err=True)


def _hidden_line(prompt: str) -> str:
    """A line that is not shown. Unlike getpass it keeps what was pasted in one go with the line
    before it: two secrets that were copied together."""
    import termios

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    try:
        termios.tcsetattr(terminal, termios.TCSADRAIN, silent)
        out(f"{prompt}: ", nl=False, err=True)
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        raise click.Abort from None
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        out(err=True)
    if not line:
        raise click.Abort
    return line


def _flaw(ask: "Ask", value: str) -> str:
    from exact_slack.redact import note
    from exact_slack.secrets.source import flaw

    wrong = flaw(note(value)) if value else ""
    return f"exact.{ask.key}: the {ask.words} {wrong}. Paste it alone." if wrong else ""


def _prompt(question: "Question", answers: dict[str, str]) -> str:
    value: str = click.prompt(question.text, default=question.default(answers), err=True)
    return value.strip()


def _read(addresses: "Addresses", *, secrets: bool) -> Given:
    """The answers on stdin, one a line; an empty or missing one takes the default."""
    from exact_slack.config.guide.starter import QUESTIONS, SECRETS, mistake

    lines = [line.strip() for line in sys.stdin.read().splitlines()]
    asks = SECRETS if secrets else ()
    wanted = [question.key for question in QUESTIONS] + [ask.words for ask in asks]
    if any(lines[len(wanted) :]):
        raise BadRequest(
            f"{len(lines)} answers to {len(wanted)} questions ({', '.join(wanted)}).",
            "Give one a line; an empty line takes the default.",
        )
    answers: dict[str, str] = {}
    for number, (question, line) in enumerate(zip(QUESTIONS, lines, strict=False), start=1):
        answers[question.key] = line or question.default(answers)
        if problem := mistake(answers, addresses, _STDIN, number):
            raise ConfigError(problem)
    rest = lines[len(QUESTIONS) :]
    for number, (ask, line) in enumerate(zip(asks, rest, strict=False), start=len(QUESTIONS) + 1):
        if problem := _flaw(ask, line):
            raise ConfigError(f"{_STDIN}:{number}: {problem}")
    given = {ask.key: line for ask, line in zip(asks, rest, strict=False) if line}
    return Given(answers, given)


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
