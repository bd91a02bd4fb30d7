"""Where the secrets are: keyrings that fail, places that change, files that others can read."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from exact_slack.app.customer import EXACT_TOKENS
from exact_slack.secrets.vault import cron_environment, cron_process
from tests.e2e import forked
from tests.e2e.logins import (
    configure,
    end_access,
    keyring,
    login,
    refreshes,
    without_slack_token,
)
from tests.e2e.rig import TOKEN, Rig

pytestmark = pytest.mark.sampled(3)


def _at(folder: Path, rig: Rig, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder."""
    line = ["-c", str(rig.config), *words]
    ended = forked.run(line, "", os.environ, timeout=60, folder=str(folder))
    return subprocess.CompletedProcess(line, *ended)


def _end_kept(rig: Rig, kept: Path) -> None:
    values = json.loads(kept.read_text())
    ended = {k: v.replace('expires_at": ', 'expires_at": -') for k, v in values.items()}
    kept.write_text(json.dumps(ended))
    rig.exact.oauth.expire_access()


def _in_keyring(rig: Rig, more: str = "secrets: keyring\n") -> Path:
    """A login that is in the keyring."""
    kept = keyring(rig)
    (rig.state / EXACT_TOKENS).unlink()
    rig.extra = more
    rig.write_config()
    assert login(rig).returncode == 0
    return kept


# -- a keyring that fails ------------------------------------------------------------------------


def test_a_keyring_that_takes_nothing_costs_no_login(rig: Rig) -> None:
    kept = _in_keyring(rig)
    _end_kept(rig, kept)
    for _ in range(2):  # the second renewal starts from the rescue file
        rig.exact.oauth.expire_access()
        for rescue in rig.state.glob("*.rescue"):
            text = rescue.read_text()
            rescue.write_text(text.replace('expires_at": ', 'expires_at": -'))
        (rig.folder / "locked").touch()
        calls = refreshes(rig)
        done = rig.run("-vv", "poll")
        assert done.code == 0, done.err
        assert "Traceback" not in done.err
        assert refreshes(rig) == calls + 1
    (rescue,) = rig.state.glob("*.rescue")
    assert stat.S_IMODE(rescue.stat().st_mode) == 0o600
    newest = json.loads(rescue.read_text())["refresh"]
    (rig.folder / "locked").unlink()
    rig.exact.oauth.expire_access()
    rescue.write_text(rescue.read_text().replace('expires_at": ', 'expires_at": -'))
    assert rig.run("poll").code == 0
    assert not list(rig.state.glob("*.rescue"))
    assert newest not in kept.read_text()  # it was used, and what followed is in the keyring
    assert refreshes(rig) == calls + 2
    assert rig.run("poll").code == 0


def test_a_static_secret_in_a_keyring_has_a_time_limit_and_a_backend_that_keeps_it(
    rig: Rig,
) -> None:
    kept = keyring(rig)
    kept.write_text(json.dumps({"acme/slack": TOKEN}))
    configure(rig, f"token: {TOKEN}", "token: {keyring: acme/slack}")
    rig.entry(1)
    rig.poll("--since", "1d")
    assert len(rig.messages()) == 1
    keyring(rig, hang="time.sleep(600)")
    rig.entry(2)
    done = rig.run("poll", "--json")
    assert (done.code, "did not answer" in done.out) == (75, True)
    keyring(rig, name="PlaintextKeyring")
    done = rig.run("poll")
    assert (done.code, "plain text" in done.err) == (78, True)
    assert "{file: PATH}" in done.err
    for backend in ("keyring.backends.null.Keyring", "nowhere.at_all.Keyring"):
        done = rig.run("poll", env={"PYTHON_KEYRING_BACKEND": backend})
        assert done.code == 78, done.err
        assert "Traceback" not in done.err


def test_a_backend_that_cannot_be_imported_is_told(rig: Rig) -> None:
    rig.extra = "secrets: keyring\n"
    rig.write_config()
    done = rig.run("poll", env={"PYTHON_KEYRING_BACKEND": "nowhere.at_all.Keyring"})
    assert done.code == 78
    assert "cannot be loaded" in done.err
    assert "Traceback" not in done.err


# -- a place that changes ------------------------------------------------------------------------


def test_after_a_switch_to_the_keyring_it_says_where_the_login_is(rig: Rig) -> None:
    keyring(rig)
    rig.extra = "secrets: keyring\n"
    rig.write_config()
    done = rig.run("poll")
    assert done.code == 3
    assert str(rig.state / EXACT_TOKENS) in done.err
    assert "`secrets: file`" in done.err


