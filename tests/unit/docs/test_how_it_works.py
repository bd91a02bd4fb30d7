"""docs/how-it-works.md: its folders are those that are there, in the order of the import law."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/how-it-works.md").read_text(encoding="utf-8")
FOLDERS = re.findall(r"^\| `(\w+)/` \|", PAGE, re.MULTILINE)


def test_each_folder_stands_on_the_page_and_each_on_the_page_is_there() -> None:
    there = {path.parent.name for path in (ROOT / "exact_slack").glob("*/__init__.py")}
    assert set(FOLDERS) == there


def test_the_page_has_them_in_the_order_of_the_law() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    law = project["tool"]["importlinter"]["contracts"][0]["layers"]
    ranks = {
        name.strip().removeprefix("exact_slack."): rank
        for rank, layer in enumerate(law)
        for name in layer.split("|")
    }
    order = [ranks[folder] for folder in FOLDERS if folder != "sandbox"]
    assert order == sorted(order)


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/how-it-works.md"])
def test_each_file_that_a_page_names_is_there(page: str) -> None:
    named = re.findall(r"`([\w/]+\.(?:py|json|toml))`", (ROOT / page).read_text(encoding="utf-8"))
    assert len(named) > 15
    roots = (ROOT, ROOT / "exact_slack")
    assert not [name for name in named if not any((root / name).is_file() for root in roots)]


def test_each_room_that_the_page_names_is_there() -> None:
    rooms = {
        f"{row[1]}/{room}"
        for row in re.finditer(r"^\| `(\w+)/` \|(.*)$", PAGE, re.MULTILINE)
        for room in re.findall(r"`(\w+)/`", row[2])
    }
    there = {
        str(path.parent.relative_to(ROOT / "exact_slack"))
        for path in (ROOT / "exact_slack").glob("*/*/__init__.py")
    }
    assert rooms == {room for room in there if not room.startswith("sandbox/")}
