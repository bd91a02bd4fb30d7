"""The command in a process of its own, without the half second in which Python loads the packages:
a server process has loaded them once and forks one for every run.

What a test sees is the same: another process, its exit code and output, and a signal that ends it.
What happens while Python starts and loads is tested by those who start `python -m exact_slack`."""

import atexit
import io
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import IO

Streams = tuple[str, str, str]
"""Paths of the files that are standard input, output and error."""


class Running:
    """A started command; the part of `subprocess.Popen` that tests use."""

    def __init__(
        self,
        words: Sequence[str],
        env: Mapping[str, str],
        *,
        stdin: Path | None = None,
        out: Path | None = None,
        err: Path | None = None,
    ) -> None:
        streams = tuple(str(path or os.devnull) for path in (stdin, out, err))
        arguments = (tuple(words), dict(env), os.getcwd(), streams)
        self._process = _server().Process(target=_command, args=arguments)
        self._process.start()

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
            raise TimeoutError(f"process {self.pid} still runs after {timeout} s")
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run(
    words: Sequence[str], stdin: str, env: Mapping[str, str], timeout: float
) -> tuple[int, str, str]:
    """`exact-slack` with these words: exit code (negative: the signal), standard output and
    standard error."""
    with tempfile.TemporaryDirectory(prefix="forked") as name:
        given, out, err = (Path(name) / each for each in ("in", "out", "err"))
        given.write_text(stdin, encoding="utf-8")
        running = Running(words, env, stdin=given, out=out, err=err)
        try:
            code = running.wait(timeout)
        except TimeoutError:
            running.kill()
            raise
        return code, out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace")


@cache
def _server() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.e2e.loaded"])
    return context


def _command(words: tuple[str, ...], env: dict[str, str], folder: str, streams: Streams) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.stdin, sys.stdout, sys.stderr = map(_stand_in, range(3), streams)
    sys.argv = ["exact-slack", *words]
    from exact_slack.cli import main

    try:
        main()
    finally:
        atexit._run_exitfuncs()


def _stand_in(fd: int, path: str) -> IO[str]:
    """The file at `path`, as this standard stream."""
    opened = os.open(path, os.O_RDONLY if fd == 0 else os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(opened, fd)
    os.close(opened)
    raw = io.FileIO(fd, "r" if fd == 0 else "w", closefd=False)
    buffer = io.BufferedReader(raw) if fd == 0 else io.BufferedWriter(raw)
    return io.TextIOWrapper(buffer, encoding="utf-8", write_through=fd == 2)
