"""The parts of the login's stores: rescue files, locks, programs, hidden values, odd homes."""

import fcntl
import json
import os
import pwd
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from exact_slack import redact
from exact_slack.config.load import load
from exact_slack.config.source import read
from exact_slack.errors import ConfigError, LoginNeeded, TemporaryError
from exact_slack.exact.auth import file_store
from exact_slack.exact.auth.keyring_store import KeyringTokenStore
from exact_slack.exact.auth.store import dump, parse
from exact_slack.exact.auth.tokens import TokenChain
from exact_slack.inspect import login
from exact_slack.secrets.programs import output_of
from exact_slack.secrets.source import Secret
from tests.unit.exact.auth.test_tokens import GOOD, OLD, store_of
from tests.unit.exact_support import TOKEN_URL, FakeClock, make_chain, make_config, make_tokens
from tests.unit.keyrings import Keyring


def _keyring_store(folder: Path) -> tuple[KeyringTokenStore, Keyring]:
    kept = Keyring()
    return KeyringTokenStore(folder / "state" / "exact-token.json", kept), kept


def test_the_rescue_file_counts_by_what_it_replaces_and_not_by_the_clock(tmp_path: Path) -> None:
    store, keyring = _keyring_store(tmp_path)
    first = make_tokens("access-1", "refresh-1")
    store.save(first)
    keyring.takes = False
    earlier = replace(make_tokens("access-2", "refresh-2"), obtained_at=first.obtained_at - 9999)
    store.save(earlier, first)
    found = store.load()
    assert found is not None
    assert found.refresh == "refresh-2"  # although its clock says that it is older
    third = make_tokens("access-3", "refresh-3")
    store.save(third, found)
    keyring.gives = False
    found = store.load()
    assert found is not None
    assert found.refresh == "refresh-3"
    keyring.gives = keyring.takes = True
    store.recover()
    assert "refresh-3" in keyring.kept["exact-token.json"]
    assert not list(tmp_path.glob("state/*.rescue"))


def test_a_rescue_file_of_another_chain_is_not_taken(tmp_path: Path) -> None:
    store, keyring = _keyring_store(tmp_path)
    store.save(make_tokens("access-1", "refresh-1"))
    keyring.takes = False
    late = replace(make_tokens("access-2", "refresh-2"), obtained_at=9e9)
    store.save(late, make_tokens("access-1", "refresh-1"))
    keyring.takes = True
    keyring.kept["exact-token.json"] = dump(make_tokens("login-access", "login-refresh"))
    store.recover()
    found = store.load()
    assert found is not None
    assert found.refresh == "login-refresh"


def test_a_file_left_by_a_killed_process_is_taken_only_where_it_follows(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    store.save(make_tokens("access-1", "refresh-1"))
    new = store.path.with_name(store.path.name + ".new")
    left = replace(make_tokens("access-2", "refresh-2"), replaces="of another chain")
    new.write_text(dump(left))
    store.recover()
    assert store.load() == make_tokens("access-1", "refresh-1")
    new.write_text(dump(replace(left, replaces=make_tokens("x", "refresh-1").digest)))
    store.recover()
    assert store.load() == make_tokens("access-2", "refresh-2")


def test_a_lock_that_somebody_keeps_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_store, "LOCK_LIMIT", 0.2)
    chain = make_chain(tmp_path, FakeClock(), make_tokens(left=0))
    lock = tmp_path / "state" / "exact-token.json.lock"
    other = os.open(lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(TemporaryError, match=r"Another process has held .* for more than"):
        chain.access_token()
    with pytest.raises(TemporaryError, match="Another process"):
        chain.log_in(make_tokens)
    os.close(other)
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, json=GOOD)
        assert chain.access_token() == "access-2"


