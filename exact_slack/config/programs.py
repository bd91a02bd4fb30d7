"""What a program prints, within a time limit, whatever it leaves running."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import Final

LIMIT: Final = 5.0
"""Seconds a program may take."""
_STEP: Final = 0.1


def output_of(words: Sequence[str]) -> tuple[int, bytes]:
    """Exit code and standard output. It has no terminal and nothing to read, so that it cannot
    wait for somebody to type. What it leaves running may keep its output open: that is not waited
    for. Raises TimeoutError, OSError where it cannot be run, ValueError for words with a NUL."""
    program = subprocess.Popen(
        list(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # some repeat there what they were asked for
        start_new_session=True,
    )
    assert program.stdout is not None
    try:
        output = _read(program)
    finally:
        program.stdout.close()
    return program.returncode, output


def _read(program: "subprocess.Popen[bytes]") -> bytes:
    ends = time.monotonic() + LIMIT
    while True:
        ended = program.poll() is not None
        try:
            return program.communicate(timeout=_STEP)[0]
        except subprocess.TimeoutExpired as late:
            if ended:  # a child of it holds the pipe: all that it said itself is here
                return late.output or b""
            if time.monotonic() > ends:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(program.pid, signal.SIGKILL)
                program.wait()
                raise TimeoutError from None
