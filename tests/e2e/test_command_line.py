"""The command line before any work is done: help, version, completion. All without the libraries
that take long to load."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from exact_slack.cli import cli
from tests.e2e.rig import TOKEN, Rig

pytestmark = pytest.mark.sampled(3)

HEAVY = ("requests", "slack_sdk", "rich", "babel", "jinja2", "keyring", "waitress")
_SAY = f"""
import sys
from exact_slack.cli import main
try:
    main()
finally:
    print("heavy:", *(name for name in {HEAVY} if name in sys.modules), file=sys.stderr)
"""
_HELPS = f"""
import json, os, sys
from exact_slack.cli import main
for words in json.load(sys.stdin):
    out, end = os.pipe()
    if os.fork() == 0:
        os.dup2(end, 1)
        sys.argv = ["exact-slack", *words]
        try:
            main()
        except SystemExit as error:
            sys.stdout.flush()
            heavy = [name for name in {HEAVY} if name in sys.modules]
            os.write(1, json.dumps([error.code or 0, heavy]).encode())
        os._exit(0)
    os.close(end)
    with open(out) as said:
        text, _, told = said.read().rpartition(chr(10))
    os.wait()
    print(json.dumps([words, json.loads(told)[0], text[:7], json.loads(told)[1]]), flush=True)
"""


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that people see, with its words."""
    yield from _below((), cli)


def _below(
    words: tuple[str, ...], command: click.Command
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None and not found.hidden:
                yield from _below((*words, name), found)


def _run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _SAY, *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )


def _loaded(done: subprocess.CompletedProcess[str]) -> list[str]:
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("heavy:"), done.stderr
    return line.split()[1:]


