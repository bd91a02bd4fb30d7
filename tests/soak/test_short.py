"""The short form of the soak: the long one is `make soak`."""

from pathlib import Path

import pytest

from tests.e2e.hands import Hands
from tests.soak.soak import SIDE_BY_SIDE, Soak


@pytest.mark.long
@pytest.mark.parametrize("side_by_side", SIDE_BY_SIDE, ids=["two", "three"])
def test_nothing_is_lost_and_nothing_twice(tmp_path: Path, side_by_side: tuple[str, ...]) -> None:
    hands = Hands(tmp_path / "hands")
    report = Soak(tmp_path, 24, 12, 3, side_by_side=side_by_side, hands=hands).run(most_seconds=60)
    hands.close()
    assert report.documents == 24
    assert report.kills == 12
    assert report.good, report.lines()
