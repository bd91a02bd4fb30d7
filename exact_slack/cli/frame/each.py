"""One command over one or many customers: several at a time, each isolated."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exact_slack import signals, speaking
from exact_slack.cli.frame.done import Done
from exact_slack.cli.frame.out import out, out_json
from exact_slack.cli.frame.run import (
    INTERRUPTED,
    INTERRUPTED_CODE,
    Settings,
    set_up_logging,
    speaking_of,
    tell,
    unexpected,
)
from exact_slack.config.file.paths import expand, named
from exact_slack.errors import PERSON, ExactSlackError
from exact_slack.paste import pasteable, pasteable_in, work_on, working_on

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.cli.frame.stream import JsonStream

_AT_A_TIME = 8
"""Customers that run side by side: they mostly wait for Exact and Slack."""
_GLANCE = 0.25
"""Seconds after which the main thread sees a signal at the latest."""
Result = tuple[int, object]
"""Exit code, and what `--json` prints."""


def one(settings: Settings) -> "Customer":
    """The single customer of a command that takes only one."""
    from exact_slack.app.customer import Customer
    from exact_slack.config.load import load

    set_up_logging(settings)
    paths = expand(settings.configs)
    if len(paths) != 1:
        raise click.UsageError("this command takes one config file (-c FILE)")
    if named(settings.configs):
        work_on(paths[0])
    speaking.customer.set(paths[0].stem)
    return Customer(load(paths[0]))


def each(
    settings: Settings,
    as_json: bool,
    work: Callable[["Customer"], Result],
    *,
    side_by_side: bool = False,
    reading: bool = False,
    is_news: "Callable[[Done], bool]" = lambda _: True,
    stream: "JsonStream | None" = None,
    ends: "Callable[[list[Done]], int] | None" = None,
) -> None:
    """Run `work` for every config; print the JSON; leave with the worst exit code. A broken file
    or a customer in trouble stops nobody else. `reading`: nothing is written to the ledger.
    `is_news`: whether the error is told that one ended with. `stream`: where `work` writes its
    JSON itself. `ends`: the exit code, if it is not the worst one."""
    set_up_logging(settings)
    paths = expand(settings.configs)
    several = len(paths) > 1 or any(Path(name).is_dir() for name in settings.configs)
    by_name = bool(named(settings.configs))
    names = _names(paths)

    def run(path: Path) -> Done:
        speaking.customer.set(path.stem)
        speaking.run.set(None)
        if stream:
            stream.open(names[path])
        with (
            speaking_of(path) if several else nullcontext(),
            working_on(path if by_name else None),
        ):
            done = _run(path, work, several, reading)
            if done.error is not None and is_news(done):
                tell(done.error)
        if stream:
            stream.close(done)
        return done

    if stream:
        stream.begin(several=several)

    if several and side_by_side:
        results = _side_by_side(run, paths)
    else:
        results = [run(path) for path in paths]
    if stream:
        stream.end()
    elif as_json:
        shown = {names[d.path]: d.value for d in results} if several else results[0].value
        out_json(shown)
    sys.exit((ends or _worst)(results))


def _worst(results: list[Done]) -> int:
    from exact_slack.app.summary import worst

    codes = {done.code for done in results}
    return worst(list(codes)) if len(codes) > 1 else codes.pop()


def _side_by_side(run: Callable[[Path], Done], paths: list[Path]) -> list[Done]:
    pool = ThreadPoolExecutor(_AT_A_TIME)
    try:
        running = [pool.submit(run, path) for path in paths]
        # looking up now and then: a signal that comes just before a wait does not end that
        while wait(running, _GLANCE).not_done:
            pass
        return [future.result() for future in running]
    except KeyboardInterrupt:  # the threads do not hear of it, and may wait for minutes
        out(INTERRUPTED, err=True)
        signals.leave(INTERRUPTED_CODE)
    finally:
        pool.shutdown()


def _run(path: Path, work: Callable[["Customer"], Result], several: bool, reading: bool) -> Done:
    from exact_slack.app.customer import customer
    from exact_slack.config.load import load

    try:
        config = load(path)
    except ExactSlackError as error:
        code = error.exit_code
        return Done(path, code, _told(error, code), error, unread=True)
    try:
        with customer(config, reading=reading) as parts:
            code, value = work(parts)
            return Done(path, code, pasteable_in(value))
    except ExactSlackError as error:
        return Done(path, error.exit_code, _told(error, error.exit_code), error)
    except Exception as error:
        if not several:
            raise
        # what nobody foresaw in one customer must not stop the others
        unexpected(error)
        return Done(path, PERSON, {"error": type(error).__name__, "exit_code": PERSON})


def _told(error: ExactSlackError, code: int) -> dict[str, object]:
    return {"error": pasteable(str(error)), "exit_code": code}


def _names(paths: list[Path]) -> dict[Path, str]:
    """The file name of each; where two have the same, the whole path."""
    names = [path.name for path in paths]
    return {path: path.name if names.count(path.name) == 1 else str(path) for path in paths}
