"""Why a delivery stands as it does is a value; its sentence is for people, and for them alone."""

import ast
from pathlib import Path

import pytest

import exact_slack
from exact_slack.ledger.outgoing.causes import Cause

PACKAGE = Path(exact_slack.__file__).parent
MODULES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if PACKAGE / "sandbox" not in path.parents and path.name != "errors.py"
)
_ABOUT_TEXT = {"startswith", "endswith", "partition", "removeprefix", "removesuffix", "split"}
_FOR_PEOPLE = {"reason", "sentence"}


@pytest.mark.parametrize("cause", Cause)
def test_each_has_a_sentence(cause: Cause) -> None:
    shown = cause.sentence("the {detail}")
    assert bool(shown) is (cause is not Cause.NONE)
    assert cause.is_doubt is shown.startswith("unknown outcome")


def _reads(node: ast.AST) -> bool:
    """Whether an expression is a sentence for people."""
    asked = node.func if isinstance(node, ast.Call) else node
    return isinstance(asked, ast.Attribute) and asked.attr in _FOR_PEOPLE


def _decides(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return any(map(_reads, (node.left, *node.comparators)))
    called = node.func if isinstance(node, ast.Call) else None
    if not isinstance(called, ast.Attribute) or called.attr not in _ABOUT_TEXT:
        return False
    return _reads(called.value)


def test_no_decision_reads_a_sentence() -> None:
    assert len(MODULES) > 300
    assert [
        f"{path}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.expr) and _decides(node)
    ] == []