def test_after_a_switch_to_the_file_it_says_where_the_login_is(rig: Rig) -> None:
    _in_keyring(rig)
    without_slack_token(rig)
    assert rig.run("auth", "slack", stdin=f"{TOKEN}\n").code == 0
    configure(rig, "secrets: keyring", "secrets: file")
    done = rig.run("poll")
    assert done.code == 3
    assert "the keyring (a_keyring)" in done.err
    told = rig.run("auth", "status").out
    assert "The Slack token is not here" in told
    assert "`secrets: keyring`" in told


def test_a_login_forgets_the_other_place(rig: Rig) -> None:
    kept = _in_keyring(rig)
    without_slack_token(rig)
    assert rig.run("auth", "slack", stdin=f"{TOKEN}\n").code == 0
    assert EXACT_TOKENS in kept.read_text()
    assert "slack-token" in kept.read_text()
    configure(rig, "secrets: keyring", "secrets: file")
    assert rig.run("auth", "slack", stdin=f"{TOKEN}\n").code == 0
    assert "slack-token" not in kept.read_text()
    assert login(rig).returncode == 0
    assert EXACT_TOKENS not in kept.read_text()
    assert rig.run("poll").code == 0


def test_logout_removes_the_logins_from_every_place(rig: Rig) -> None:
    kept = _in_keyring(rig)
    without_slack_token(rig)
    rig.run("auth", "slack", stdin=f"{TOKEN}\n")
    _end_kept(rig, kept)
    (rig.folder / "locked").touch()
    assert rig.run("poll").code == 0
    assert list(rig.state.glob("*.rescue"))
    (rig.folder / "locked").unlink()
    (rig.state / EXACT_TOKENS).write_text("{}")  # left over from an earlier choice
    (rig.state / "slack-token").write_text(TOKEN)
    configure(rig, "secrets: keyring", "secrets: file")
    done = rig.run("auth", "logout")
    assert done.code == 0, done.err
    assert json.loads(kept.read_text()) == {}
    names = {path.name for path in rig.state.iterdir()}
    assert not names & {EXACT_TOKENS, "slack-token", "exact-tokens.rescue", "exact-tokens.mark"}


def test_logout_that_cannot_ask_the_keyring_does_not_say_done(rig: Rig) -> None:
    _in_keyring(rig)
    keyring(rig, hang="time.sleep(600)")
    done = rig.run("auth", "logout")
    assert done.code == 1
    assert "may still hold the login" in done.err
    assert "are removed" not in done.out


def test_a_damaged_note_of_the_places_is_no_traceback(rig: Rig) -> None:
    for damage in (b"\xff\xfe", b"[" * 100_000, b'{"exact-tokens.json": 7}'):
        (rig.state / "secrets").write_bytes(damage)
        assert rig.run("poll").code == 0


@pytest.mark.parametrize("text", ["[" * 100_000, '{"access": 1e400}', "Infinity"])
def test_a_damaged_token_file_asks_for_a_login(rig: Rig, text: str) -> None:
    (rig.state / EXACT_TOKENS).write_text(text)
    done = rig.run("poll")
    assert done.code == 3
    assert "damaged" in done.err
    assert "Traceback" not in done.err


def test_a_token_file_with_an_infinite_time_is_damaged(rig: Rig) -> None:
    store = rig.state / EXACT_TOKENS
    store.write_text(json.dumps({**json.loads(store.read_text()), "obtained_at": float("inf")}))
    for words in (["poll"], ["auth", "status"]):
        done = rig.run(*words)
        assert done.code == 3
        assert "Traceback" not in done.err


# -- files and folders ---------------------------------------------------------------------------


def test_paths_in_the_config_are_relative_to_it(rig: Rig, tmp_path: Path) -> None:
    secret = rig.folder / "client-secret"
    secret.write_text(rig.exact.oauth.client_secret)
    configure(rig, f"client_secret: {rig.exact.oauth.client_secret}",
              "client_secret: {file: client-secret}")  # fmt: skip
    configure(rig, f"state: {rig.state}", "state: state")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert _at(elsewhere, rig, "poll").returncode == 0
    assert _at(rig.folder, rig, "poll").returncode == 0
    assert not list(elsewhere.iterdir())
    found = json.loads(_at(elsewhere, rig, "auth", "status", "--json").stdout)
    assert found["ok"], found
    link = tmp_path / "elsewhere" / "link.yaml"
    link.symlink_to(rig.config)
    assert rig.run("-c", str(link), "config", "show").code == 0
    command = [sys.executable, "-m", "exact_slack", "-c", str(link), "poll"]
    assert subprocess.run(command, check=False).returncode == 0


