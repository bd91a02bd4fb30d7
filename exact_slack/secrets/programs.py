"""What a program prints, within a time limit, whatever it leaves running."""

import contextlib
import errno
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import Final

from exact_slack.files import MOST

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
        output = _read(program, program.stdout.fileno())
    except OSError:
        _kill(program)
        raise
    finally:
        program.stdout.close()
    return program.returncode, output


def _read(program: "subprocess.Popen[bytes]", pipe: int) -> bytes:
    os.set_blocking(pipe, False)
    ends, output, said_all = time.monotonic() + LIMIT, b"", False
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while True:
            ended = program.poll() is not None
            if said_all and ended:
                return output
            if said_all:
                time.sleep(_STEP / 10)
            elif waiting.select(0 if ended else _STEP):
                piece = os.read(pipe, MOST)
                output, said_all = output + piece, not piece
            elif ended:  # a child of it holds the pipe: all that it said itself is here
                return output
            if len(output) > MOST:
                raise OSError(errno.EFBIG, f"it prints more than {MOST} bytes")
            if time.monotonic() > ends and not ended:
                raise TimeoutError


def _kill(program: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
