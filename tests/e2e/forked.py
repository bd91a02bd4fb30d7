"""The command in another process, without the half second in which Python loads the packages: a
server process has loaded them once and forks those that run commands. One that is waited for runs
in a process where others ran before (`kept.py`); what is to be looked at or killed on its way has
one of its own.

What a test sees is the same: another process, its exit code and output, and a signal that ends it.
What happens while Python starts and loads is tested by those who start `python -m exact_slack`."""

import atexit
import faulthandler
import os
import signal
import sys
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from multiprocessing import get_context, reduction
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from tests.e2e import cron, kept
from tests.e2e.hands import VARIABLE, obey

_NOTHING = Path(os.devnull)


class _End:
    """One end of a pipe, which arrives in the other process as a number of its own."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrived, (reduction.DupFd(self._fd),)


def _arrived(end: Any) -> int:
    return int(end.detach())


class Running:
    """A started command; the part of `subprocess.Popen` that tests use."""

    def __init__(
        self,
        words: Sequence[str],
        env: Mapping[str, str],
        *,
        stdin: kept.Stream = _NOTHING,
        out: kept.Stream = _NOTHING,
        err: kept.Stream = _NOTHING,
        folder: str = "",
    ) -> None:
        streams = [end if isinstance(end, Path) else _End(end) for end in (stdin, out, err)]
        self._stacks, path = tempfile.mkstemp()
        os.unlink(path)
        weakref.finalize(self, os.close, self._stacks)
        streams.append(_End(self._stacks))
        arguments = (tuple(words), dict(env), folder or os.getcwd(), streams)
        self._process = _server().Process(target=_command, args=arguments)
        self._process.start()
        self._told = f"{' '.join(words)}, process {self.pid},"

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """Exit code, or the number of the signal, negative; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutError(f"{self._told} still runs after {timeout} s at\n{self._where()}")
        return self._process.exitcode

    def _where(self) -> str:
        """The lines at which its threads are."""
        self.send_signal(signal.SIGUSR2)
        self._process.join(1)
        return os.pread(self._stacks, 100_000, 0).decode("utf-8", "replace")

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it ended since
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run(
    words: Sequence[str],
    stdin: str,
    env: Mapping[str, str],
    timeout: float,
    folder: str = "",
) -> tuple[int, str, str]:
    """`exact-slack` with these words: exit code (negative: the signal), standard output and
    standard error."""
    with tempfile.TemporaryDirectory(prefix="forked") as name:
        given, out, err = (Path(name) / each for each in ("in", "out", "err"))
        given.write_text(stdin, encoding="utf-8")
        job = kept.Job(tuple(words), dict(env), folder or os.getcwd(), given, out, err)
        code = _hand().run(job, timeout)
        return code, out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace")


class _Hand:
    """The process of `kept.py`, and the next one where that was given up."""

    def __init__(self) -> None:
        self._process: Any = None
        self._jobs: Connection | None = None

    def run(self, job: kept.Job, timeout: float) -> int:
        jobs = self._jobs or self._started()
        jobs.send(job)
        if not jobs.poll(timeout):
            self._process.kill()
            self._give_up()
            raise TimeoutError(f"{job.words} still runs after {timeout} s")
        try:
            code, is_clean = jobs.recv()
        except (EOFError, OSError):  # it was killed, as some tests want it to be
            return self._give_up()
        if not is_clean:
            self._process.kill()
            self._give_up()
        return int(code)

    def _started(self) -> Connection:
        self._jobs, theirs = _server().Pipe()
        self._process = _server().Process(target=kept.work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        return self._jobs

    def _give_up(self) -> int:
        self._process.join()
        assert self._jobs is not None
        self._jobs.close()
        self._jobs = None
        return int(self._process.exitcode)


@cache
def _hand() -> _Hand:
    return _Hand()


class Asking:
    """A command that asks: `line` and `told` read what it says, `answer` tells it the rest."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="forked")
        self._err = Path(self._folder.name) / "err"
        given, answers = os.pipe()
        told, out = os.pipe()
        self.running = Running(words, env, stdin=given, out=out, err=self._err)
        os.close(given)
        os.close(out)
        self._answers, self.told = os.fdopen(answers, "w"), os.fdopen(told)

    def answer(self, text: str, timeout: float = 90) -> tuple[int, str, str]:
        """Say the last words. Exit code, what it said after that, and standard error."""
        self._answers.write(text)
        self._answers.close()
        return self.end(timeout)

    def end(self, timeout: float = 90) -> tuple[int, str, str]:
        """Wait without another word."""
        try:
            code = self.running.wait(timeout)
        except TimeoutError:
            self.running.kill()
            raise
        out, err = self.told.read(), self._err.read_text("utf-8", "replace")
        self.told.close()
        self._folder.cleanup()
        return code, out, err


@cache
def _server() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.e2e.loaded"])
    return context


def _command(words: tuple[str, ...], env: dict[str, str], folder: str, streams: list[Any]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.stdin, sys.stdout, sys.stderr = map(kept.stand_in, range(3), streams[:3])
    sys.argv = ["exact-slack", *words]
    if hands := os.environ.pop(VARIABLE, ""):
        obey(hands)
    cron.fork()
    faulthandler.register(signal.SIGUSR2, streams[-1])
    from exact_slack.cli import main

    try:
        main()
    finally:
        atexit._run_exitfuncs()
