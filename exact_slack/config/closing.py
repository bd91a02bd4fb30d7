"""`close:` in the config: which periods' ends become messages, when, and with which lines."""

from functools import cache
from pathlib import Path


@cache
def line_names() -> tuple[str, ...]:
    """The lines that a close can have. They are the files of `close/lines`: whoever adds one says
    so in no second place."""
    folder = Path(__file__).parents[1] / "close" / "lines"
    return tuple(sorted(file.stem for file in folder.glob("[!_]*.py")))
