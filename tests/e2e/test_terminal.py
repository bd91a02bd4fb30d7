"""What comes from outside reaches no terminal raw, whichever command shows it."""

import ast
import json
from pathlib import Path

import pytest

import exact_slack.cli
from exact_slack.foreign import is_visible
from tests.e2e.hands import Hands
from tests.e2e.logins import login
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = pytest.mark.usefixtures("hands")

NASTY = (
    "\x1b[2J\x1b[31mred\x1b]0;title\x07 \x9b1A\x85 nul\x7f\x08"
    "\rover\nexact-slack: all well\t\u2028\u202egpj.exe\u2066\u2069\u200f\u061c"
    "a\u200bb\u2060c\ufeffd\u00ade\u3164\U000e0041\u200cz [bold]x[/bold]"
)
COMMANDS = (
    "poll --since 30d --dry-run",
    "poll --since 30d --dry-run --json",
    "-v poll --since 30d --max-posts 0",
    "replay --since 30d --dry-run",
    "replay --since 30d --dry-run --json",
    "route explain 26700001",
    "route explain 26700001 --json",
    "preview 26700001",
    "preview 26700001 --json",
    "-vv poll",
    "-vv poll --json",
    "replay --failed --dry-run",
    "-vv replay --failed",
    "status",
    "status --json",
    "status --verify 30d",
    "status --verify 30d --json",
    "auth status",
    "auth status --json",
    "config check --online",
    "config check --online --json",
    "webhooks list",
    "webhooks list --json",
)


def _nasty(rig: Rig) -> None:
    line = {"Description": NASTY, "CostCenterDescription": NASTY, "GLAccountDescription": NASTY}
    rig.exact.store.add_division(DIVISION, NASTY)
    rig.entry(
        SupplierName=NASTY,
        Description=NASTY,
        YourRef=NASTY,
        StatusDescription=NASTY,
        TypeDescription=NASTY,
        JournalDescription=NASTY,
        PurchaseEntryLines=[{**line, "AmountDC": 60.0, "AmountFC": 60.0, "CostCenter": "V\x1b[0m"}],
    )
    rig.slack.store.team_name = NASTY
    rig.slack.store.bot_name = NASTY


def _breaks(rig: Rig) -> None:
    """From now on both services say nasty things."""
    told = {"error": {"message": {"value": NASTY}}}
    rig.exact.faults.add(ENTRIES, "status", times=-1, status=400, body=json.dumps(told))
    refused = {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [NASTY],
        "response_metadata": {"messages": [NASTY]},
    }
    rig.slack.faults.add("chat.postMessage", "status", -1, status=200, body=json.dumps(refused))


def _check(told: str, *, wraps: bool = False) -> None:
    for line in told.removesuffix("\n").split("\n"):
        assert is_visible(line), line
        assert wraps or not line.startswith("exact-slack: all well"), line


def test_no_command_shows_what_steers_a_terminal(rig: Rig, hands: Hands) -> None:
    _nasty(rig)
    done = login(rig)
    _check(done.stdout + done.stderr)
    for number, words in enumerate(COMMANDS):
        if number == COMMANDS.index("-vv poll"):
            _breaks(rig)
        ran = rig.run(*words.split())
        assert "unexpected" not in ran.err, ran.err
        _check(ran.out, wraps=words == "status")  # a table folds what is wide
        _check(ran.err)
        if "--json" in words:
            assert ran.json


def test_the_terminal_has_one_door() -> None:
    """Nothing under `cli` prints but `cli/frame/out.py`; rich's tables get their texts cleaned."""
    folder = Path(exact_slack.cli.__file__).parent
    for path in folder.glob("*.py"):
        if path.name == "out.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("echo", "secho", "echo_via_pager"), path
            if isinstance(node, ast.Name):
                assert node.id != "print", path