def test_the_code_is_exchanged_under_the_lock_and_after_space_is_reserved(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    chain = TokenChain(make_config(), store, FakeClock())

    def ask() -> Any:
        assert (tmp_path / "state" / "exact-token.json.new").stat().st_size > 1000
        other = os.open(tmp_path / "state" / "exact-token.json.lock", os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(other)
        return make_tokens()

    chain.log_in(ask)
    assert store.load() == make_tokens()


def test_a_dead_login_is_asked_again_with_another_client_id(tmp_path: Path) -> None:
    make_chain(tmp_path, FakeClock(), make_tokens(left=0))
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, status_code=401, json=OLD)
        for client_id, calls in (("a-wrong-id", 1), ("a-wrong-id", 1), ("the-right-id", 2)):
            chain = TokenChain(make_config(client_id=client_id), store_of(tmp_path), FakeClock())
            with pytest.raises(LoginNeeded):
                chain.access_token()
            assert web.call_count == calls


def test_what_was_refused_before_and_only_then_lost_is_told_apart(tmp_path: Path) -> None:
    """A token that somebody else used is not called lost."""
    chain = make_chain(tmp_path, FakeClock(), make_tokens(left=0))
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, [{"status_code": 429}, {"status_code": 401, "json": OLD}])
        with pytest.raises(TemporaryError):
            chain.access_token()
        with pytest.raises(LoginNeeded, match="Old refresh token used") as caught:
            chain.access_token()
    assert "lost" not in str(caught.value)


@pytest.mark.parametrize("text", ["[" * 100_000, "{}", "7", '{"access": "a", "refresh": "r r"}'])
def test_damaged_tokens_are_none(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("moment", [float("inf"), float("nan"), "1e999", None, []])
def test_a_time_that_is_none_is_damage(moment: object) -> None:
    values = {**json.loads(dump(make_tokens())), "obtained_at": moment}
    assert parse(json.dumps(values)) is None


# -- programs and files --------------------------------------------------------------------------


def test_a_program_that_leaves_a_child_with_its_output_is_not_waited_for() -> None:
    code, output = output_of(["sh", "-c", "sleep 60 & echo hunter2"])
    assert (code, output) == (0, b"hunter2\n")


def test_a_program_that_hangs_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exact_slack.secrets.programs.LIMIT", 0.3)
    with pytest.raises(TimeoutError):
        output_of(["sh", "-c", "sleep 61.25 | cat"])
    found = subprocess.run(["pgrep", "-f", "sleep 61.25"], capture_output=True, check=False)
    assert found.stdout == b""


def test_a_program_that_writes_much_is_read_whole() -> None:
    _, output = output_of([sys.executable, "-c", "print('x' * 1_000_000)"])
    assert len(output) == 1_000_001


@pytest.mark.parametrize("words", [["yes"], ["cat", "/dev/zero"]])
def test_a_program_that_never_stops_writing_is_ended(words: list[str]) -> None:
    with pytest.raises(OSError, match="prints more than"):
        output_of(words)
    with pytest.raises(ConfigError, match="prints more than"):
        Secret("command", tuple(words)).fetch("slack.token")


@pytest.mark.parametrize(
    "value", [{"file": "/a\0b"}, {"command": ["a\0b"]}, {"command": ["cat", "a\0b"]}]
)
def test_a_name_with_a_nul_is_a_sentence(value: Any) -> None:
    with pytest.raises(ConfigError):
        Secret.parse(value).fetch("slack.token")


def test_a_named_pipe_is_no_secret_to_wait_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(ConfigError, match="a named pipe"):
        Secret.parse({"file": str(tmp_path / "pipe")}).fetch("slack.token")


def test_an_unknown_home_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> Any:
        raise KeyError(uid)

    monkeypatch.delenv("HOME", raising=False)
    for name in ("XDG_STATE_HOME", "EXACT_SLACK_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    path = tmp_path / "acme.yaml"
    base = (
        "exact: {region: nl, divisions: [1], client_id: {env: A}, client_secret: {env: B},"
        " redirect_uri: 'https://x.example/'}\nroutes: [{name: all, channel: '#a'}]\n"
    )
    path.write_text(base)
    with pytest.raises(ConfigError, match="home folder is not known"):
        load(path).state_dir()
    path.write_text(base + "state: ~/somewhere\n")
    with pytest.raises(ConfigError, match="home folder is not known"):
        load(path).state_dir()


# -- nothing secret ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "token: !hunter2-in-a-tag x",
        "token: *hunter2-in-an-alias",
        "token: !!int hunter2",
        "token: !!timestamp 2026-13-45-hunter2",
        "token: !!float hunter2",
        "token: !!binary 'hunter2'",
        "token: 'hunter2",
        'token: "hunter2 \\q"',
        "token: %hunter2",
        "token: a: hunter2",
        "token: {hunter2: ]",
        "token: |hunter2",
        "token: hunter2\x07",
        "token: !!python/object:hunter2 {}",
        "token: &hunter2 &hunter2 x",
    ],
)
def test_yaml_mistakes_show_no_value(tmp_path: Path, line: str) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(f"slack:\n  {line}\n")
    try:
        read(path)
    except ConfigError as error:
        assert "hunter2" not in str(error)
        assert str(path) in str(error)


