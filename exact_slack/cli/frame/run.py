"""Around every command: settings, logging, and errors as one sentence and an exit code."""

import errno
import io
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from exact_slack import signals
from exact_slack.cli.frame import machine
from exact_slack.cli.frame.out import out, out_lines
from exact_slack.errors import CONFIG, OK, PERSON, TEMPORARY, BadRequest, ExactSlackError
from exact_slack.foreign import visible
from exact_slack.redact import hide, trace

if TYPE_CHECKING:
    from exact_slack.runs.frame.busy import Skipped


@dataclass(frozen=True, slots=True)
class Settings:
    """The global options."""

    configs: tuple[str, ...]
    verbose: int
    quiet: bool

    @property
    def talkative(self) -> bool:
        """Whether to say something when all is well: on a terminal, or with -v."""
        return not self.quiet and (self.verbose > 0 or sys.stdout.isatty())


def colour() -> bool:
    """Whether colours are welcome: a terminal, and NO_COLOR not set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


class _Hiding(logging.Formatter):
    """No secret in any line, whoever wrote it, and nothing that steers a terminal; tracebacks only
    at -vv. A record's own text is one line: nobody outside writes a second one into the log."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(map(visible, hide(super().format(record)).split("\n")))

    def formatMessage(self, record: logging.LogRecord) -> str:  # the name logging wants
        return visible(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # the name logging wants
        if logging.getLogger("exact_slack").isEnabledFor(logging.DEBUG):
            return super().formatException(ei)
        return f"{ei[0].__name__} (run it with -vv for the details)" if ei and ei[0] else ""


def set_up_logging(settings: Settings) -> None:
    """Log to stderr. Libraries that would log payloads or tokens stay at INFO or above."""
    level = {0: logging.ERROR, 1: logging.INFO}.get(settings.verbose, logging.DEBUG)
    if settings.quiet:
        level = logging.CRITICAL
    handler = logging.StreamHandler(sys.stderr)
    plain = _Hiding("%(levelname)s %(name)s: %(message)s")
    handler.setFormatter(machine.Objects() if machine.is_on() else plain)
    logging.captureWarnings(machine.is_on())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("exact_slack").setLevel(level)
    for name in ("urllib3", "requests", "keyring"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # our own sentence tells what failed; the SDK's would repeat the raw answer
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)


_customer: ContextVar[str] = ContextVar("customer", default="")
"""The config file that is worked on, where there are several."""


@contextmanager
def speaking_of(path: Path) -> Iterator[None]:
    """What is told in here says whose it is: eight customers at a time speak on one stderr."""
    token = _customer.set(str(path))
    try:
        yield
    finally:
        _customer.reset(token)


def say(text: str, *, event: str = "news", level: str = "warning") -> None:
    """A sentence on stderr; with several config files behind the name of its own. The mistakes of
    a config are several, one a line."""
    if machine.is_on():
        out_lines(text, err=True, event=event, level=level)
        return
    name = _customer.get()
    where = f"{name}: " if name and not text.startswith(name) else ""
    out_lines(f"exact-slack: {where}{text}", err=True)


def note(text: str) -> None:
    """A line on stdout; with several config files behind the name of its own."""
    name = _customer.get()
    out(f"{name}: {text}" if name else text)


def tell(error: ExactSlackError) -> None:
    """One problem, on stderr."""
    say(str(error), event="problem", level="error")


def skipped(run: "Skipped") -> tuple[int, object]:
    """Another run is at work: nothing to say, unless it has been for long."""
    if run.stuck:
        tell(run.stuck.problem)
    return run.exit_code, run.as_json()


def unexpected(error: BaseException) -> None:
    """What nobody foresaw: its type, on stderr. The whole traceback only at -vv; a message of a
    library may hold a header or a form, so known secrets are taken out of it."""
    name = type(error).__name__
    say(
        f"unexpected trouble ({name}). This is a mistake in exact-slack; the next run goes on. "
        "Run it once more with -vv for the details, and report them.",
        event="unexpected",
        level="error",
    )
    if logging.getLogger("exact_slack").isEnabledFor(logging.DEBUG):
        out_lines(trace(error), err=True, event="traceback", level="debug")


INTERRUPTED, INTERRUPTED_CODE = "exact-slack: interrupted; the next run goes on.", 130
_READER_HAS_GONE = 128 + 13  # the number of SIGPIPE
"""`status | head -1`: as a shell reports it of other commands. 1 would mean a person is needed."""


@contextmanager
def reader_may_go() -> Iterator[None]:
    """Ends quietly where nobody reads any more; click would end with 1."""
    try:
        yield
    except BrokenPipeError:
        _to_nowhere(sys.stdout)
        sys.exit(_READER_HAS_GONE)


def _to_nowhere(stream: TextIO) -> None:
    """Python flushes once more at its end, and would end with 120."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())


def _three_streams() -> None:
    """Where the caller closed one (`>&-`) it is as if it led to /dev/null: else the next file that
    is opened would take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))


