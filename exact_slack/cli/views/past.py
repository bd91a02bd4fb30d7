"""The reading of Exact's past, for a person who looks on."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status

    from exact_slack.collect.past import Progress

Show = Callable[["Progress"], None]


@contextmanager
def watching(*, wanted: bool) -> Iterator[Show | None]:
    """One line that changes, on a terminal only; None where nobody looks on."""
    if not (wanted and sys.stderr.isatty()):
        yield None
        return
    lines: list[Status] = []

    def show(progress: "Progress") -> None:
        from rich.console import Console

        sentence = (
            f"Exact's past: {progress.kind.label.lower()}s of division {progress.division},"
            f" {progress.read} read, back to {progress.back_to}"
        )
        if not lines:
            lines.append(Console(stderr=True).status(sentence))
            lines[0].start()
        lines[0].update(sentence)

    try:
        yield show
    finally:
        for line in lines:
            line.stop()