def test_a_traceback_hides_what_a_library_put_into_it() -> None:
    secret, other = redact.note("p\u00e4ss word+1"), "-".join(["some", "other", "token"])
    try:
        raise ValueError(f"bad header 'Bearer {other}', {secret}")
    except ValueError as error:
        shown = redact.trace(error)
    assert "ValueError" in shown
    assert "word+1" not in shown
    assert "some-other-token" not in shown
    assert "p%C3%A4ss" not in redact.hide("form: p%C3%A4ss+word%2B1 p%C3%A4ss%20word%2B1")
    assert "stampNL001.x" not in redact.hide("token stampNL001.x!y z")
    assert "xoxb-1" not in redact.hide("{'token': 'xoxb-1-2'}")


@pytest.mark.parametrize("words", [["poll"], ["-vv", "poll"]])
@pytest.mark.parametrize("kind", ["ValueError", "requests.exceptions.InvalidHeader"])
def test_what_nobody_foresaw_is_one_sentence(words: list[str], kind: str) -> None:
    code = (
        "import logging, requests, sys\n"
        "from exact_slack.redact import note\n"
        "from exact_slack.cli.run import Settings, guarded, set_up_logging\n"
        "def command(**more):\n"
        f"    set_up_logging(Settings((), {2 if '-vv' in words else 0}, False))\n"
        "    note('hunter2-0123')\n"
        "    try:\n        1 / 0\n"
        "    except ZeroDivisionError:\n"
        "        logging.getLogger('exact_slack').exception('a worker')\n"
        f"    raise {kind}('the header is hunter2-0123')\n"
        "guarded(command)\n"
    ).replace("    logging.getLogger('exact_slack').error('it was hunter2-0123')\n", "")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"unexpected trouble ({kind.rpartition('.')[2]})" in done.stderr
    assert "-vv" in done.stderr
    assert ("Traceback" in done.stderr) == ("-vv" in words)
    assert "hunter2-0123" not in done.stderr


@pytest.mark.parametrize("code", ["raise SystemExit(9)", "print('[]')", "print('no json')"])
def test_a_probe_that_crashes_is_never_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def crash(*words: str) -> Any:
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    monkeypatch.setattr(login, "cron_process", crash)
    path = tmp_path / "acme.yaml"
    path.write_text(
        "exact: {region: nl, divisions: [1], client_id: a, client_secret: b,"
        " redirect_uri: 'https://x.example/'}\nroutes: [{name: all, channel: '#a'}]\n"
    )
    found = login.readable_from_cron(load(path))
    assert set(found) == {"everything"}
    report = login.Report(cron=found, here={"exact login": ""})
    assert "ends with an error" in report.here_and_cron("exact login")[1]
