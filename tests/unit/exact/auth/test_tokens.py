"""The token chain: it is never lost, never refreshed twice, never readable by others."""

import errno
import fcntl
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from exact_slack.errors import ConfigError, LoginNeeded, TemporaryError
from exact_slack.exact.auth import file_store
from exact_slack.exact.auth.file_store import FileTokenStore
from exact_slack.exact.auth.tokens import TokenChain
from tests.unit.exact_support import (
    NOW,
    TOKEN_URL,
    FakeClock,
    make_chain,
    make_config,
    make_tokens,
)

GOOD = {"access_token": "access-2", "expires_in": "600", "refresh_token": "refresh-2"}
OLD = {"error": "unauthorized_client", "error_description": "Old refresh token used."}
EARLY = {"error": "access_denied", "error_description": "access_token not expired"}


def store_of(folder: Path) -> FileTokenStore:
    return FileTokenStore(folder / "state" / "exact-token.json")


def test_the_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = store_of(tmp_path)
        store.save(make_tokens())
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    assert store.load() == make_tokens()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    store = store_of(tmp_path)
    store.save(make_tokens())
    store.path.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        store.load()


def test_without_a_login_one_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(LoginNeeded, match="exact-slack auth exact"):
        make_chain(tmp_path, FakeClock()).access_token()


def test_a_damaged_file_asks_for_a_login(tmp_path: Path) -> None:
    chain = make_chain(tmp_path, FakeClock(), make_tokens())
    store_of(tmp_path).path.write_text("{")
    with pytest.raises(LoginNeeded, match="damaged"):
        chain.access_token()


@pytest.mark.parametrize("left", [600, 45, 31])
def test_a_living_token_is_used(tmp_path: Path, left: float) -> None:
    with requests_mock.Mocker():
        assert (
            make_chain(tmp_path, FakeClock(), make_tokens(left=left)).access_token() == "access-1"
        )


def test_an_ended_token_is_renewed_and_stored(tmp_path: Path) -> None:
    chain = make_chain(tmp_path, FakeClock(), make_tokens(left=20))
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, json=GOOD)
        assert chain.access_token() == "access-2"
        assert chain.access_token() == "access-2"
        assert web.call_count == 1
    stored = store_of(tmp_path).load()
    assert stored is not None
    assert (stored.refresh, stored.expires_at) == ("refresh-2", NOW + 600)


def test_two_at_once_refresh_once(tmp_path: Path) -> None:
    clock = FakeClock()
    make_chain(tmp_path, clock, make_tokens(left=0))
    start = threading.Barrier(4)
    got: list[str] = []

    def run() -> None:
        chain = TokenChain(make_config(), store_of(tmp_path), clock)
        start.wait()
        got.append(chain.access_token())

    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, [{"json": GOOD}, {"status_code": 401, "json": OLD}])
        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert web.call_count == 1
    assert got == ["access-2"] * 4


def test_too_early_keeps_the_old_token_and_does_not_ask_again(tmp_path: Path) -> None:
    chain = make_chain(tmp_path, FakeClock(), make_tokens(left=-5))
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, status_code=400, json=EARLY)
        assert chain.access_token() == "access-1"
        assert chain.access_token() == "access-1"
        assert web.call_count == 1


def test_a_dead_refresh_token_asks_for_a_login(tmp_path: Path) -> None:
    chain = make_chain(tmp_path, FakeClock(), make_tokens(left=0))
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, status_code=401, json=OLD)
        with pytest.raises(LoginNeeded, match=r"Old refresh token used.*exact-slack auth exact"):
            chain.access_token()


def test_a_dead_refresh_token_may_have_been_renewed_by_another(tmp_path: Path) -> None:
    chain = make_chain(tmp_path, FakeClock(), make_tokens(left=0))

    def meanwhile(request: Any, context: Any) -> Any:
        store_of(tmp_path).save(make_tokens("access-9", "refresh-9"))
        context.status_code = 401
        return OLD

    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, json=meanwhile)
        assert chain.access_token() == "access-9"


def test_a_401_takes_what_another_process_stored(tmp_path: Path) -> None:
    chain = make_chain(tmp_path, FakeClock(), make_tokens("access-2", "refresh-2"))
    with requests_mock.Mocker():
        assert chain.renew_after_401("access-1") == "access-2"


def test_a_401_renews_a_token_that_the_clock_calls_alive(tmp_path: Path) -> None:
    chain = make_chain(tmp_path, FakeClock(), make_tokens())
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, json=GOOD)
        assert chain.renew_after_401("access-1") == "access-2"


def test_on_a_full_disk_exact_is_not_even_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = make_chain(tmp_path, FakeClock(), make_tokens(left=0))

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, json=GOOD)
        with pytest.raises(TemporaryError, match="No space left"):
            chain.access_token()
        assert web.call_count == 0
    assert store_of(tmp_path).load() == make_tokens(left=0)


def test_tokens_that_could_not_be_stored_are_not_used_but_stored_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = make_chain(tmp_path, FakeClock(), make_tokens(left=0))
    real = os.replace

    def broken(source: Path, target: Path) -> None:
        if Path(source).suffix != ".new":
            return real(source, target)
        Path(source).unlink()
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "replace", broken)
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, json=GOOD)
        with pytest.raises(TemporaryError, match="could not be stored"):
            chain.access_token()
        monkeypatch.setattr(os, "replace", real)
        assert chain.access_token() == "access-2"
        assert web.call_count == 1


def test_a_newer_login_is_not_overwritten_by_tokens_left_unstored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = make_chain(tmp_path, FakeClock(), make_tokens(left=0))
    real = os.replace

    def broken(source: Path, target: Path) -> None:
        if Path(source).suffix != ".new":
            return real(source, target)
        Path(source).unlink()
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "replace", broken)
    with requests_mock.Mocker() as web:
        web.post(TOKEN_URL, json=GOOD)
        with pytest.raises(TemporaryError):
            chain.access_token()
    monkeypatch.setattr(os, "replace", real)
    make_chain(tmp_path, FakeClock()).log_in(lambda: make_tokens("login-access", "login-refresh"))
    assert chain.access_token() == "login-access"
    assert chain.renew_after_401("access-1") == "login-access"


def test_a_kill_between_write_and_rename_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    real = os.replace

    def kill(source: Path, target: Path) -> None:
        if Path(source).suffix != ".new":
            return real(source, target)
        raise Killed

    chain = make_chain(tmp_path, FakeClock(), make_tokens(left=0))
    with monkeypatch.context() as patch, requests_mock.Mocker() as web:
        web.post(TOKEN_URL, json=GOOD)
        patch.setattr(os, "replace", kill)
        with pytest.raises(Killed):
            chain.access_token()
    with requests_mock.Mocker():
        assert make_chain(tmp_path, FakeClock()).access_token() == "access-2"


def test_logging_out_leaves_nothing(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    store.save(make_tokens())
    store.reserve()
    store.delete()
    assert list(store.path.parent.iterdir()) == []


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