def test_a_process_like_crons_runs_in_the_home_folder() -> None:
    done = cron_process("-c", "import os; print(os.getcwd()); print(*os.environ)")
    where, names = done.stdout.splitlines()
    assert where == str(Path(cron_environment()["HOME"]).resolve())
    assert set(names.split()) <= {"HOME", "LOGNAME", "USER", "PATH", "SHELL", "LC_CTYPE", "PWD"}


def test_a_link_to_the_state_folder_finds_the_same_keyring(rig: Rig, tmp_path: Path) -> None:
    _in_keyring(rig)
    link = tmp_path / "link"
    link.symlink_to(rig.state)
    configure(rig, f"state: {rig.state}", f"state: {link}")
    assert rig.run("poll").code == 0


def test_a_config_with_secrets_that_others_can_read_is_told(rig: Rig) -> None:
    rig.config.chmod(0o640)
    cure = f"chmod 600 {rig.config}"
    assert cure in rig.run("auth", "status").out
    assert cure in str(rig.run("auth", "status", "--json").json["warnings"])
    configure(rig, f"token: {TOKEN}", "token: {env: THE_TOKEN}")
    secret = rig.exact.oauth.client_secret
    configure(rig, f"client_secret: {secret}", "client_secret: {env: THE_SECRET}")
    rig.environment |= {"THE_TOKEN": TOKEN, "THE_SECRET": secret}
    assert cure not in rig.run("auth", "status").out  # a client id is no secret


def test_folders_are_private_whatever_the_umask(rig: Rig) -> None:
    text = rig.config.read_text()
    rig.config.write_text(text.replace(f"state: {rig.state}", "state: a/b/c"))
    command = [sys.executable, "-m", "exact_slack", "-c", str(rig.config), "poll"]
    subprocess.run(command, check=False, umask=0, capture_output=True)
    for folder in ("a", "a/b", "a/b/c"):
        assert stat.S_IMODE((rig.folder / folder).stat().st_mode) == 0o700
    for path in (rig.folder / "a/b/c").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_symbolic_link_as_token_file_is_refused(rig: Rig) -> None:
    store = rig.state / EXACT_TOKENS
    real = rig.folder / "real.json"
    store.rename(real)
    store.symlink_to(real)
    done = rig.run("poll")
    assert done.code == 78
    assert "symbolic link" in done.err
    assert "chmod 600" not in done.err


def test_a_wrong_mode_is_told_with_the_command_that_mends_it(rig: Rig) -> None:
    store = end_access(rig)
    store.chmod(0o644)
    told = rig.run("auth", "status")
    assert told.code == 3
    assert f"chmod 600 {store}" in told.out
    store.chmod(0o600)
    assert rig.run("poll").code == 0


@pytest.mark.parametrize("how", ["file", "command"])
def test_a_secret_that_is_no_text_is_a_sentence(rig: Rig, how: str) -> None:
    odd = rig.folder / "odd"
    odd.write_bytes(b"caf\xe9-hidden")
    way = f"{{file: {odd}}}" if how == "file" else f"{{command: [cat, {odd}]}}"
    configure(rig, f"client_secret: {rig.exact.oauth.client_secret}", f"client_secret: {way}")
    end_access(rig)
    done = rig.run("-vv", "poll")
    assert done.code == 78
    assert "UTF-8" in done.err
    assert "Traceback" not in done.err
    assert "hidden" not in done.err


def test_a_command_reads_nothing_from_the_terminal(rig: Rig) -> None:
    configure(
        rig, f"client_secret: {rig.exact.oauth.client_secret}", "client_secret: {command: [cat]}"
    )
    end_access(rig)
    command = [sys.executable, "-m", "exact_slack", "-c", str(rig.config), "poll"]
    reading, writing = os.pipe()  # stays open, as a terminal does
    done = subprocess.run(command, stdin=reading, capture_output=True, text=True, check=False)
    os.close(reading)
    os.close(writing)
    assert done.returncode == 78
    assert "is empty" in done.stderr
