"""The short form of the soak: the long one is `make soak`."""

from pathlib import Path

import pytest

from tests.soak.soak import Soak


@pytest.mark.long
def test_nothing_is_lost_and_nothing_twice(tmp_path: Path) -> None:
    report = Soak(tmp_path, documents=24, kills=6, seed=3).run(most_seconds=120)
    assert report.documents == 24
    assert report.kills == 6
    assert (report.lost, report.twice) == ([], []), report.lines()
