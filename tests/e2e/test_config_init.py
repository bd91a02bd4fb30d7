"""`config init`: what it writes passes `config check`; a wrong answer is told in its words."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from exact_slack.config.load import load
from tests.e2e import forked
from tests.e2e.rig import Done

_SECRETS = {"EXACT_CLIENT_ID": "some-client-id", "EXACT_CLIENT_SECRET": "some-client-secret"}
"""As the written file names them; where they are not set, `config check` warns."""


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "EXACT_SLACK_STATE_DIR": str(folder / "state")}


def _run(folder: Path, *words: str, stdin: str = "") -> Done:
    env = {**_environment(folder), **_SECRETS}
    return Done(*forked.run(words, stdin, env, timeout=60, folder=str(folder)))


def test_with_all_defaults_it_passes_config_check(tmp_path: Path) -> None:
    done = _run(tmp_path, "config", "init", "--defaults", "acme.yaml")
    assert (done.code, done.err) == (0, "")
    assert "exact-slack -c acme.yaml config check" in done.out
    checked = _run(tmp_path, "-c", "acme.yaml", "config", "check")
    assert (checked.code, checked.err) == (0, "")
    assert (tmp_path / "acme.yaml").stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["acme.yaml"]


def test_to_stdout_it_writes_no_file(tmp_path: Path) -> None:
    done = _run(tmp_path, "config", "init", "--defaults", "--stdout")
    assert done.code == 0
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "piped.yaml").write_text(done.out, encoding="utf-8")
    assert _run(tmp_path, "-c", "piped.yaml", "config", "check").code == 0


def test_answers_on_stdin_are_what_the_config_says(tmp_path: Path) -> None:
    answers = "be\n123456, 234567\nhttps://x.example/cb\n#all\n#large-x\n\n"
    done = _run(tmp_path, "config", "init", "acme.yaml", stdin=answers)
    assert (done.code, done.err) == (0, "")
    found = load(tmp_path / "acme.yaml")
    assert (found.exact.region, found.exact.divisions) == ("be", (123456, 234567))
    assert found.exact.redirect_uri == "https://x.example/cb"
    assert [(route.name, route.channel) for route in found.routes] == [
        ("large purchases", "#large-x"),
        ("everything else", "#all"),
    ]
    assert found.locale == "nl_BE"  # the region's own, as nothing else was answered


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ("xx\n", "answers:1: exact.region: found 'xx', expected"),
        ("nl\n12a\n", "answers:2: exact.divisions[0]: found '12a', expected a whole number"),
        ("nl\n1\nhttp://x.example/\n", "answers:3: exact.redirect_uri: found"),
        ("nl\n1\n\nfinance\n", "answers:4: routes[0].channel: found 'finance'"),
        ("\n\n\n\n\npt_BR\n", "answers:6: locale: found 'pt_BR'"),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_is_written(
    tmp_path: Path, answers: str, told: str
) -> None:
    done = _run(tmp_path, "config", "init", "acme.yaml", stdin=answers)
    assert done.code == 78
    assert told in done.err
    assert list(tmp_path.iterdir()) == []


def test_more_answers_than_questions_are_a_mistake(tmp_path: Path) -> None:
    done = _run(tmp_path, "config", "init", "acme.yaml", stdin="nl\n1\n\n\n\n\nid\nsecret\nmore\n")
    assert done.code == 2
    assert "9 answers to 8 questions" in done.err


def test_client_id_and_secret_are_kept_where_cron_reads_them(tmp_path: Path) -> None:
    """In files that their owner alone can read, in the state folder; and where it is this shell
    that says where that is, the config says it, too."""
    urls = ("--exact-url", "http://127.0.0.1:8766", "--slack-url", "http://127.0.0.1:8765/api/")
    answers = "nl\n1\n\n\n\n\nthe-id\nthe-secret\n"
    done = _run(tmp_path, "config", "init", "acme.yaml", *urls, stdin=answers)
    assert (done.code, done.err) == (0, "")
    assert "the-" not in done.out + (tmp_path / "acme.yaml").read_text()
    found = load(tmp_path / "acme.yaml")
    assert (found.exact.base_url, found.slack.base_url) == (urls[1], urls[3])
    assert found.state_dir() == tmp_path / "state" / "acme"
    for secret, value in (("client_id", "the-id"), ("client_secret", "the-secret")):
        assert getattr(found.exact, secret).fetch(secret) == value
    kept = sorted((tmp_path / "state" / "acme").iterdir())
    assert [(f.name, f.stat().st_mode & 0o777) for f in kept] == [
        ("exact-client-id", 0o600),
        ("exact-client-secret", 0o600),
    ]


def test_the_secrets_of_another_config_of_the_same_name_stay(tmp_path: Path) -> None:
    answers = "nl\n1\n\n\n\n\n{0}-id\n{0}-secret\n"
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first = _run(tmp_path, "config", "init", "a/acme.yaml", stdin=answers.format("a"))
    second = _run(tmp_path, "config", "init", "b/acme.yaml", stdin=answers.format("b"))
    assert (first.code, second.code) == (0, 2)
    assert "exact-client-id is there already" in second.err
    assert not (tmp_path / "b" / "acme.yaml").exists()
    assert load(tmp_path / "a" / "acme.yaml").exact.client_id.fetch("x") == "a-id"


@pytest.mark.parametrize("secret", ["two words", "\ufeffmarked", "ünlaut"])
def test_a_secret_that_none_can_be_is_told_and_not_repeated(tmp_path: Path, secret: str) -> None:
    answers = f"nl\n1\n\n\n\n\nthe-id\n{secret}\n"
    done = _run(tmp_path, "config", "init", "acme.yaml", stdin=answers)
    assert done.code == 78
    assert "answers:8: exact.client_secret: the client secret" in done.err
    assert secret not in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text("mine", encoding="utf-8")
    done = _run(tmp_path, "config", "init", "--defaults", "acme.yaml")
    assert done.code == 2
    assert "--force" in done.err
    assert (tmp_path / "acme.yaml").read_text() == "mine"
    assert _run(tmp_path, "config", "init", "--defaults", "--force", "acme.yaml").code == 0
    assert (tmp_path / "acme.yaml").read_text() != "mine"


def test_the_addresses_of_a_sandbox_go_into_the_file(tmp_path: Path) -> None:
    urls = ("--exact-url", "http://127.0.0.1:8766", "--slack-url", "http://127.0.0.1:8765/api/")
    done = _run(tmp_path, "-c", "acme.yaml", "config", "init", "--defaults", *urls)
    assert done.code == 0
    found = load(tmp_path / "acme.yaml")
    assert found.exact.base_url == urls[1]
    assert found.slack.base_url == urls[3]
    wrong = _run(tmp_path, "config", "init", "--defaults", "--stdout", "--exact-url", "ftp://x")
    assert wrong.code == 78
    assert "exact.base_url" in wrong.err


def test_on_a_terminal_it_asks_and_asks_again(tmp_path: Path) -> None:
    """A person: a wrong answer is told, the question comes back, Enter takes the default."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "exact_slack", "config", "init", "acme.yaml"]
    with subprocess.Popen(
        command,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=_environment(tmp_path),
    ) as asking:
        os.close(theirs)
        os.write(ours, b"xx\nde\n123456\n\n#all\n\n\n")
        assert asking.stderr
        asked = b""
        while b"client id" not in asked:
            asked += os.read(asking.stderr.fileno(), 4096)
        os.write(ours, b"not one word\nthe-id\nthe-secret\n")  # pasted in one go
        out, err = asking.communicate(timeout=60)
    assert asking.returncode == 0, err
    told = (asked + err).decode()
    assert told.count("Country of your Exact Online") == 2
    assert "exact.region: found 'xx'" in told
    assert told.count("client id") == 3  # one answer had a space in it
    assert told.count("client secret") == 1
    assert not {"the-id", "the-secret", "not one word"} & set(told.split(" "))
    shown = os.read(ours, 65536)
    os.close(ours)
    assert b"the-" not in shown and b"secret" not in shown  # what the terminal echoed
    found = load(tmp_path / "acme.yaml")
    assert (found.exact.region, found.locale) == ("de", "de_DE")
    assert found.exact.client_id.fetch("x") == "the-id"
    assert found.exact.client_secret.fetch("x") == "the-secret"
    assert b"is written" in out


def test_ctrl_c_between_two_questions_writes_nothing_and_says_so(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "exact_slack", "config", "init", "acme.yaml"]
    with subprocess.Popen(
        command,
        stdin=theirs,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        # a shell lets its background jobs ignore Ctrl-C, and these tests may be one
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as asking:
        os.close(theirs)
        assert asking.stderr
        while b"[nl]" not in os.read(asking.stderr.fileno(), 4096):  # the first question is there
            pass
        while asking.returncode is None:
            asking.send_signal(signal.SIGINT)
            # one that comes just before Python starts to read is seen after the answer only
            with contextlib.suppress(subprocess.TimeoutExpired):
                asking.wait(5)
        told = asking.stderr.read()
    os.close(ours)
    assert (asking.returncode, list(tmp_path.iterdir())) == (130, [])
    assert b"interrupted; nothing is written." in told


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = _run(tmp_path, "config", "init", "--defaults", "nowhere/acme.yaml")
    assert done.code == 2
    assert "there is no folder nowhere; make it first" in done.err
