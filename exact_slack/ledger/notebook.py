"""What was told while the ledger could not be used: a full disk, a lock, a config that is broken.

A small file of a fixed size, made while all is well: writing into it needs no room on the disk.
Where it cannot be written either, trouble is told each time."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from exact_slack.files import open_plain, private_folder, read_plain
from exact_slack.ledger.troubles import News, Part, Trouble, as_row, from_row, judge

FILE = "told.json"
_SIZE = 8192
_LONGEST = 500


class Notebook:
    """The file in one folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def prepare(self) -> None:
        """Make the file while there is room for it."""
        if not self._path.exists():
            self.write(())

    def all(self) -> tuple[Trouble, ...]:
        """What was wrong when it was written last."""
        with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
            return tuple(map(from_row, json.loads(read_plain(self._path, follow=False))))
        return ()

    def write(self, troubles: Iterable[Trouble]) -> None:
        """These, and no others, where that is possible."""
        text = json.dumps([_short(trouble) for trouble in troubles])
        if len(text) > _SIZE:
            text = "[]"
        with suppress(OSError):
            private_folder(self._path.parent)
            file = open_plain(self._path, os.O_WRONLY | os.O_CREAT, follow=False)
            try:
                os.pwrite(file, text.ljust(_SIZE).encode(), 0)
                os.fsync(file)
            finally:
                os.close(file)

    def met(self, trouble: Trouble, now: float, patience: float) -> News:
        """A run met this, and could do nothing else."""
        here = frozenset({Part.RUN})
        others = [other for other in self.all() if other.cause != trouble.cause]
        same = [other for other in self.all() if other.cause == trouble.cause]
        news, kept = judge(same, [trouble], here, now, patience)
        self.write([*others, *kept])
        return news

    def forget(self, causes: Iterable[str]) -> None:
        """Those have ended."""
        gone = set(causes)
        if gone:
            self.write(trouble for trouble in self.all() if trouble.cause not in gone)


def _short(trouble: Trouble) -> dict[str, object]:
    row = as_row(trouble)
    return {**row, "sentence": trouble.sentence[:_LONGEST], "cure": trouble.cure[:_LONGEST]}
