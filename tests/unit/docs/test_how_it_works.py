"""docs/how-it-works.md: its folders are those that are there, in the order of the import law."""

import re
import tomllib
from pathlib import Path

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
