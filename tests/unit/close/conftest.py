"""A month of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.close.month import Month, month


@pytest.fixture(name="month")
def _month(tmp_path: Path) -> Iterator[Month]:
    with month(tmp_path) as made:
        yield made
