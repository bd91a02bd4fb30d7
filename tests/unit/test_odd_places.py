"""What stands in the place of a file of our own is a matter of configuration, whatever it is."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from exact_slack.errors import ConfigError
from exact_slack.exact.wire.turns import hold
from exact_slack.ledger.ledger import FILE, Ledger
from exact_slack.ledger.schema.lock import RunLock


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def _hold(path: Path) -> None:
    with hold(path, 0.1):
        pass


ODD: list[Callable[[Path], object]] = [os.mkfifo, Path.mkdir, _socket]
DOORS: list[tuple[str, Callable[[Path], object]]] = [
    (FILE, lambda path: Ledger(path.parent)),
    (FILE, lambda path: Ledger(path.parent, reading=True)),
    ("run.lock", lambda path: RunLock(path.parent).take()),
    ("run.lock", lambda path: RunLock(path.parent).holder()),
    ("exact-1.lock", _hold),
]


@pytest.mark.parametrize(("name", "use"), DOORS)
@pytest.mark.parametrize("make", ODD)
def test_the_path_comes_first_and_nothing_is_tried_again(
    name: str,
    use: Callable[[Path], object],
    make: Callable[[Path], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    make(Path(name))
    with pytest.raises(ConfigError) as caught:
        use(path)
    assert caught.value.sentence.startswith(f"{path} is ")
    assert caught.value.cure