@contextmanager
def _written() -> Iterator[None]:
    """Output that a disk does not take is told where there is another way, and ends as a full disk
    does, unless the run itself ended with what counts more."""
    code: str | int | None = PERSON
    try:
        yield
    except SystemExit as end:
        code = end.code
        raise
    finally:
        full = [stream for stream in (sys.stdout, sys.stderr) if _is_full(stream)]
        for stream in full:
            _to_nowhere(stream)
        if full:
            out("exact-slack: the output cannot be written: its disk takes no more.", err=True)
            sys.exit(PERSON if code in (None, OK, TEMPORARY) else code)


def _is_full(stream: TextIO) -> bool:
    try:
        stream.flush()
    except OSError as error:
        return error.errno in _CODES
    return False


def _speak_any_alphabet() -> None:
    """A terminal that is not UTF-8 shows a question mark for what it does not know; it is no
    reason to end."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.encoding.lower() != "utf-8":
        sys.stdout.reconfigure(errors="replace")


def _known_system() -> None:
    """Windows has no locks that end with their process, and no users as the state needs them."""
    try:
        import fcntl  # noqa: F401
    except ImportError:
        sentence = "exact-slack runs on Linux and macOS, not on this system."
        out(f"{sentence} On Windows use WSL, or a container.", err=True)
        sys.exit(PERSON)


def _check_words(words: list[str]) -> None:
    """Refuse a word that the ledger, a message or a log could not hold, whatever it is for."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(word).decode("utf-8", "backslashreplace")
            raise BadRequest(
                f"{shown}: this word of the command is not UTF-8 text.",
                "Write it in UTF-8; a file or folder of that name has to be renamed.",
            ) from None


_CODES = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS), PERSON)
"""What a full or read-only disk means; anything else is a mistake of the config."""


def guarded(command: Callable[..., Any]) -> None:
    """Run the command line; turn what goes wrong into a sentence and an exit code."""
    _three_streams()
    machine.switch(on=machine.asked_for(sys.argv[1:]))
    with _written():
        _guarded(command)


def _behind(error: click.ClickException, command: Callable[..., Any]) -> click.ClickException:
    """The error, or for an option of all commands that stands behind one, where it belongs."""
    if isinstance(error, click.NoSuchOption) and isinstance(command, click.Command) and error.ctx:
        for param in command.params:
            if isinstance(param, click.Option) and error.option_name in param.opts:
                value = "" if param.is_flag or param.count else f" {param.metavar}"
                right = f"exact-slack {error.option_name}{value}"
                behind = error.ctx.command_path.removeprefix("exact-slack")
                sentence = f"{error.option_name} stands before the command: {right}{behind}"
                return click.UsageError(sentence, error.ctx)
    return error


def _guarded(command: Callable[..., Any]) -> None:
    _known_system()
    signals.install()
    _speak_any_alphabet()
    try:
        _check_words(sys.argv[1:])
        # one name, also as python -m exact_slack; click returns what ctx.exit() was given
        code = command(prog_name="exact-slack", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # rich ends with 1
            sys.exit(_READER_HAS_GONE)
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - told in one sentence
        with _ended_by(_code(error)):
            _report(error, command)


@contextmanager
def _ended_by(code: int) -> Iterator[None]:
    """Leaves with a code once it is told why, or where that cannot be written."""
    with suppress(OSError):
        yield
    sys.exit(code)


def _code(error: BaseException) -> int:
    match error:
        case click.ClickException() | ExactSlackError():
            return error.exit_code
        case click.Abort() | KeyboardInterrupt():
            return INTERRUPTED_CODE
        case OSError() if error.errno is not None:
            return _CODES.get(error.errno, CONFIG)
        case _:
            return PERSON


def _report(error: BaseException, command: Callable[..., Any]) -> None:
    """Why it ends, on stderr."""
    match error:
        case click.ClickException():
            shown = io.StringIO()
            _behind(error, command).show(shown)
            out_lines(shown.getvalue(), err=True, event="usage", level="error")
        case click.Abort() | KeyboardInterrupt():
            out(INTERRUPTED, err=True, event="interrupted", level="warning")
        case ExactSlackError():
            tell(error)
        case OSError() if error.errno is not None:
            wrong = f"{error.strerror}: {error.filename}"
            if error.filename is None:
                wrong = f"the output cannot be written: {error.strerror}"
            out(f"exact-slack: {wrong}", err=True, event="problem", level="error")
        case _:  # a library's own OSError has no number: its text may hold a header or a form
            unexpected(error)
