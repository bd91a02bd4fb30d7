"""Whole processes, measured: time, processor time and peak memory, as the system counts them."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a process went. `cpu` is user and system time, in seconds; `peak` is in MB."""

    code: int
    seconds: float
    cpu: float
    peak: float
    out: str


def run(words: Sequence[str], cwd: Path | None = None) -> Ran:
    """Start it, wait for its end, read what the system counted."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as out:
        result = Path(folder) / "counted.json"
        launch = [sys.executable, "-S", str(_LAUNCH), str(result), *words]
        subprocess.run(launch, stdout=out, stderr=out, cwd=cwd, env=_environment(), check=True)
        counted = json.loads(result.read_text(encoding="utf-8"))
        out.seek(0)
        return Ran(**counted, out=out.read().decode(errors="replace"))


def _environment() -> dict[str, str]:
    """This one, but compiled files may be written: what is installed has them."""
    return {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def command(config: Path, *words: str) -> Ran:
    """exact-slack as a user starts it; it must end well."""
    return _checked(run([sys.executable, "-m", "exact_slack", "-c", str(config), *words]))


def unpaced(config: Path, *words: str) -> Ran:
    """exact-slack with Slack's pace switched off, for what would otherwise be waiting."""
    return _checked(run([sys.executable, "-m", "bench.unpaced", "-c", str(config), *words]))


def python(code: str) -> Ran:
    """A line of Python in a process of its own."""
    return _checked(run([sys.executable, "-c", code]))


def _checked(ran: Ran) -> Ran:
    if ran.code not in (0, 75):
        raise RuntimeError(f"exit code {ran.code}: {ran.out[-2000:]}")
    return ran
