"""What a machine must have is named once to people and once to pip, and both say what the program
asks for."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from exact_slack import needs
from exact_slack.ledger.schema.migrations import scripts

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHON, SQLITE = needs.named(needs.PYTHON), needs.named(needs.SQLITE)


def test_each_names_the_versions_that_the_program_asks_for() -> None:
    assert PROJECT["project"]["requires-python"] == f">={PYTHON}"
    assert PROJECT["tool"]["mypy"]["python_version"] == PYTHON
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"Python {PYTHON} or later with SQLite {SQLITE} or later" in readme


def test_no_other_page_names_them() -> None:
    """It would be forgotten when they change."""
    named = re.compile(rf"(Python|SQLite) \(?({re.escape(PYTHON)}|{re.escape(SQLITE)})(?![.\d])")
    pages = [ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    assert [page.name for page in pages if named.search(page.read_text(encoding="utf-8"))] == []


def test_an_older_python_is_one_sentence() -> None:
    """It does not understand the first module that it would load."""
    code = (
        "import sys\n"
        "sys.version_info = (3, 9, 2, 'final', 0)\n"
        "sys.argv = ['exact-slack', '--version']\n"
        "from exact_slack.cli import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 78
    assert f"this is Python 3.9; {PYTHON} or later is needed" in done.stderr
    assert done.stderr.count("\n") == 1


NEWER = {
    r"HAVING": "3.39: without GROUP BY",
    r"(RIGHT|FULL)\s+(OUTER\s+)?JOIN": "3.39",
    r"IS\s+(NOT\s+)?DISTINCT\s+FROM": "3.39",
    r"->>?\s*'": "3.38",
    r"\b(unixepoch|format|octet_length|string_agg|concat|concat_ws|timediff|unistr)\(": "3.38 on",
    r"'(auto|subsec|subsecond|ceiling|floor)'": "3.38 on",
}
"""What SQLite learnt after 3.37.0 (sqlite.org, "Release History"), and could stand in a statement
here. Tried once with a real 3.37.0 below the whole of tests/unit/ledger: a migration had one."""


def test_no_statement_asks_for_more_of_sqlite() -> None:
    modules = sorted((ROOT / "exact_slack").rglob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in modules if "sandbox" not in path.parts]
    quoted = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
    strings = [text for whole in texts for text in quoted.findall(whole)]
    verbs = re.compile(r"\b(SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|GROUP BY|JOIN|VALUES)\b")
    for statement in [*scripts(), *filter(verbs.search, strings)]:
        alone = re.sub(r"GROUP BY [^;]*?HAVING", "", statement)
        for pattern, since in NEWER.items():
            assert not re.search(pattern, alone), f"{since}: {statement}"
