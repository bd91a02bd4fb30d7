"""The process like cron's in which a command asks itself what it can read there: forked from that
command, as the command is from a loaded Python. It has the same bare environment and folder.

Where the command has opened a keyring, a Python of its own is started all the same: a keyring is
chosen once, by the environment."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from exact_slack.inspect import login
from exact_slack.secrets import vault

Said = subprocess.CompletedProcess[str]
_start = vault.cron_process


def fork() -> None:
    """From now on this process, that of a command, does so."""
    for module in (login, vault):
        setattr(module, "cron_process", _cron_process)  # noqa: B010 - it is another module's


def _cron_process(*words: str, seconds: float = 30.0) -> Said:
    if has_keyring() or words[0] != "-m":
        return _start(*words, seconds=seconds)
    with tempfile.TemporaryDirectory(prefix="cron") as name:
        out, err = Path(name, "out"), Path(name, "err")
        pid = os.fork()
        if not pid:
            _become(words, out, err)
        code = _end_of(pid, seconds)
        return Said(words, code, out.read_text(errors="replace"), err.read_text(errors="replace"))


def has_keyring() -> bool:
    """Whether a command of this process has opened one."""
    core = sys.modules.get("keyring.core")
    return core is not None and getattr(core, "_keyring_backend", None) is not None


def _become(words: tuple[str, ...], out: Path, err: Path) -> None:
    code: object = 1
    try:
        for fd, path in enumerate((Path(os.devnull), out, err)):
            opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            os.dup2(opened, fd)
            os.close(opened)
        environment = vault.cron_environment()
        os.environ.clear()
        os.environ.update(environment)
        home = environment.get("HOME", "/")
        os.chdir(home if Path(home).is_dir() else "/")
        _run(words[1], words[2:])
    except SystemExit as end:
        code = end.code
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _run(module: str, words: tuple[str, ...]) -> None:
    """What `python -m` does with these two modules."""
    if module == vault.__name__:
        sys.exit(vault._probe(words[0]))
    sys.argv = ["exact-slack", *words]
    from exact_slack.cli import main

    main()


def _end_of(pid: int, seconds: float) -> int:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    raise subprocess.TimeoutExpired("cron", seconds)