def test_no_help_loads_what_takes_long() -> None:
    """Each in a process of its own, forked from one in which the command line alone is loaded."""
    words = [[*words, "--help"] for words, _ in commands()]
    done = subprocess.run(
        [sys.executable, "-c", _HELPS],
        input=json.dumps(words),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = [tuple(json.loads(line)) for line in done.stdout.splitlines()]
    assert told == [(each, 0, "Usage: ", []) for each in words]


def test_the_version_loads_nothing_either() -> None:
    done = _run("--version")
    assert done.stdout.startswith("exact-slack, version ")
    assert _loaded(done) == []


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("", {"poll", "status", "config"}),
        ("-", {"--config", "--verbose"}),
        ("config ", {"init", "check", "schema", "show"}),
        ("poll --", {"--dry-run", "--since"}),
        ("poll --kind ", {"purchase_entry", "bank_entry"}),
    ],
)
def test_completion_offers_words_and_loads_nothing(line: str, offered: set[str]) -> None:
    words = line.split(" ")
    done = _run(
        _EXACT_SLACK_COMPLETE="bash_complete",
        COMP_WORDS=f"exact-slack {line}",
        COMP_CWORD=str(len(words)),
    )
    found = {entry.partition(",")[2] for entry in done.stdout.splitlines()}
    assert found >= offered, done.stdout + done.stderr
    assert _loaded(done) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_takes_its_script(shell: str, tmp_path: Path) -> None:
    done = _run("completion", shell)
    assert done.returncode == 0
    assert "_EXACT_SLACK_COMPLETE" in done.stdout
    assert f"{shell}_complete" in done.stdout
    assert _loaded(done) == []
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed: its script was made, not tried")
    script = tmp_path / "script"
    script.write_text(done.stdout, encoding="utf-8")
    tried = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)
    assert (tried.returncode, tried.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_completes_with_the_script(tmp_path: Path) -> None:
    command = tmp_path / "exact-slack"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m exact_slack "$@"\n')
    command.chmod(0o755)
    session = """
        source <(exact-slack completion bash)
        COMP_WORDS=(exact-slack config "")
        COMP_CWORD=2
        _exact_slack_completion exact-slack
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "-c", session],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        check=False,
    )
    assert set(done.stdout.split()) >= {"init", "check", "schema", "show"}, done.stderr


def test_python_dash_m_is_the_same_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exact_slack", "config", "schema"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert json.loads(done.stdout)["title"] == "exact-slack"


@pytest.mark.parametrize(("words", "meant"), [(("stauts",), "status"), (("config", "ini"), "init")])
def test_a_mistyped_command_is_answered_with_the_one_that_was_meant(
    words: tuple[str, ...], meant: str
) -> None:
    done = _run(*words)
    assert done.returncode == 2
    assert f"Did you mean '{meant}'?" in done.stderr


def test_a_terminal_of_another_alphabet_is_no_reason_to_end(tmp_path: Path) -> None:
    config = tmp_path / "acme.yaml"
    _run("config", "init", "--defaults", str(config))
    done = subprocess.run(
        [sys.executable, "-m", "exact_slack", "-c", config, "preview", "--sample", "payment"],
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "latin-1", "EXACT_SLACK_STATE_DIR": str(tmp_path)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\xb7" in done.stdout  # what Latin-1 has
    assert b"?" in done.stdout  # and what it has not


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
@pytest.mark.parametrize("words", ["--help", "poll --help", "config schema"])
def test_a_reader_that_has_gone_means_nobody_is_needed(words: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m exact_slack {words} | true; echo $PIPESTATUS"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # 0 where all was written before the reader went
    assert (done.stdout.strip() in ("141", "0"), done.stderr) == (True, "")


def test_fish_gets_whole_sentences() -> None:
    """Where a help text has a comma, it is not its end."""
    assert 'string split --max 1 ","' in _run("completion", "fish").stdout


def test_status_asks_nobody_and_loads_nothing_to_ask_with(rig: Rig) -> None:
    rig.poll()
    done = _run("-c", str(rig.config), "status")
    assert done.returncode == 0, done.stderr
    assert _loaded(done) == ["rich"]


FOR_DOCUMENTS = tuple(
    f"exact_slack.{name}"
    for name in ("documents.document", "plan.planner", "routing.rules", "rendering.head", "deliver")
)
"""What is needed once there is something to tell."""


@pytest.mark.parametrize(
    ("asked", "not_needed"),
    [("", FOR_DOCUMENTS), ("exception: duplicate_reference, ", FOR_DOCUMENTS[1:])],
)
def test_a_poll_that_finds_nothing_loads_nothing_for_documents(
    rig: Rig, asked: str, not_needed: tuple[str, ...]
) -> None:
    rig.routes = f"  - {{name: all, when: {{{asked}kind: purchase_entry}}, channel: '#feed'}}\n"
    rig.write_config()
    rig.poll()
    rig.poll()  # what was read at the first poll is kept
    say = _SAY.replace(str(HEAVY), str(not_needed))
    words = [sys.executable, "-c", say, "-c", str(rig.config), "poll"]
    for more in ([], ["--due"]):
        done = subprocess.run([*words, *more], capture_output=True, text=True, check=False)
        assert (done.returncode, _loaded(done)) == (0, []), done.stderr
    rig.entry()
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert set(_loaded(done)) >= {"exact_slack.plan.planner", "exact_slack.routing.rules"}


@pytest.mark.parametrize("option", ["-c", "--config", "-v", "-q"])
def test_an_option_behind_the_command_is_told_where_it_belongs(rig: Rig, option: str) -> None:
    value = ["acme.yaml"] if option in ("-c", "--config") else []
    done = rig.run("config", "check", option, *value)
    assert done.code == 2
    shown = f"exact-slack {option}{' FILE' * len(value)} config check"
    assert f"{option} stands before the command: {shown}\n" in done.err


def test_each_command_in_a_cure_names_the_config_that_was_used(rig: Rig) -> None:
    """A customer without any login, asked in every way."""
    for token in rig.state.glob("*"):
        token.unlink()
    rig.config.write_text(rig.config.read_text().replace(f"  token: {TOKEN}\n", ""))
    said = ""
    for words in ("poll", "status", "config check --online", "auth status",
                  "report aging --side receivable", "webhooks list", "status --json",
                  "auth status --json", "poll --json", "serve"):  # fmt: skip
        done = rig.run(*words.split())
        assert done.code, words
        said += done.out + done.err
    named = re.findall(r"exact-slack (?:-c (\S+) )?(?:auth|status|poll|config)\b", said)
    assert len(named) > 10
    assert set(named) == {str(rig.config)}
