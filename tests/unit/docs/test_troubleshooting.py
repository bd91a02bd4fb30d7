"""docs/troubleshooting.md quotes what the code says, and knows every sort of error."""

import ast
import re
from functools import cache
from pathlib import Path

import exact_slack.errors
import exact_slack.exact.errors
from exact_slack.errors import ExactSlackError

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
_HOLE = "\0"
_SAYS_SOMETHING = 12
"""Letters of a sentence that is more than a value."""
_SORT = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| (\d+) \|", re.MULTILINE)


def _said(node: ast.AST) -> str | None:
    """A text of the source, with a hole for each value in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_said(part) or _HOLE for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (_said(node.left) or _HOLE) + (_said(node.right) or _HOLE)
    return None


@cache
def _trees() -> list[ast.Module]:
    package = ROOT / "exact_slack"
    return [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in package.rglob("*.py")
        if package / "sandbox" not in path.parents
    ]


def _texts() -> list[str]:
    return [text for tree in _trees() for node in ast.walk(tree) if (text := _said(node))]


def _quoted() -> list[str]:
    rows: list[str] = []
    for table in re.findall(r"\| it says \| do \|\n\|---\|---\|\n((?:\|.*\n)+)", TEXT):
        rows += [line[2:].partition(" | ")[0] for line in table.splitlines()]
    return rows


def _parts(quoted: str) -> list[str]:
    """What stands between the values of a sentence. One … is written in the code itself."""
    parts = quoted.replace('code=…"', 'code=@"').split("…")
    return [part.strip(" ").replace("code=@", "code=…") for part in parts]


def _says(text: str, parts: list[str]) -> bool:
    """Whether all of them are in the text, one after the other."""
    at = 0
    for part in parts:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def test_each_quoted_text_is_one_that_the_code_says() -> None:
    texts = set(_texts())
    quoted = {quote: _parts(quote) for quote in _quoted()}
    assert len(quoted) > 40
    assert [q for q, parts in quoted.items() if not any(_says(text, parts) for text in texts)] == []


def _errors() -> set[str]:
    """The names of all sorts of errors that are told to a person."""
    found = {"ExactSlackError"}
    classes = [
        node for tree in _trees() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]
    while True:
        more = {c.name for c in classes if any(_name(base) in found for base in c.bases)} - found
        if not more:
            return found
        found |= more


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _sentences() -> list[str]:
    """The sentences with which an error is made; those that are only a value are made elsewhere."""
    errors = _errors()
    calls = [n for tree in _trees() for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args]
    said = [_said(call.args[0]) for call in calls if _name(call.func) in errors]
    return [text for text in said if text and len(re.findall(r"[a-z]", text)) >= _SAYS_SOMETHING]


def test_each_sentence_of_an_error_stands_on_the_page() -> None:
    quoted = [_parts(quote) for quote in _quoted()]
    sentences = _sentences()
    assert len(sentences) > 150
    missing = [s for s in sentences if not any(_says(s, parts) for parts in quoted)]
    assert [text.replace(_HOLE, "…") for text in missing] == []


def test_every_sort_of_error_is_there_with_its_exit_code() -> None:
    told = {
        name: int(code) for names, code in _SORT.findall(TEXT) for name in re.findall(r"\w+", names)
    }
    modules = (exact_slack.errors, exact_slack.exact.errors)
    sorts = {
        name: value.exit_code
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, ExactSlackError)
    }
    del sorts["ExactSlackError"]
    assert told == sorts
