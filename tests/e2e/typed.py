"""`exact-slack` on the PATH of a shell, without the half second in which Python loads the packages:
a program that hands its words, environment, folder and streams over to these tests, which let the
loaded server of `forked.py` run the command. Its exit code and signals are those of the command."""

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.forked import Running

_SHIM = """\
#!/bin/sh
exec "{python}" -IS "{program}" "$@"
"""
_ASKS = """\
import json, os, signal, socket, sys

with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    told = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    socket.send_fds(server, [len(told).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(told)
    pid = int.from_bytes(server.recv(4), "big")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, frame: os.kill(pid, number))
    code = int.from_bytes(server.recv(4), "big", signed=True)
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


@contextmanager
def typed(folder: Path) -> Iterator[Path]:
    """A folder for the PATH, with the command in it."""
    address, program = folder / "asked", folder / "exact-slack.py"
    program.write_text(_ASKS.format(address=str(address)), encoding="utf-8")
    command = folder / "exact-slack"
    command.write_text(_SHIM.format(python=sys.executable, program=program), encoding="utf-8")
    command.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(address))
        server.listen()
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield folder
        server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket) -> None:
    while True:
        try:
            shell, _ = server.accept()
        except OSError:
            return  # the test is over
        threading.Thread(target=_run, args=(shell,), daemon=True).start()


def _run(shell: socket.socket) -> None:
    with shell:
        size, fds, _, _ = socket.recv_fds(shell, 4, 3)
        with shell.makefile("rb") as said:
            words, env, folder = json.loads(said.read(int.from_bytes(size, "big")))
        stdin, out, err = fds
        running = Running(words, env, stdin=stdin, out=out, err=err, folder=folder)
        for fd in fds:
            os.close(fd)
        shell.sendall(running.pid.to_bytes(4, "big"))
        shell.sendall(running.wait().to_bytes(4, "big", signed=True))
